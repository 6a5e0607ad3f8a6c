"""A MISP event as STIX 2.1 objects, with what could not be carried counted by its type.

Attributes meant for detection (`to_ids`) become indicators under the attribute's own UUID, others
observed values become observables under the ids STIX gives them. The event becomes a report over
them. TLP and PAP tags become markings, an attribute's own tags beside the event's; an event or
attribute that its server distributes to its own organisation only is AMBER+STRICT, one for a
sharing group nobody here knows is RED.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from panshi.alliance.misp.types import parts_of, path_of
from panshi.alliance.stix.markings import PAP_IDS, TLP_2_IDS
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Pap, Tlp

OBSERVABLE_SPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"Of STIX 2.1, 2.9."
SPACE = UUID("1f6f7d3a-8f0e-5a5e-8d3f-0b1f4c2a9e11")
MAX_ATTRIBUTES = 200_000
MAX_VALUE = 20_000
OWN_ORGANISATION, SHARING_GROUP = "0", "4"
_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
    "HKU": "HKEY_USERS",
}
_TAG_TLP = {f"tlp:{tlp.value}": tlp for tlp in Tlp} | {"tlp:white": Tlp.CLEAR}
_TAG_PAP = {f"pap:{pap.value}": pap for pap in Pap} | {"pap:white": Pap.CLEAR}
_PAP_2_IDS = {pap: name for name, pap in PAP_IDS.items()}


class _Tag(msgspec.Struct):
    name: str


class _Organisation(msgspec.Struct):
    name: str = ""
    uuid: str = ""


class _Attribute(msgspec.Struct):
    type: str
    value: str
    uuid: str
    to_ids: bool = False
    timestamp: str | int = 0
    comment: str | None = ""
    distribution: str | int | None = ""
    deleted: bool = False
    Tag: list[_Tag] = []


class _Object(msgspec.Struct):
    name: str = ""
    deleted: bool = False
    distribution: str | int | None = ""
    Attribute: list[_Attribute] = []


class _Event(msgspec.Struct):
    uuid: str
    info: str
    date: str
    timestamp: str | int = 0
    distribution: str | int | None = ""
    Orgc: _Organisation = msgspec.field(default_factory=_Organisation)
    Tag: list[_Tag] = []
    Attribute: list[_Attribute] = []
    Object: list[_Object] = []


class _File(msgspec.Struct):
    Event: _Event


_DECODER = msgspec.json.Decoder(_File)


@dataclass(slots=True, kw_only=True)
class ReadEvent:
    """What an event says in STIX."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    "Attributes that are not carried, by their type."


def read_event(raw: bytes, *, place: str) -> ReadEvent:
    """Read one event file of a feed."""
    try:
        event = _DECODER.decode(raw).Event
        day = datetime.fromisoformat(event.date).replace(tzinfo=UTC)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadInputError(f"no MISP event: {error}", place=place) from error
    known = _uuid(event.uuid)
    if not known:
        raise BadInputError("the event has no UUID", place=place)
    held = [*_attributes(event)]
    if len(held) > MAX_ATTRIBUTES:
        raise BadInputError(f"more than {MAX_ATTRIBUTES:,} attributes", place=place)
    found = ReadEvent()
    author = _author(event, day)
    common = [each.name for each in event.Tag]
    marks = _marks(common, event.distribution)
    found.objects.append({**author, **marks})
    moment = _moment(event.timestamp, day)
    seen: dict[str, None] = {}
    for attribute, spread in held:
        tags = [*common, *(each.name for each in attribute.Tag)]
        narrow = _marks(tags, event.distribution, spread, attribute.distribution)
        for each in _of_attribute(attribute, author["id"], day, narrow, found.left_out):
            if each["id"] not in seen:
                seen[each["id"]] = None
                found.objects.append(each)
    if seen:
        found.objects.append(
            {
                **_domain("report", known, day, max(moment, day)),
                "created_by_ref": author["id"],
                "name": event.info[:MAX_VALUE] or "MISP event",
                "report_types": ["threat-report"],
                "published": _text(max(moment, day)),
                "object_refs": list(seen),
                **marks,
            }
        )
    return found


def _attributes(event: _Event) -> Iterator[tuple[_Attribute, str | int | None]]:
    for each in event.Attribute:
        if not each.deleted:
            yield each, ""
    for group in event.Object:
        if not group.deleted:
            yield from ((each, group.distribution) for each in group.Attribute if not each.deleted)


def _of_attribute(
    attribute: _Attribute,
    author: str,
    day: datetime,
    marks: dict[str, list[str]],
    left_out: Counter[str],
) -> Iterator[dict[str, Any]]:
    known = _uuid(attribute.uuid)
    if not known or len(attribute.value) > MAX_VALUE:
        left_out[attribute.type[:60]] += 1
        return
    carried = False
    for number, (kind, value) in enumerate(parts_of(attribute.type, attribute.value)):
        path = path_of(kind, value.strip())
        if not path:
            continue
        value = value.strip().removeprefix("AS" if path.endswith(":number") else "")  # noqa: PLW2901
        carried = True
        if not attribute.to_ids:
            yield {**_observable(path, value), **marks}
            continue
        name = known if not number else str(uuid5(SPACE, f"{known}/{number}"))
        yield {
            **_domain("indicator", name, day, max(_moment(attribute.timestamp, day), day)),
            "created_by_ref": author,
            "name": value[:500],
            **({"description": attribute.comment[:MAX_VALUE]} if attribute.comment else {}),
            "pattern": f"[{path} = {_literal(path, value)}]",
            "pattern_type": "stix",
            "valid_from": _text(day),
            **marks,
        }
    if not carried:
        left_out[attribute.type[:60]] += 1


def _observable(path: str, value: str) -> dict[str, Any]:
    kind, _colon, name = path.partition(":")
    parts: dict[str, Any] = {name: int(value) if name == "number" else _expanded(kind, value)}
    if name.startswith("hashes."):
        parts = {"hashes": {name.removeprefix("hashes.").strip("'"): value}}
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    known = uuid5(OBSERVABLE_SPACE, canonical)
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{known}", **parts}


def _expanded(kind: str, value: str) -> str:
    """Write out the hive of a registry key, as STIX asks for."""
    hive, slash, rest = value.partition("\\")
    known = _HIVES.get(hive.upper()) if kind == "windows-registry-key" else None
    return f"{known}{slash}{rest}" if known else value


def _literal(path: str, value: str) -> str:
    if path.endswith(":number"):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _author(event: _Event, day: datetime) -> dict[str, Any]:
    named = event.Orgc.name.strip()[:500] or "MISP"
    known = _uuid(event.Orgc.uuid) or str(uuid5(SPACE, named))
    epoch = min(day, datetime(2011, 1, 1, tzinfo=UTC))
    made = _domain("identity", known, epoch, epoch)
    return {**made, "name": named, "identity_class": "organization"}


def _marks(tags: Sequence[str], *distributions: str | int | None) -> dict[str, list[str]]:
    """Give the narrowest of the colours told; none where none is told."""
    names = [each.strip().lower() for each in tags]
    colours = [_TAG_TLP[each] for each in names if each in _TAG_TLP]
    if any(each.startswith("tlp:") and each not in _TAG_TLP for each in names):
        colours.append(Tlp.RED)
    told = {str(each) for each in distributions}
    if OWN_ORGANISATION in told:
        colours.append(Tlp.AMBER_STRICT)
    if SHARING_GROUP in told:
        colours.append(Tlp.RED)
    marks = [TLP_2_IDS[min(colours, key=lambda each: each.breadth)]] if colours else []
    actions = [_TAG_PAP[each] for each in names if each in _TAG_PAP]
    if actions:
        marks.append(_PAP_2_IDS[min(actions, key=lambda each: each.breadth)])
    return {"object_marking_refs": marks} if marks else {}


def _domain(kind: str, known: str, created: datetime, modified: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{known}",
        "created": _text(created),
        "modified": _text(modified),
    }


def _moment(told: str | int, day: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(int(told), UTC) if told else day
    except (ValueError, OverflowError, OSError):
        return day


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _uuid(text: str) -> str:
    """Give a UUID as STIX writes it (RFC 4122, versions 1 to 5); empty where it is none."""
    try:
        known = UUID(text)
    except ValueError:
        return ""
    return str(known) if known.version in {1, 2, 3, 4, 5} else ""
