"""A bank of forty hosts: six break one control, and another one can be made to hold or to fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.bodies.monitoring import IncidentFinding
from panshi.model.bodies.network import Segment
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation
from panshi.node.home import Home
from panshi.node.library import Library
from panshi.node.node import Node
from tests.simulators.offices import appoint

BANK = "guarded-bank"
INSTITUTION = AssetId(f"institution:{BANK}")
HOSTS = tuple(AssetId(f"host:h{number:02}") for number in range(40))
FAILING = HOSTS[:6]
"Hosts that are not micro-segmented."
BROKEN, SOUND = "zt36/3-2", "zt36/3-1"
"The control excepted from, and the one that compensates for it."
CISO, COMMITTEE, CHAIR = "lin.yating", "li.meihua", "zhang.zhengyi"
OWNER, REVIEWER = "hsieh.kuowei", "yang.chengen"
LIBRARY = Library()


def open_bank(home: Home, clock: Callable[[], datetime]) -> Node:
    """Open the node as it rests; its knowledge is parsed once for all of them."""
    node = Node.open(home, clock=clock)
    node.library = LIBRARY
    node.judging._library = LIBRARY
    return node


def found_bank(node: Node) -> None:
    """Put the bank, its looks and its officers into an empty node."""
    now = node.clock()
    before = now - timedelta(days=1)
    node.commit_estate(estate(before, HOSTS), by="tests", at=before)
    node.log.append(looks(now), now)
    since = now.date() - timedelta(days=400)
    appoint(node, CISO, "ciso", since=since)
    appoint(node, COMMITTEE, "risk_committee", since=since)
    appoint(node, CHAIR, "board_chair", since=since)
    node.checkpoint()


def estate(at: datetime, hosts: tuple[AssetId, ...]) -> Estate:
    institution = Asset(
        id=INSTITUTION,
        kind=AssetKind.INSTITUTION,
        name="bank",
        attributes={"sector": "bank"},
    )
    return Estate(
        id=BANK,
        name_zh="守衛銀行",
        name_en="Guarded Bank",
        version=1,
        as_of=at,
        assets=(institution, *(Asset(id=each, kind=AssetKind.HOST, name=each) for each in hosts)),
        demo=True,
    )


def looks(at: datetime) -> list[Observation]:
    """Every host is isolated; all but six are micro-segmented."""
    return [
        observed(
            "network.segment/1",
            Segment(
                isolated=True,
                peer_reachable=False,
                micro_segmented=host not in FAILING,
                policy_as_code=True,
            ),
            at=at - timedelta(minutes=1),
            subject=host,
        )
        for host in HOSTS
    ]


def incident(at: datetime, *, over: bool) -> Observation:
    """Something happens that shows that the compensating control fails, or it is over."""
    body = IncidentFinding(passed=over, controls=(SOUND,), ticket="T-1")
    return observed("incident.finding/1", body, at=at, facet="T-1")


def observed(
    kind: str, body: Body, *, at: datetime, subject: str = INSTITUTION, facet: str = ""
) -> Observation:
    return Observation(
        kind=kind, subject=subject, facet=facet, observed_at=at, collector="test", body=body
    )
