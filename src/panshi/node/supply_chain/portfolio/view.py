"""The portfolio as people and pages ask for it: systems, their documents, packages, suppliers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from panshi.errors import BadInputError
from panshi.node.supply_chain.portfolio.keeping_up import keep_up
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.protection.supply_chain.findings.rows import EVER
from panshi.protection.supply_chain.matching import (
    PackageKey,
    Unmatchable,
    named,
    subject,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from panshi.node.node import Node
    from panshi.node.supply_chain.portfolio.memory import PortfolioMemory
    from panshi.store.portfolio import Delivery, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document as it was delivered for one system."""

    id: str
    "Evidence id of the delivery."
    digest: str
    system: str
    part: str
    supplier: str
    service: str
    received: datetime
    format: str
    "For example `CycloneDX 1.6`."
    created: str
    "Day it says it was made; empty where it does not."
    subject: str
    "Name and version of what it says it is about."
    components: int
    packages: int
    unreadable: int
    unjudged: Mapping[str, int]
    "Components nobody can judge, by reason."
    versioned_share: float
    identified_share: float
    stands: bool
    "Whether it is what counts for its part of the system now."
    forgotten: bool
    problem: str
    "Why its original cannot be read any more; empty where it can."


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package of the portfolio, in one version."""

    number: int
    purl: str
    unjudged: str
    "Why nobody can judge it; empty where advisories can."


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One system that has some package."""

    system: str
    supplier: str
    purls: tuple[str, ...]


class Portfolio:
    """One state of the portfolio, read as it is asked."""

    def __init__(self, memory: PortfolioMemory) -> None:
        """Read from a node's portfolio."""
        self._memory = memory
        with memory.index.reading() as reading:
            memory.packages.catch_up(reading)
            self._names = dict(reading.systems())
            self._numbers = {name: number for number, name in self._names.items()}
            self._standing: dict[int, list[Delivery]] = {}
            standing = dict.fromkeys(number for _, number in reading.all_standing())
            by_number = {each.id: each for each in reading.deliveries() if each.id in standing}
            for number in standing:
                found = by_number[number]
                self._standing.setdefault(found.system, []).append(found)

    def systems(self) -> tuple[str, ...]:
        """Name every system with a document that stands."""
        return tuple(sorted(self._names[each] for each in self._standing))

    def documents(self, system: str) -> tuple[Document, ...]:
        """Give every document delivered for a system, the newest first."""
        number = self._numbers.get(system)
        if number is None:
            return ()
        with self._memory.index.reading() as reading:
            return tuple(map(self._document, reversed(list(reading.deliveries(number)))))

    def standing(self, system: str) -> tuple[Document, ...]:
        """Give the documents that count for a system now, one per part, the newest first."""
        found = self._standing.get(self._numbers.get(system, -1), ())
        return tuple(map(self._document, reversed(found)))

    def current(self, system: str) -> Document | None:
        """Give the newest document that counts for a system."""
        return next(iter(self.standing(system)), None)

    def original(self, digest: str) -> bytes:
        """Give the bytes of a document as they came."""
        return self._memory.documents.read(digest)

    def package(self, number: int) -> Package:
        """Give a package by its number."""
        packages = self._memory.packages
        return Package(
            number=number, purl=packages.purls[number], unjudged=packages.unjudged[number]
        )

    def packages_in(self, key: PackageKey) -> tuple[Package, ...]:
        """Give every version of a package that some system has or had."""
        with self._memory.index.reading() as reading:
            keys = reading.primary_keys(*named(*key))
            numbers = [number for each in keys for number, _ in reading.packages_of(each)]
        return tuple(map(self.package, numbers))

    def systems_with(self, packages: Iterable[int]) -> dict[str, tuple[int, ...]]:
        """Give the systems that have some of these packages now, and which."""
        wanted = np.zeros(len(self._memory.packages.purls), dtype=bool)
        wanted[list(packages)] = True
        with self._memory.index.reading() as reading:
            held = self._memory.holdings(reading)
        held = held.where(wanted[held.package] & (held.until == EVER))
        found: dict[str, tuple[int, ...]] = {}
        for system, package in zip(held.system.tolist(), held.package.tolist(), strict=True):
            name = self._names.get(system)
            if name is not None:
                found[name] = (*found.get(name, ()), package)
        return found

    def owners(self, name: str) -> tuple[Owner, ...]:
        """Give who has a package: a purl, with or without its version, or `ecosystem/name`."""
        if name.startswith("pkg:"):
            found = subject(name)
            if isinstance(found, Unmatchable):
                raise BadInputError(found.why, place=name[:80], remedy="write pkg:pypi/requests")
            key, version = found.keys[0], found.version
        else:
            ecosystem, _, rest = name.partition("/")
            key, version = PackageKey(ecosystem, rest), ""
        packages = [each for each in self.packages_in(key) if not version or each.purl == name]
        purls = {each.number: each.purl for each in packages}
        return tuple(
            Owner(
                system=system,
                supplier=next((each.supplier for each in self.standing(system)), ""),
                purls=tuple(sorted(purls[each] for each in numbers)),
            )
            for system, numbers in sorted(self.systems_with(purls).items())
        )

    def suppliers(self) -> dict[str, tuple[str, ...]]:
        """Give who delivered documents that stand, and for which systems."""
        found: dict[str, dict[str, None]] = {}
        for number, documents in self._standing.items():
            for each in documents:
                if each.supplier:
                    found.setdefault(each.supplier, {})[self._names[number]] = None
        return {name: tuple(sorted(systems)) for name, systems in sorted(found.items())}

    def services_named(self) -> dict[str, tuple[str, ...]]:
        """Give the services deliveries name, by system."""
        found: dict[str, tuple[str, ...]] = {}
        for number, documents in self._standing.items():
            services = tuple(dict.fromkeys(each.service for each in documents if each.service))
            if services:
                found[self._names[number]] = services
        return found

    def _document(self, each: Delivery) -> Document:
        standing = self._standing.get(each.system, ())
        return Document(
            id=each.observation,
            digest=each.digest,
            system=self._names[each.system],
            part=each.part,
            supplier=each.supplier,
            service=each.service,
            received=datetime.fromtimestamp(each.received, UTC),
            format=each.format,
            created=each.created,
            subject=each.subject,
            components=each.components,
            packages=each.packages,
            unreadable=each.unreadable,
            unjudged=json.loads(each.unjudged),
            versioned_share=each.versioned,
            identified_share=each.identified,
            stands=any(other.id == each.id for other in standing),
            forgotten=bool(each.forgotten),
            problem=each.problem,
        )


def portfolio(node: Node) -> Portfolio:
    """Give the portfolio as it stands now."""
    keep_up(node)
    return Portfolio(memory_of(node))


def purls_of(reading: Reading, system: int) -> dict[int, str]:
    """Give which document of a system that stands lists each package: the newest does."""
    found: dict[int, str] = {}
    standing = sorted(
        ((reading.delivery(number), blob) for _, number, blob in reading.standing(system)),
        key=lambda each: (each[0].received, each[0].position),
    )
    for delivery, blob in standing:
        found.update(dict.fromkeys(np.frombuffer(blob, dtype=np.uint32).tolist(), delivery.digest))
    return found
