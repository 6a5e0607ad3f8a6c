"""The nouns of this room: a norm is a text in one version, a clause is one duty of it.

A norm comes from our own content, from an OSCAL catalog or from a library an institution holds;
engines see only what is here. Texts are in Chinese, in English or in both, and may lack a title
or a gist. Clauses that only hold others together (chapters, lead-ins without a duty) are
`judgeable=False`: they lend their words to what stands below them and are not compared themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from panshi.model.control import Control, Framework, Strength
from panshi.model.predicate import AllOf, AnyOf, Comparison, Condition, Not, Predicate

type Pair = tuple[str, str]
"""A text in Chinese and in English; either may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A limit that a check sets on a field of an observation."""

    field: str
    "`<kind>.<field>`, so that two norms that look at the same thing can be compared."
    at_least: bool
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One duty, permission or definition."""

    id: str
    title: Pair = ("", "")
    text: Pair = ("", "")
    context: Pair = ("", "")
    "Titles above it: chapter, article, lead-in."
    parent: str = ""
    "Clause it is an item of, if any."
    strength: Strength = Strength.NONE
    judgeable: bool = True
    evidence: tuple[str, ...] = ()
    "Kinds of observation and of document it is judged by."
    thresholds: tuple[Threshold, ...] = ()

    def words(self, language: int) -> str:
        """Give title and text in Chinese (0) or English (1), a repeated title once."""
        title, text = self.title[language], self.text[language]
        return text if title in text else f"{title}\n{text}".strip()

    def speaks(self, language: int) -> bool:
        """Whether there is any text in a language."""
        return bool(self.title[language] or self.text[language])


@dataclass(frozen=True, kw_only=True)
class Norm:
    """One version of one text."""

    id: str
    version: str
    title: Pair
    clauses: tuple[Clause, ...]
    source: str = ""
    "Whom or where it comes from."
    valid_from: date | None = None
    valid_until: date | None = None
    "First day on which it is no longer in force."
    digest: str = ""
    "SHA-256 of the bytes it was read from."

    @property
    def key(self) -> str:
        """`<id>@<version>`."""
        return f"{self.id}@{self.version}"

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Clauses by id."""
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def judgeable(self) -> tuple[Clause, ...]:
        """Clauses that are compared."""
        return tuple(clause for clause in self.clauses if clause.judgeable)


def norm_of(framework: Framework, *, digest: str = "", valid_from: date | None = None) -> Norm:
    """See a framework as a norm."""
    return Norm(
        id=framework.id,
        version=framework.version,
        title=(framework.title_zh, framework.title_en),
        source=framework.document_zh,
        clauses=tuple(_clause(framework, control) for control in framework.controls),
        valid_from=valid_from or _day(framework.version),
        digest=digest,
    )


def _clause(framework: Framework, control: Control) -> Clause:
    check, attesting = control.check, control.attesting
    return Clause(
        id=control.id,
        title=(control.title_zh, control.title_en),
        text=(control.gist_zh, control.gist_en),
        context=_context(framework, control),
        parent=control.parent,
        strength=control.strength,
        judgeable=True,
        evidence=(check.observation,) if check else attesting.evidence if attesting else (),
        thresholds=(
            tuple(_thresholds(check.passes, check.observation)) if check is not None else ()
        ),
    )


def _context(framework: Framework, control: Control) -> Pair:
    groups = {group.id: group for group in framework.groups}
    zh: list[str] = []
    en: list[str] = []
    group = groups.get(control.group)
    while group is not None and group.title_zh not in zh:
        zh.insert(0, group.title_zh)
        en.insert(0, group.title_en)
        group = groups.get(group.parent)
    parent = framework.by_id.get(control.parent)
    if parent is not None:
        zh.append(parent.title_zh)
        en.append(parent.title_en)
    return "\n".join(zh), "\n".join(en)


def _thresholds(predicate: Predicate, kind: str) -> Iterator[Threshold]:
    """Give the limits every passing body keeps; alternatives and negations set none."""
    match predicate:
        case Condition(comparison=Comparison.AT_LEAST | Comparison.AT_MOST as comparison):
            if isinstance(predicate.value, int | float):
                yield Threshold(
                    field=f"{kind}.{predicate.field}",
                    at_least=comparison is Comparison.AT_LEAST,
                    value=float(predicate.value),
                )
        case AllOf():
            for part in predicate.parts:
                yield from _thresholds(part, kind)
        case Condition() | AnyOf() | Not():
            return


def _day(version: str) -> date | None:
    try:
        return date.fromisoformat(version)
    except ValueError:
        return None
