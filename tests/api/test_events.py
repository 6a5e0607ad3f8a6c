"""The event stream: for those signed in, one producer for all, nothing left behind."""

import asyncio
import json

import pytest

from panshi.api import events
from panshi.api.events import MOST_EACH, Client, Stream, serve
from panshi.node.home import Home
from panshi.protection.access.roles import Role
from tests.simulators.patience import PATIENCE
from tests.web.small_bank import open_small_bank


class Console:
    """Knows one session per cookie."""

    def __init__(self):
        self.sessions = {"ana": ("ana", (Role.CISO,)), "out": ("out", ())}

    def who(self, cookies):
        return self.sessions.get(cookies.partition("=")[2])

    def counts(self, person, _roles):
        return {"inbox": len(person), "unread": 0}


class Connection:
    """One client of a raw ASGI application."""

    def __init__(self, cookie, method="GET"):
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/events/",
            "headers": [(b"cookie", f"panshi_session={cookie}".encode())],
        }
        self.sent, self.leaving = [], asyncio.Event()

    async def receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def told(self):
        text = b"".join(each.get("body", b"") for each in self.sent).decode()
        return [json.loads(each[6:]) for each in text.splitlines() if each.startswith("data: ")]


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- what is waited for is told by nobody
            await asyncio.sleep(0.01)


@pytest.fixture
def bank(tmp_path, monkeypatch):
    with open_small_bank(Home(path=tmp_path)) as node:
        console = Console()
        monkeypatch.setattr(events, "console", lambda: console)
        monkeypatch.setattr(events, "running_node", lambda: node)
        monkeypatch.setattr(Stream, "every", 0.02)
        node.console = console
        yield node


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize(
    ("cookie", "method", "status"),
    [("nobody", "GET", 401), ("ana", "POST", 405), ("ana", "HEAD", 405)],
)
def test_who_is_not_signed_in_hears_nothing(cookie, method, status):
    async def walk():
        client = Connection(cookie, method)
        await serve(client.scope, client.receive, client.send, Stream())
        return client

    client = asyncio.run(walk())
    assert client.status == status
    assert client.told == []


def test_counts_come_first_and_news_when_something_is_sealed(bank):
    async def walk():
        stream, client, stopping = Stream(), Connection("ana"), asyncio.Event()
        producing = asyncio.create_task(stream.produce(stopping))
        serving = asyncio.create_task(serve(client.scope, client.receive, client.send, stream))
        await until(lambda: len(client.told) >= 2)
        bank.audit("x", "y", "z")
        await until(lambda: client.told[-1].get("size") == bank.log.size())
        client.leaving.set()
        await asyncio.wait_for(serving, PATIENCE)
        stopping.set()
        await producing
        return stream, client

    stream, client = asyncio.run(walk())
    assert client.told[0] == {"inbox": 3, "unread": 0}
    assert stream.clients == set()


@pytest.mark.usefixtures("bank")
def test_a_role_that_may_not_see_verdicts_hears_counts_only():
    message = events.message_for("assoc", (Role.ASSOCIATION,), {"size": 9, "changed": 1})
    assert json.loads(message[6:]) == {"inbox": 5, "unread": 0}


def test_a_stream_ends_when_its_session_does(bank, monkeypatch):
    monkeypatch.setattr(events, "CHECKED", 0.0)
    monkeypatch.setattr(events, "BEAT", 0.02)

    async def walk():
        stream, client = Stream(), Connection("ana")
        serving = asyncio.create_task(serve(client.scope, client.receive, client.send, stream))
        await until(lambda: client.told)
        bank.console.sessions.clear()
        await asyncio.wait_for(serving, PATIENCE)
        return stream

    assert asyncio.run(walk()).clients == set()


@pytest.mark.usefixtures("bank")
def test_one_person_does_not_take_all_streams():
    async def walk():
        stream, client = Stream(), Connection("ana")
        for _ in range(MOST_EACH):
            stream.clients.add(Client("ana", ()))
        await serve(client.scope, client.receive, client.send, stream)
        return client

    assert asyncio.run(walk()).status == 503


def test_a_slow_client_loses_old_messages_and_stops_nobody():
    async def walk():
        client = Client("ana", ())
        for number in range(10):
            client.offer(str(number).encode())
        return [client.queue.get_nowait() for _ in range(client.queue.qsize())]

    assert asyncio.run(walk())[-1] == b"9"
