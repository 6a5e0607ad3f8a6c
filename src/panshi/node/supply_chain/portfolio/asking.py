"""Columns of findings with everything a question may need, and questions put as masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panshi.model.zone import day_of
from panshi.node.supply_chain.portfolio.facts import (
    EPOCH,
    Systems,
    Vulnerabilities,
    facts_of,
    policy_of,
    systems_of,
)
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.node.supply_chain.portfolio.statements import overlaid, statements_of
from panshi.node.supply_chain.portfolio.table import Table, table_of
from panshi.protection.supply_chain.findings.finding import STATUSES
from panshi.protection.supply_chain.findings.querying import Facts, Wanted, ssvc_of
from panshi.protection.supply_chain.matching import Unmatchable, subject
from panshi.protection.supply_chain.priority.deciding import URGENCY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable

    from numpy.typing import NDArray

    from panshi.node.node import Node
    from panshi.protection.supply_chain.findings.finding import FindingFilters
    from panshi.protection.supply_chain.findings.rows import Rows

    type Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many findings are open, counted over the whole portfolio."""

    total: int
    by_status: dict[str, int]
    by_ssvc: dict[str, int]
    exploited: int
    "Of those open, how many are known to be exploited."
    by_system: dict[str, int]


class Asking:
    """One state of columns, facts and statements; everything is kept while it stands."""

    def __init__(self, node: Node) -> None:
        """Bring everything up to date."""
        self.node = node
        self.memory = memory_of(node)
        self.policy = policy_of(node)
        with self.memory.index.reading() as reading:
            self.table: Table = table_of(self.memory, reading)
            stamp = (self.table.born, self.table.generation)
            estates = tuple((each, node.judging.estate(each).version) for each in node.estate_ids())
            self.systems: Systems = self._known(
                "systems",
                (stamp, estates, self.policy),
                lambda: systems_of(node, reading, self.table, self.policy),
            )
        self.vulnerabilities = self._vulnerabilities(stamp[0])
        self.facts: Facts = self._known(
            "facts",
            (stamp, estates, self.policy, self.vulnerabilities.scores_of),
            lambda: facts_of(
                self.memory, self.table, self.vulnerabilities, self.systems, self.policy
            ),
        )
        self.today = day_of(node.clock())
        self.statements = statements_of(node, self.today)
        self.rows: Rows = self._known(
            "rows",
            (stamp, self.vulnerabilities.scores_of, self.today, id(self.statements)),
            lambda: overlaid(self, self.table.rows, self.statements),
        )

    def counted(self, rows: Rows) -> Counts:
        """Count rows in every way people ask for."""
        at = np.arange(len(rows))
        statuses = np.bincount(rows.status, minlength=len(STATUSES)).tolist()
        decisions = np.bincount(ssvc_of(rows, self.facts, at), minlength=len(URGENCY)).tolist()
        systems = np.bincount(rows.system).tolist()
        return Counts(
            total=len(rows),
            by_status=dict(zip(STATUSES, statuses, strict=True)),
            by_ssvc=dict(zip(URGENCY, decisions, strict=True)),
            exploited=int(self.facts.kev[rows.vulnerability].sum()),
            by_system={
                self.table.systems[number]: count for number, count in enumerate(systems) if count
            },
        )

    def _vulnerabilities(self, born: int) -> Vulnerabilities:
        found: Vulnerabilities = self._known("vulnerabilities", born, Vulnerabilities)
        with self.memory.advisories.reading() as snapshot:
            found.catch_up(snapshot, self.table.vulnerabilities, self.policy)
        return found

    def _known[T](self, name: str, stamp: Hashable, make: Callable[[], T]) -> T:
        """Give what was worked out of a state, made anew where the state is another."""
        held = self.memory.known.get(name)
        if held is not None and held[0] == stamp:
            found: T = held[1]
            return found
        made = make()
        self.memory.known[name] = (stamp, made)
        return made


def wanted(asking: Asking, filters: FindingFilters, scope: Collection[str] | None) -> Wanted | None:
    """Put filters as masks; None where nothing can fit."""
    vulnerabilities = _vulnerabilities(asking, filters)
    systems = _systems(asking, filters, scope)
    packages, keys = _packages(asking, filters.package)
    for mask in (vulnerabilities, systems, packages, keys):
        if mask is not None and not mask.any():
            return None
    since, until = filters.first_seen_since, filters.first_seen_until
    return Wanted(
        state=filters.state,
        vulnerabilities=vulnerabilities,
        systems=systems,
        packages=packages,
        keys=keys,
        text=_text(asking, filters.text),
        statuses=tuple(map(STATUSES.index, filters.statuses)),
        ssvc=tuple(map(URGENCY.index, filters.ssvc)),
        due_until=(filters.due_until - EPOCH).days if filters.due_until else None,
        since=int(since.timestamp()) if since else None,
        until=int(until.timestamp()) if until else None,
    )


def _vulnerabilities(asking: Asking, filters: FindingFilters) -> Mask | None:
    facts = asking.facts
    masks: list[Mask] = []
    if filters.vulnerability:
        masks.append(_named(asking, filters.vulnerability))
    if filters.kev is not None:
        masks.append(facts.kev == filters.kev)
    if filters.epss_at_least is not None:
        masks.append(facts.epss >= np.float32(filters.epss_at_least))
    if filters.severity_at_least is not None:
        masks.append(facts.severity >= np.float32(filters.severity_at_least))
    return _all(masks)


def _named(asking: Asking, name: str) -> Mask:
    """Find a vulnerability by its name in findings or by any other of its group."""
    with asking.memory.advisories.reading() as snapshot:
        group = snapshot.group(name)
    names = {name, group.vulnerability} if group else {name}
    return np.fromiter((each in names for each in asking.table.vulnerabilities), dtype=bool)


def _systems(asking: Asking, filters: FindingFilters, scope: Collection[str] | None) -> Mask | None:
    systems = asking.systems
    masks: list[Mask] = []
    if scope is not None:
        allowed = frozenset(scope)
        masks.append(np.fromiter((each in allowed for each in systems.names), dtype=bool))
    if filters.systems:
        chosen = frozenset(filters.systems)
        masks.append(np.fromiter((each in chosen for each in systems.names), dtype=bool))
    if filters.service:
        masks.append(
            np.fromiter((filters.service in each for each in systems.services), dtype=bool)
        )
    if filters.supplier:
        masks.append(
            np.fromiter((each == filters.supplier for each in systems.suppliers), dtype=bool)
        )
    if filters.critical is not None:
        masks.append(asking.facts.critical == filters.critical)
    return _all(masks)


def _packages(asking: Asking, name: str) -> tuple[Mask | None, Mask | None]:
    """Find a package: one version of it, every version, or by ecosystem and name."""
    if not name:
        return None, None
    packages = asking.memory.packages
    if name in packages.numbers:
        mask = np.zeros(len(packages.purls), dtype=bool)
        mask[packages.numbers[name]] = True
        return mask, None
    if name.startswith("pkg:"):
        found = subject(name)
        if isinstance(found, Unmatchable) or found.version:
            return np.zeros(1, dtype=bool), None
        names = {f"{each.ecosystem}/{each.name}" for each in found.keys}
    else:
        names = {name}
    return None, np.fromiter((each in names for each in asking.table.keys), dtype=bool)


def _text(asking: Asking, text: str) -> tuple[Mask, Mask] | None:
    text = text.strip().casefold()
    if not text:
        return None
    vulnerabilities, packages = (
        np.fromiter((text in each.casefold() for each in names), dtype=bool, count=len(names))
        for names in (asking.table.vulnerabilities, asking.memory.packages.purls)
    )
    return vulnerabilities, packages


def _all(masks: Iterable[Mask]) -> Mask | None:
    together: Mask | None = None
    for each in masks:
        together = each if together is None else together & each
    return together
