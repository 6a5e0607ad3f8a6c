"""A real hub in this process: members with tokens, readers of every sort, requests over ASGI."""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass, field

from panshi.api.limits import VARIABLE
from panshi.model.alliance.marking import ReaderRole
from panshi.model.alliance.member import Quotas, Scope
from panshi.node.alliance.admission import admission, member_may
from panshi.node.alliance.members import MemberDesk, consent, member, reader_of
from panshi.node.alliance.subscribing import Subscribing, subscribe
from panshi.protection.access.roles import ROLES
from tests.node.alliance.members_at_hub import member_of, prepared

HOST = "localhost:8430"
TAXII = "application/taxii+json;version=2.1"
MEMBERS = {
    "bank-a": {"communities": ("banks",)},
    "bank-b": {"communities": ("banks", "swift")},
    "fund-c": {"sector": "securities"},
    "isac-x": {"sector": "abroad", "kind": "foreign_isac", "communities": ("swift",)},
}
STAFF_ROLES = frozenset({"ciso", "analyst"})
"People of the hub whose duty it is to read what was sent to it."


@dataclass(frozen=True)
class Answer:
    status: int
    headers: bytes
    body: bytes

    @property
    def bytes(self):
        """All that left."""
        return self.headers + b"\n" + self.body


@dataclass
class Hub:
    """The hub and who asks it."""

    node: object
    tokens: dict = field(default_factory=dict)
    "By member; the hub's own by role."
    sent: int = 0
    common: list = field(default_factory=list)
    "Suppliers that tickets of several members name together."

    def ask(self, method, path, *, reader="", body=b"", accept="", headers=()):
        """Ask over ASGI as a member, as a role of the hub, or as nobody."""
        from panshi.api.asgi import application

        url, _, query = path.partition("?")
        fields = [(b"host", HOST.encode()), (b"accept", (accept or "*/*").encode())]
        if reader:
            fields.append((b"authorization", f"Bearer {self.tokens[reader]}".encode()))
        if body:
            fields.append((b"content-length", str(len(body)).encode()))
        fields += [(name.encode(), value.encode()) for name, value in headers]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": url, "raw_path": url.encode(), "query_string": query.encode(),
            "root_path": "", "headers": fields, "client": ("127.0.0.1", 50_000),
            "server": ("localhost", 8430),
        }  # fmt: skip
        told = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            told.append(message)

        asyncio.run(application(scope, receive, send))
        head = next(each for each in told if each["type"] == "http.response.start")
        lines = b"\n".join(name + b": " + value for name, value in head["headers"])
        whole = b"".join(each.get("body", b"") for each in told)
        return Answer(head["status"], lines, whole)

    def taxii(self, method, path, reader, body=b"", content=TAXII):
        """Ask the TAXII server."""
        more = (("content-type", content),) if body else ()
        return self.ask(
            method, f"/taxii2/{path}", reader=reader, body=body, accept=TAXII, headers=more
        )

    def add(self, reader, objects, collection="sharing"):
        """Add objects as a member."""
        body = json.dumps({"objects": objects}).encode()
        answer = self.taxii("POST", f"sector/collections/{collection}/objects/", reader, body)
        assert answer.status == 202, answer.body
        told = json.loads(answer.body)
        assert not told.get("failure_count"), answer.body

    def reader(self, name):
        """Give a member as a reader."""
        return reader_of(member(self.node, name))


@contextmanager
def hub_in_process(folder, monkeypatch):
    """Prepare a hub below a folder and serve it in this process."""
    from panshi.api.asgi import senders
    from panshi.node.running import running_node

    monkeypatch.setenv("PANSHI_HOME", str(folder))
    monkeypatch.setenv(VARIABLE, "1000000")
    running_node.cache_clear()
    senders.cache_clear()
    node = prepared(running_node())
    hub = Hub(node)
    for name, about in MEMBERS.items():
        member_of(node, name, **about)
        desk, wide = MemberDesk(node, actor="lin.wei"), Quotas(requests_per_second=10_000)
        desk.set_terms(name, wide, about.get("communities", ()))
        consent(node, member(node, name), member(node, name).keys[0].id, granted=True)
        opens = tuple(each.value for each in Scope if member_may(member(node, name), each))
        hub.tokens[name] = admission(node).issue_token(
            member(node, name), "trial", opens, days=1, actor="trial"
        )
        subscribe(node, name, Subscribing(title=f"{name}: everything"), actor="lin.wei")
        subscribe(
            node, name, Subscribing(title=f"{name}: banking", sectors=("banking",)), actor="lin.wei"
        )
    for role in ROLES:
        hub.tokens[role] = node.tokens.make(name=f"t-{role}", role=role, days=1, now=node.clock())
    try:
        yield hub
    finally:
        node.close()
        running_node.cache_clear()
        senders.cache_clear()


def is_partner(hub, name):
    """Whether a member is a partner abroad."""
    return hub.reader(name).role == ReaderRole.PARTNER
