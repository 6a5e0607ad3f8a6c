"""Whom one vulnerability reaches, and who has acted: from services down to components.

`by_service` puts every system below the services that rest on it; a system below several is listed
once, at the most critical, and names the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from panshi.model.asset import Asset, AssetId
from panshi.model.estate import Estate
from panshi.model.supply_chain.advisory import Advisory
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.systems import Around, every_finding
from panshi.protection.supply_chain.findings.counting import Open
from panshi.protection.supply_chain.findings.finding import (
    QUIET,
    Finding,
    FindingFilters,
    Ssvc,
    State,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One vulnerability with everything it reaches."""

    name: str
    aliases: tuple[str, ...]
    advisories: tuple[Advisory, ...]
    findings: tuple[Finding, ...]
    today: date

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.advisories or self.findings)

    @property
    def summary(self) -> str:
        """Give what the first advisory with a summary says."""
        return next((each.summary for each in self.advisories if each.summary), "")

    @property
    def open(self) -> tuple[Finding, ...]:
        """Give what still asks something of somebody."""
        return tuple(
            each for each in self.findings if not each.fixed_at and each.status not in QUIET
        )

    @property
    def quiet(self) -> tuple[Finding, ...]:
        """Give what a statement in force calls harmless."""
        return tuple(each for each in self.findings if not each.fixed_at and each.status in QUIET)

    @property
    def fixed(self) -> tuple[Finding, ...]:
        """Give what a newer bill has proven to be gone."""
        return tuple(each for each in self.findings if each.fixed_at)

    @property
    def systems(self) -> frozenset[str]:
        """Give the systems it is open in."""
        return frozenset(each.system for each in self.open)

    @property
    def overdue(self) -> int:
        """Count what should have been done by now."""
        return sum(bool(each.due and each.due < self.today) for each in self.open)

    @property
    def exploited(self) -> bool:
        """Whether it is known to be exploited."""
        return any(each.kev for each in self.findings)

    @property
    def due(self) -> date | None:
        """Give the last day by which all of it is to be done."""
        return max((each.due for each in self.open if each.due), default=None)


def reach(node: Node, name: str) -> Reach:
    """Look one vulnerability up by any of its names."""
    with open_advisories(node.home.path) as store, store.reading() as snapshot:
        group = snapshot.group(name)
        ids = group.advisories if group else (name,)
        found = tuple(each for each in map(snapshot.advisory, ids) if each is not None)
    vulnerability = group.vulnerability if group else name
    filters = FindingFilters(state=State.ALL, vulnerability=vulnerability)
    return Reach(
        name=vulnerability,
        aliases=tuple(each for each in (group.names if group else ()) if each != vulnerability),
        advisories=found,
        findings=tuple(every_finding(node, filters)),
        today=day_of(node.clock()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReach:
    """One service and the findings in systems it rests on."""

    service: Asset | None
    "None: systems no service rests on."
    findings: tuple[Finding, ...]

    @property
    def critical(self) -> bool:
        """Whether the estate calls the service critical."""
        return bool(self.service and self.service.attributes.get("critical") is True)

    @property
    def open(self) -> int:
        """Count the systems in which it is open."""
        return len(
            {
                each.system
                for each in self.findings
                if not each.fixed_at and each.status not in QUIET
            }
        )

    @property
    def fixed(self) -> int:
        """Count the systems whose newer bill proves the fix."""
        open_in = {each.system for each in self.findings if not each.fixed_at}
        return len({each.system for each in self.findings if each.fixed_at} - open_in)


def by_service(findings: Iterable[Finding], around: Around) -> tuple[ServiceReach, ...]:
    """Group findings by the first service their system is below, critical services first."""
    grouped: dict[str, list[Finding]] = {}
    services: dict[str, Asset] = {}
    for each in findings:
        below = services_of(each.system, around)
        first = below[0] if below else None
        if first:
            services[first.id] = first
        grouped.setdefault(first.id if first else "", []).append(each)
    made = [
        ServiceReach(service=services.get(name), findings=tuple(sorted(found, key=pressing)))
        for name, found in grouped.items()
    ]
    return tuple(sorted(made, key=_first))


def services_of(system: str, around: Around) -> Sequence[Asset]:
    """Give the services that rest on a system, critical ones first."""
    found = around.services.get(AssetId(system), ())
    return sorted(found, key=lambda each: (each.attributes.get("critical") is not True, each.id))


def pressing(each: Finding) -> tuple[object, ...]:
    """Put what is open and due soonest first."""
    done = 2 if each.fixed_at else 1 if each.status in QUIET else 0
    return (done, each.due or date.max, each.system, each.purl)


def _first(each: ServiceReach) -> tuple[object, ...]:
    return (not each.open, not each.critical, -each.open, each.service.id if each.service else "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerable:
    """One vulnerability in the list of those that reach us."""

    name: str
    summary: str
    findings: tuple[Finding, ...]
    services: tuple[Asset, ...]
    open: Open

    @property
    def worst(self) -> Ssvc | None:
        """Give the most urgent decision about it."""
        order = tuple(Ssvc)
        decisions = [each.ssvc for each in self.findings if each.ssvc]
        return min(decisions, key=order.index, default=None)

    @property
    def kev(self) -> bool:
        """Whether it is known to be exploited."""
        return any(each.kev for each in self.findings)

    @property
    def epss(self) -> float | None:
        """Give how likely exploitation is."""
        return max((each.epss for each in self.findings if each.epss is not None), default=None)

    @property
    def severity(self) -> float | None:
        """Give its CVSS base score."""
        scores = [each.severity for each in self.findings if each.severity is not None]
        return max(scores, default=None)

    @property
    def systems(self) -> int:
        """Count the systems it is in."""
        return len({each.system for each in self.findings})

    @property
    def packages(self) -> tuple[str, ...]:
        """Name the packages it is in."""
        return tuple(sorted({each.package for each in self.findings}))


def vulnerabilities(node: Node, estate: Estate, filters: FindingFilters) -> tuple[Vulnerable, ...]:
    """Give what reaches us, each vulnerability once; the most urgent first."""
    around, today = Around(estate), day_of(node.clock())
    grouped: dict[str, list[Finding]] = {}
    for each in every_finding(node, filters):
        grouped.setdefault(each.vulnerability, []).append(each)
    summaries = _summaries(node, grouped)
    made = [
        Vulnerable(
            name=name,
            summary=summaries[name],
            findings=tuple(found),
            services=_services(found, around),
            open=Open.of(found, today),
        )
        for name, found in grouped.items()
    ]
    return tuple(sorted(made, key=_urgent))


def _services(findings: Iterable[Finding], around: Around) -> tuple[Asset, ...]:
    found = {
        service.id: service
        for system in {each.system for each in findings}
        for service in services_of(system, around)
    }
    critical = sorted(
        found.values(), key=lambda each: (each.attributes.get("critical") is not True, each.id)
    )
    return tuple(critical)


def _urgent(each: Vulnerable) -> tuple[object, ...]:
    order = tuple(Ssvc)
    rank = order.index(each.worst) if each.worst else len(order)
    return (rank, not each.kev, -(each.epss or 0.0), -each.systems, each.name)


def _summaries(node: Node, names: Iterable[str]) -> Mapping[str, str]:
    said: dict[str, str] = {}
    with open_advisories(node.home.path) as store, store.reading() as snapshot:
        for name in names:
            group = snapshot.group(name)
            records = map(snapshot.advisory, group.advisories if group else (name,))
            said[name] = next((each.summary for each in records if each and each.summary), "")
    return said
