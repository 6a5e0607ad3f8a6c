"""The shapes of the demo bank's plan to go on, as `content/demo/resilience.yaml` writes them."""

from __future__ import annotations

import msgspec

from panshi.model.resilience.graph import LayerKind
from panshi.model.resilience.plan import ImpactKind


class Template(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A way to go on that several services use."""

    kind: LayerKind
    zh: str
    en: str
    activation: tuple[float, float, float]
    stands_on: tuple[str, ...]
    immutable: bool = False
    days: float = 0.0
    age: float = 0.0
    cost: int


class Way(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One service's use of such a way; what it states takes the place of the template's."""

    of: str
    id: str
    service: str = ""
    kind: LayerKind | None = None
    zh: str = ""
    en: str = ""
    activation: tuple[float, float, float] | None = None
    stands_on: tuple[str, ...] | None = None
    people: dict[str, int] = {}
    gib: float = 0.0
    days: float | None = None
    age: float | None = None
    capacity: float = 1.0
    lasts: float = 0.0
    cost: int | None = None


class Curve(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How harm grows."""

    limit: float
    basis: str
    points: tuple[tuple[float, float], ...]


class Need(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The least it takes."""

    within: float
    level: float
    people: dict[str, int]
    systems: tuple[str, ...]


class ServicePlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One service."""

    service: str
    owner: str
    mtpd: float
    rto: float
    rpo: float
    needs: tuple[Need, ...]
    layers: tuple[Way, ...]
    curves: dict[ImpactKind, Curve] = {}
    ago: int | None = None


class Analysed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who analysed, who approved, when."""

    by: str
    second: str
    ago: int
    why: str


class Waiting(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An analysis that waits for a second person."""

    service: str
    by: str
    ago: int
    mtpd: float
    why: str


class Drill(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A switch to one layer, measured."""

    service: str
    layer: str
    ago: int
    minutes: float
    data: float
    passed: bool
    live: bool = False
    partners: tuple[str, ...] = ()


class Partner(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A supplier who took part in a drill."""

    supplier: str
    ago: int
    minutes: float
