"""A TAXII 2.1 server that does what it is told, well or badly: pages, cursors, faults, adds.

with taxii_server({"sector": objects}) as server:
    server.url, server.added, server.forget_cursors = True
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

MEDIA = "application/taxii+json;version=2.1"


@dataclass
class TaxiiServer:
    """What it holds and how it behaves."""

    collections: dict[str, list[dict[str, object]]]
    "By alias; each object with the moment it was added under `_added`."
    token: str = ""
    url: str = ""
    added: list[dict[str, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fail_after: int = -1
    "Requests for objects after which the connection is cut; -1: never."
    statuses: list[int] = field(default_factory=list)
    "Answers to give before any other."
    forget_cursors: bool = False
    refuse_adds: str = ""
    media: str = MEDIA
    answer: bytes | None = None
    "Answer this, whatever is asked."

    def id_of(self, alias: str) -> str:
        """Give a collection's id."""
        return str(uuid5(NAMESPACE_URL, alias))


def stamped(objects: Sequence[Mapping[str, object]], start: int = 0) -> list[dict[str, object]]:
    """Give objects with the moments they were added, a second apart."""
    first = datetime(2026, 3, 1, tzinfo=UTC)
    moments = (first + timedelta(seconds=start + n) for n in range(len(objects)))
    return [
        {**each, "_added": f"{moment:%Y-%m-%dT%H:%M:%S}.000000Z"}
        for each, moment in zip(objects, moments, strict=True)
    ]


@contextmanager
def taxii_server(
    collections: Mapping[str, Sequence[Mapping[str, object]]], token: str = ""
) -> Iterator[TaxiiServer]:
    """Serve on loopback until the block ends."""
    held = TaxiiServer({name: stamped(objects) for name, objects in collections.items()}, token)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(held))
    held.url = f"http://127.0.0.1:{http.server_port}/taxii2/"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(  # noqa: C901 -- one server, whole
    held: TaxiiServer,
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            held.asked.append(self.path)
            if held.statuses:
                self._send(held.statuses.pop(0), b"{}", {"Retry-After": "0"})
                return
            if held.token and self.headers.get("Authorization") != f"Bearer {held.token}":
                self._send(401, b"{}")
                return
            if held.answer is not None:
                self._send(200, held.answer)
                return
            path = urlsplit(self.path).path.removeprefix("/taxii2/").strip("/")
            parts = path.split("/") if path else []
            match parts:
                case []:
                    self._json({"title": "trial", "api_roots": ["/taxii2/root/"]})
                case ["root", "collections"]:
                    self._json({"collections": [_about(held, each) for each in held.collections]})
                case ["root", "collections", name]:
                    self._json(_about(held, self._alias(name)))
                case ["root", "collections", name, "objects"] if self.command == "POST":
                    self._add(self._alias(name), body)
                case ["root", "collections", name, "objects"]:
                    self._page(self._alias(name))
                case _:
                    self._send(404, b"{}")

        def _alias(self, name: str) -> str:
            return next(each for each in held.collections if held.id_of(each) == name)

        def _page(self, alias: str) -> None:
            if held.fail_after == 0:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            held.fail_after -= held.fail_after > 0
            query = parse_qs(urlsplit(self.path).query)
            limit = int(query.get("limit", ["100"])[0])
            after = query.get("added_after", [""])[0]
            cursor = query.get("next", [""])[0]
            if cursor and held.forget_cursors:
                held.forget_cursors = False
                self._send(400, b"{}")
                return
            start = int(cursor) if cursor else 0
            every = [each for each in held.collections[alias] if str(each["_added"]) > after]
            shown = every[start : start + limit]
            more = start + limit < len(every)
            answer: dict[str, object] = {"more": more}
            if more:
                answer["next"] = str(start + limit)
            answer["objects"] = [
                {key: value for key, value in each.items() if key != "_added"} for each in shown
            ]
            head = {"X-TAXII-Date-Added-Last": str(shown[-1]["_added"])} if shown else {}
            self._send(200, json.dumps(answer).encode(), head)

        def _add(self, _alias: str, body: bytes) -> None:
            objects = json.loads(body)["objects"]
            failures = [{"id": each["id"], "message": held.refuse_adds} for each in objects]
            if not held.refuse_adds:
                held.added.extend(objects)
                failures = []
            self._send(
                202,
                json.dumps(
                    {
                        "id": str(uuid5(NAMESPACE_URL, str(len(held.added)))),
                        "status": "complete",
                        "total_count": len(objects),
                        "success_count": len(objects) - len(failures),
                        "failure_count": len(failures),
                        "failures": failures,
                        "pending_count": 0,
                    }
                ).encode(),
            )

        def _json(self, value: object) -> None:
            self._send(200, json.dumps(value).encode())

        def _send(self, status: int, body: bytes, head: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", held.media)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (head or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _about(held: TaxiiServer, alias: str) -> dict[str, object]:
    return {
        "id": held.id_of(alias),
        "title": f"Collection {alias}",
        "alias": alias,
        "can_read": alias != "inbox",
        "can_write": alias == "inbox",
        "media_types": ["application/stix+json;version=2.1"],
    }
