"""STIX objects as a MISP feed: a manifest, a file per event, a list of hashed values.

Objects are parted by colour, so that no event holds what is more restricted than its tag says;
what a reader may not see is not given in at all. Indicators whose pattern compares one value, or
several by OR, become attributes; what says more than attributes can is counted and left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from panshi.alliance.misp.types import BACK, PATHS
from panshi.alliance.stix.pattern import comparisons
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Marking, Pap, Tlp

MANIFEST = "manifest.json"
HASHES = "hashes.csv"
SPACE = uuid5(NAMESPACE_URL, "https://panshi/misp-feed")
_COLOURS = {
    Tlp.RED: "#CC0033",
    Tlp.AMBER_STRICT: "#FFC000",
    Tlp.AMBER: "#FFC000",
    Tlp.GREEN: "#339900",
    Tlp.CLEAR: "#FFFFFF",
}
_COMMUNITY, _ORGANISATION = "1", "0"
_UNDEFINED, _COMPLETE = "4", "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One object with how it is marked."""

    value: Mapping[str, Any]
    marking: Marking


@dataclass(slots=True, kw_only=True)
class Feed:
    """The files of a feed by name, and what they do not hold."""

    files: dict[str, bytes] = field(default_factory=dict)
    attributes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    "Objects no attribute can say, by their type."


def feed_of(
    objects: Iterable[Marked], *, title: str, organisation: str, known: UUID, at: datetime
) -> Feed:
    """Write a feed of what its reader may see."""
    made, manifest, digests = Feed(), {}, []
    parted: dict[tuple[Tlp, Pap], list[dict[str, Any]]] = {}
    for each in objects:
        attributes = [*_attributes(each.value)]
        if not attributes:
            made.left_out[str(each.value["type"])] += 1
        parted.setdefault((each.marking.tlp, each.marking.pap), []).extend(attributes)
    for (tlp, pap), attributes in sorted(parted.items()):
        if not attributes:
            continue
        event = _event(title, organisation, known, tlp, pap, at, attributes)
        made.attributes += len(attributes)
        made.files[f"{event['uuid']}.json"] = msgspec.json.encode({"Event": event})
        shown = ("Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp")
        manifest[event["uuid"]] = {name: event[name] for name in shown}
        digests += [f"{_digest(each['value'])},{event['uuid']}" for each in attributes]
    made.files[MANIFEST] = msgspec.json.encode(manifest)
    made.files[HASHES] = "".join(f"{each}\n" for each in digests).encode()
    return made


def _digest(value: str) -> str:
    """Give the digest the format prescribes, by which values are looked up."""
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()


def _event(
    title: str,
    organisation: str,
    known: UUID,
    tlp: Tlp,
    pap: Pap,
    at: datetime,
    attributes: list[dict[str, Any]],
) -> dict[str, Any]:
    tags = [{"name": tlp.label.lower(), "colour": _COLOURS[tlp]}]
    if pap is not Pap.CLEAR:
        tags.append({"name": pap.label, "colour": "#FFC000"})
    narrow = tlp in {Tlp.RED, Tlp.AMBER_STRICT}
    return {
        "uuid": str(uuid5(SPACE, f"{known}/{tlp}/{pap}")),
        "info": f"{title}, {tlp.label}",
        "date": f"{at:%Y-%m-%d}",
        "timestamp": str(int(at.timestamp())),
        "publish_timestamp": str(int(at.timestamp())),
        "published": True,
        "analysis": _COMPLETE,
        "threat_level_id": _UNDEFINED,
        "distribution": _ORGANISATION if narrow else _COMMUNITY,
        "Orgc": {"name": organisation, "uuid": str(uuid5(SPACE, organisation))},
        "Tag": tags,
        "Attribute": attributes,
    }


def _attributes(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    told = value.get("modified") or value.get("created")
    at = datetime.fromisoformat(told) if told else datetime.fromtimestamp(0, UTC)
    to_ids = value["type"] == "indicator"
    pairs = _compared(value) if to_ids else _observed(value)
    for number, (kind, text) in enumerate(pairs):
        known = value["id"].partition("--")[2]
        yield {
            "uuid": str(UUID(known)) if not number else str(uuid5(SPACE, f"{known}/{number}")),
            "type": kind,
            "category": PATHS[kind].category,
            "value": text,
            "to_ids": to_ids,
            "timestamp": str(int(at.timestamp())),
            "comment": str(value.get("description", ""))[:1000],
            "distribution": "5",
        }


def _compared(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the values an indicator looks for, where it looks for any one of them."""
    if value.get("pattern_type") != "stix":
        return ()
    try:
        found = comparisons(value["pattern"])
    except BadInputError:
        return ()
    alone = len(found) == 1 or not any(word in value["pattern"] for word in _TOGETHER)
    if not alone or any(each.negated or each.operator not in {"=", "==", "IN"} for each in found):
        return ()
    pairs = []
    for each in found:
        kind = BACK.get(f"{each.type}:{_written(each.path)}")
        if kind is None:
            return ()
        pairs += [(kind, text.replace("\\'", "'").replace("\\\\", "\\")) for text in each.values]
    return tuple(pairs)


_TOGETHER = (" AND ", "FOLLOWEDBY", "REPEATS", "WITHIN", "START")
"Words of patterns that ask for more than one of several values."


def _written(path: tuple[str, ...]) -> str:
    return f"hashes.'{path[1]}'" if path[0] == "hashes" and len(path) > 1 else ".".join(path)


def _observed(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for name, text in value.items():
        if name == "hashes" and isinstance(text, dict):
            inner = ((BACK.get(f"file:hashes.'{each}'"), held) for each, held in text.items())
            pairs += [(kind, str(held)) for kind, held in inner if kind]
        kind = BACK.get(f"{value['type']}:{name}")
        if kind and isinstance(text, str | int):
            pairs.append((kind, str(text)))
    return tuple(pairs)
