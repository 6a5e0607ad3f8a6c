"""Columns of findings with everything a question may need, and questions put as masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from panshi.model.zone import day_of
from panshi.node.supply_chain.clocks import policy_of
from panshi.node.supply_chain.portfolio.facts import (
    EPOCH,
    Systems,
    Vulnerabilities,
    decisions_of,
    facts_of,
    ranks,
    systems_of,
)
from panshi.node.supply_chain.portfolio.memory import SYSTEMS, Names, memory_of
from panshi.node.supply_chain.portfolio.statements import overlaid, statements_of
from panshi.node.supply_chain.portfolio.table import rows_of, table_of
from panshi.protection.supply_chain.findings.finding import STATUSES, Sort
from panshi.protection.supply_chain.findings.querying import Facts, Wanted, ssvc_of
from panshi.protection.supply_chain.matching import Unmatchable, subject
from panshi.protection.supply_chain.priority.deciding import URGENCY
from panshi.protection.supply_chain.vex import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

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
        """Bring names and scores up to date; columns wait until somebody asks."""
        self.node = node
        self.memory = memory_of(node)
        self.policy = policy_of(node)
        self.today = day_of(node.clock())
        self.names: Names = self.memory.names
        estates = tuple((each, node.judging.estate(each).version) for each in node.estate_ids())
        with self.memory.index.reading() as reading:
            self.memory.packages.catch_up(reading)
            self.names.catch_up(reading)
            self._stamp = (self.names.born, reading.meta(SYSTEMS), estates, self.policy)
            self.systems: Systems = self._known(
                "systems",
                self._stamp,
                lambda: systems_of(node, reading, self.names.systems, self.policy),
            )
        self.vulnerabilities: Vulnerabilities = self._known(
            "vulnerabilities", self.names.born, Vulnerabilities
        )
        with self.memory.advisories.reading() as snapshot:
            self.vulnerabilities.catch_up(snapshot, self.names, self.policy)
        self.facts: Facts = self._known(
            "facts",
            (self._stamp, self.vulnerabilities.fingerprint, len(self.vulnerabilities.epss)),
            self._facts,
        )
        self.statements = statements_of(node, self.today)
        self.around: dict[int, Any] = self._known("around", self._stamp, dict)
        "Systems in words, kept while nothing around them changes."

    def _facts(self) -> Facts:
        """Put facts together; decisions stay as long as no class of anything is new."""
        sides, arounds = self.vulnerabilities.classes, self.systems.classes
        decisions = self._known(
            "decisions",
            (self._stamp, tuple(sides)),
            lambda: decisions_of(sides, arounds, self.policy),
        )
        return facts_of(self.vulnerabilities, self.systems, self.policy, decisions, self._rank)

    @cached_property
    def rows(self) -> Rows:
        """Every finding as columns, statements considered."""
        with self.memory.index.reading() as reading:
            table = table_of(self.memory, reading)
        stamp = (
            (table.born, table.generation),
            self.vulnerabilities.fingerprint,
            self.today,
            id(self.statements),
            self._stamp if len(self.statements) else None,
        )
        return self._known("rows", stamp, lambda: self._overlaid(table.rows))

    def _overlaid(self, rows: Rows) -> Rows:
        return overlaid(
            rows,
            self.statements,
            [known.names if known else () for known in self.vulnerabilities.known],
            self.asked,
            self.today,
        )

    def asked(self, package: int, system: int) -> Asked:
        """Ask about a package of a system, within the products its documents describe."""
        return Asked(
            self.memory.packages.purls[package],
            system=self.names.systems[system],
            within=self.systems.within[system],
        )

    def rows_of(self, name: str) -> Rows | None:
        """Give the findings of one vulnerability, without looking at any other; None if unknown."""
        with self.memory.advisories.reading() as snapshot:
            group = snapshot.group(name)
        number = self.names.numbers.get(group.vulnerability if group else name)
        if number is None:
            return None
        with self.memory.index.reading() as reading:
            keys = {
                key
                for advisory in (group.advisories if group else (name,))
                for key in reading.keys_of_advisory(advisory)
            }
            rows = rows_of(self.memory, reading, sorted(keys), number)
        return self._overlaid(rows)

    def _rank(self, sort: Sort) -> NDArray[np.int32]:
        names: dict[Sort, Sequence[str]] = {
            Sort.SYSTEM: self.systems.names,
            Sort.SUPPLIER: self.systems.suppliers,
            Sort.PACKAGE: self.memory.packages.purls,
            Sort.VULNERABILITY: self.names.vulnerabilities,
        }
        stamp = (self._stamp, len(names[sort]))
        return self._known(f"rank {sort}", stamp, lambda: ranks(names[sort]))

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
                self.names.systems[number]: count for number, count in enumerate(systems) if count
            },
        )

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
    mask = np.zeros(len(asking.names.vulnerabilities), dtype=bool)
    for each in {name, group.vulnerability if group else name}:
        if each in asking.names.numbers:
            mask[asking.names.numbers[each]] = True
    return mask


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
    return None, np.fromiter((each in names for each in asking.names.keys), dtype=bool)


def _text(asking: Asking, text: str) -> tuple[Mask, Mask] | None:
    text = text.strip().casefold()
    if not text:
        return None
    vulnerabilities, packages = (
        np.fromiter((text in each.casefold() for each in names), dtype=bool, count=len(names))
        for names in (asking.names.vulnerabilities, asking.memory.packages.purls)
    )
    return vulnerabilities, packages


def _all(masks: Iterable[Mask]) -> Mask | None:
    together: Mask | None = None
    for each in masks:
        together = each if together is None else together & each
    return together
