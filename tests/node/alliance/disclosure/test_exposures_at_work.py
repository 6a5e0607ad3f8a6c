"""Declared, proven, approved by another, looked at; nothing else is ever asked."""

import http.server
import socketserver
import threading
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.bodies.exposure import ProofWay
from panshi.node.alliance.disclosure import exposures
from panshi.node.alliance.disclosure.exposures import Limits, addresses, check, declare, prove
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared

INNER = Limits(allow_inner=True)


class Clock:
    now = datetime(2026, 10, 1, 2, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path), clock=Clock()) as node:
        prepared(node)
        member_of(node, "bank-017")
        yield node


@pytest.fixture
def server():
    """A server on loopback that serves what the test puts, and counts who asks."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            body = self.server.files.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Server", "demo/1.2")
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as found:
        found.asked, found.files = [], {}
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield found
        found.shutdown()


def test_only_what_is_declared_proven_and_approved_by_another_is_looked_at(hub, server):
    # Given an address of a member, with the token in the file; port 80's way of asking is plain
    port = server.server_address[1]
    declared = declare(hub, "bank-017", "127.0.0.1", port, actor="lin.kaiwen", limits=INNER)
    key = declared.key
    with pytest.raises(ForbiddenError, match="not approved"):
        check(hub, key, limits=INNER)
    assert server.asked == []

    # Then without the usual limits lifted even a proof asks nothing inside
    with pytest.raises(BadInputError, match="not public"):
        prove(hub, key, ProofWay.FILE, actor="lin.kaiwen")
    assert server.asked == []
    # And whoever declared it does not approve it, nor is it approved unproven
    with pytest.raises(UsageError, match="not proven"):
        exposures.approve(hub, key, actor="chen.yiru")


def test_a_proof_that_is_missing_proves_nothing(hub, monkeypatch):
    declared = declare(hub, "bank-017", "127.0.0.1", 8443, actor="lin.kaiwen", limits=INNER)
    told = {"texts": ("other",)}
    monkeypatch.setattr(exposures, "texts_of", lambda _host: told["texts"])

    with pytest.raises(UsageError, match="token"):
        prove(hub, declared.key, ProofWay.DNS, actor="lin.kaiwen", limits=INNER)

    # And with the token it is proven, then approved by another person only
    told["texts"] = ("other", declared.body.token)
    prove(hub, declared.key, ProofWay.DNS, actor="lin.kaiwen", limits=INNER)
    with pytest.raises(ForbiddenError, match="does not approve"):
        exposures.approve(hub, declared.key, actor="cli:lin.kaiwen")
    exposures.approve(hub, declared.key, actor="chen.yiru")

    # And a look finds that nothing answers, once a day at most
    found = check(hub, declared.key, limits=INNER)
    assert [each.id for each in found.exposures] == ["tls.none"]
    assert found.intelligence.startswith("report--")
    with pytest.raises(UsageError, match="today already"):
        check(hub, declared.key, limits=INNER)
    # And a proof ages
    hub.clock.now += timedelta(days=181)
    with pytest.raises(ForbiddenError):
        check(hub, declared.key, limits=INNER)
    # And approval does not carry the lifting of limits
    hub.clock.now -= timedelta(days=180)
    with pytest.raises(BadInputError, match="not public"):
        check(hub, declared.key)


def test_what_nobody_declared_is_refused(hub):
    with pytest.raises(MissingError, match="declared"):
        check(hub, "bank-017|www.bank.example:443")
    for host, port in (("127.0.0.1", 443), ("www.bank.example", 22), ("169.254.169.254", 80)):
        with pytest.raises(BadInputError):
            declare(hub, "bank-017", host, port, actor="lin.kaiwen")
    assert not addresses(hub)
