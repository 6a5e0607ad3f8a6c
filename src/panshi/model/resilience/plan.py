"""What may happen and what must be reached: disasters with a clock, and business impact.

A *scenario* strikes nodes of the graph at given minutes. A *business impact entry* states for one
service how harm grows with time, from which the longest tolerable outage (MTPD, ISO 22300) and the
objectives follow, and the least it needs to run again. Times are minutes throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.errors import BadInputError
from panshi.model.asset import AssetId
from panshi.model.resilience.graph import NO_DELAY, Delay, LayerKind, NodeId, NodeKind


class Effect(StrEnum):
    """What a shock does to what it strikes."""

    OUTAGE = "outage"
    "It is down for the shock's duration."
    CORRUPTION = "corruption"
    "Data is poisoned since the dwell began, replicas too; older immutable copies are clean."
    CAPACITY = "capacity"
    "So much of it is left: people who come to work, a path that still carries some."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """One blow of a scenario. It strikes the nodes named, or all of a kind that match."""

    at: float
    "Minutes after the scenario begins."
    effect: Effect = Effect.OUTAGE
    nodes: tuple[NodeId, ...] = ()
    kind: NodeKind | None = None
    "Strikes nodes of this kind where no nodes are named."
    country: str = ""
    "Only those in this country; `!TW` for all others."
    match: str = ""
    "Only those whose id contains this."
    probability: float = 1.0
    "That each node struck at all is hit, given the scenario."
    together: bool = False
    "Whether one draw decides for all of them."
    duration: Delay = NO_DELAY
    dwell: float = 0.0
    "Of a corruption: minutes the intruder was inside before it shows."
    left: float = 0.0
    "Of a capacity shock: share that is left."

    def __post_init__(self) -> None:
        """Refuse a blow at nothing."""
        if not self.nodes and self.kind is None:
            raise BadInputError("a shock strikes nothing", remedy="name nodes or a kind")
        if not (0 <= self.probability <= 1 and 0 <= self.left <= 1):
            raise BadInputError("probability and left lie between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Shocks with a clock; a combination is the shocks of several, moved in time."""

    id: str
    title_zh: str
    title_en: str
    shocks: tuple[Shock, ...]
    horizon: float = 43_200.0
    "Minutes looked at; who is not back by then counts as lost."
    story_zh: str = ""
    story_en: str = ""
    source: str = ""
    "Document and article the scenario is taken from."


class ImpactKind(StrEnum):
    """Whom an outage harms; each has one unit (`UNITS`)."""

    CUSTOMERS = "customers"
    MONEY = "money"
    MARKET = "market"
    LAW = "law"


UNITS: dict[ImpactKind, tuple[str, str]] = {
    ImpactKind.CUSTOMERS: ("人", "customers who cannot be served"),
    ImpactKind.MONEY: ("新臺幣萬元", "TWD 10,000 lost"),
    ImpactKind.MARKET: ("新臺幣萬元", "TWD 10,000 of others' payments or trades stuck"),
    ImpactKind.LAW: ("級", "level: 1 notice, 2 correction, 3 fine, 4 suspension"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactPoint:
    """How bad it is after so long."""

    minutes: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactCurve:
    """Harm over time: grows from point to point in straight lines, starts at nothing at 0."""

    kind: ImpactKind
    points: tuple[ImpactPoint, ...]
    limit: float
    "From here on the harm is not tolerable; who says so is in `basis`."
    basis: str = ""
    "Why: a rule with its article, a figure of finance, a decision of the board."

    def at(self, minutes: float) -> float:
        """Harm after so long; what comes after the last point stays as it was there."""
        before = ImpactPoint(minutes=0, value=0)
        for point in self.points:
            if minutes < point.minutes:
                share = (minutes - before.minutes) / (point.minutes - before.minutes)
                return before.value + share * (point.value - before.value)
            before = point
        return before.value

    @property
    def tolerable(self) -> float | None:
        """Minutes until the limit is reached; None where it never is."""
        before = ImpactPoint(minutes=0, value=0)
        for point in self.points:
            if point.value >= self.limit:
                rise = point.value - before.value
                if rise <= 0:
                    return before.minutes
                share = (self.limit - before.value) / rise
                return before.minutes + share * (point.minutes - before.minutes)
            before = point
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNeed:
    """So many people of one team."""

    team: str
    "Asset id of a role, or the name of a team."
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryNeed:
    """The least it takes to serve at a level, so many minutes after the outage began."""

    within: float
    level: float
    "Share of normal service, 0 to 1."
    people: tuple[TeamNeed, ...] = ()
    sites: tuple[AssetId, ...] = ()
    systems: tuple[AssetId, ...] = ()
    datasets: tuple[AssetId, ...] = ()
    suppliers: tuple[AssetId, ...] = ()

    @property
    def assets(self) -> tuple[AssetId, ...]:
        """Everything named that is in the estate."""
        return (*self.sites, *self.systems, *self.datasets, *self.suppliers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayer:
    """A recovery layer as people plan it; drills tell what it reaches."""

    id: str
    "Short name, unique in the institution, for example `deposit-remote`."
    kind: LayerKind
    name_zh: str
    name_en: str = ""
    activation: Delay = NO_DELAY
    capacity: float = 1.0
    "Share of normal service it carries."
    people: tuple[TeamNeed, ...] = ()
    stands_on: tuple[AssetId, ...] = ()
    "Sites, systems, data sets and suppliers it cannot do without."
    data_age: float = 0.0
    immutable: bool = False
    retention_days: float = 0.0
    restore_gib: float = 0.0
    lasts: float = 0.0
    "Minutes it can be kept up; 0 without end."
    cost: int = 0
    "TWD a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactEntry:
    """Business impact of losing one service."""

    service: AssetId
    owner: str
    "Who answers for it in the business."
    mtpd: float
    rto: float
    rpo: float
    curves: tuple[ImpactCurve, ...] = ()
    needs: tuple[RecoveryNeed, ...] = ()
    layers: tuple[PlannedLayer, ...] = ()
    interviewed: str = ""
    "Who was asked, and when."
    note: str = ""

    @property
    def tolerable(self) -> tuple[float, ImpactCurve] | None:
        """The first moment a curve reaches its limit, and that curve; None where none does."""
        reached = [(each.tolerable, each) for each in self.curves]
        known = [(minutes, each) for minutes, each in reached if minutes is not None]
        return min(known, key=lambda pair: pair[0], default=None)
