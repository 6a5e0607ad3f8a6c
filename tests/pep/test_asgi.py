"""The ASGI middleware with a real decision point: asked, kept, and ended while it runs."""

import asyncio

import pytest

from panshi.pep.asgi import TakenBackError, ZeroTrust
from panshi.pep.client import Gatekeeper
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from tests.simulators.patience import PATIENCE
from tests.simulators.running_point import RunningPoint


async def application(scope, receive, send):
    """Echo over WebSocket; over HTTP tell who it is, or go on for ever."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    headers = dict(scope["headers"])
    who = headers.get(b"x-panshi-user", b"") + b" " + scope["zero_trust"].session.encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": who, "more_body": True})
    while scope["path"] == "/forever":
        await asyncio.sleep(0.01)
        await send({"type": "http.response.body", "body": b".", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def question(scope):
    return {"/pay": ("payments", "read"), "/forever": ("payments", "read"),
            "/write": ("payments", "write"), "/ws": ("wiki", "connect"),
            "/vault": ("vault", "read")}.get(scope["path"])  # fmt: skip


class Caller:
    """A server and a client of ASGI in one."""

    def __init__(self, middleware, path, secret, *, kind="http", headers=()):
        cookie = [(b"cookie", f"panshi_zt={secret}".encode())] if secret else []
        self.scope = {"type": kind, "path": path, "client": ("127.0.0.1", 1)}
        self.scope["headers"] = [*cookie, *headers]
        self.inbox, self.outbox = asyncio.Queue(), asyncio.Queue()
        self.task = asyncio.ensure_future(middleware(self.scope, self.inbox.get, self.outbox.put))

    async def status(self):
        return (await asyncio.wait_for(self.outbox.get(), PATIENCE))["status"]

    async def body(self):
        return (await asyncio.wait_for(self.outbox.get(), PATIENCE)).get("body")


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- what is waited for is told by nobody
            await asyncio.sleep(0.005)


def run(test, **settings):
    async def whole(point):
        keeper = Gatekeeper("shop", f"http://127.0.0.1:{point.port}", **settings)
        await keeper.start()
        try:
            await test(point, keeper, ZeroTrust(application, keeper, question=question))
        finally:
            await keeper.stop()

    with RunningPoint() as point:
        asyncio.run(whole(point))


def test_requests_are_asked_once_and_kept_until_taken_back():
    async def test(point, keeper, middleware):
        secret = point.sign_in("amy")
        for _ in range(3):
            caller = Caller(middleware, "/pay", secret, headers=[(b"X_Panshi-User", b"root")])
            assert await caller.status() == 200
            assert await caller.body() == b"amy " + session_id_of(secret).encode()
            await caller.task
        # Given one answer kept, which the decision point knows as open
        assert len(keeper) == 1
        assert len(point.point.live.register.accesses) == 1
        # When the session ends
        await asyncio.to_thread(point.ask, "DELETE", f"/zt/v1/sessions/{session_id_of(secret)}")
        await until(lambda: not len(keeper))
        # Then the next request is asked anew and refused
        assert await Caller(middleware, "/pay", secret).status() == 401

    run(test, keep_s=3600)


def test_answers_grow_old():
    async def test(point, _keeper, middleware):
        secret = point.sign_in("amy")
        await Caller(middleware, "/pay", secret).task
        first = set(point.point.live.register.accesses)
        await asyncio.sleep(0.1)
        await Caller(middleware, "/pay", secret).task
        await until(lambda: len(point.point.live.register.accesses) == 1)
        assert set(point.point.live.register.accesses) != first

    run(test, keep_s=0.05)


@pytest.mark.parametrize(("path", "status"), [("/vault", 403), ("/nowhere", 403), ("/write", 401)])
def test_what_is_not_allowed_does_not_reach_the_application(path, status):
    async def test(point, keeper, middleware):
        assert await Caller(middleware, path, point.sign_in("amy")).status() == status
        assert await Caller(middleware, "/pay", None).status() == 401
        assert len(keeper) == 0

    run(test)


def test_an_open_websocket_is_closed_by_an_order():
    async def test(point, _keeper, middleware):
        mine, theirs = point.sign_in("amy"), point.sign_in("bob")
        sockets = [Caller(middleware, "/ws", each, kind="websocket") for each in (mine, theirs)]
        for each in sockets:
            each.inbox.put_nowait({"type": "websocket.connect"})
            assert (await asyncio.wait_for(each.outbox.get(), PATIENCE))[
                "type"
            ] == "websocket.accept"
        name = session_id_of(mine)
        await asyncio.to_thread(
            point.ask, "DELETE", f"/zt/v1/sessions/{name}?cause=session_revoked"
        )
        closed = await asyncio.wait_for(sockets[0].outbox.get(), PATIENCE)
        assert closed["type"] == "websocket.close"
        assert closed["code"] == 4401
        await asyncio.wait_for(sockets[0].task, PATIENCE)
        sockets[1].inbox.put_nowait({"type": "websocket.receive", "text": "still"})
        assert (await asyncio.wait_for(sockets[1].outbox.get(), PATIENCE))["text"] == "still"
        sockets[1].task.cancel()

    run(test)


def test_an_answer_that_goes_on_is_cut():
    async def test(point, _keeper, middleware):
        secret = point.sign_in("amy")
        caller = Caller(middleware, "/forever", secret)
        assert await caller.status() == 200
        await caller.body()
        await asyncio.to_thread(point.ask, "DELETE", f"/zt/v1/sessions/{session_id_of(secret)}")
        with pytest.raises(TakenBackError):
            await asyncio.wait_for(caller.task, PATIENCE)

    run(test)


def test_without_a_decision_point_nothing_kept_is_used():
    async def test(point, keeper, middleware):
        secret = point.sign_in("amy")
        await Caller(middleware, "/pay", secret).task
        await asyncio.to_thread(point.stop)
        await until(lambda: not keeper.enforcer.up)
        assert await Caller(middleware, "/pay", secret).status() == 503

    run(test, keep_s=3600)
