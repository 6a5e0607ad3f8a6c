"""Judge one system over its releases: SSDF, SAMM and ASVS from the same facts.

A practice is shown where every fact it names is shown; failing where one fails; partly shown where
some are shown and none fails; attested where it rests on an attestation that stands; otherwise
unknown. Three figures stand together, as everywhere: evidenced (shown), attested beside it, and
possible (all that does not fail). SAMM scores a practice 0 to 3 as its own toolbox does, the mean
of its two streams at each level; unknown activities score nothing. A level of ASVS is reached where
a passing test is recorded for every requirement of it and of the levels below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.model.bodies.secure_development import PROVENANCE, TEST_RECORD, BuildProvenance
from panshi.model.bodies.secure_development import TestRecord as Record
from panshi.protection.secure_development.catalogue import (
    LEVELS,
    Catalogue,
    Practice,
    PracticeFile,
)
from panshi.protection.secure_development.facts import (
    FactFinding,
    FactState,
    ProvenanceSummary,
    StatementFinding,
    findings,
    statements,
    summary,
)
from panshi.protection.secure_development.releases import Release, Seen, releases
from panshi.protection.secure_development.trust import Trust

MOST_RELEASES = 24
"Of one system, the newest; what is older is history in the evidence log."
TESTS_WITHIN = 366


class ItemState(StrEnum):
    """How a practice or activity stands."""

    SHOWN = "shown"
    PARTLY = "partly"
    FAILING = "failing"
    ATTESTED = "attested"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinding:
    """One practice or activity of one release."""

    id: str
    group: str
    state: ItemState
    missing: tuple[str, ...] = ()
    "Facts that are unknown or fail."


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFinding:
    """One practice of SSDF or SAMM: a cell of the matrix."""

    id: str
    state: ItemState
    shown: int
    attested: int
    failing: int
    total: int
    score: float = 0.0
    "SAMM, 0 to 3."
    possible: float = 0.0
    "SAMM, if all that is unknown were done."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkFinding:
    """SSDF or SAMM of one release."""

    framework: str
    evidenced: float
    "Share of practices shown, 0 to 1; for SAMM the mean score by 3."
    attested: float
    "Share that rests on attestations, beside what is shown."
    possible: float
    score: float
    "SAMM: the mean of its practices, 0 to 3; SSDF: as evidenced."
    groups: tuple[GroupFinding, ...]
    items: tuple[ItemFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsvsLevel:
    """The requirements up to one level."""

    level: int
    total: int
    passed: int
    failed: int

    @property
    def unknown(self) -> int:
        """Requirements no test speaks of."""
        return self.total - self.passed - self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class AsvsFinding:
    """ASVS of one release."""

    reached: int
    "0 where not even level 1 is."
    levels: tuple[AsvsLevel, ...]
    chapters: tuple[tuple[str, int, int, int], ...]
    "Chapter, passed, failed, all."
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFinding:
    """Everything judged of one release."""

    release: str
    at: datetime
    facts: Mapping[str, FactFinding]
    ssdf: FrameworkFinding
    samm: FrameworkFinding
    asvs: AsvsFinding
    provenance: ProvenanceSummary
    statements: tuple[StatementFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Evidence that is missing, and what it would move."""

    fact: str
    state: FactState
    practices: int
    "Practices and activities that would be shown if this fact were."
    helped: int
    "Those it would bring nearer."
    effort: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFinding:
    """One system over its releases."""

    system: str
    releases: tuple[ReleaseFinding, ...]
    "Oldest first; at least one."
    gaps: tuple[Gap, ...]
    "Of the newest release, the cheapest for what it moves first."

    @property
    def newest(self) -> ReleaseFinding:
        """The release in use."""
        return self.releases[-1]

    @property
    def change(self) -> float:
        """How far the evidenced share of SSDF moved since the release before."""
        if len(self.releases) < len(("before", "now")):
            return 0.0
        return self.releases[-1].ssdf.evidenced - self.releases[-2].ssdf.evidenced


def judge_system(
    catalogue: Catalogue,
    system: str,
    seen: Iterable[Seen],
    trust: Trust,
    *,
    now: datetime,
    attested: Collection[str] = (),
) -> SystemFinding:
    """Judge a system; `attested` are the controls whose attestation stands today."""
    every = tuple(seen)
    keys, earlier = trust.of(system), _first_release(every)
    found = tuple(
        _release(catalogue, each, statements(each, keys, earlier), now, attested)
        for each in releases(every, now)[-MOST_RELEASES:]
    )
    return SystemFinding(system=system, releases=found, gaps=_gaps(catalogue, found[-1]))


def _first_release(seen: Iterable[Seen]) -> dict[str, str]:
    """Tell for which release each statement was delivered first."""
    first: dict[str, str] = {}
    for each in sorted(seen, key=lambda one: one.at):
        if each.kind == PROVENANCE and isinstance(each.body, BuildProvenance):
            first.setdefault(each.body.payload_sha256, each.release)
    return first


def _release(
    catalogue: Catalogue,
    release: Release,
    found: tuple[StatementFinding, ...],
    now: datetime,
    attested: Collection[str],
) -> ReleaseFinding:
    together = summary(release, found)
    facts = findings(catalogue, release, found, together, now)
    return ReleaseFinding(
        release=release.name,
        at=release.at,
        facts=facts,
        ssdf=_framework(catalogue.ssdf, facts, attested),
        samm=_framework(catalogue.samm, facts, attested),
        asvs=_asvs(catalogue, release, now),
        provenance=together,
        statements=found,
    )


def _item(
    practice: Practice, facts: Mapping[str, FactFinding], attested: Collection[str]
) -> ItemFinding:
    states = {each: facts[each].state for each in practice.facts}
    missing = tuple(each for each, state in states.items() if state is not FactState.SHOWN)
    if FactState.FAILING in states.values():
        state = ItemState.FAILING
    elif states and not missing:
        state = ItemState.SHOWN
    elif practice.attest and practice.attest in attested:
        state = ItemState.ATTESTED
    elif FactState.SHOWN in states.values():
        state = ItemState.PARTLY
    else:
        state = ItemState.UNKNOWN
    return ItemFinding(id=practice.id, group=practice.group, state=state, missing=missing)


def _framework(
    file: PracticeFile, facts: Mapping[str, FactFinding], attested: Collection[str]
) -> FrameworkFinding:
    items = tuple(_item(each, facts, attested) for each in file.practices)
    levels = {each.id: each.level for each in file.practices}
    groups = tuple(
        _group(each.id, [item for item in items if item.group == each.id], levels)
        for each in file.groups
    )
    count = len(items)
    if any(levels.values()):
        score = sum(each.score for each in groups) / len(groups)
        evidenced = score / len(LEVELS)
        possible = sum(each.possible for each in groups) / len(groups) / len(LEVELS)
    else:
        score = evidenced = sum(each.state is ItemState.SHOWN for each in items) / count
        possible = sum(each.state is not ItemState.FAILING for each in items) / count
    return FrameworkFinding(
        framework=file.framework,
        evidenced=round(evidenced, 4),
        attested=round(sum(each.state is ItemState.ATTESTED for each in items) / count, 4),
        possible=round(possible, 4),
        score=round(score, 4),
        groups=groups,
        items=items,
    )


def _group(name: str, items: list[ItemFinding], levels: Mapping[str, int]) -> GroupFinding:
    states = [each.state for each in items]
    score = possible = 0.0
    for level in LEVELS:
        streams = [each for each in items if levels[each.id] == level]
        if streams:
            shown = sum(each.state is ItemState.SHOWN for each in streams)
            open_ = sum(each.state is not ItemState.FAILING for each in streams)
            score += shown / len(streams)
            possible += open_ / len(streams)
    return GroupFinding(
        id=name,
        state=_together(states),
        shown=states.count(ItemState.SHOWN),
        attested=states.count(ItemState.ATTESTED),
        failing=states.count(ItemState.FAILING),
        total=len(states),
        score=round(score, 4),
        possible=round(possible, 4),
    )


def _together(states: list[ItemState]) -> ItemState:
    """Give one state for several: what fails shows first, what is whole only where all is."""
    if ItemState.FAILING in states:
        return ItemState.FAILING
    if all(each is ItemState.SHOWN for each in states):
        return ItemState.SHOWN
    if all(each in {ItemState.SHOWN, ItemState.ATTESTED} for each in states):
        return ItemState.ATTESTED
    return ItemState.UNKNOWN if set(states) == {ItemState.UNKNOWN} else ItemState.PARTLY


def _asvs(catalogue: Catalogue, release: Release, now: datetime) -> AsvsFinding:
    passed, failed = set[str](), set[str]()
    for seen in release.of(TEST_RECORD, TESTS_WITHIN, now):
        if isinstance(seen.body, Record):
            for each in seen.body.requirements:
                if each.failed:
                    failed.add(each.id)
                elif each.passed:
                    passed.add(each.id)
    passed -= failed
    levels, reached = [], 0
    for level in LEVELS:
        ids = {each for each, at in catalogue.requirements.items() if at <= level}
        levels.append(
            AsvsLevel(
                level=level, total=len(ids), passed=len(ids & passed), failed=len(ids & failed)
            )
        )
        if reached == level - 1 and ids <= passed:
            reached = level
    chapters = []
    for chapter in catalogue.asvs.chapters:
        ids = {each for level in LEVELS for each in chapter.at(level)}
        chapters.append((chapter.id, len(ids & passed), len(ids & failed), len(ids)))
    return AsvsFinding(
        reached=reached,
        levels=tuple(levels),
        chapters=tuple(chapters),
        failed=tuple(sorted(failed & set(catalogue.requirements))),
    )


def _gaps(catalogue: Catalogue, newest: ReleaseFinding) -> tuple[Gap, ...]:
    missing = [each.missing for each in (*newest.ssdf.items, *newest.samm.items) if each.missing]
    found = []
    for fact in catalogue.facts.values():
        state = newest.facts[fact.id].state
        if state is FactState.SHOWN:
            continue
        found.append(
            Gap(
                fact=fact.id,
                state=state,
                practices=sum(each == (fact.id,) for each in missing),
                helped=sum(fact.id in each for each in missing),
                effort=fact.effort,
            )
        )
    found.sort(key=lambda each: (-(each.practices + each.helped / 4) / each.effort, each.fact))
    return tuple(each for each in found if each.helped)
