"""Setting feeds up: what is refused before anything is asked, and TLS that is really checked."""

import asyncio
import json
import ssl

import pytest
import trustme

from panshi.errors import BadInputError, MissingError, StoreError, UsageError
from panshi.node.zero_trust.receivers import add_receiver, set_identity
from panshi.node.zero_trust.ssf_client import LONGEST_ANSWER, Peer, call
from panshi.node.zero_trust.streams import NewFeed, add_feed, feed_named, remove_feed
from panshi.store.signal_streams import SignalStreams
from tests.simulators.transmitter import AUDIENCE, ISSUER, jwks


@pytest.fixture
def store(tmp_path):
    with SignalStreams(tmp_path) as opened:
        yield opened


def added(store, **changes):
    parts = {
        "name": "idp",
        "issuer": ISSUER,
        "audience": (AUDIENCE,),
        "jwks": json.dumps(jwks()),
    }
    return asyncio.run(add_feed(store, NewFeed(**(parts | changes)), actor="t", now=0.0))


def test_keys_by_hand_ask_nothing_outside(store):
    row = added(store)
    assert (row.endpoints, row.stream_id) == ({}, "")
    assert "device.compliance" in row.families
    assert asyncio.run(remove_feed(store, "idp", now=0.0)) is False
    with pytest.raises(MissingError):
        feed_named(store, "idp")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": "Bad Name"}, UsageError),
        ({"issuer": "http://idp.bank.example"}, BadInputError),
        ({"issuer": "ftp://x"}, BadInputError),
        ({"algorithms": ("none",)}, UsageError),
        ({"algorithms": ("RS256", "HS256")}, UsageError),
        ({"interval_s": 1.0}, UsageError),
        ({"events": ("no-such-event",)}, UsageError),
        ({"jwks": "{}"}, BadInputError),
        ({"jwks": "what"}, BadInputError),
        ({"audience": ()}, UsageError),
        ({"jwks": "", "endpoint": ""}, UsageError),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(store, changes, error):
    with pytest.raises(error):
        added(store, **changes)
    assert store.feeds() == ()


def test_a_name_is_given_once(store):
    added(store)
    with pytest.raises(UsageError, match="already"):
        added(store)


def test_a_transmitter_out_of_reach_leaves_nothing_behind(store):
    with pytest.raises(StoreError):
        added(store, issuer="http://127.0.0.1:1", plain_http=True, jwks="", method="poll")
    assert store.feeds() == ()


def test_a_receiver_needs_a_transmitter_with_a_name(store):
    with pytest.raises(UsageError, match="no name"):
        add_receiver(store, "r", audience=("a",), actor="t", now=0.0)
    with pytest.raises(BadInputError):
        set_identity(store, "http://pdp.bank.example")
    set_identity(store, "https://pdp.bank.example")
    _, secret = add_receiver(store, "r", audience=("a",), actor="t", now=0.0)
    assert secret not in str(store.receiver("r"))


async def _answering(answer, tls, work):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        return await work(server.sockets[0].getsockname()[1])


def test_tls_is_checked_by_authority_and_by_name(tmp_path):
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    other.cert_pem.write_to_path(tmp_path / "other.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    async def work(port):
        right = Peer(ca_file=str(tmp_path / "ca.pem"))
        assert (await call("GET", f"https://localhost:{port}/", right)).status == 200
        for url, ca in ((f"https://127.0.0.1:{port}/", "ca.pem"),
                        (f"https://localhost:{port}/", "other.pem")):  # fmt: skip
            with pytest.raises(StoreError, match="cannot be reached"):
                await call("GET", url, Peer(ca_file=str(tmp_path / ca)))
        with pytest.raises(StoreError, match="cannot be reached"):
            await call("GET", f"https://localhost:{port}/", Peer())

    asyncio.run(_answering(answer, tls, work))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", StoreError),
        (b"what is this", BadInputError),
        (b"", StoreError),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LONGEST_ANSWER + 1), BadInputError),
    ],
)
def test_odd_answers_end_in_words(answer, error):
    async def work(port):
        with pytest.raises(error):
            await call("GET", f"http://127.0.0.1:{port}/", Peer(plain_http=True))

    asyncio.run(_answering(answer, None, work))


def test_plain_http_leaves_this_machine_never():
    for url in ("http://idp.bank.example/", "http://10.0.0.1/", "https://u:p@x.example/"):
        with pytest.raises(BadInputError):
            asyncio.run(call("GET", url, Peer(plain_http=True)))
