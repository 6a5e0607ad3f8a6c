"""IODEF v2 documents (RFC 7970), one ticket per incident; bounded XML, no entities."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from lxml import etree

from panshi.model.alliance.ticket import Category
from panshi.model.alliance.ticket_standards import (
    IODEF_ADDRESS,
    IODEF_RESTRICTION,
    IODEF_SEVERITY,
    IODEF_STATUS,
)
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.xml_events import (
    child,
    child_text,
    children,
    content,
    local_name,
    open_xml,
)
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

LIMITS = Limits(max_bytes=32 * MIB, max_depth=40, max_items=5_000, max_entry=50_000)
_ADDRESS = {theirs: ours for ours, theirs in IODEF_ADDRESS.items()}
_SEVERITIES = {word: str(grade) for grade, word in reversed(IODEF_SEVERITY.items())}
_STATUS = {word: str(status) for status, word in IODEF_STATUS.items()} | {
    "forwarded": "triaged",
    "future": "received",
}
_TLPS = {word: str(tlp) for tlp, word in IODEF_RESTRICTION.items()} | {
    "public": "clear",
    "partner": "green",
    "private": "red",
}
_TIMES = {
    "StartTime": "occurred_at",
    "DetectTime": "detected_at",
    "RecoveryTime": "contained_at",
    "EndTime": "closed_at",
    "ReportTime": "reported_at",
}
_DIGESTS = {16: "md5", 20: "sha1", 32: "sha256", 64: "sha512"}


def iodef(path: Path, now: datetime) -> Iterator[Draft]:
    """Give a ticket per incident of a document."""
    with open_xml(path, LIMITS) as document:
        for step in document.walk(keep=("Incident",), roots=("IODEF-Document",)):
            yield _ticket(step.element, now)


def _ticket(incident: etree._Element, now: datetime) -> Draft:
    described = content(child(incident, "Description"))
    draft: Draft = {"title": title(described.split("\n", 1)[0]) or "IODEF incident"}
    put(draft, "number", number(child_text(incident, "IncidentID")))
    put(draft, "text", long_text(described.partition("\n")[2].strip()))
    put(draft, "reported_at", when(child_text(incident, "GenerationTime")) or when(now))
    for element, field in _TIMES.items():
        put(draft, field, when(child_text(incident, element)))
    put(draft, "status", _STATUS.get(incident.get("status", ""), ""))
    told = _TLPS.get(incident.get("restriction", ""), "")
    put(draft, "marking", {"tlp": told} if told else {})
    assessments = list(children(incident, "Assessment"))
    put(draft, "severity", _severity(assessments))
    put(draft, "category", _category(assessments))
    put(draft, "impact", _impact(assessments))
    methods = "\n".join(content(each) for each in children(incident, "Method"))
    put(draft, "techniques", techniques(methods.replace("/0", ".0")))
    put(draft, "cves", cves(methods))
    put(draft, "detected_by", name(child_text(_or_empty(incident, "Discovery"), "Description")))
    put(draft, "indicators", observables(_indicators(incident)))
    put(draft, "related", names(map(_related, children(incident, "RelatedActivity"))))
    put(draft, "assets", names(_assets(incident)))
    return draft


def _or_empty(element: etree._Element, called: str) -> etree._Element:
    found = child(element, called)
    return etree.Element("nothing") if found is None else found


def _severity(assessments: list[etree._Element]) -> str:
    ranks = ("low", "medium", "high")
    told = [
        impact.get("severity", "")
        for each in assessments
        for impact in children(each, "SystemImpact")
    ]
    worst = max((ranks.index(each) for each in told if each in ranks), default=None)
    return "" if worst is None else _SEVERITIES[ranks[worst]]


def _category(assessments: list[etree._Element]) -> str:
    known = set(Category)
    told = (content(c) for each in assessments for c in children(each, "IncidentCategory"))
    return next((each for each in told if each in known), "")


def _impact(assessments: list[etree._Element]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in assessments:
        for money in children(each, "MonetaryImpact"):
            if money.get("currency") == "TWD" and content(money).isdecimal():
                found["loss_twd"] = int(content(money)[:15])
        for time in children(each, "TimeImpact"):
            if time.get("duration") == "minute" and content(time).isdecimal():
                found["downtime_minutes"] = int(content(time)[:15])
    return found


def _indicators(incident: etree._Element) -> Iterator[tuple[object, str]]:
    for element in incident.iter():
        match local_name(element):
            case "Address" if not _is_victim(element):
                yield content(element), _ADDRESS.get(element.get("category", ""), "")
            case "DomainData" if not _is_victim(element):
                yield child_text(element, "Name"), "domain"
            case "Hash":
                yield from _hash(child_text(element, "DigestValue"))
            case "FileName":
                yield content(element), "file"
            case _:
                pass


def _is_victim(element: etree._Element) -> bool:
    """Whether an address is of a system that was attacked: an asset, not an indicator."""
    return any(
        local_name(above) == "System" and above.get("category") in {"target", "sensor"}
        for above in element.iterancestors()
    )


def _hash(value: str) -> Iterator[tuple[str, str]]:
    """Give a digest, which XML signature writes in base64."""
    try:
        raw = base64.b64decode("".join(value.split())[:200], validate=True)
    except (binascii.Error, ValueError):
        return
    if len(raw) in _DIGESTS:
        yield raw.hex(), _DIGESTS[len(raw)]


def _related(activity: etree._Element) -> str:
    return child_text(activity, "IncidentID")


def _assets(incident: etree._Element) -> Iterator[str]:
    for element in incident.iter():
        if local_name(element) == "System" and element.get("category") == "target":
            for node in children(element, "Node"):
                domain = child(node, "DomainData")
                yield child_text(domain, "Name") if domain is not None else ""
                yield from (content(each) for each in children(node, "Address"))
