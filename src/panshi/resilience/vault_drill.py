"""A restore drill as a value: what is withheld, what must hold afterwards, when it is due again.

A plan is pass or fail per expectation, and seconds beside; the two are never averaged. A step that
did nothing (a place withheld that the vault does not have) is refused, since a drill that lost
nothing proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from panshi.errors import BadInputError, UsageError

MINUTE = 60.0


class Layer(StrEnum):
    """By what places are lost together."""

    COUNTRY = "country"
    ZONE = "zone"
    PROVIDER = "provider"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLayer:
    """Everything of one kind is gone: a zone, a provider."""

    layer: Layer
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One probe: a value that must come out of the restored system."""

    name: str
    sql: str = ""
    column: str = ""
    expect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPlan:
    """One drill."""

    id: str
    title: str
    source: str
    every_days: int = 0
    "0: only when somebody asks."
    rto_minutes: float
    rpo_minutes: float
    dwell_hours: float = 0.0
    "How long an intruder is assumed to have been inside."
    withheld: tuple[str, ...] = ()
    "Places, by address or its last part."
    withheld_layers: tuple[LostLayer, ...] = ()
    expected: tuple[Expected, ...] = ()
    port: int = 0
    "Loopback port of the restored server; 0: a socket only."
    layer: str = ""
    "Recovery layer this drill proves."
    assets: tuple[str, ...] = ()
    "Assets it speaks of beside the source's own."

    @property
    def facet(self) -> str:
        """Series of its records: a drill that failed stands until the same drill passes."""
        return f"drill:{self.id}"


def also_lost(plan: DrillPlan, names: Iterable[str]) -> DrillPlan:
    """Declare more lost: a place by its name, or a layer as `zone=north`, `provider=…`."""
    places, layers = list(plan.withheld), list(plan.withheld_layers)
    for name in names:
        layer, equals, of = name.partition("=")
        if not equals:
            places.append(name)
        elif layer in Layer and of:
            layers.append(LostLayer(layer=Layer(layer), name=of))
        else:
            raise UsageError(
                f"{name[:60]!r} names no layer",
                remedy="a place, or " + ", ".join(f"{each}=NAME" for each in Layer),
            )
    return replace(plan, withheld=tuple(places), withheld_layers=tuple(layers))


def due_at(plan: DrillPlan, last: datetime | None) -> datetime | None:
    """Give when a drill is due again; None where it never ran or only runs when asked."""
    return last + timedelta(days=plan.every_days) if last and plan.every_days else None


def is_due(plan: DrillPlan, last: datetime | None, now: datetime) -> bool:
    """Whether it is due; one that has a period and never ran is."""
    if not plan.every_days:
        return False
    due = due_at(plan, last)
    return due is None or due <= now


def withheld_of(
    plan: DrillPlan, addresses: Sequence[str], facts: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """Give the addresses a plan withholds; `facts` tell country, zone … of a place by its id."""
    gone: list[str] = []
    for name in plan.withheld:
        gone += _found([each for each in addresses if is_place(name, each)], plan, name)
    for lost in plan.withheld_layers:
        ids = [place for place, fact in facts.items() if fact.get(lost.layer) == lost.name]
        gone += _found(
            [each for each in addresses if any(is_place(one, each) for one in ids)],
            plan,
            f"{lost.layer} {lost.name}",
        )
    return tuple(each for each in addresses if each in gone)


def _found(found: list[str], plan: DrillPlan, name: str) -> list[str]:
    if not found:
        raise BadInputError(
            f"the vault has no place {name}",
            place=f"drill {plan.id}",
            remedy="name places by address, and layers as the placement on record names them",
        )
    return found


def is_place(name: str, address: str) -> bool:
    """Whether a short name means an address."""
    return name == address or address.rstrip("/").rpartition("/")[2] == name


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The moments of one drill; what never happened is None."""

    lost_at: datetime
    asked_at: datetime
    granted_at: datetime | None = None
    first_byte_at: datetime | None = None
    last_byte_at: datetime | None = None
    verified_at: datetime | None = None
    ended_at: datetime
    marked_at: datetime | None = None

    @property
    def rto_seconds(self) -> float:
        """From the loss to the restored system verified; to the end where it never was."""
        return ((self.verified_at or self.ended_at) - self.lost_at).total_seconds()

    @property
    def rpo_seconds(self) -> float:
        """Work lost, from the mark to the loss; 0 where nothing came back to measure."""
        if self.marked_at is None:
            return 0.0
        return max(0.0, (self.lost_at - self.marked_at).total_seconds())


def late(plan: DrillPlan, timed: Timed) -> Iterable[str]:
    """Say which targets were missed."""
    if timed.rto_seconds > plan.rto_minutes * MINUTE:
        yield f"RTO: {timed.rto_seconds:.1f} s, target {plan.rto_minutes * MINUTE:.0f} s"
    if timed.rpo_seconds > plan.rpo_minutes * MINUTE:
        yield f"RPO: {timed.rpo_seconds:.1f} s, target {plan.rpo_minutes * MINUTE:.0f} s"
