"""A decision point behind its real server, in a thread of this process, asked over real sockets."""

import asyncio
import contextlib
import http.client
import json
import socket
import threading

from panshi.pdp.point import DecisionPoint
from panshi.pdp.routes import ROUTES
from panshi.pdp.server import Server
from panshi.protection.cedar import EntityStore, compile_policies
from tests.simulators.patience import PATIENCE


def point_of(policies, entities=(), **parts):
    """Make a decision point from Cedar text and entities in Cedar's JSON."""
    return DecisionPoint(
        policies=compile_policies(policies, source="test.cedar"),
        entities=EntityStore.from_json(list(entities)),
        clock=lambda: 1_700_000_000.0,
        **parts,
    )


class Served:
    """The running server."""

    def __init__(self, port, loop, server):
        self.port = port
        self._loop = loop
        self.server = server

    def ask(self, path, body, method="POST", **headers):
        """Send JSON (or bytes as they are); gives status, headers and what the JSON says."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        told = {"Content-Type": "application/json"} if raw is not None else {}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, raw, told)
            answer = connection.getresponse()
            content = answer.read()
        return answer.status, answer.headers, json.loads(content) if content else None

    def raw(self, sent):
        """Send bytes, give all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as peer:
            peer.sendall(sent)
            got = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := peer.recv(65536):
                    got += piece
        return got

    def on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)


@contextlib.contextmanager
def serving(point, routes=ROUTES, **parts):
    """Serve a decision point for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = Server(point, routes, **parts)

    def call(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(PATIENCE)

    served = Served(call(server.listen("127.0.0.1", 0)), loop, server)
    try:
        yield served
    finally:
        call(server.stop(0.5))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
