"""The control socket reaches live sessions of a running decision point, and nothing else does."""

import asyncio
import getpass
import time

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, StoreError
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust import live as desk
from panshi.pdp.control import running, socket_path, take_up
from panshi.pdp.live.routes import ROUTES
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.protection.cedar import Entity, EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from tests.protection.zero_trust.trust.models import MODEL

POLICY = "permit(principal, action, resource) when { context.trust.level >= 50 };"
AMY, READ, BOOKS = Uid("User", "amy"), Uid("Action", "read"), Uid("System", "books")

pytestmark = pytest.mark.slow


@pytest.fixture
def node(tmp_path):
    opened = Node.open(Home(path=tmp_path / "home"))
    with opened:
        yield opened


def deciding(node, work):
    """Run a decision point on a home while some work is done beside it, in a thread."""

    async def serve():
        entities = EntityStore.from_json([])
        entities.put(Entity(AMY, {}, frozenset(), {}))
        point = DecisionPoint(
            policies=compile_policies(POLICY, source="test"), entities=entities, clock=time.time
        )
        live = take_up(point, model=MODEL, home=node.home.path)
        server = Server(point, ROUTES)
        async with running(live, server, node.home.path):
            now = time.time()
            live.establish(
                Session(
                    id="s 1/ä", user=AMY, assurance=3, authenticators=("hwk",),
                    established_at=now, expires_at=now + 600,
                )
            )  # fmt: skip
            live.open(
                Access(id="a", session="s 1/ä", action=READ, resource=BOOKS, pep="p", opened_at=now)
            )
            assert socket_path(node.home.path).stat().st_mode & 0o077 == 0
            found = await asyncio.to_thread(work)
            await server.stop(0.1)
        return found

    return asyncio.run(serve())


def test_the_node_sees_ends_and_signals(node):
    def work():
        shown = desk.snapshot(node)
        one = desk.session(node, "s 1/ä")
        done = desk.send_signal(
            node, kind="account", subject=("user", "amy"), said="bad", source="soc", actor="cli:eve"
        )
        ended = desk.end(node, "s 1/ä", actor="cli:eve")
        with pytest.raises(MissingError):
            desk.session(node, "nobody")
        with pytest.raises(BadInputError):
            desk.send_signal(
                node, kind="nothing", subject=("user", "amy"), said="x", source="y", actor="z"
            )
        return shown, one, done, ended, desk.snapshot(node)

    shown, one, done, ended, after = deciding(node, work)

    assert (shown.sessions_live, shown.accesses_open) == (1, 1)
    assert one.session.user == AMY
    assert one.contributions
    assert done.kinds == {"close": 1}
    assert ended.orders == 0
    assert (after.sessions_live, after.accesses_open) == (0, 0)
    assert after.consequences[-1].cause == "signal"


def test_break_glass_takes_two_people_whatever_way_they_come_in(node):
    def work():
        asked = desk.request_break_glass(
            node, user="amy", reason="core is down", lasts_s=60, actions=(), resources=(),
            actor=f"cli:{getpass.getuser()}",
        )  # fmt: skip
        for same in (f"cli:{getpass.getuser()}", getpass.getuser().upper(), "amy"):
            with pytest.raises(ForbiddenError, match="two people"):
                desk.approve_break_glass(node, asked.grant.id, actor=same)
        begun = desk.approve_break_glass(node, asked.grant.id, actor="somebody-else")
        desk.end_break_glass(node, asked.grant.id, actor="somebody-else")
        return begun, desk.review_break_glass(
            node, asked.grant.id, finding="restarted the core", actor="third"
        )

    begun, reviewed = deciding(node, work)

    assert begun.state == "in_force"
    assert reviewed.state == "reviewed"


def test_sessions_survive_a_restart(node):
    deciding(node, lambda: None)

    assert deciding(node, lambda: desk.snapshot(node).sessions_live) == 1


def test_without_a_decision_point_the_node_says_how_to_start_one(node):
    with pytest.raises(StoreError, match="panshi zt serve"):
        desk.snapshot(node)
