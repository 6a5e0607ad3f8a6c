"""HTTP through the streaming enforcement point: who passes, what passes, what never does."""

import asyncio
import json

import pytest
import uvloop

from tests.simulators.enforced import SECRET, enforced
from tests.simulators.patience import PATIENCE


def run(folder, test, **settings):
    async def whole():
        async with enforced(folder, **settings) as world:
            await test(world)

    uvloop.run(whole())  # as in production


def test_who_is_allowed_reaches_the_application_and_is_named_to_it(tmp_path):
    async def test(world):
        # Given somebody who may read
        world.point.allow(SECRET, "s-1")
        # When they ask, and claim to be somebody else
        forged = "X-Panshi-User: root\r\nX_Panshi_User: root\r\nX-Forwarded-For: 9.9.9.9\r\n"
        answer = await world.get(extra=forged + "Connection: close\r\n")
        # Then the application hears only what the decision point said, and no session
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"x-application: yes" in answer
        head = world.application.heads[0].lower()
        assert "x-panshi-user: amy" in head
        assert "root" not in head
        assert "9.9.9.9" not in head
        assert SECRET not in head
        assert "theme=dark" in head
        assert world.point.asked[0]["system"] == "app"
        assert world.point.asked[0]["action"] == "read"
        # And what was open is reported closed
        await world.until(lambda: world.point.closed == [world.point.asked[0]["access"]])

    run(tmp_path, test)


@pytest.mark.parametrize(
    ("path", "credential", "status"),
    [
        ("/app/x", None, 401),
        ("/app/x", "unknown-credential-unknown", 401),
        ("/nowhere", SECRET, 403),
        ("/app/../ws", SECRET, 403),
        ("/app/%2e%2e/ws", SECRET, 403),
        ("//app/x", SECRET, 403),
        ("/APP/x", SECRET, 403),
        ("/app/x%2fy", SECRET, 403),
    ],
)
def test_who_is_not_known_and_what_is_not_mapped_does_not_pass(tmp_path, path, credential, status):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        answer = await world.get(path, credential=credential)
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        assert not world.application.heads

    run(tmp_path, test)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /app/x HTTP/1.1\r\nHost: app.test\r\nHost: other\r\n\r\n",
        b"GET /app/x HTTP/1.1\r\n\r\n",
        b"GET /app/x HTTP/1.0\r\nHost: app.test\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a.b\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /app/x HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /app/x HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"POST /app/x HTTP/1.1\r\nHost: app.test\r\nContent-Length: +3\r\n\r\nabc",
        b"GET /app/x HTTP/1.1\r\nHost : app.test\r\n\r\n",
        b"GET /app/x HTTP/1.1\r\nHost: app.test\r\nX: a\r\n b\r\n\r\n",
        b"GET /ws HTTP/1.1\r\nHost: app.test\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"GET /ws HTTP/1.1\r\nHost: app.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET /app/x HTTP/1.1\r\nHost: app.test\r\nX: a\x00b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(tmp_path, raw):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        cookie = f"\r\nCookie: panshi_zt={SECRET}\r\n\r\n".encode()
        reader, writer = await world.http(raw.replace(b"\r\n\r\n", cookie, 1))
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert not world.application.heads

    run(tmp_path, test)


def test_a_second_request_sent_ahead_is_never_passed_on(tmp_path):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        one = f"GET /app/x HTTP/1.1\r\nHost: app.test\r\nCookie: panshi_zt={SECRET}\r\n\r\n"
        reader, writer = await world.http((one + one.replace("/app/x", "/app/y")).encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
        assert answer.count(b"HTTP/1.1 200") == 1
        assert len(world.application.heads) == 1

    run(tmp_path, test)


def test_requests_one_after_another_use_one_connection(tmp_path):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        one = f"POST /app/x HTTP/1.1\r\nHost: app.test\r\nCookie: panshi_zt={SECRET}\r\n"
        reader, writer = await world.http(b"")
        for body, sent in (
            (b"ab", b"Content-Length: 2\r\n\r\nab"),
            (b"cdef", b"Transfer-Encoding: chunked\r\n\r\n2\r\ncd\r\n2\r\nef\r\n0\r\n\r\n"),
            (b"gh", b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
        ):
            writer.write(one.encode() + sent)
            head = await reader.readuntil(b"\r\n\r\n")
            if b"100 Continue" in head:
                writer.write(body)
                head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            told = json.loads(await reader.readexactly(length))
            assert told["body"].encode() == body
            assert world.point.asked[-1]["action"] == "write"
        writer.close()

    run(tmp_path, test)


def test_without_a_decision_nothing_passes(tmp_path):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        world.point.answers.clear()
        assert (await world.get()).startswith(b"HTTP/1.1 503 ")
        await world.point.stop()
        await world.until(lambda: not world.running.enforcer.up)
        assert (await world.get()).startswith(b"HTTP/1.1 503 ")
        assert not world.application.heads

    run(tmp_path, test)


def test_limits_turn_clients_away(tmp_path):
    async def test(world):
        world.point.allow(SECRET, "s-1")
        answer = await world.get(extra="X-Long: " + "x" * 5000 + "\r\n")
        assert answer.startswith(b"HTTP/1.1 431 ")
        held = [await world.http(b"") for _ in range(2)]
        await world.until(lambda: len(world.running.census) == 2)
        assert (await world.get()).startswith(b"HTTP/1.1 503 ")
        for _, writer in held:
            writer.close()

    run(tmp_path, test, limits="{connections: 2, head_bytes: 4096}")


def test_a_client_that_says_nothing_is_let_go(tmp_path):
    async def test(world):
        reader, writer = await world.http(b"GET /app/x HT")
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()

    run(tmp_path, test, limits="{head_s: 1}")
