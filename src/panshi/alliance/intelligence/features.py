"""What a STIX object speaks of: values to look for, and the features subscriptions ask about.

Features come from the standard's own properties (kill-chain phases, external references, sectors of
an identity, a software's vendor and name) and from labels of the form `sector:banking`,
`supplier:Name`, `technology:Name`, `technique:T1566`, as MISP's machine tags are carried into STIX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from panshi.alliance.intelligence.patterns import Wanted, observable, wanted
from panshi.model.alliance.ticket import Observable

MOST_ITEMS = 500
"Of one list of an object that are read."
_TECHNIQUE = re.compile(r"\bT\d{4}(?:\.\d{3})?\b")
_CVE = re.compile(r"\b[A-Z]{3,10}-\d{4}-\d{4,10}\b", re.IGNORECASE)
_LABEL = re.compile(r"(?:misp-galaxy:)?([a-z-]{2,20})[:=]\"?(.{1,200}?)\"?")

type Thing = Mapping[str, object]


class Topic(StrEnum):
    """What a subscription can ask about."""

    SECTOR = "sector"
    TECHNOLOGY = "technology"
    SUPPLIER = "supplier"
    TECHNIQUE = "technique"
    VULNERABILITY = "vulnerability"


type Feature = tuple[Topic, str]
"A topic and its value, folded for comparison."

_LABELS = {
    "sector": Topic.SECTOR,
    "technology": Topic.TECHNOLOGY,
    "product": Topic.TECHNOLOGY,
    "supplier": Topic.SUPPLIER,
    "vendor": Topic.SUPPLIER,
    "technique": Topic.TECHNIQUE,
    "mitre-attack-pattern": Topic.TECHNIQUE,
    "cve": Topic.VULNERABILITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one object speaks of."""

    wanted: Wanted
    features: frozenset[Feature]


def spoken(thing: Thing) -> Spoken:
    """Give what an object speaks of."""
    features = frozenset(_features(thing))
    found = _wanted(thing)
    named = tuple(
        (Observable(kind=kind, value=value),)
        for topic, kind in ((Topic.SUPPLIER, "supplier"), (Topic.TECHNOLOGY, "product"))
        for value in _named(thing, topic)
    )
    both = Wanted(
        alternatives=tuple(dict.fromkeys((*found.alternatives, *named))), left_out=found.left_out
    )
    return Spoken(wanted=both, features=features)


def folded(text: str) -> str:
    """Give a name as it is compared: case, spaces and full width mean nothing."""
    return " ".join(text.casefold().split())


def techniques_above(technique: str) -> tuple[str, ...]:
    """Give a technique and its parent, since who asks for T1566 wants T1566.001 too."""
    parent = technique.partition(".")[0]
    return (technique,) if parent == technique else (technique, parent)


def _wanted(thing: Thing) -> Wanted:
    match thing.get("type"):
        case "indicator":
            return wanted(str(thing.get("pattern", "")), str(thing.get("pattern_type", "stix")))
        case "ipv4-addr" | "ipv6-addr" | "domain-name" | "url" | "email-addr" as kind:
            return _single(f"{kind}:value", thing.get("value"))
        case "autonomous-system":
            return _single("autonomous-system:number", thing.get("number"))
        case "software":
            return _single("software:name", thing.get("name"))
        case "file" | "artifact" as kind:
            hashes = thing.get("hashes")
            return _many(
                (f"{kind}:hashes.'{name}'", value)
                for name, value in (hashes.items() if isinstance(hashes, Mapping) else ())
            )
        case "vulnerability":
            return _many(("vulnerability:name", each) for each in sorted(_cves(thing)))
        case _:
            return Wanted()


def _single(path: str, value: object) -> Wanted:
    return _many([(path, value)])


def _many(pairs: Iterator[tuple[str, object]] | Sequence[tuple[str, object]]) -> Wanted:
    found = (observable(path, str(value)) for path, value in pairs if isinstance(value, str | int))
    return Wanted(alternatives=tuple((each,) for each in found if each))


def _features(thing: Thing) -> Iterator[Feature]:
    for topic in (Topic.SECTOR, Topic.TECHNOLOGY, Topic.SUPPLIER):
        for name in _named(thing, topic):
            yield topic, folded(name)
    for each in _techniques(thing):
        for one in techniques_above(each):
            yield Topic.TECHNIQUE, folded(one)
    for each in _cves(thing):
        yield Topic.VULNERABILITY, folded(each)


def _named(thing: Thing, topic: Topic) -> Iterator[str]:
    for name, value in _labels(thing):
        if _LABELS.get(name) is topic:
            yield value
    kind = thing.get("type")
    if topic is Topic.SECTOR and kind == "identity":
        yield from _texts(thing.get("sectors"))
    if kind == "software":
        if topic is Topic.TECHNOLOGY:
            yield from _texts([thing.get("name")])
        if topic is Topic.SUPPLIER:
            yield from _texts([thing.get("vendor")])


def _labels(thing: Thing) -> Iterator[tuple[str, str]]:
    for text in _texts(thing.get("labels")):
        found = _LABEL.fullmatch(text.strip())
        if found:
            yield found[1], found[2].strip()


def _techniques(thing: Thing) -> Iterator[str]:
    for name, value in _labels(thing):
        if _LABELS.get(name) is Topic.TECHNIQUE:
            yield from _TECHNIQUE.findall(value)
    for each in _references(thing):
        if str(each.get("source_name", "")).startswith("mitre-"):
            yield from _TECHNIQUE.findall(str(each.get("external_id", "")))


def _cves(thing: Thing) -> Iterator[str]:
    if thing.get("type") == "vulnerability":
        yield from (each.upper() for each in _CVE.findall(str(thing.get("name", ""))[:200]))
    for each in _references(thing):
        if each.get("source_name") == "cve":
            yield from (one.upper() for one in _CVE.findall(str(each.get("external_id", ""))[:200]))
    for name, value in _labels(thing):
        if _LABELS.get(name) is Topic.VULNERABILITY:
            yield from (each.upper() for each in _CVE.findall(value))


def _references(thing: Thing) -> Iterator[Mapping[str, object]]:
    found = thing.get("external_references")
    for each in found[:MOST_ITEMS] if isinstance(found, list) else ():
        if isinstance(each, Mapping):
            yield each


def _texts(found: object) -> Iterator[str]:
    for each in found[:MOST_ITEMS] if isinstance(found, list) else ():
        if isinstance(each, str) and each.strip():
            yield each[:200]
