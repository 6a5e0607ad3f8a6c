"""Every way by which bytes leave a hub, as one list; whoever builds another adds it here.

A way takes the hub, a reader (a member's name, a role of the hub's people, or "" for nobody) and
the objects that reader may not see; it gives all bytes that left to that reader. A way may name
what it asks for by id: an id the reader already knows is no secret, whatever else comes back is.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from tests.security.hub_trial import MEMBERS

NOBODY = ""
ANY_MEMBER, ANY_PARTNER = "@member", "@partner"
"Readers of what is written for all members, or all partners, at once."


@dataclass(frozen=True)
class Way:
    """One way out."""

    name: str
    leave: Callable
    "Of hub, reader and the objects hidden from it; gives bytes."
    readers: tuple[str, ...]
    examples: int = 6
    "Rounds of the property; few where one takes long."


def _collections(hub, reader):
    answer = hub.taxii("GET", "sector/collections/", reader)
    if answer.status != 200:
        return [], answer.bytes
    return [each["id"] for each in json.loads(answer.body).get("collections", [])], answer.bytes


def _objects(hub, reader, _hidden):
    names, gone = _collections(hub, reader)
    for name in names:
        for what in ("objects", "manifest"):
            for version in ("all", "last", "first"):
                path = f"sector/collections/{name}/{what}/?match[version]={version}"
                gone += _pages(hub, reader, path)
    return gone


def _pages(hub, reader, path):
    gone, cursor = b"", ""
    while True:
        answer = hub.taxii("GET", f"{path}&limit=7{cursor}", reader)
        gone += answer.bytes
        told = json.loads(answer.body) if answer.status == 200 else {}
        if not told.get("more"):
            return gone
        cursor = f"&next={quote(str(told['next']))}"


def _filters(hub, reader, hidden):
    """Ask for what is hidden by type, version and moment."""
    names, gone = _collections(hub, reader)
    for name in names:
        for each in hidden:
            for asked in (
                f"match[type]={each['type']}",
                f"match[version]={quote(each.get('modified', 'all'))}",
                "added_after=2000-01-01T00:00:00Z",
                "match[spec_version]=2.1",
            ):
                path = f"sector/collections/{name}/objects/?limit=1000&{asked}"
                gone += hub.taxii("GET", path, reader).bytes
    return gone


def _by_id(hub, reader, hidden):
    """Ask for what is hidden by its id, its versions and its removal."""
    names, gone = _collections(hub, reader)
    for name in names:
        for each in hidden:
            path = f"sector/collections/{name}/objects/{each['id']}/"
            for method, asked in (
                ("GET", path),
                ("GET", f"{path}?match[version]=all"),
                ("GET", f"{path}versions/"),
                ("DELETE", path),
            ):
                gone += _unsaid(hub.taxii(method, asked, reader).bytes, each["id"])
            listed = f"sector/collections/{name}/objects/?match[id]={each['id']}"
            gone += _unsaid(hub.taxii("GET", listed, reader).bytes, each["id"])
    return gone


def _again(hub, reader, hidden):
    """Send a version of one's own under the id of what is hidden."""
    gone = b""
    for each in hidden:
        if reader in MEMBERS and "modified" in each:
            mine = {key: each[key] for key in ("type", "spec_version", "id", "created")}
            mine |= {"modified": "2027-01-01T00:00:00.000Z", "name": "mine"}
            if each["type"] == "indicator":
                mine |= {
                    "pattern": "[url:value = 'http://mine.example/']", "pattern_type": "stix",
                    "valid_from": "2027-01-01T00:00:00Z",
                }  # fmt: skip
            body = json.dumps({"objects": [mine]}).encode()
            answer = hub.taxii("POST", "sector/collections/sharing/objects/", reader, body)
            gone += _unsaid(answer.bytes, each["id"])
            if answer.status == 202:
                status = json.loads(answer.body)["id"]
                gone += _unsaid(
                    hub.taxii("GET", f"sector/status/{status}/", reader).bytes, each["id"]
                )
    return gone


def _errors(hub, reader, hidden):
    """Provoke error messages with what is hidden in view."""
    gone = b""
    for each in hidden:
        for method, path in (
            ("GET", f"sector/collections/sharing/objects/{each['id']}/?limit=x"),
            ("GET", f"sector/collections/sharing/objects/{each['id']}/?added_after=never"),
            ("PUT", f"sector/collections/sharing/objects/{each['id']}/"),
            ("GET", f"sector/collections/{each['id']}/"),
            ("GET", f"sector/status/{each['id']}/"),
            ("POST", "sector/collections/sharing/objects/"),
        ):
            body = b'{"objects":[{"id":"' + each["id"].encode() + b'"' if method == "POST" else b""
            gone += _unsaid(hub.taxii(method, path, reader, body).bytes, each["id"])
    return gone


def _api(hub, reader, _hidden):
    """Ask every address of the API that takes no name, as this reader."""
    from panshi.api.routes import ROUTES

    gone = b""
    for route in ROUTES:
        if route.method == "GET" and not route.names:
            gone += hub.ask("GET", f"/api/v1{route.path}", reader=reader).bytes
    return gone


def _own(hub, reader, hidden):
    """Ask as a member what became of what it shares with others: warnings, feedback, points."""
    from panshi.node.alliance.campaign_warnings import ExtractItem, give_extract
    from panshi.node.alliance.correlating import correlate

    correlate(hub.node)
    items = [ExtractItem(kind="supplier", value=each) for each in hub.common]
    give_extract(hub.node, reader, items, actor=reader)
    gone = b""
    for path in ("warnings", "rewards", "subscriptions"):
        answer = hub.ask("GET", f"/api/v1/hub/self/{path}", reader=reader)
        gone += answer.bytes
    for number in range(hub.sent + 1):
        path = f"/api/v1/hub/self/feedback?number=T-{number}"
        gone += hub.ask("GET", path, reader=reader).bytes
    for each in hidden:
        path = f"/api/v1/hub/self/feedback?number={quote(each['id'])}"
        gone += _unsaid(hub.ask("GET", path, reader=reader).bytes, each["id"])
    return gone


def _named_api(hub, reader, hidden):
    """Ask every address of the API that takes one name for what is hidden."""
    from panshi.api.routes import ROUTES

    gone = b""
    for route in ROUTES:
        if route.method == "GET" and len(route.names) == 1:
            for each in hidden[:1]:
                path = route.path.split("{")[0] + quote(each["id"]) + route.path.partition("}")[2]
                gone += _unsaid(hub.ask("GET", f"/api/v1{path}", reader=reader).bytes, each["id"])
    return gone


def _open_pages(hub, _reader, _hidden):
    """Ask what anybody may ask: descriptions, the security contact, streams without a session."""
    return b"".join(
        hub.ask("GET", path).bytes
        for path in (
            "/api/openapi.json", "/.well-known/security.txt",
            "/.well-known/csaf/provider-metadata.json",
            "/events/hub/", "/events/", "/events/alerts/", "/taxii2/",
        )
    )  # fmt: skip


def _stream(hub, _reader, _hidden):
    """Give what the streams of events tell: all of it may reach whoever is signed in."""
    from panshi.node.alliance.correlating import correlate
    from panshi.node.alliance.news import hub_news

    correlate(hub.node)
    return repr(hub_news(hub.node)).encode()


def _trail(hub, _reader, _hidden):
    """Give all that is sealed: audit reads it, and it leaves as proof."""
    from panshi.evidence.log import Filter

    gone, before = [], None
    while True:
        page = hub.node.log.page(Filter(), before=before, limit=500)
        gone += [repr(each) for each in page]
        if len(page) < 500:
            return "\n".join(gone).encode()
        before = page[-1].position


def _search(hub, _reader, _hidden):
    """Give all that the search knows, read from its index at rest."""
    from panshi.node.searching import bring_up_to_date

    bring_up_to_date(hub.node)
    return b"".join(
        repr(row).encode()
        for path in hub.node.home.path.rglob("*search*")
        if path.suffix in {".sqlite", ".sqlite3"}
        for row in _rows(path)
    )


def _messages(hub, _reader, _hidden):
    """Compose every mail, digest and webhook there is to send, and give what is queued."""
    from panshi.node.notify import NotifySettings, Recipient, register_of, turn
    from panshi.protection.access.roles import ROLES
    from panshi.store.notices import DeliveryState
    from panshi.store.senders import Hook, MailServer

    settings = NotifySettings(
        address="https://hub.example",
        mail=MailServer(host="localhost", sender="hub@hub.example"),
        hooks=(Hook(name="desk", url="https://desk.example/", secret="s"),),
        allowed_hosts=("desk.example",),
    )
    people = [
        Recipient(name=f"p-{role}-{digest}", roles=(role,), email="p@hub.example", digest=digest)
        for role in ROLES
        for digest in (False, True)
    ]
    turn(hub.node, people, settings)
    register = register_of(hub.node)
    queued = [each for state in DeliveryState for each in register.deliveries(state)]
    shown = [each for one in people for each in register.notices(one.name)]
    return repr((queued, shown)).encode()


def _reports(hub, reader, _hidden):
    """Write the threat reports for this sort of reader in every form that is text."""
    from panshi.node.alliance.correlating import correlate
    from panshi.node.alliance.threat_reports import (
        ThreatAsking,
        ThreatForm,
        ThreatReport,
        threat_file,
    )

    correlate(hub.node)
    wanted = {
        ANY_MEMBER: (ThreatReport.WEEKLY,),
        ANY_PARTNER: (ThreatReport.QUARTERLY, ThreatReport.BULLETIN),
    }
    return b"".join(
        threat_file(hub.node, ThreatAsking(report=report, chinese=chinese), form).content
        for report in wanted[reader]
        for form, chinese in (
            (ThreatForm.HTML, True),
            (ThreatForm.STIX, False),
            (ThreatForm.JSON, False),
        )
    )


def _rows(path):
    raw = sqlite3.connect(path)
    try:
        tables = [
            row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            yield from raw.execute(f'SELECT * FROM "{table}"')
    finally:
        raw.close()


def _unsaid(gone, asked):
    """Take out of an answer the id its reader asked with."""
    return gone.replace(asked.encode(), b"-").replace(quote(asked).encode(), b"-")


ASKERS = (*MEMBERS, NOBODY)
OUTSIDERS = ("board_reader", "control_owner")
"People of the hub who have no part in its intelligence."
WAYS = (
    Way("TAXII: objects and manifests", _objects, ASKERS),
    Way("TAXII: filters", _filters, tuple(MEMBERS)),
    Way("TAXII: by id, versions, removal", _by_id, tuple(MEMBERS)),
    Way("TAXII: own version under its id, status", _again, tuple(MEMBERS)),
    Way("TAXII: error messages", _errors, ASKERS),
    Way("API: lists", _api, ("bank-b", "isac-x", NOBODY, *OUTSIDERS), examples=2),
    Way("API: by name, error messages", _named_api, ("bank-b", NOBODY, *OUTSIDERS), examples=2),
    Way("API: own warnings, feedback, points", _own, ("bank-a", "bank-b", "fund-c"), examples=4),
    Way("what is open to anybody", _open_pages, (NOBODY,), examples=2),
    Way("stream of events", _stream, (NOBODY,)),
    Way("evidence and audit trail", _trail, (NOBODY,)),
    Way("search index", _search, (NOBODY,)),
    Way("mail and webhooks", _messages, (NOBODY,), examples=3),
    Way("threat reports", _reports, (ANY_MEMBER, ANY_PARTNER), examples=3),
)
