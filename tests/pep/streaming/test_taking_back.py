"""Orders reach what is open: the right streams end at once, each in its own words, no other."""

import asyncio
import json
import struct

import pytest
import uvloop
import websockets

from panshi.pep.streaming.frames import close_frame
from tests.simulators.enforced import SECRET, enforced
from tests.simulators.patience import PATIENCE

OTHER = "d" * 32


def run(folder, test, **settings):
    async def whole():
        async with enforced(folder, **settings) as world:
            world.point.allow(SECRET, "s-1")
            world.point.allow(OTHER, "s-2", user="bob")
            await test(world)

    uvloop.run(whole())  # as in production


def websocket(world, credential=SECRET):
    return websockets.connect(
        f"ws://app.test:{world.web}/ws",
        host="127.0.0.1",
        port=world.web,
        additional_headers={"Cookie": f"panshi_zt={credential}"},
        compression=None,
        proxy=None,
    )


async def events(world, credential=SECRET):
    head = f"GET /events HTTP/1.1\r\nHost: app.test\r\nCookie: panshi_zt={credential}\r\n\r\n"
    reader, writer = await world.http(head.encode())
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"data: 1\n\n")
    return reader, writer


async def raw(world, credential=SECRET):
    reader, writer = await world.http(f"PANSHI-ZT/1 {credential}\nhello".encode(), port=world.raw)
    assert await reader.readexactly(5) == b"hello"
    return reader, writer


def test_a_session_that_ends_takes_all_its_streams_and_nobody_elses(tmp_path):
    async def test(world):
        # Given a WebSocket, events and raw TCP of two people
        mine, theirs = [], []
        for credential, kept in ((SECRET, mine), (OTHER, theirs)):
            socket = await websocket(world, credential)
            await socket.send("hello")
            assert await socket.recv() == "hello"
            kept += [socket, await events(world, credential), await raw(world, credential)]
        assert len(world.running.enforcer.registry) == 6
        # When the session of one is revoked
        world.point.order("end_session", session="s-1", cause="session_revoked")
        # Then their WebSocket closes with 4401 and the reason
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(mine[0].recv(), PATIENCE)
        assert closed.value.rcvd.code == 4401
        assert closed.value.rcvd.reason == "session_revoked: taken back"
        # And the event stream ends whole, with a last event that tells why
        rest = await asyncio.wait_for(mine[1][0].read(), PATIENCE)
        assert rest.endswith(b"\n\n\r\n0\r\n\r\n")
        told = json.loads(rest.split(b"event: panshi-closed\ndata: ")[1].split(b"\n")[0])
        assert told["cause"] == "session_revoked"
        # And TCP is reset
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(mine[2][0].read(), PATIENCE)
        # And the other person goes on
        await theirs[0].send("still")
        assert await theirs[0].recv() == "still"
        await theirs[1][0].readuntil(b"data: ")
        theirs[2][1].write(b"on")
        assert await theirs[2][0].readexactly(2) == b"on"
        # And the decision point hears that its order was carried out, once for all three
        await world.until(lambda: world.application.open == 3)
        await world.until(lambda: world.point.confirmed == 1)
        assert world.point.closed == []
        await theirs[0].close()
        theirs[1][1].close()
        theirs[2][1].close()

    run(tmp_path, test)


def test_one_access_may_be_closed_while_the_session_goes_on(tmp_path):
    async def test(world):
        async with websocket(world) as first, websocket(world) as second:
            access = world.point.asked[0]["access"]
            world.point.order("close", session="s-1", access=access, cause="policy")
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(first.recv(), PATIENCE)
            assert closed.value.rcvd.code == 1008
            await second.send("still")
            assert await second.recv() == "still"

    run(tmp_path, test)


def test_narrowing_lets_only_the_application_speak_where_the_route_says_so(tmp_path):
    async def test(world):
        reader, writer = await events(world)
        async with websocket(world) as socket:
            ws = world.point.asked[1]["access"]
            world.point.order("narrow", session="s-1", access=ws, detail="read-only")
            world.point.order("narrow", session="s-1", access=world.point.asked[0]["access"])
            await reader.readuntil(b"event: panshi-notice")
            await (await socket.ping())
            await socket.send("a change")
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), PATIENCE)
            assert closed.value.rcvd.code == 1008
        await reader.readuntil(b"data: ")
        writer.close()

    run(tmp_path, test, narrowing="receive-only")


def test_narrowing_closes_where_nothing_else_is_said(tmp_path):
    async def test(world):
        async with websocket(world) as socket:
            world.point.order("narrow", session="s-1", access=world.point.asked[0]["access"])
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), PATIENCE)

    run(tmp_path, test)


def test_an_order_that_overtakes_its_answer_is_not_lost(tmp_path):
    async def test(world):
        # Given a decision point whose answer is on its way for a while
        world.point.answers.clear()
        asking = asyncio.ensure_future(world.get())
        await world.until(lambda: world.point.asked)
        # When the access is taken back before
        world.point.order("close", access=world.point.asked[0]["access"])
        await world.until(lambda: world.running.enforcer.registry.epoch == 1)
        world.point.answers.set()
        # Then nothing reaches the application
        assert (await asking).startswith(b"HTTP/1.1 403 ")
        assert not world.application.heads

    run(tmp_path, test)


def test_in_the_middle_of_a_body_the_connection_is_reset(tmp_path):
    async def test(world):
        head = f"GET /slow HTTP/1.1\r\nHost: app.test\r\nCookie: panshi_zt={SECRET}\r\n\r\n"
        reader, writer = await world.http(head.encode())
        await reader.readuntil(b"x" * 1000)
        world.point.order("end_session", session="s-1")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()

    run(tmp_path, test)


def test_a_decision_point_that_stays_away_closes_everything_after_the_grace(tmp_path):
    async def test(world):
        async with websocket(world) as socket:
            await world.point.stop()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), PATIENCE)
            assert "unreachable" in closed.value.rcvd.reason

    run(tmp_path, test, grace_s=1)


def test_a_decision_point_that_falls_silent_counts_as_gone(tmp_path, monkeypatch):
    monkeypatch.setattr("panshi.pep.streaming.enforcer.SILENCE_S", 2.0)

    async def test(world):
        async with websocket(world) as socket:
            world.point.silent = True
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), PATIENCE)

    run(tmp_path, test, grace_s=0)


def test_after_a_reconnection_everything_open_is_asked_about_again(tmp_path):
    async def test(world):
        async with websocket(world) as mine, websocket(world, OTHER) as theirs:
            # Given a decision point that restarts and no longer knows one of the sessions
            port = world.point.port
            await world.point.stop()
            await world.until(lambda: not world.running.enforcer.up)
            world.point.forbid(SECRET)
            await world.point.start(port)
            # When orders flow again
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(mine.recv(), PATIENCE)
            # Then only what is no longer allowed has ended
            assert closed.value.rcvd.code == 4401
            await theirs.send("still")
            assert await theirs.recv() == "still"
            again = [each["access"] for each in world.point.asked]
            assert sorted(again[:2]) == sorted(again[2:4])

    run(tmp_path, test, grace_s=30)


def test_a_decision_point_that_forgot_its_sequence_is_followed_from_its_beginning(tmp_path):
    async def test(world):
        # Given orders up to 5, then a decision point that counts from 0 again
        for _ in range(5):
            world.point.order("notify", session="nobody")
        await world.until(lambda: world.running.enforcer.registry.epoch == 5)
        port = world.point.port
        await world.point.stop()
        world.point._orders, world.point.epoch = [], 0
        await world.point.start(port)
        await world.until(lambda: world.running.enforcer.up)
        # When its first order comes
        async with websocket(world) as socket:
            world.point.order("end_session", session="s-1")
            # Then it is obeyed
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), PATIENCE)

    run(tmp_path, test)


def test_a_fault_of_our_own_closes_instead_of_leaving_open(tmp_path, monkeypatch):
    async def test(world):
        # Given something open whose end raises what nobody foresaw
        stopped = []
        monkeypatch.setattr("panshi.pep.streaming.serving.signal.raise_signal", stopped.append)
        async with websocket(world) as mine, websocket(world, OTHER) as theirs:
            broken = world.running.enforcer.registry._open[world.point.asked[0]["access"]]
            monkeypatch.setattr(type(broken), "end", lambda *_: 1 / 0)
            world.point.order("end_session", session="s-1")
            await world.until(lambda: not world.running.enforcer.up)
            monkeypatch.undo()
            # Then nothing is opened, and what is open ends after the grace
            assert (await world.get()).startswith(b"HTTP/1.1 503 ")
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(theirs.recv(), PATIENCE)
            await mine.close()
        assert stopped

    run(tmp_path, test, grace_s=1)


def test_nothing_the_application_said_after_the_order_reaches_a_slow_client(tmp_path):
    async def test(world):
        # Given a client that has stopped reading, with bytes waiting for it
        world.application.tick_s = 0
        head = f"GET /slow HTTP/1.1\r\nHost: app.test\r\nCookie: panshi_zt={SECRET}\r\n\r\n"
        reader, writer = await world.http(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        client = next(iter(world.running.census._here))
        await world.until(lambda: client.transport.get_write_buffer_size() > 100_000)
        # When access is taken back
        world.point.order("end_session", session="s-1")
        await world.until(lambda: not len(world.running.census))
        # Then the client gets a reset, not the rest
        writer.transport.resume_reading()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), PATIENCE)

    run(tmp_path, test)


def test_either_end_of_tcp_may_stop_speaking_and_go_on_listening(tmp_path):
    async def test(world):
        reader, writer = await raw(world)
        writer.write(b"last words")
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b"last wordsbye"
        writer.close()

    run(tmp_path, test)


@pytest.mark.parametrize(
    "first",
    [
        b"PANSHI-ZT/1 nobody-knows-this-credential\n",
        b"PANSHI-ZT/2 cccccccccccc\n",
        b"\n",
        b"x" * 2000,
    ],
)
def test_tcp_without_a_known_credential_is_reset(tmp_path, first):
    async def test(world):
        reader, writer = await world.http(first, port=world.raw)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
        assert world.application.open == 0

    run(tmp_path, test)


def test_large_and_fragmented_frames_pass_unchanged(tmp_path):
    async def test(world):
        async with websocket(world) as socket:
            big = "\u78d0" * 100_000
            await socket.send(big)
            assert await asyncio.wait_for(socket.recv(), PATIENCE) == big
            await socket.send([b"a" * 200, b"b" * 70_000, b"c"])
            assert (
                await asyncio.wait_for(socket.recv(), PATIENCE) == b"a" * 200 + b"b" * 70_000 + b"c"
            )

    run(tmp_path, test)


def test_a_closing_frame_reads_as_one():
    frame = close_frame(4401, "磐" * 100, masked=True)
    assert frame[0] == 0x88
    assert frame[1] & 0x7F <= 125
    assert struct.unpack("!H", frame[6:8]) == (4401,)
    frame[8:].decode()
