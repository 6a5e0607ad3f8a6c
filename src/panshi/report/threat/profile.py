"""The exchange profile for partners abroad: what a bundle may hold, checked before it leaves.

A subset of STIX 2.1 that every TAXII 2.1 client reads: seven types, each with the properties named
here and no other, one creator, a TLP 2.0 marking no narrower than GREEN on each object, every
reference inside the bundle. What does not conform does not leave; the defects say why. The profile
is described for partners in `docs/explanation/exchange-profile.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from panshi.alliance.stix.markings import TLP_2_IDS, TLP_EXTENSION
from panshi.model.alliance.marking import Tlp

PROFILE = "panshi.exchange/1"
"Name and version of the profile."
WIDE_ENOUGH = (Tlp.GREEN, Tlp.CLEAR)
MOST_OBJECTS = 10_000

COMMON = frozenset(
    {"type", "spec_version", "id", "created", "modified", "created_by_ref", "object_marking_refs"}
)
TYPES: Mapping[str, frozenset[str]] = {
    "identity": frozenset({"name", "identity_class", "sectors"}),
    "report": frozenset(
        {"name", "description", "lang", "report_types", "published", "object_refs"}
    ),
    "campaign": frozenset({"name", "description", "first_seen", "last_seen", "labels"}),
    "attack-pattern": frozenset({"name", "external_references"}),
    "vulnerability": frozenset({"name", "external_references"}),
    "indicator": frozenset({"name", "indicator_types", "pattern", "pattern_type", "valid_from"}),
    "relationship": frozenset({"relationship_type", "source_ref", "target_ref"}),
}
"Properties of each type beside the common ones; all are given, save descriptions that are empty."
RELATIONS = frozenset(
    {
        ("campaign", "uses", "attack-pattern"),
        ("campaign", "targets", "vulnerability"),
        ("indicator", "indicates", "campaign"),
    }
)
REFERENCES = ("created_by_ref", "source_ref", "target_ref")


def defects(raw: bytes) -> tuple[str, ...]:
    """Tell everything in a bundle that the profile does not allow; nothing where it conforms."""
    bundle = json.loads(raw)
    objects = bundle.get("objects", ())
    if len(objects) > MOST_OBJECTS:
        return (f"{len(objects):,} objects, at most {MOST_OBJECTS:,}",)
    by_id = {each["id"]: each for each in objects}
    creators = {each["id"] for each in objects if each["type"] == "identity"}
    found = [each for one in objects for each in _of(one, by_id)]
    if len(creators) != 1:
        found.append(f"{len(creators)} identities: the hub speaks, and nobody else")
    if len(by_id) != len(objects):
        found.append("an id occurs twice")
    if not any(each["type"] == "report" for each in objects):
        found.append("no report object")
    return tuple(found)


def _of(one: dict[str, Any], by_id: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    place = str(one["id"])
    if one["type"] == "marking-definition":
        if one["id"] not in TLP_2_IDS.values() or set(one.get("extensions", ())) != {TLP_EXTENSION}:
            yield f"{place}: a marking that is none of TLP 2.0"
        return
    allowed = TYPES.get(one["type"])
    if allowed is None:
        yield f"{place}: type {one['type']} is not exchanged"
        return
    for name in sorted(one.keys() - COMMON - allowed):
        yield f"{place}: property {name} is not exchanged"
    for name in sorted((COMMON | allowed) - one.keys()):
        yield f"{place}: property {name} is missing"
    yield from _marked(one, place)
    for name in (one[each] for each in REFERENCES if each in one):
        if name not in by_id:
            yield f"{place}: refers to {name}, which is not inside"
    yield from _joined(one, by_id, place)


def _marked(one: dict[str, Any], place: str) -> Iterator[str]:
    marks = one.get("object_marking_refs", ())
    if not marks or any(each not in {TLP_2_IDS[tlp] for tlp in WIDE_ENOUGH} for each in marks):
        yield f"{place}: not marked for partners abroad"


def _joined(one: dict[str, Any], by_id: Mapping[str, dict[str, Any]], place: str) -> Iterator[str]:
    if one["type"] == "report":
        for each in one.get("object_refs", ()):
            if each not in by_id:
                yield f"{place}: refers to {each}, which is not inside"
    if one["type"] == "relationship":
        ends = [by_id.get(one.get(each, ""), {}).get("type") for each in REFERENCES[1:]]
        if (ends[0], one.get("relationship_type"), ends[1]) not in RELATIONS:
            yield f"{place}: {ends[0]} {one.get('relationship_type')} {ends[1]} is not exchanged"
