"""Telling sightings back to the source whose intelligence was seen here, anonymous by default.

    report(node, "3f2a", actor="lin.kaiwen")

What is sent: which object, how often, from when to when to the hour. Never what stands in our
logs, nor which host. An anonymous sighting bears no name of ours; the hub knows us by our
credential and counts us once. A false alarm is told as an opinion. The id is kept before anything
is sent, so that a repeat after a lost answer is the same object and counted once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from panshi.alliance.stix.markings import TLP_2_IDS
from panshi.errors import MissingError, StoreError, UsageError
from panshi.model.alliance.marking import Tlp
from panshi.model.alliance.pulled import Reported, Sight, SourcePlace
from panshi.model.bodies.intelligence import REPORT, IntelligenceReport
from panshi.node.alliance.intelligence.pulling import access_of
from panshi.node.alliance.intelligence.sealing import seal
from panshi.node.alliance.intelligence.sources import pulled, source
from panshi.node.node import Node
from panshi.observe.taxii import RemoteCollection, TaxiiClient

MOST_COUNT = 999_999_999
"Of a STIX sighting."


def report(
    node: Node,
    sight_id: str,
    *,
    actor: str,
    named: bool = False,
    denial: bool = False,
) -> tuple[Reported, ...]:
    """Tell every source whose intelligence this finding is; what was told is not told again."""
    with pulled(node) as store:
        sight = store.sight(sight_id)
        told = store.reported_of(sight.id) if sight else ()
    if sight is None:
        raise MissingError(
            f"there is no finding {sight_id[:40]!r}", remedy="`panshi intel sightings` shows them"
        )
    made = []
    for name, about in _asked(node, sight):
        known = next((each for each in told if (each.source, each.about) == (name, about)), None)
        if known is not None and known.status not in {"", "sending"}:
            made.append(known)
            continue
        made.append(_told(node, sight, source(node, name), about, known, actor, named, denial))
    if not made:
        raise UsageError("none of its sources is known any more", remedy="panshi intel sources")
    return tuple(made)


def sighting(
    sight: Sight, about: str, *, object_id: str, now: datetime, denial: bool, creator: str = ""
) -> dict[str, object]:
    """Make the STIX object: a sighting, or an opinion that it is harmless."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    widest = Tlp.RED if sight.marking.recipients else Tlp.AMBER
    tlp = min((sight.marking.tlp, widest), key=lambda each: each.breadth)
    made: dict[str, object] = {
        "type": "opinion" if denial else "sighting",
        "spec_version": "2.1",
        "id": object_id,
        "created": _written(hour),
        "modified": _written(hour),
        "object_marking_refs": [TLP_2_IDS[tlp]],
    }
    if creator:
        made["created_by_ref"] = creator
    if denial:
        return made | {"opinion": "strongly-disagree", "object_refs": [about]}
    made |= {"sighting_of_ref": about, "count": min(sight.lines, MOST_COUNT)}
    if sight.first_at and sight.last_at:
        made["first_seen"] = _written(_hour(sight.first_at))
        made["last_seen"] = _written(_hour(sight.last_at))
    if creator:
        made["where_sighted_refs"] = [creator]
    return made


def _asked(node: Node, sight: Sight) -> Iterator[tuple[str, str]]:
    with pulled(node) as store:
        for about in sight.about:
            for kept in store.pieces(about=about):
                if kept.piece.source in sight.sources:
                    yield kept.piece.source, about


def _told(
    node: Node,
    sight: Sight,
    place: SourcePlace,
    about: str,
    known: Reported | None,
    actor: str,
    named: bool,  # noqa: FBT001 -- handed on
    denial: bool,  # noqa: FBT001 -- handed on
) -> Reported:
    now = node.clock()
    kind = "opinion" if denial else "sighting"
    reported = known or Reported(
        id=f"{kind}--{uuid4()}",
        sight=sight.id,
        source=place.name,
        about=about,
        at=now,
        by=actor,
        named=named,
        status="sending",
    )
    creator = f"identity--{uuid4()}" if named else ""
    things = [
        sighting(sight, about, object_id=reported.id, now=now, denial=denial, creator=creator)
    ]
    if creator:
        things.insert(0, _identity(node, creator, things[0]))
    with pulled(node) as store:
        store.keep_reported(reported)
    with TaxiiClient(access_of(place)) as client:
        answer = client.add(_taker(client, place).url, msgspec.json.encode({"objects": things}))
    failed = _failures(answer)
    if failed:
        raise StoreError(f"did not take the sighting: {failed}", place=place.name)
    reported = replace(reported, status="told")
    with pulled(node) as store:
        store.keep_reported(reported)
    body = IntelligenceReport(
        sighting=reported.id,
        sight=sight.id,
        source=place.name,
        named=named,
        denial=denial,
        by=actor,
    )
    seal(node, REPORT, body, facet=reported.id, actor=actor)
    return reported


def _taker(client: TaxiiClient, place: SourcePlace) -> RemoteCollection:
    writable = [each for each in client.collections() if each.can_write]
    if place.report_to:
        writable = [
            each for each in writable if place.report_to in {each.id, each.alias, each.title}
        ]
    if not writable:
        raise UsageError(
            f"source {place.name} offers no collection that takes our sightings",
            remedy="ask its operator; `--report-to` names one",
        )
    return writable[0]


class _Status(msgspec.Struct, frozen=True):
    status: str = ""
    failure_count: int = 0
    failures: list[dict[str, object]] = []


def _failures(answer: bytes) -> str:
    try:
        read = msgspec.json.decode(answer, type=_Status)
    except (msgspec.DecodeError, RecursionError):
        return "its answer is no status"
    first = str(read.failures[0].get("message", ""))[:200] if read.failures else ""
    return (first or "it says no reason") if read.failure_count else ""


def _identity(node: Node, creator: str, thing: dict[str, object]) -> dict[str, object]:
    estate = node.estate()
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": creator,
        "created": thing["created"],
        "modified": thing["modified"],
        "name": estate.name_zh,
        "identity_class": "organization",
        "object_marking_refs": thing["object_marking_refs"],
    }


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
