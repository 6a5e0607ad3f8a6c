"""The resources of TAXII 2.1 (sections 4 and 5), each a function of the party that asks.

A collection the party may neither read nor write does not exist for it (404); one it may use only
the other way is closed (403).
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from panshi.alliance.intelligence.collections import ROOT, TAXII, may_read, may_write
from panshi.alliance.stix.envelope import enveloped
from panshi.api.exchange import RefusalError
from panshi.api.taxii.messages import MEDIA, Reply, reply
from panshi.errors import MissingError
from panshi.model.alliance.intelligence import (
    MEDIA_STIX,
    AddStatus,
    Collection,
    ObjectStatus,
    Outcome,
)
from panshi.node.alliance.collections import collection, collections
from panshi.node.alliance.hub import hub_name
from panshi.node.alliance.objects import (
    MOST_BYTES,
    Party,
    moment_text,
    objects_in,
    page,
    remove,
    status_of,
)
from panshi.node.node import Node
from panshi.store.stix_objects.reading import Kept, Page, Wanted

PREFIX = TAXII
NOTHING = Reply(body=b"{}")
"The empty envelope, manifest or list of versions."


def discovery(node: Node, address: str) -> Reply:
    """Say which API roots there are (4.1)."""
    root = f"{address}{PREFIX}{ROOT}/"
    return reply(
        {
            "title": hub_name(node),
            "description": "Intelligence shared within the sector",
            "default": root,
            "api_roots": [root],
        }
    )


def api_root(node: Node) -> Reply:
    """Say what the API root offers (4.2)."""
    return reply(
        {
            "title": hub_name(node),
            "versions": [MEDIA],
            "max_content_length": MOST_BYTES,
        }
    )


def every_collection(node: Node, party: Party) -> Reply:
    """List the collections the party may use (5.1)."""
    found = [_collection(each, party) for each in collections(node) if _shown(each, party)]
    return reply({"collections": found} if found else {})


def one_collection(node: Node, name: str, party: Party) -> Reply:
    """Describe a collection (5.2)."""
    return reply(_collection(opened_to(node, name, party), party))


def objects(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> Reply:
    """Give a page of objects as they came, joined (5.4 and 5.6)."""
    found = _page(node, one, wanted, party)
    if wanted is not None and len(wanted.ids) == 1 and not found.objects and not wanted.after:
        return NOTHING
    return _reply(found, enveloped(each.body for each in found.objects))


def of_object(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> Reply:
    """Give versions of one object; one the party does not see is not there (5.6)."""
    _check_there(node, one, wanted, party)
    return objects(node, one, wanted, party)


def manifest(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> Reply:
    """Give a page of what there is (5.3)."""
    found = _page(node, one, wanted, party)
    return _reply(found, b",".join(map(_record, found.objects)))


def versions(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> Reply:
    """Give the versions of an object (5.8)."""
    _check_there(node, one, wanted, party)
    found = _page(node, one, wanted, party)
    listed = b",".join(f'"{moment_text(each.version)}"'.encode() for each in found.objects)
    return _reply(found, listed, name=b"versions")


def added(node: Node, one: Collection, body: bytes, party: Party) -> Reply:
    """Add objects and say what became of each (5.5)."""
    return reply(_status(objects_in(node, one, body, party)), status=HTTPStatus.ACCEPTED)


def removed(
    node: Node, one: Collection, object_id: str, wanted: Wanted | None, party: Party
) -> Reply:
    """Remove versions of an object (5.7)."""
    if wanted is None:
        raise MissingError("there is no such object", place=object_id[:80])
    if not may_write(one, party.reader) or not may_read(one, party.reader):
        raise _closed("removing")
    remove(node, one, object_id, wanted, party)
    return NOTHING


def status(node: Node, name: str, party: Party) -> Reply:
    """Say what became of an add (4.3)."""
    return reply(_status(status_of(node, name, party)))


def opened_to(node: Node, name: str, party: Party) -> Collection:
    """Give a collection the party may use in one way at least."""
    found = collection(node, name)
    if not _shown(found, party):
        raise MissingError(f"there is no collection {name[:60]!r}")
    return found


def address_of(host: str, public: str) -> str:
    """Give the address under which clients reach this server."""
    told = urlsplit(public)
    return f"{told.scheme}://{told.netloc}" if told.netloc else f"http://{host}"


def _shown(one: Collection, party: Party) -> bool:
    return may_read(one, party.reader) or may_write(one, party.reader)


def _page(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> Page:
    if not may_read(one, party.reader):
        raise _closed("reading")
    return Page() if wanted is None else page(node, one, wanted, party)


def _check_there(node: Node, one: Collection, wanted: Wanted | None, party: Party) -> None:
    """Refuse an id of which the party sees no version whatever the filters."""
    if wanted is None:
        return
    whole = Wanted(ids=wanted.ids, versions=("all",), limit=1, bodies=False)
    if not _page(node, one, whole, party).objects:
        raise MissingError("there is no such object", place=wanted.ids[0][:80])


def _closed(what: str) -> RefusalError:
    return RefusalError(
        HTTPStatus.FORBIDDEN, f"this collection is not open for {what}", remedy="ask the hub"
    )


def _collection(one: Collection, party: Party) -> dict[str, object]:
    told: dict[str, object] = {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "alias": one.alias,
        "can_read": may_read(one, party.reader),
        "can_write": may_write(one, party.reader),
        "media_types": [MEDIA_STIX],
    }
    return {name: value for name, value in told.items() if value != ""}


def _record(each: Kept) -> bytes:
    return msgspec.json.encode(
        {
            "id": each.id,
            "date_added": moment_text(each.seq),
            "version": moment_text(each.version),
            "media_type": MEDIA_STIX,
        }
    )


def _reply(found: Page, joined: bytes, *, name: bytes = b"objects") -> Reply:
    """Put joined JSON into its envelope, with what is said of the page."""
    if not found.objects:
        return NOTHING
    more = f'"more":true,"next":"{found.next}",'.encode() if found.more else b'"more":false,'
    stamps: Sequence[int] = (found.objects[0].seq, found.objects[-1].seq)
    first, last = (moment_text(each).encode() for each in stamps)
    return Reply(
        body=b"{" + more + b'"' + name + b'":[' + joined + b"]}",
        headers=(
            (b"x-taxii-date-added-first", first),
            (b"x-taxii-date-added-last", last),
        ),
    )


def _status(told: AddStatus) -> dict[str, object]:
    answer: dict[str, object] = {
        "id": told.id,
        "status": "complete" if told.complete else "pending",
        "request_timestamp": told.asked_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "total_count": len(told.objects),
    }
    names = {
        Outcome.SUCCESS: ("success_count", "successes"),
        Outcome.FAILURE: ("failure_count", "failures"),
        Outcome.PENDING: ("pending_count", "pendings"),
    }
    for outcome, (count, details) in names.items():
        found = told.of(outcome)
        answer[count] = len(found)
        if found:
            answer[details] = [_detail(each) for each in found]
    return answer


def _detail(each: ObjectStatus) -> dict[str, str]:
    told = {"id": each.id, "version": each.version, "message": each.message}
    return {name: value for name, value in told.items() if value or name in {"id", "version"}}
