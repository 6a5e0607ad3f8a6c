"""STIX 2.1 incidents with the incident core extension, one ticket each, from a bundle.

What an incident is about is found by its relationships and by the extension's references, both
ways; a bundle with one incident only is about that incident whole. References are followed one
step, so that what refers to itself ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Category
from panshi.model.alliance.ticket_standards import (
    INCIDENT_CORE,
    STIX_CRITICALITY,
    STIX_STATUS,
    STIX_TLP,
    STIX_TLP_1,
    STIX_TYPES,
)
from panshi.observe.reading.members import listed, member, table, text, texts, whole
from panshi.observe.reading.records import Record
from panshi.observe.tickets.draft import (
    Draft,
    cves,
    long_text,
    name,
    names,
    number,
    observables,
    put,
    techniques,
    title,
    when,
)

MOST_OBJECTS = 20_000
_SIMPLE = {
    "ipv4-addr": "",
    "ipv6-addr": "",
    "domain-name": "domain",
    "url": "url",
    "email-addr": "email",
}
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}
_IN_PATTERN = re.compile(r"=\s*'((?:[^'\\]|\\.){1,4000})'")
_EFFECTS = ("confidentiality", "integrity", "availability")
_STATUS = {word: str(status) for status, word in STIX_STATUS.items()}
_TYPES = {word: str(category) for category, word in STIX_TYPES.items()}
_TLPS = {each: str(tlp) for tlp, each in STIX_TLP.items()} | {
    each: str(tlp) for each, tlp in STIX_TLP_1.items()
}

type Objects = Mapping[str, Record]


def is_bundle(record: Record) -> bool:
    """Whether a record is a bundle of STIX."""
    return text(record, "type") == "bundle" and isinstance(record.get("objects"), list)


def stix(bundle: Record, now: datetime) -> Iterator[Draft]:
    """Give a ticket per incident of a bundle."""
    given = [each for each in listed(bundle, "objects") if isinstance(each, dict)]
    if len(given) > MOST_OBJECTS:
        raise BadInputError(f"more than {MOST_OBJECTS:,} objects", place="objects")
    objects = {text(each, "id", limit=200): each for each in given}
    incidents = [each for each in objects.values() if text(each, "type") == "incident"]
    if not incidents:
        raise BadInputError(
            "the bundle holds no incident", remedy="objects without one are taken in by TAXII"
        )
    beside = _beside(objects)
    for incident in incidents:
        around = (
            tuple(objects.values())
            if len(incidents) == 1
            else tuple(objects[each] for each in beside[text(incident, "id", limit=200)])
        )
        yield _ticket(incident, around, now)


def _beside(objects: Objects) -> Mapping[str, tuple[str, ...]]:
    """Give the objects each is related with, one step away."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def pair(one: str, other: str) -> None:
        if one in objects and other in objects:
            found[one][other] = None
            found[other][one] = None

    for own, each in objects.items():
        kind = text(each, "type")
        if kind == "relationship":
            pair(text(each, "source_ref", limit=200), text(each, "target_ref", limit=200))
        for other in texts(each, "object_refs", limit=200):
            pair(own, other)
        for other in texts(each, "extensions", INCIDENT_CORE, "impact_refs", limit=200):
            pair(own, other)
    whole_way = {own: dict(others) for own, others in found.items()}
    for own, others in whole_way.items():
        for other in tuple(others):
            if text(objects[other], "type") in {"observed-data", "grouping", "report"}:
                found[own].update(whole_way.get(other, {}))
    return defaultdict(tuple, {own: tuple(others) for own, others in found.items()})


def _ticket(incident: Record, around: Sequence[Record], now: datetime) -> Draft:
    core = table(incident, "extensions", INCIDENT_CORE)
    draft: Draft = {"title": title(incident.get("name")) or "STIX incident"}
    put(draft, "number", _number(incident))
    put(draft, "version", whole(incident, "x_panshi_version") or None)
    put(draft, "text", long_text(incident.get("description")))
    put(draft, "reported_at", when(incident.get("modified")) or when(now))
    put(draft, "severity", _severity(core))
    put(draft, "status", _STATUS.get(text(core, "investigation_status"), ""))
    types = texts(core, "incident_types")
    put(draft, "category", next((_TYPES.get(each, each) for each in types if _is(each)), ""))
    put(draft, "detected_by", name("; ".join(texts(core, "detection_methods"))))
    kinds: defaultdict[str, list[Record]] = defaultdict(list)
    for each in around:
        kinds[text(each, "type")].append(each)
    put(draft, "techniques", techniques(" ".join(map(_references, kinds["attack-pattern"]))))
    vulnerable = (f"{text(each, 'name')} {_references(each)}" for each in kinds["vulnerability"])
    put(draft, "cves", cves(*vulnerable))
    put(draft, "assets", names(each.get("name") for each in kinds["infrastructure"]))
    suppliers = (e for e in kinds["identity"] if "supplier" in texts(e, "roles"))
    put(draft, "suppliers", names(each.get("name") for each in suppliers))
    put(draft, "indicators", observables(_indicators(around)))
    put(draft, "impact", _impact(core, kinds["impact"]))
    tlp = (_TLPS.get(each, "") for each in texts(incident, "object_marking_refs", limit=200))
    told = next(filter(None, tlp), "")
    put(draft, "marking", {"tlp": told} if told else {})
    put(draft, "occurred_at", _earliest(kinds["event"], "start_time"))
    return draft


def _number(incident: Record) -> str:
    for each in listed(incident, "external_references"):
        if own := number(member(each, "external_id")):
            return own
    return number(incident.get("id"))


def _is(word: str) -> bool:
    return word in _TYPES or word in set(Category)


def _severity(core: Record) -> str:
    if not isinstance(core.get("criticality"), int):
        return ""
    told = whole(core, "criticality")
    grades = [(least, str(grade)) for grade, least in STIX_CRITICALITY.items()]
    bounds = ((90, "critical"), (50, "high"), (30, "medium"), (1, "low"), (0, "informational"))
    exact = next((grade for value, grade in grades if value == told), "")
    return exact or next((grade for least, grade in bounds if told >= least), "")


def _references(each: Record) -> str:
    ids = (text(reference, "external_id") for reference in listed(each, "external_references"))
    return " ".join(ids)


def _indicators(around: Sequence[Record]) -> Iterator[tuple[object, str]]:
    for each in around:
        kind = text(each, "type")
        if kind in _SIMPLE:
            yield each.get("value"), _SIMPLE[kind]
        elif kind == "file":
            hashes = table(each, "hashes")
            for called, ours in _HASHES.items():
                yield hashes.get(called), ours
            yield each.get("name"), "file"
        elif kind == "windows-registry-key":
            yield each.get("key"), "registry-key"
        elif kind == "autonomous-system":
            yield f"AS{whole(each, 'number')}", "asn"
        elif kind == "indicator":
            for found in _IN_PATTERN.findall(text(each, "pattern", limit=100_000)):
                yield found.replace("\\'", "'").replace("\\\\", "\\"), ""


def _impact(core: Record, impacts: Sequence[Record]) -> dict[str, object]:
    effects = [
        word for word in _EFFECTS if any(text(i, "impact_category") == word for i in impacts)
    ]
    counts = table(core, "impacted_entity_counts")
    found: dict[str, object] = {"effects": effects} if effects else {}
    for ours, theirs in (("customers", "customers"), ("hosts", "computers-mobile-and-servers")):
        value = counts.get(theirs, counts.get("individual") if ours == "customers" else None)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            found[ours] = value
    return found


def _earliest(events: Sequence[Record], field: str) -> str:
    return min(filter(None, (when(each.get(field)) for each in events)), default="")
