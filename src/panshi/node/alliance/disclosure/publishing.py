"""What the world may read: advisories as CSAF 2.1, the lists that name them, their digests.

Everything is made from sealed revisions when it is asked for. A document that our own reader of
CSAF would not believe is never served.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from threading import Lock
from weakref import WeakKeyDictionary

from panshi import __version__
from panshi.alliance.disclosure.advisory import (
    Published,
    csaf,
    document_id,
    document_url,
)
from panshi.alliance.disclosure.case import Case
from panshi.alliance.disclosure.provider import (
    DIRECTORY,
    Document,
    changes,
    digests,
    index,
    provider_metadata,
    rolie,
)
from panshi.errors import MissingError, StoreError
from panshi.model.bodies.disclosure import DisclosureAdvisory, DisclosureChannel
from panshi.node.alliance.disclosure.cases import KINDS, all_cases, case_named
from panshi.node.alliance.disclosure.channel import KEY_PATHS, keys, offered, open_channel
from panshi.node.alliance.disclosure.scoring import scores_of
from panshi.node.node import Node
from panshi.observe.vex.csaf import read_csaf

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
JSON, TEXT, CSV = "application/json", "text/plain; charset=utf-8", "text/csv; charset=utf-8"

_kept: WeakKeyDictionary[Node, tuple[object, tuple[Document, ...]]] = WeakKeyDictionary()
_lock = Lock()


def documents(node: Node) -> tuple[Document, ...]:
    """Give every advisory published, oldest first; written once per change."""
    channel = open_channel(node)
    counts = node.log.kinds()
    stamp = (channel, *(counts.get(kind, 0) for kind in KINDS), node.judging.erasures)
    with _lock:
        kept = _kept.get(node)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    found = [each for each in all_cases(node).values() if each.published]
    made = tuple(_document(channel, each) for each in found)
    with _lock:
        _kept[node] = (stamp, made)
    return made


def preview(node: Node, number: str) -> bytes:
    """Give the document as it would be if the newest advisory were published now."""
    held = case_named(node, number)
    if held.draft is None:
        raise MissingError("the case has no advisory that waits", place=number)
    now = (node.clock(), *held.draft)
    return _checked(open_channel(node), held, (*held.published, now))


def served(node: Node, path: str) -> tuple[bytes, str]:
    """Give one file below `/csaf/clear/` with its media type."""
    channel, found = open_channel(node), documents(node)
    name = path.removeprefix(DIRECTORY)
    match name:
        case "csaf-feed-tlp-clear.json":
            return rolie(channel, found, _updated(found)), JSON
        case "changes.csv":
            return changes(found), CSV
        case "index.txt":
            return index(found), TEXT
        case _:
            return _file(node, found, name)


def metadata(node: Node) -> bytes:
    """Give `provider-metadata.json`."""
    channel, found = open_channel(node), documents(node)
    key = next((each for each in offered(node) if each.kind == "openpgp"), None)
    return provider_metadata(
        channel,
        _updated(found),
        fingerprint=key.fingerprint if key else "",
        key_url=f"{channel.base_url.rstrip('/')}{KEY_PATHS['openpgp']}" if key else "",
    )


def _file(node: Node, found: tuple[Document, ...], name: str) -> tuple[bytes, str]:
    for each in found:
        if name == each.path:
            return each.content, JSON
        for ending, content in digests(each).items():
            if name == f"{each.path}{ending}":
                return content, TEXT
        if name == f"{each.path}.asc":
            signature = keys(node).signature(each.content, node.clock())
            if signature:
                return signature, "application/pgp-signature"
    raise MissingError(f"there is no document {name[:80]!r}")


def _document(channel: DisclosureChannel, held: Case) -> Document:
    content = _checked(channel, held, held.published)
    told = _told(held, held.published)
    newest = held.published[-1]
    return Document(
        path=document_url(channel, told).partition(DIRECTORY)[2],
        id=document_id(channel, held.number),
        title=newest[2].headline,
        summary=newest[2].summary,
        first=held.published[0][0],
        updated=newest[0],
        content=content,
    )


def _checked(
    channel: DisclosureChannel,
    held: Case,
    revisions: tuple[tuple[datetime, str, DisclosureAdvisory], ...],
) -> bytes:
    """Write the document, and read it back before anybody else does."""
    content = csaf(channel, _told(held, revisions))
    read = read_csaf(json.loads(content), held.number)
    if read.refused:
        raise StoreError(f"the advisory would not be believed: {read.refused}", place=held.number)
    return content


def _told(held: Case, revisions: tuple[tuple[datetime, str, DisclosureAdvisory], ...]) -> Published:
    report = held.report
    return Published(
        number=held.number,
        revisions=tuple((at, body) for at, _, body in revisions),
        credit=report.reporter if report and report.credit else "",
        reported_at=held.received_at,
        scores=scores_of(revisions[-1][2].cvss),
        engine=__version__,
    )


def _updated(found: tuple[Document, ...]) -> datetime:
    return max((each.updated for each in found), default=EPOCH)
