"""Tickets as others write them: a JSON object of any shape becomes a sketch.

Fields are known by many names (tables below); what is nested is walked; a value that looks like an
address, a name, a digest is one wherever it stands; free text is searched for indicators. A field
nobody described counts weakly, by its name and value. What would give the answer away (`campaign`,
`label`, `truth` …) is never read, nor what says nothing of the attack (`severity`, `status` …).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from panshi.alliance.correlation.traits import (
    LONGEST_WORD,
    Sketch,
    Trait,
    file_name,
    sketch,
    title_trait,
    told_in,
)
from panshi.alliance.extraction import indicators, refang
from panshi.alliance.extraction.indicators import INDICATORS
from panshi.alliance.intelligence.allow_list import AllowList
from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Observable

DEEPEST = 8
"Levels of nesting that are walked."
MOST_LEAVES = 5_000
"Values of one ticket that are walked."


_PLAIN_ROLES = frozenset({"id", "member", "text", "title"})
"Of names that, within something else, say what that is called."

type Reader = Callable[[str, str, Found], None]


def _table(text: str) -> dict[str, str]:
    return {
        name: role
        for line in text.strip().splitlines()
        for role, _, names in (line.partition(":"),)
        for name in names.split()
    }


NAMES = _table("""
id: id ticketid ticket uid uuid number ticketnumber caseid case incidentid incident eventid ref reference key
member: member memberid institution institutionid org orgid organisation organization bank bankid company submitter tenant entity victim reporterorg source sourceorg owner reporter
time: occurredat detectedat reportedat timestamp time ts date datetime createdat created observedat firstseen firstobserved starttime start at when eventtime day hour minute t lastseen acceptedat
technique: techniques technique ttps ttp attack attackids attackpatterns attackpattern mitre mitreattack mitretechniques techniqueids killchain
cve: cves cve vulnerabilities vulnerability vuln vulns exploits exploited
supplier: suppliers supplier vendors vendor thirdparty thirdparties provider providers
product: products product software component components purl purls assets asset systems system technology technologies affected affectedassets affectedproducts
malware: malware malwarefamily malwarefamilies family tool tools implant
file: file files filename filenames attachmentname
registry-key: registry registrykey regkey
mutex: mutex mutexes
certificate: certificate certificates cert certs certsha1 certsha256 certfingerprint tlscert sslcert certserial x509
fingerprint: ja3 ja3s ja4 jarm hassh useragent useragents httpuseragent
imphash: imphash
fuzzy: ssdeep tlsh fuzzy fuzzyhash
wallet: wallet wallets bitcoin btc
asn: asn asns as autonomoussystem
indicator: indicators indicator iocs ioc observables observable artifacts artifact ip ips ipaddr ipaddress ipv4 ipv6 srcip dstip sourceip destip c2 c2s c2ip domain domains hostname hostnames host fqdn url urls uri uris hash hashes md5 sha1 sha256 sha512 filehash email emails emailaddress sender senders from
text: text description summary body narrative details detail content message note notes comment comments raw
title: title subject headline name shortdescription emailsubject
ignored: campaign campaignid campaigns campaignname label labels truth groundtruth gt cluster clusterid group groupid isnoise noise decoy isdecoy severity status version schema marking tlp pap channel digest contact priority score confidence count impact related category sector state phase type kind language lang actions cause detectedby classification
""")  # noqa: E501 -- a table
TYPES = _table("""
certificate: certificate cert x509 x509certificate certsha1 certsha256 tlscertificate sslcertfingerprint certfingerprint x509fingerprintsha1 x509fingerprintsha256
fingerprint: ja3 ja3s ja4 jarm hassh useragent ja3fingerprintmd5
imphash: imphash
fuzzy: ssdeep tlsh fuzzy
mutex: mutex
malware: malware malwarefamily tool malwaretype
file: file filename filepath path
registry-key: registry registrykey regkey windowsregistrykey
wallet: wallet bitcoin btc cryptowallet
asn: asn as autonomoussystem
cve: cve vulnerability
supplier: supplier vendor
product: product software
technique: technique ttp attackpattern
""")  # noqa: E501 -- a table
_WORDS = re.compile(r"[^a-z0-9]+")
_TECHNIQUE = re.compile(r"(?<![A-Za-z0-9])T\d{4}(?:\.\d{3})?(?![0-9])")
_CVE = re.compile(r"CVE-\d{4}-\d{4,10}", re.IGNORECASE)
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_HEX = re.compile(r"[0-9a-fA-F]{32,128}")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,24}")
_HEXES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_DIGITS = re.compile(r"\d+")
_TIMES = {"occurred": 0, "detected": 1, "event": 2}
_MILLIS = 1e11
_BARE = ((2_000.0, 86_400.0), (50_000.0, 3_600.0), (3e6, 60.0))
"Largest number below which a file tells days, hours, minutes; and their seconds."
_UNITS = {"day": 86_400.0, "hour": 3_600.0, "minute": 60.0}


@dataclass(slots=True)
class Found:
    """What was read of one record."""

    id: str = ""
    member: str = ""
    times: list[tuple[int, float]] = field(default_factory=list)
    observables: dict[Observable, None] = field(default_factory=dict)
    techniques: dict[str, None] = field(default_factory=dict)
    others: dict[Trait, None] = field(default_factory=dict)
    leaves: int = 0


def sketch_of_record(
    record: object, *, place: str, fallback: str, allowed: AllowList, most: int
) -> Sketch:
    """Read one record; only what is no object at all is refused."""
    if not isinstance(record, Mapping):
        raise BadInputError(
            "this is no JSON object", place=place, remedy="one ticket per line, as an object"
        )
    found = Found()
    _walk(record, "", found, 0)
    return sketch(
        id=found.id or fallback,
        member=found.member,
        at=min(found.times)[1] if found.times else None,
        observables=found.observables,
        techniques=found.techniques,
        others=found.others,
        allowed=allowed,
        most=most,
    )


def _walk(record: Mapping[str, object], above: str, found: Found, depth: int) -> None:
    kind = record.get("type") or record.get("kind") or record.get("ioc_type")
    value = record.get("value") or record.get("indicator") or record.get("ioc")
    if above and isinstance(kind, str) and isinstance(value, str):
        _typed(_plain(kind), value, found)
        return
    for name, inner in record.items():
        plain = _plain(str(name))
        role = NAMES.get(plain, "")
        if role == "ignored" or inner is None:
            continue
        if above and role in _PLAIN_ROLES:
            if above == "technique" and role != "id":
                continue  # the name beside an id says nothing more
            role = above
        _leaf(role or above or "other", plain, inner, found, depth)


def _leaf(role: str, name: str, inner: object, found: Found, depth: int) -> None:
    found.leaves += 1
    if depth > DEEPEST or found.leaves > MOST_LEAVES:
        return
    match inner:
        case Mapping():
            _walk(inner, "" if role in {"other", "id"} else role, found, depth + 1)
        case list() | tuple():
            for each in inner:
                _leaf(role, name, each, found, depth + 1)
        case bool():
            return
        case int() | float():
            _number(role, name, inner, found)
        case str() if inner.strip():
            _READERS[role](name, inner.strip(), found)


def _number(role: str, name: str, value: float, found: Found) -> None:
    if role == "time" and math.isfinite(value):
        seconds = value / 1000 if value >= _MILLIS else value * _UNITS.get(name, 1.0)
        found.times.append((_rank(name), float(seconds)))
    elif role == "id" and not found.id:
        found.id = str(value)
    elif role == "member" and not found.member:
        found.member = str(value)
    elif role == "asn" and math.isfinite(value):
        found.observables[Observable(kind="asn", value=f"AS{int(value)}")] = None


def _rank(name: str) -> int:
    return next((rank for part, rank in _TIMES.items() if name.startswith(part)), 5)


def _id(_name: str, value: str, found: Found) -> None:
    found.id = found.id or value[:LONGEST_WORD]


def _member(_name: str, value: str, found: Found) -> None:
    found.member = found.member or value[:LONGEST_WORD]


def _time(name: str, value: str, found: Found) -> None:
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found.times.append((_rank(name), zoned.timestamp()))
    else:
        _number("time", name, seconds, found)


def _techniques(_name: str, value: str, found: Found) -> None:
    told = _TECHNIQUE.findall(value.upper())
    for each in told:
        found.techniques[each] = None
    if not told and len(value) <= LONGEST_WORD:
        found.others[Trait(kind="other", value=f"technique={value.casefold()}")] = None


def _cves(_name: str, value: str, found: Found) -> None:
    told = _CVE.findall(value.upper())
    for each in told or ((value.casefold(),) if len(value) <= LONGEST_WORD else ()):
        found.others[Trait(kind="cve", value=each)] = None


def _asn(_name: str, value: str, found: Found) -> None:
    digits = _DIGITS.search(value)
    if digits:
        found.observables[Observable(kind="asn", value=f"AS{digits.group()}")] = None


def _indicator(name: str, value: str, found: Found) -> None:
    one = _recognised(value)
    if one:
        found.observables[one] = None
    else:
        _other(name, value, found)


def _recognised(value: str) -> Observable | None:
    """Read one value by its look, the usual ones without searching a text."""
    if _IPV4.fullmatch(value):
        return Observable(kind="ipv4", value=value)
    if _HEX.fullmatch(value) and len(value) in _HEXES:
        return Observable(kind=_HEXES[len(value)], value=value.lower())
    if "[" not in value and _DOMAIN.fullmatch(value.lower()):
        return Observable(kind="domain", value=value.lower())
    for each in indicators(value):
        if each.kind in INDICATORS:
            return Observable(kind=each.kind, value=each.value)
    plain = refang(value).text.strip().lower()
    return Observable(kind="domain", value=plain) if _DOMAIN.fullmatch(plain) else None


def _typed(kind: str, value: str, found: Found) -> None:
    """Read a value whose kind is told beside it."""
    role = TYPES.get(kind)
    if role:
        _READERS[role](kind, value.strip(), found)
    elif value.strip():
        _indicator(kind, value.strip(), found)


def _text(_name: str, value: str, found: Found) -> None:
    told = told_in(value)
    found.observables.update(dict.fromkeys(told.observables))
    found.techniques.update(dict.fromkeys(told.techniques))
    found.others.update(dict.fromkeys(told.others))


def _file(_name: str, value: str, found: Found) -> None:
    found.others[Trait(kind="file", value=file_name(value))] = None


def _title(name: str, value: str, found: Found) -> None:
    _text(name, value, found)
    if len(value) <= LONGEST_WORD:
        found.others[title_trait(value)] = None


def _other(name: str, value: str, found: Found) -> None:
    if len(value) > LONGEST_WORD:
        _text(name, value, found)
        return
    one = _recognised(value) if any(mark in value for mark in ".:@[") else None
    if one:
        found.observables[one] = None
    else:
        found.others[Trait(kind="other", value=f"{name}={value.casefold()}")] = None


def _reader(kind: str) -> Reader:
    def read(_name: str, value: str, found: Found) -> None:
        found.others[Trait(kind=kind, value=value[:LONGEST_WORD].casefold())] = None

    return read


_READERS: dict[str, Reader] = {
    "id": _id,
    "member": _member,
    "time": _time,
    "technique": _techniques,
    "cve": _cves,
    "asn": _asn,
    "file": _file,
    "indicator": _indicator,
    "text": _text,
    "title": _title,
    "other": _other,
    **{
        kind: _reader(kind)
        for kind in (
            "supplier", "product", "malware", "registry-key", "mutex", "certificate",
            "fingerprint", "imphash", "fuzzy", "wallet",
        )
    },
}  # fmt: skip


def _plain(name: str) -> str:
    return _WORDS.sub("", name.lower())


def in_order(sketches: list[Sketch]) -> list[Sketch]:
    """Give the sketches in the order of time, those without one last.

    Bare small numbers are no seconds since 1970 but days, hours or minutes of a year, by the
    largest of them.
    """
    top = max((each.at for each in sketches if each.at is not None), default=0.0)
    unit = next((each for most, each in _BARE if top < most), 1.0)
    timed = [
        each if unit == 1.0 or each.at is None else replace(each, at=each.at * unit)
        for each in sketches
    ]
    return sorted(timed, key=lambda each: math.inf if each.at is None else each.at)
