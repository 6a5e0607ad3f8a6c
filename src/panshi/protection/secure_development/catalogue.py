"""What is judged: facts, the practices of SSDF, the activities of SAMM, the requirements of ASVS.

All of it is content (`content/secure_development/*.yaml`) in our own words; the texts of ASVS and
SAMM are under CC-BY-SA and are not shipped: `panshi secure-dev catalogue` reads them from the
official files. A practice names the facts that show it; one that names none is never passed by a
machine, and one that names an attestation rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.bodies import KINDS
from panshi.model.predicate import AllOf, Comparison, Condition, Predicate

LEVELS = (1, 2, 3)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One comparison of one field."""

    field: str
    is_: bool | str | None = msgspec.field(default=None, name="is")
    at_least: float | None = None
    at_most: float | None = None
    within_days: int | None = None

    @property
    def condition(self) -> Condition:
        """The comparison as predicates have it."""
        asked = (
            (Comparison.IS, self.is_),
            (Comparison.AT_LEAST, self.at_least),
            (Comparison.AT_MOST, self.at_most),
            (Comparison.WITHIN_DAYS, self.within_days),
        )
        found = [(how, value) for how, value in asked if value is not None]
        if len(found) != 1:
            raise ContentError(f"a test of {self.field} compares {len(found)} times, not once")
        return Condition(field=self.field, comparison=found[0][0], value=found[0][1])


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something evidence shows of one release, or refutes, or leaves open."""

    id: str
    zh: str
    en: str
    observation: str
    tests: tuple[Test, ...]
    within_days: int
    "Age an unlabelled observation may have when the release is made."
    effort: float
    "Days of work until the first such evidence, our estimate; it only orders what to do next."
    get: Words
    "How such evidence is had."
    every: bool = False
    "Each newest observation must pass, instead of one."
    gate: bool = False
    "A pipeline can enforce it on each release."

    @property
    def predicate(self) -> Predicate:
        """All tests."""
        return AllOf(parts=tuple(each.condition for each in self.tests))


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"group": "in"}):
    """One task of SSDF or one activity of SAMM, in our own words."""

    id: str
    group: str
    zh: str
    en: str
    facts: tuple[str, ...] = ()
    attest: str = ""
    "Key of the control whose attestation may stand for it, `<framework>/<control>`."

    @property
    def level(self) -> int:
        """Level of a SAMM activity, `D-TA-2-A`; 0 for SSDF."""
        match self.id.split("-"):
            case [_, _, level, _]:
                return int(level)
            case _:
                return 0


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A practice of SSDF or SAMM, a column of the matrix."""

    id: str
    zh: str
    en: str


class PracticeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of practices."""

    framework: str
    version: str
    reference: str
    groups: tuple[Group, ...]
    practices: tuple[Practice, ...]


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One chapter of ASVS: our words, and the numbers of its requirements by level."""

    id: str
    zh: str
    en: str
    levels: dict[int, str]

    def at(self, level: int) -> tuple[str, ...]:
        """Ids of the requirements that begin at a level."""
        return tuple(f"V{each}" for each in self.levels.get(level, "").split())


class AsvsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers and levels of ASVS; its texts are not ours to ship."""

    framework: str
    version: str
    reference: str
    chapters: tuple[Chapter, ...]


class FactFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything judged, checked against itself."""

    facts: Mapping[str, Fact]
    ssdf: PracticeFile
    samm: PracticeFile
    asvs: AsvsFile

    @cached_property
    def requirements(self) -> Mapping[str, int]:
        """Level of every requirement of ASVS."""
        return {
            each: level
            for chapter in self.asvs.chapters
            for level in LEVELS
            for each in chapter.at(level)
        }

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of observation that show any fact."""
        return frozenset(each.observation for each in self.facts.values())


def load(facts: bytes, ssdf: bytes, samm: bytes, asvs: bytes) -> Catalogue:
    """Read the four files; what does not fit together is refused with its place."""
    known = {each.id: each for each in _read(facts, FactFile, "facts.yaml").facts}
    found = Catalogue(
        facts=known,
        ssdf=_read(ssdf, PracticeFile, "ssdf.yaml"),
        samm=_read(samm, PracticeFile, "samm.yaml"),
        asvs=_read(asvs, AsvsFile, "asvs.yaml"),
    )
    for fact in known.values():
        _check_fact(fact)
    for file in (found.ssdf, found.samm):
        groups = {each.id for each in file.groups}
        for practice in file.practices:
            place = f"secure_development/{file.framework}.yaml: {practice.id}"
            if practice.group not in groups:
                raise ContentError(f"no group {practice.group!r}", place=place)
            for each in practice.facts:
                if each not in known:
                    raise ContentError(f"no fact {each!r}", place=place)
    return found


def _check_fact(fact: Fact) -> None:
    place = f"secure_development/facts.yaml: {fact.id}"
    spec = KINDS.get(fact.observation)
    if spec is None:
        raise ContentError(f"no observation {fact.observation!r}", place=place)
    for test in fact.tests:
        _ = test.condition
        if test.field not in spec.field_names and fact.observation != "build.provenance/1":
            raise ContentError(f"{fact.observation} has no field {test.field!r}", place=place)


def _read[T](raw: bytes, shape: type[T], name: str) -> T:
    try:
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), shape)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(str(error), place=f"secure_development/{name}") from error
