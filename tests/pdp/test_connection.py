"""HTTP/1.1, read strictly: answers in order, one framing only, limits kept."""

import asyncio
import re
import socket
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.pdp.gate import Caller, Gate
from panshi.pdp.http import HttpAnswer, PdpRoute, Stream, json_answer
from panshi.pdp.server import Limits, Server
from tests.simulators.patience import PATIENCE
from tests.simulators.served_point import serving

HOST = b"Host: pdp\r\n"
LAST = HOST + b"Connection: close\r\n"
"Of a request after whose answer the server closes, so that nobody guesses when all has come."
SMALL = Limits(
    target_bytes=200, header_bytes=600, header_count=12, body_bytes=1000, waiting=4,
    head_seconds=PATIENCE, body_seconds=PATIENCE, idle_seconds=PATIENCE,
)  # fmt: skip
HASTY = Limits(head_seconds=0.5, body_seconds=0.5, idle_seconds=1.0)


async def slow(_point, request):
    await asyncio.sleep(0.05)
    return json_answer(request.query)


def echo(_point, request):
    return json_answer(
        [request.method, request.path, request.query, request.body.decode("latin-1")]
    )


ENDED = threading.Event()


async def endless():
    try:
        while True:
            yield b"tick\n"
            await asyncio.sleep(0.02)
    finally:
        ENDED.set()


def fails(_point, request):
    raise {
        "bad": BadInputError("bad"),
        "forbidden": ForbiddenError("forbidden"),
        "missing": MissingError("missing"),
        "usage": UsageError("usage"),
        "": RuntimeError("a secret of the implementation"),
    }[request.query]


def three(_point, _request):
    async def pieces():
        for each in (b"one", b"", b"two"):
            yield each

    return Stream(pieces=pieces(), content_type="text/plain")


ROUTES = (
    PdpRoute(method="GET", path="/slow", handler=slow, scope=""),
    PdpRoute(method="*", path="/echo/", handler=echo, scope=""),
    PdpRoute(method="GET", path="/three", handler=three, scope=""),
    PdpRoute(method="GET", path="/endless", handler=lambda *_: Stream(pieces=endless()), scope=""),
    PdpRoute(method="GET", path="/fails", handler=fails, scope=""),
    PdpRoute(method="GET", path="/scoped", handler=echo, scope="zt.evaluate"),
    PdpRoute(
        method="POST", path="/hot", handler=echo, scope="zt.evaluate",
        hot=lambda _point, body, _id: body if body == b"plain" else None,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def served():
    with serving(None, ROUTES, limits=SMALL) as found:
        yield found


def statuses(answer):
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def test_pipelined_requests_are_answered_in_order_whoever_is_faster(served):
    sent = b"".join(
        b"GET %b HTTP/1.1\r\n" % path + told + b"\r\n"
        for path, told in ((b"/slow?1", HOST), (b"/echo/2", HOST), (b"/slow?3", HOST),
                           (b"/echo/4", LAST))
    )  # fmt: skip

    got = served.raw(sent)

    places = [got.index(each) for each in (b'"1"', b"/echo/2", b'"3"', b"/echo/4")]
    assert statuses(got) == [200] * 4
    assert places == sorted(places)


def test_too_many_waiting_requests_end_the_connection(served):
    sent = (b"GET /slow?x HTTP/1.1\r\n" + HOST + b"\r\n") * 12

    assert len(statuses(served.raw(sent))) < 12


def test_a_stream_is_chunked_and_to_http_1_0_plain(served):
    got = served.raw(b"GET /three HTTP/1.1\r\n" + LAST + b"\r\n")
    assert b"transfer-encoding: chunked" in got
    assert got.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")

    got = served.raw(b"GET /three HTTP/1.0\r\n\r\n")
    assert b"chunked" not in got
    assert got.endswith(b"\r\n\r\nonetwo")


def test_a_stream_ends_when_its_client_leaves(served):
    ENDED.clear()
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as peer:
        peer.sendall(b"GET /endless HTTP/1.1\r\n" + HOST + b"\r\n")
        assert peer.recv(1000)
    assert ENDED.wait(PATIENCE)


def test_a_chunked_body_is_joined(served):
    got = served.raw(
        b"PUT /echo/a?b=c HTTP/1.1\r\n" + LAST
        + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    )  # fmt: skip

    assert got.endswith(b'["PUT","/echo/a","b=c","abc"]')


TWICE = b"Content-Length: 1\r\nContent-Length: 2\r\n"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (HOST + TWICE, 400),
        (HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n", 400),
        (HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
        (HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400),
        (HOST + b"Transfer-Encoding: gzip, chunked\r\n", 501),
        (HOST + b"Transfer-Encoding: xchunked\r\n", None),
        (HOST + b"Transfer-Encoding : chunked\r\n", 400),
        (HOST + b"Content-Length: +1\r\n", 400),
        (HOST + b"Content-Length: 1 1\r\n", 400),
        (HOST + b"Content-Length: 0x1\r\n", 400),
        (HOST + b"Folded: a\r\n b\r\n", 400),
        (HOST + b"Bad Name: a\r\n", 400),
        (HOST + b"Nul: a\0b\r\n", 400),
        (HOST + HOST, 400),
        (b"", 400),
        (HOST + b"Authorization: a\r\nAuthorization: b\r\n", 400),
        (HOST + b"Expect: miracles\r\n", 417),
        (HOST + b"Content-Length: 1001\r\n", 413),
        (HOST + b"X: " + b"y" * 700 + b"\r\n", 431),
        (HOST + b"".join(b"X%d: y\r\n" % number for number in range(13)), 431),
    ],
)
def test_what_could_be_framed_in_two_ways_or_is_too_much_is_refused(served, lines, status):
    smuggled = b"GET /echo/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"

    got = served.raw(b"POST /echo/x HTTP/1.1\r\n" + lines + b"\r\n" + smuggled)

    assert statuses(got)
    assert status is None or statuses(got) == [status]
    assert all(each >= 400 for each in statuses(got))
    assert b'/echo/smuggled"' not in got


def test_a_chunked_body_has_a_limit_too(served):
    chunk = b"200\r\n" + b"x" * 512 + b"\r\n"
    got = served.raw(
        b"POST /echo/x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3,
    )

    assert statuses(got) == [413]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /echo/" + b"a" * 300 + b" HTTP/1.1", 414),
        (b"GET /echo/x HTTP/3.7", 400),
        (b"WHAT /echo/x HTTP/1.1", 400),
        (b"PRI * HTTP/2.0", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
)
def test_what_is_no_request_is_refused(served, line, status):
    assert statuses(served.raw(line + b"\r\n" + HOST + b"\r\n")) == [status]


def test_absolute_targets_and_upgrades_are_taken_as_plain_requests(served):
    got = served.raw(
        b"GET http://pdp/echo/a?b HTTP/1.1\r\n" + HOST
        + b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n"
        + b"GET /echo/next HTTP/1.1\r\n" + LAST + b"\r\n",
    )  # fmt: skip

    assert b'["GET","/echo/a","b",""]' in got
    assert b"/echo/next" in got


def test_a_client_that_waits_for_leave_to_send_gets_it(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as peer:
        peer.sendall(
            b"POST /echo/x HTTP/1.1\r\n"
            + HOST
            + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert peer.recv(1000).startswith(b"HTTP/1.1 100 ")
        peer.sendall(b"ok")
        assert b'"ok"' in peer.recv(1000)


def test_who_is_slow_loses_the_connection():
    with serving(None, ROUTES, limits=HASTY) as found:
        for begun in (
            b"GET /ec",
            b"POST /echo/x HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nx",
        ):
            assert statuses(found.raw(begun)) == [408]


@pytest.mark.parametrize(
    ("query", "status"),
    [("bad", 400), ("usage", 400), ("forbidden", 403), ("missing", 404), ("", 500)],
)
def test_what_a_handler_raises_becomes_an_answer_without_its_insides(served, query, status):
    got = served.raw(b"GET /fails?%b HTTP/1.1\r\n" % query.encode() + LAST + b"\r\n")

    assert statuses(got) == [status]
    assert b"secret" not in got


def test_who_shows_no_token_is_401_and_who_lacks_the_scope_403():
    known = {
        "good": Caller(name="pep", scopes=frozenset({"zt.evaluate"})),
        "poor": Caller(name="pep", scopes=frozenset({"zt.search"})),
    }
    version = [1]
    gate = Gate(find=known.get, version=lambda: version[0])
    with serving(None, ROUTES, gate=gate) as found:
        for path, method in (("/scoped", "GET"), ("/hot", "POST")):
            body = None if method == "GET" else b"plain"
            assert found.ask(path, body, method)[0] == 401
            assert "Bearer" in found.ask(path, body, method)[1]["www-authenticate"]
            assert found.ask(path, body, method, Authorization="Bearer bad")[0] == 401
            assert found.ask(path, body, method, Authorization="Basic good")[0] == 401
            assert found.ask(path, body, method, Authorization="Bearer poor")[0] == 403
        assert found.ask("/scoped", None, "GET", Authorization="Bearer good")[0] == 200
        # When the token is revoked, what was remembered of it is forgotten
        del known["good"]
        version[0] = 2
        gate.refresh()
        assert found.ask("/scoped", None, "GET", Authorization="Bearer good")[0] == 401


def test_the_short_way_gives_what_it_cannot_answer_to_the_handler(served):
    for body, expected in ((b"plain", b"plain"), (b"odd", b'["POST","/hot","","odd"]')):
        got = served.raw(
            b"POST /hot HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
            + b"GET /echo/next HTTP/1.1\r\n" + LAST + b"\r\n"
        )  # fmt: skip
        assert b"\r\n\r\n" + expected + b"HTTP/1.1 200 " in got


def test_head_has_no_body_and_no_content_none(served):
    got = served.raw(b"HEAD /slow?x HTTP/1.1\r\n" + LAST + b"\r\n")
    assert got.endswith(b"\r\n\r\n")
    assert b"content-length: 3" in got


def test_routes_that_collide_are_refused():
    twice = PdpRoute(method="GET", path="/x", handler=echo, scope="")
    with pytest.raises(ValueError, match="two routes"):
        Server(None, (twice, twice))


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"GET /echo/x HTTP/1.1\r\n", b"POST /hot HTTP/1.1\r\n", HOST, b"\r\n", b"\r", b"\n",
                b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n",
                b"3\r\nabc\r\n0\r\n\r\n",
                b"Content-Type: application/json\r\n", b"abc", b"\0", b"Upgrade: x\r\n",
                b"Connection: close\r\n", b"Expect: 100-continue\r\n",
            ]
        ),
        st.binary(max_size=40),
    ),
    max_size=20,
)  # fmt: skip


@settings(max_examples=80)
@given(PIECES)
def test_whatever_is_sent_the_server_answers_in_http_and_lives_on(served, pieces):
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as peer:
        peer.sendall(b"".join(pieces))
        peer.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := peer.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
    assert got == b"" or got.startswith(b"HTTP/1.1 ")
    assert served.ask("/echo/alive", None, "GET")[0] == 200


def test_stopping_finishes_what_is_being_answered():
    with (
        serving(None, ROUTES) as found,
        socket.create_connection(("127.0.0.1", found.port)) as peer,
    ):
        peer.settimeout(PATIENCE)
        peer.sendall(b"GET /slow?last HTTP/1.1\r\n" + HOST + b"\r\n")
        while not any(each.work for each in tuple(found.server.connections)):
            time.sleep(0.005)
        found.on_loop(found.server.stop(PATIENCE))
        got = peer.recv(1000)
        assert b'"last"' in got
        assert b"connection: close" in got


def test_an_answer_without_content_has_no_length():
    routes = (
        PdpRoute(method="DELETE", path="/x", handler=lambda *_: HttpAnswer(status=204), scope=""),
    )
    with serving(None, routes) as found:
        status, headers, _ = found.ask("/x", None, "DELETE")
    assert status == 204
    assert headers["content-length"] is None
