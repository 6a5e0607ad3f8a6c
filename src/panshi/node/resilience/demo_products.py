"""The products within the demo bank's services: one line each, and a class that tells the rest.

    deposit-atm | prompt | 120 | third:4.4 cloud:3.8

A class states objectives, the ways to go on a product has today, and when these were drilled; the
line states how much data come in first and what is offered, in million TWD a year. All demo data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from panshi.errors import ContentError
from panshi.model.resilience.plan import ImpactKind
from panshi.node.resilience.demo_shapes import Curve, Drill, Need, ServicePlan, Template, Way

COLUMNS = 4
MILLION = 1_000_000
DAY = 1_440.0
BY_HAND = 14_400.0
"Minutes for which work is done by hand."
BY_HAND_SHARE = 0.4
"Of normal service."
SLOWER = 1.1
"A drill takes so many times what is likely."


class ProductClass(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How urgent products are."""

    rto: float
    rpo: float
    mtpd: float
    customers: float
    "Customers without it who are not tolerable any more."
    layers: tuple[str, ...]
    people: int
    drilled: int
    "Days ago."


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """All products, as services are stated."""

    services: tuple[ServicePlan, ...]
    candidates: tuple[Way, ...]
    drills: tuple[Drill, ...]


def products_of(
    lines: Mapping[str, tuple[str, ...]],
    classes: Mapping[str, ProductClass],
    templates: Mapping[str, Template],
    owners: Mapping[str, ServicePlan],
    customers: tuple[str, ...],
) -> Products:
    """Expand the lines, by the name of the service they are within."""
    read = [
        _Product(line, owners[f"service:{service}"], classes, templates)
        for service, several in lines.items()
        for line in several
    ]
    return Products(
        services=tuple(each.plan(counted=each.within in customers) for each in read),
        candidates=tuple(way for each in read for way in each.offered()),
        drills=tuple(drill for each in read for drill in each.drills()),
    )


class _Product:
    """One line, read."""

    def __init__(
        self,
        line: str,
        within: ServicePlan,
        classes: Mapping[str, ProductClass],
        templates: Mapping[str, Template],
    ) -> None:
        parts = [each.strip() for each in line.split("|")]
        if len(parts) != COLUMNS:
            raise ContentError(
                f"a product line has {len(parts)} columns: {line!r}", place="demo/resilience.yaml"
            )
        name, urgency, gib, self._offers = parts
        self.within = within.service.partition(":")[2]
        self.name, self._owner = f"{self.within}-{name}", within.owner
        self._team = next(iter(within.needs[0].people))
        self._class, self._gib, self._templates = classes[urgency], float(gib), templates

    @property
    def _service(self) -> str:
        return f"service:{self.name}"

    def plan(self, *, counted: bool) -> ServicePlan:
        """Give its analysis; who answers for the service answers for the product."""
        here = self._class
        points = ((here.rto, here.customers / 4), (here.mtpd, here.customers))
        curve = Curve(limit=here.customers, basis="示範估算", points=points)
        return ServicePlan(
            service=self._service,
            owner=self._owner,
            mtpd=here.mtpd,
            rto=here.rto,
            rpo=here.rpo,
            curves={ImpactKind.CUSTOMERS: curve} if counted else {},
            needs=(Need(within=here.rto, level=0.3, people={self._team: here.people}, systems=()),),
            layers=tuple(self._way(of, self.name) for of in here.layers),
        )

    def _way(self, of: str, prefix: str, **more: object) -> Way:
        base, here = self._templates[of], self._class
        brings = base.immutable and bool(base.stands_on)
        way = Way(
            of=of,
            id=f"{prefix}-{of}",
            service=self._service,
            gib=self._gib if brings else 0.0,
            age=min(base.age, here.rpo) if base.age else None,
            people={self._team: here.people} if base.stands_on else {},
        )
        return msgspec.structs.replace(way, **more)

    def offered(self) -> Iterator[Way]:
        """Give what one could add, with its price."""
        for offer in self._offers.split():
            of, _, price = offer.partition(":")
            by_hand = not self._templates[of].stands_on
            yield self._way(
                of,
                f"add-{self.name}",
                cost=round(float(price) * MILLION),
                lasts=BY_HAND if by_hand else 0.0,
                capacity=BY_HAND_SHARE if by_hand else 1.0,
            )

    def drills(self) -> Iterator[Drill]:
        """Give one drill for each layer it has."""
        for of in self._class.layers:
            base = self._templates[of]
            yield Drill(
                service=self._service,
                layer=f"{self.name}-{of}",
                ago=self._class.drilled,
                minutes=round(base.activation[1] * SLOWER),
                data=min(base.age, self._class.rpo),
                passed=True,
            )
