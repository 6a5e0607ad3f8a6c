"""What an indicator is: formula, unit, direction, owner, target path, tolerance; and its revisions.

The definitions that ship (`indicators.yaml`) are revision 1. An institution changes them, or adds
its own, by sealed records that say who and why. The measure (formula, unit and direction together)
has a digest: values of different measures never stand in one trend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from math import isfinite

from panshi.errors import PanshiError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.governance.indicators.formula import Formula, canonical, formula_from_text, text_of
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.persons import name_defect
from panshi.model.bodies.indicators import IndicatorDefinition
from panshi.model.observation import Sealed

DEFINITION_KIND = "record.indicator_definition/1"
DIGEST_DIGITS = 16


class Unit(StrEnum):
    """What a value counts."""

    SHARE = "share"
    LEVEL = "level"
    COUNT = "count"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What should be reached by the end of a quarter."""

    quarter: Quarter
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator as it is defined at a moment."""

    id: str
    title_zh: str
    title_en: str
    formula_text: str
    "In the canonical form."
    formula: Formula
    unit: Unit
    direction: Direction
    owner: str
    "Office that answers for it."
    targets: tuple[Target, ...]
    "Between two of them the path is a straight line; before the first there is no target."
    tolerance: float
    measures: tuple[str, ...] = ()
    "Measures of the blueprint it serves."
    references: tuple[str, ...] = ()
    revision: int = 1
    since: datetime | None = None
    "None: as shipped."
    changed_by: str = ""
    why: str = ""
    evidence_id: str = ""

    @property
    def measure(self) -> str:
        """Digest of what is measured: it changes when values stop being comparable."""
        whole = f"{self.formula_text}\n{self.unit}\n{self.direction}"
        return hashlib.sha256(whole.encode()).hexdigest()[:DIGEST_DIGITS]

    def target(self, quarter: Quarter) -> float | None:
        """Give the target by the end of a quarter; after the last one it stays."""
        if not self.targets or quarter < self.targets[0].quarter:
            return None
        for before, after in pairwise(self.targets):
            if quarter < after.quarter:
                steps = after.quarter.index - before.quarter.index
                part = (quarter.index - before.quarter.index) / steps
                return before.value + (after.value - before.value) * part
        return self.targets[-1].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """An indicator as it is now, with every revision, oldest first."""

    now: Indicator
    revisions: tuple[Indicator, ...]


def load_indicators(raw: bytes, *, source: str) -> tuple[Indicator, ...]:
    """Read `indicators.yaml`."""
    found: dict[str, Indicator] = {}
    for part in parsed(raw, source=source).keys(required="indicators")["indicators"].items():
        made = _indicator(part)
        if made.id in found:
            raise part.refuse(f"indicator {made.id} occurs twice", "keep one")
        found[made.id] = made
    return tuple(found.values())


def defined(
    shipped: Iterable[Indicator], changes: Iterable[Sealed], moment: datetime
) -> Mapping[str, Defined]:
    """Give every indicator as defined at a moment; a change that breaks a rule is ignored."""
    revisions = {each.id: [each] for each in shipped}
    known = [(max(each.observation.observed_at, each.received_at), each) for each in changes]
    for at, sealed in sorted(known, key=lambda pair: (pair[0], pair[1].position)):
        body = sealed.observation.body
        if at > moment or not isinstance(body, IndicatorDefinition):
            continue
        before = revisions.get(body.indicator, [])
        try:
            made = revised(body, before[-1] if before else None, at=at, evidence_id=sealed.id)
        except PanshiError:
            continue
        revisions.setdefault(body.indicator, []).append(made)
    return {
        name: Defined(now=every[-1], revisions=tuple(every)) for name, every in revisions.items()
    }


def revised(
    body: IndicatorDefinition, before: Indicator | None, *, at: datetime, evidence_id: str = ""
) -> Indicator:
    """Make the next revision of a change, or refuse it with the reason."""
    place = f"indicator {body.indicator}"
    problem = _problem(body)
    if problem:
        raise PanshiError(problem, place=place, remedy="correct the definition")
    return Indicator(
        id=body.indicator,
        title_zh=body.title_zh,
        title_en=body.title_en,
        formula_text=canonical(body.formula, source=place),
        formula=formula_from_text(body.formula, source=place),
        unit=Unit(body.unit),
        direction=Direction(body.direction),
        owner=body.owner,
        targets=targets_from(body.targets),
        tolerance=body.tolerance,
        measures=before.measures if before else (),
        references=before.references if before else (),
        revision=before.revision + 1 if before else 1,
        since=at,
        changed_by=body.changed_by,
        why=body.why,
        evidence_id=evidence_id,
    )


def targets_from(texts: Iterable[str]) -> tuple[Target, ...]:
    """Read `2026Q4=0.8`, each quarter once, in order."""
    found: dict[Quarter, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        quarter = Quarter.read(name.strip())
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or quarter in found:
            raise PanshiError(
                f"{text[:40]!r} is not a target", remedy="write 2026Q4=0.8, each quarter once"
            )
        found[quarter] = value
    return tuple(Target(quarter=each, value=found[each]) for each in sorted(found))


def _problem(body: IndicatorDefinition) -> str:
    if body.unit not in set(Unit) or body.direction not in set(Direction):
        return f"unit {body.unit!r} or direction {body.direction!r} is unknown"
    if not isfinite(body.tolerance) or body.tolerance < 0:
        return "the tolerance is not a number of 0 or more"
    if name_defect(body.changed_by) or not body.why.strip():
        return "nobody, or no reason, is named"
    texts = (body.indicator, body.title_zh, body.title_en, body.owner)
    return "" if all(each.strip() for each in texts) else "title and owner are needed"


def _indicator(part: Part) -> Indicator:
    keys = part.keys(
        required="id title formula unit direction owner targets tolerance measures references"
    )
    title = keys["title"].keys(required="zh en")
    text = text_of(keys["formula"])
    return Indicator(
        id=keys["id"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        formula_text=text,
        formula=formula_from_text(text, source=keys["formula"].place),
        unit=keys["unit"].word(Unit),
        direction=keys["direction"].word(Direction),
        owner=keys["owner"].text(),
        targets=tuple(_targets(keys["targets"])),
        tolerance=keys["tolerance"].number(),
        measures=keys["measures"].texts(),
        references=keys["references"].texts(),
    )


def _targets(part: Part) -> Iterator[Target]:
    yield from targets_from(part.texts())
