"""What findings are sorted and filtered by: scores of vulnerabilities, surroundings of systems.

A score belongs to a vulnerability and a criticality to a system, never to a finding: new EPSS
scores touch as many numbers as there are vulnerabilities. How urgent a finding is depends on a
class of vulnerability and a class of system; a decision is made once per pair of classes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from panshi.protection.supply_chain.findings.querying import Facts
from panshi.protection.supply_chain.findings.severity import base_score
from panshi.protection.supply_chain.priority.deciding import URGENCY, decide
from panshi.protection.supply_chain.priority.systems import UNKNOWN_SYSTEM, surroundings
from panshi.protection.supply_chain.priority.vulnerability import (
    VulnerabilityFacts,
    vulnerability_side,
)
from panshi.protection.supply_chain.vex import Container

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from panshi.node.node import Node
    from panshi.node.supply_chain.portfolio.memory import Names
    from panshi.protection.supply_chain.findings.finding import Sort
    from panshi.protection.supply_chain.priority.points import Around, Side
    from panshi.protection.supply_chain.priority.policy import Policy
    from panshi.protection.supply_chain.priority.systems import Surroundings
    from panshi.store.advisory_snapshot import Snapshot
    from panshi.store.portfolio import Reading

EPOCH = date(1970, 1, 1)
LAST_DAY = 60_000
"Days since 1970 that a clock may reach."


class Known(NamedTuple):
    """What feeds say of one vulnerability."""

    names: tuple[str, ...]
    advisories: tuple[str, ...]
    severity: tuple[tuple[str, str], ...]
    score: float | None


class Scores(NamedTuple):
    """Scores of one vulnerability; None where nobody gives one."""

    epss: float | None
    percentile: float | None
    severity: float | None


@dataclass(slots=True)
class Vulnerabilities:
    """What is known of vulnerabilities, by their numbers; kept up by the journal."""

    sequence: int = -1
    fingerprint: str = ""
    "Of the advisories the arrays were made of."
    policy: Policy | None = None
    of_advisory: dict[str, int] = field(default_factory=dict)
    "Vulnerability last known of each advisory."
    known: list[Known | None] = field(default_factory=list)
    epss: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    percentile: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    severity: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    kev_day: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    "Day it was listed, counted since 1970; 0 where it is not."
    classes: dict[Side, int] = field(default_factory=dict)
    side: NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, dtype=np.uint16))

    def catch_up(self, snapshot: Snapshot, names: Names, policy: Policy) -> None:
        """Read what changed, and what is new; everything where KEV or EPSS are others."""
        fingerprint = snapshot.fingerprint()
        scores = fingerprint.split("-")[1:]
        count = len(names.vulnerabilities)
        first = len(self.epss)
        if fingerprint == self.fingerprint and first == count and policy == self.policy:
            return
        changed = self._changed(snapshot, names)
        if scores != self.fingerprint.split("-")[1:] or policy != self.policy:
            changed = set(range(first))
            self.classes.clear()
        self.fingerprint, self.policy = fingerprint, policy
        self._grow(count)
        for number in (*sorted(changed), *range(first, count)):
            name = names.vulnerabilities[number]
            if name:
                facts = self._one(snapshot, number, name, catalogued=scores[0] != "0")
                side, _ = vulnerability_side(facts, policy.tree)
                self.side[number] = self.classes.setdefault(side, len(self.classes))

    def _grow(self, count: int) -> None:
        more = count - len(self.epss)
        if more:
            self.known += [None] * more
            self.epss, self.percentile, self.severity = (
                np.append(each, np.full(more, -1, dtype=np.float32))
                for each in (self.epss, self.percentile, self.severity)
            )
            self.kev_day = np.append(self.kev_day, np.zeros(more, dtype=np.int32))
            self.side = np.append(self.side, np.zeros(more, dtype=np.uint16))

    def _changed(self, snapshot: Snapshot, names: Names) -> set[int]:
        """Give the vulnerabilities changed advisories speak or spoke of, and forget those."""
        last = snapshot.sequence()
        before, self.sequence = self.sequence, last
        changed: set[str] = set()
        while 0 <= before < last:
            changes = snapshot.changes(before, 10_000)
            if not changes:
                break
            before = changes[-1].sequence
            for each in changes:
                group = snapshot.group(each.id)
                changed.update((each.id, *(group.names if group else ())))
        numbers = {names.numbers[each] for each in changed if each in names.numbers}
        numbers |= {self.of_advisory[each] for each in changed if each in self.of_advisory}
        numbers = {each for each in numbers if each < len(self.known)}
        for number in numbers:
            self.known[number] = None
        return numbers

    def scores(self, number: int) -> Scores:
        """Give the scores of one vulnerability."""
        given = (self.epss[number], self.percentile[number], self.severity[number])
        return Scores._make(None if each < 0 else round(float(each), 6) for each in given)

    def _one(
        self, snapshot: Snapshot, number: int, name: str, *, catalogued: bool
    ) -> VulnerabilityFacts:
        known = self.known[number]
        if known is None:
            known = self.known[number] = _known(snapshot, name)
            self.of_advisory.update(dict.fromkeys(known.advisories, number))
        best, before, listed = None, None, None
        self.epss[number] = self.percentile[number] = self.severity[number] = -1
        self.kev_day[number] = 0
        for each in dict.fromkeys((name, *known.names)):
            epss = snapshot.epss(each)
            if epss is not None and (best is None or epss.score > best):
                best, before = epss.score, epss.previous
                self.epss[number], self.percentile[number] = epss.score, epss.percentile
            kev = snapshot.kev(each)
            if kev is not None and (listed is None or kev.added < listed):
                listed = kev.added
        if listed is not None:
            self.kev_day[number] = max((listed - EPOCH).days, 1)
        if known.score is not None:
            self.severity[number] = known.score
        return VulnerabilityFacts(
            name=name,
            names=known.names,
            severity=known.severity,
            kev_since=listed,
            kev_known=catalogued,
            epss=best,
            epss_before=before,
        )


def _known(snapshot: Snapshot, name: str) -> Known:
    group = snapshot.group(name)
    advisories = group.advisories if group else ()
    bodies = [body for each in advisories if (body := snapshot.advisory(each)) is not None]
    severity = tuple(dict.fromkeys(pair for body in bodies for pair in body.severity))
    names = group.names if group else (name,)
    return Known(names, advisories, severity, base_score(severity))


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """What stands around systems, by their numbers."""

    names: tuple[str, ...]
    around: tuple[Surroundings, ...]
    services: tuple[frozenset[str], ...]
    "Those of the estate and those deliveries name."
    suppliers: tuple[str, ...]
    received: NDArray[np.int64]
    "When the newest document that stands arrived."
    document: tuple[str, ...]
    "Digest of what stands where it is one document alone; empty otherwise."
    critical: NDArray[np.bool_]
    classes: dict[Around, int]
    exposure: NDArray[np.uint16]
    "Class of each system."
    within: tuple[tuple[Container, ...], ...]
    "What its documents describe: statements of suppliers name that product."


def systems_of(node: Node, reading: Reading, names: Sequence[str], policy: Policy) -> Systems:
    """Look at what stands around each system."""
    found: dict[str, Surroundings] = {}
    for estate_id in node.estate_ids():
        for name, each in surroundings(node.judging.estate(estate_id), policy.tree).items():
            found.setdefault(str(name), each)
    count = len(names)
    services: list[set[str]] = [set() for _ in range(count)]
    suppliers = [""] * count
    received = np.zeros(count, dtype=np.int64)
    document: list[str | None] = [None] * count
    within: list[tuple[Container, ...]] = [()] * count
    for number, supplier, service, at, digest, about in reading.standing_notes():
        if about:
            within[number] += (Container(*json.loads(about)),)
        document[number] = digest if document[number] is None else ""
        suppliers[number] = supplier or suppliers[number]
        services[number].update({service} - {""})
        received[number] = max(received[number], at)
    around = tuple(found.get(each, UNKNOWN_SYSTEM) for each in names)
    for number, each in enumerate(around):
        services[number].update(each.services)
        if not suppliers[number] and each.suppliers:
            suppliers[number] = each.suppliers[0]
    classes: dict[Around, int] = {}
    exposure = [classes.setdefault(each.around, len(classes)) for each in around]
    return Systems(
        names=tuple(names),
        around=around,
        services=tuple(map(frozenset, services)),
        suppliers=tuple(suppliers),
        received=received,
        document=tuple(each or "" for each in document),
        critical=np.array([bool(each.critical) for each in around], dtype=bool),
        classes=classes,
        exposure=np.array(exposure, dtype=np.uint16),
        within=tuple(within),
    )


class Decisions(NamedTuple):
    """What is to be done, per class of vulnerability and class of system."""

    ssvc: NDArray[np.int8]
    days: NDArray[np.int32]
    before: NDArray[np.int32]
    "Days there would be without the listing in KEV."


def decisions_of(
    sides: Mapping[Side, int], arounds: Mapping[Around, int], policy: Policy
) -> Decisions:
    """Decide about every class."""
    shape = (max(len(sides), 1), max(len(arounds), 1))
    made = Decisions(*(np.zeros(shape, dtype=each) for each in (np.int8, np.int32, np.int32)))
    for side, row in sides.items():
        for around, column in arounds.items():
            outcome = decide(side, around, policy)
            made.ssvc[row, column] = URGENCY.index(outcome.ssvc)
            made.days[row, column] = outcome.days
            made.before[row, column] = outcome.days_before_kev
    return made


def facts_of(
    vulnerabilities: Vulnerabilities,
    systems: Systems,
    policy: Policy,
    decisions: Decisions,
    rank: Callable[[Sort], NDArray[np.int32]],
) -> Facts:
    """Put together what columns are asked with."""
    return Facts(
        epss=vulnerabilities.epss,
        kev=vulnerabilities.kev_day > 0,
        kev_day=vulnerabilities.kev_day,
        severity=vulnerabilities.severity,
        urgency_of=vulnerabilities.side,
        critical=systems.critical,
        exposure_of=systems.exposure,
        ssvc=decisions.ssvc,
        days=decisions.days,
        days_before_kev=decisions.before,
        working=_working(policy) if policy.clocks.working else None,
        rank=rank,
    )


def ranks(names: Sequence[str]) -> NDArray[np.int32]:
    """Put names in order; equal names have one place."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return np.fromiter((places[each] for each in names), dtype=np.int32, count=len(names))


def _working(policy: Policy) -> NDArray[np.bool_]:
    days: Iterable[date] = (EPOCH + timedelta(days=each) for each in range(LAST_DAY))
    return np.fromiter(map(policy.clocks.is_working, days), dtype=bool, count=LAST_DAY)
