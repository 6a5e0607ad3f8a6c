"""A bank of two services on two sites, small enough to know what contradicts."""

from __future__ import annotations

from datetime import UTC, datetime

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.estate import Estate
from panshi.model.resilience.graph import Delay, LayerKind
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactKind,
    ImpactPoint,
    PlannedLayer,
    RecoveryNeed,
    TeamNeed,
)
from panshi.node.node import Node
from panshi.node.resilience.impact import ImpactDesk
from panshi.node.resilience.sealing import seal_continuity

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
BANK = "two-sites"
PAY, LEND = AssetId("service:pay"), AssetId("service:lend")
CORE, GATEWAY = AssetId("system:core"), AssetId("system:gateway")
LEDGER = AssetId("dataset:ledger")
NORTH, SOUTH = AssetId("site:north"), AssetId("site:south")
VENDOR, CARRIER = AssetId("supplier:vendor"), AssetId("supplier:carrier")
OPERATORS = AssetId("role:operators")


def estate(now: datetime = NOW) -> Estate:
    """Payments stand on a core of two hosts and a gateway one vendor runs."""
    return Estate(
        id=BANK,
        name_zh="兩地銀行",
        name_en="Two-site bank",
        version=1,
        as_of=now,
        assets=(
            _asset(f"institution:{BANK}", "兩地銀行", sector="bank"),
            _asset(PAY, "支付", critical=True),
            _asset(LEND, "放款"),
            _asset(CORE, "核心", rto_minutes=60, rpo_minutes=15, hosts_needed=1),
            _asset(GATEWAY, "閘道", rto_minutes=240, cloud_model="SaaS"),
            _asset(LEDGER, "帳本"),
            _asset("host:a", "a", os="Debian 12"),
            _asset("host:b", "b", os="Debian 12"),
            _asset("host:t", "t", environment="test"),
            _asset(NORTH, "北站", city="Taipei", country="TW", generator_hours=8, seats=4),
            _asset(SOUTH, "南站", city="Tainan", country="TW", restore_mib_s=200),
            _asset("site:tokyo", "東京", site_kind="cloud_region", country="JP"),
            _asset(VENDOR, "廠商"),
            _asset(CARRIER, "電信"),
            _asset(OPERATORS, "維運", filled=3),
        ),
        relations=(
            _relation("depends_on", PAY, CORE),
            _relation("depends_on", PAY, GATEWAY),
            _relation("depends_on", LEND, CORE),
            _relation("holds", CORE, LEDGER),
            _relation("runs_on", CORE, "host:a"),
            _relation("runs_on", CORE, "host:b"),
            _relation("runs_on", CORE, "host:t"),
            _relation("located_at", "host:a", NORTH),
            _relation("located_at", "host:b", SOUTH),
            _relation("located_at", "host:t", SOUTH),
            _relation("supplied_by", GATEWAY, VENDOR),
            _relation("supplied_by", CORE, CARRIER),
            _relation("depends_on", VENDOR, CARRIER),
        ),
    )


def settle(node: Node, *, seal: bool = True) -> None:
    """Make it an estate of a node: its analysis approved by another person, results sealed."""
    node.commit_estate(estate(node.clock()), by="test")
    ImpactDesk(node, actor="lin", estate_id=BANK).propose(entry())
    ImpactDesk(node, actor="wang", estate_id=BANK).decide(PAY, ImpactRuling.APPROVE)
    if seal:
        seal_continuity(node, actor="lin", estate_id=BANK, trials=0)


def entry(**changed: object) -> ImpactEntry:
    """Payments may be gone for four hours; a layer at the other site is up within one."""
    usual: dict[str, object] = {
        "service": PAY,
        "owner": "lin.yating",
        "mtpd": 240,
        "rto": 120,
        "rpo": 10,
        "curves": (
            ImpactCurve(
                kind=ImpactKind.MONEY,
                points=(
                    ImpactPoint(minutes=60, value=100),
                    ImpactPoint(minutes=360, value=1_000),
                ),
                limit=1_000,
                basis="財務處估計",
            ),
        ),
        "needs": (
            RecoveryNeed(
                within=120,
                level=0.5,
                people=(TeamNeed(team=OPERATORS, people=2),),
                systems=(CORE, GATEWAY),
            ),
        ),
        "layers": (layer(),),
        "interviewed": "支付部，2026-10-01",
    }
    return ImpactEntry(**usual | changed)  # type: ignore[arg-type]


def layer(**changed: object) -> PlannedLayer:
    """Serve from the south."""
    usual: dict[str, object] = {
        "id": "pay-south",
        "kind": LayerKind.REMOTE_SITE,
        "name_zh": "南站備援",
        "name_en": "South",
        "activation": Delay(low=30, likely=45, high=60),
        "people": (TeamNeed(team=OPERATORS, people=2),),
        "stands_on": (SOUTH,),
        "data_age": 5,
        "restore_gib": 20.0,
        "cost": 1_200_000,
    }
    return PlannedLayer(**usual | changed)  # type: ignore[arg-type]


def _asset(name: str, zh: str, **attributes: object) -> Asset:
    kind = AssetKind(name.partition(":")[0])
    return Asset(id=AssetId(name), kind=kind, name=zh, attributes=attributes)  # type: ignore[arg-type]


def _relation(kind: str, source: str, target: str) -> Relation:
    return Relation(kind=RelationKind(kind), source=AssetId(source), target=AssetId(target))
