"""testssl.sh JSON, versions 3.0 to 3.2: the flat list (`--jsonfile`) and the pretty form.

Both hold findings `{id, severity, finding, …}`; flat ones carry host and port each, pretty ones
stand in sections below their target. Findings of one target are folded into a `tls.endpoint/1`.
Where protocols or suites were not tested, nothing good may be said of them: the look has failed.

The flat form states no time; the time of reading is used unless the option `observed_at` states
one. A name tested on several addresses gives one endpoint per address; those after the first are
told apart by their facet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.json_events import Json, JsonCursor, open_json
from panshi.observe.reading.texts import clean, observed
from panshi.observe.tls.endpoint import KIND, Certificate, Offer, endpoint_body, endpoint_id
from panshi.observe.tls.names import Version, is_of_tls13, version_named, weakness_named

OBSERVED_AT = "observed_at"
"Option: when a flat list was made, ISO 8601."

_PROTOCOLS = {
    "SSLv2": Version.SSL2,
    "SSLv3": Version.SSL3,
    "TLS1": Version.TLS10,
    "TLS1_1": Version.TLS11,
    "TLS1_2": Version.TLS12,
    "TLS1_3": Version.TLS13,
}
_WEAK_LISTS = frozenset({"NULL", "aNULL", "EXPORT", "LOW", "3DES_IDEA"})
_SUITE = re.compile(r"^cipher-(?P<version>\w+?)_x|^cipher_x")
_SUITES_OF = re.compile(r"^(?:cipherorder_|supportedciphers_|cipher_order_)(?P<version>\S+)$")
_SUITE_NAME = re.compile(r"^(?:TLS_|SSL_CK_)\w+$|^[A-Z0-9]+(?:-[A-Z0-9]+)+$")
_GROUPS = frozenset({"PFS_ECDHE_curves", "FS_ECDHE_curves", "FS_KEMs", "DH_groups"})
_GROUP_NAME = re.compile(r"^(?:prime|secp|sect|brainpool|X|x|ffdhe|SecP|MLKEM|mlkem|p)\d?\w*\d\w*$")
_VULNERABLE = re.compile(r"VULNERABLE|vulnerable|uses 64 bit block ciphers")
_TARGET = re.compile(r"'?\[?(?P<host>[\w.:-]+?)\]?:(?P<port>\d{1,5})'?")
_NO_CONNECTION = re.compile(r"connect|timed? ?out|refused|unreachable|resolve", re.IGNORECASE)
_MOST_FINDINGS = 20_000


@dataclass(slots=True)
class _Target:
    """One tested target and what was found of it."""

    host: str = ""
    address: str = ""
    port: str = ""
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    "Id without suffix, severity, finding."

    def add(self, entry: Json, place: str) -> None:
        """Keep one finding."""
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise BadInputError("a finding without an id", place=place)
        if len(self.findings) >= _MOST_FINDINGS:
            raise BadInputError(f"more than {_MOST_FINDINGS:,} findings of a target", place=place)
        identity = clean(entry["id"], 100).partition(" ")[0]
        self.findings.append(
            (identity, clean(entry.get("severity"), 20), clean(entry.get("finding"), 20_000))
        )


@dataclass(slots=True)
class _Scan:
    """What is known of the run."""

    look: Look
    path: Path
    collector: str = "testssl.sh"
    moment: datetime | None = None
    hosts: set[tuple[str, str]] = field(default_factory=set)
    "Endpoints yielded so far."


class Testssl:
    """Reads what testssl.sh wrote with --jsonfile or --jsonfile-pretty."""

    name = "testssl"
    title_zh = "testssl.sh TLS 檢測結果"
    title_en = "testssl.sh TLS test"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".json",)

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per target."""
        if look.path is None:
            raise UsageError("testssl reads a file", remedy="name the file of --jsonfile")
        scan = _Scan(look, look.path)
        with open_json(look.path) as cursor:
            match cursor.shape:
                case "array":
                    yield from _flat(scan, cursor)
                case "object":
                    yield from _pretty(scan, cursor)
                case _:
                    cursor.refuse("is neither a list nor an object of findings")
            cursor.finish()


def _flat(scan: _Scan, cursor: JsonCursor) -> Iterator[Observation]:
    """Group consecutive findings of the same target."""
    scan.moment = _stated_time(scan)
    target = _Target()
    for _ in cursor.elements():
        place = cursor.place
        entry = cursor.value()
        told = entry if isinstance(entry, dict) else {}
        if not {"id", "ip", "port", "finding"} <= told.keys():
            raise BadInputError(
                "a finding without id, ip, port and finding",
                place=place,
                remedy="name a file testssl.sh wrote with --jsonfile",
            )
        host, _slash, address = clean(told.get("ip"), 300).partition("/")
        if (host, address, clean(told["port"], 5)) != (target.host, target.address, target.port):
            yield from _ended(scan, target)
            target = _Target(host, address, clean(told["port"], 5))
        target.add(entry, place)
    yield from _ended(scan, target)


def _pretty(scan: _Scan, cursor: JsonCursor) -> Iterator[Observation]:
    """Walk the sections; the head (version, startTime) comes before the results."""
    found = False
    for member in cursor.members():
        match member:
            case "version":
                version = clean(cursor.value(), 40).split()
                scan.collector = f"testssl.sh {version[0]}" if version else scan.collector
            case "startTime":
                scan.moment = _started(cursor.value(), scan)
            case "scanResult":
                found = True
                for _ in cursor.elements():
                    place = cursor.place
                    yield from _ended(scan, _of_pretty(cursor.value(), place))
            case _:
                pass
    if not found:
        cursor.refuse("has no scanResult", "name a file testssl.sh wrote with --jsonfile-pretty")


def _of_pretty(value: Json, place: str) -> _Target:
    if not isinstance(value, dict):
        raise BadInputError("a result that is no object", place=place)
    target = _Target(
        clean(value.get("targetHost"), 255), clean(value.get("ip"), 64), clean(value.get("port"), 5)
    )
    if "id" in value:  # a scan that never began is a bare finding
        target.add(value, place)
    for section in value.values():
        for entry in section if isinstance(section, list) else ():
            target.add(entry, place)
    return target


def _ended(scan: _Scan, target: _Target) -> Iterator[Observation]:
    """Fold a target's findings; findings about the testing machine itself are passed over."""
    fatal = next((text for _id, severity, text in target.findings if severity == "FATAL"), "")
    if not target.host and fatal and (named := _TARGET.search(fatal)):
        target.host, target.port = named["host"], named["port"]
    if not target.host or not target.port.isdecimal():
        if fatal and scan.look.subject:
            yield _observation(scan, scan.look.subject, "", (Outcome.FAILED, fatal))
        elif fatal:
            scan.look.warn(f"{scan.path}: {fatal}")
        return
    endpoint = endpoint_id(target.host, target.port)
    facet = target.address if (endpoint, "") in scan.hosts else ""
    if (endpoint, facet) in scan.hosts:
        scan.look.warn(f"{scan.path}: {endpoint} was tested twice; the last result counts")
    scan.hosts.add((endpoint, facet))
    yield _observation(scan, scan.look.subject or endpoint, facet, _seen(target, fatal))


def _observation(
    scan: _Scan, subject: str, facet: str, seen: tuple[str, Offer] | tuple[Outcome, str]
) -> Observation:
    first, second = seen
    failed = isinstance(first, Outcome)
    return Observation(
        kind=KIND,
        subject=subject,
        facet=facet,
        observed_at=scan.moment or scan.look.now,
        collector=scan.collector,
        outcome=first if isinstance(first, Outcome) else Outcome.SEEN,
        reason=second if isinstance(second, str) else "",
        body=None if failed or isinstance(second, str) else endpoint_body(first, second),
    )


def _seen(target: _Target, fatal: str) -> tuple[str, Offer] | tuple[Outcome, str]:
    if fatal:
        unreachable = _NO_CONNECTION.search(fatal)
        return (Outcome.UNREACHABLE if unreachable else Outcome.FAILED), fatal[:300]
    if any(text == "Scan interrupted" for _id, _severity, text in target.findings):
        return Outcome.FAILED, "the scan was interrupted"
    offered: dict[Version, bool | None] = {
        version: _is_offered(text)
        for identity, _severity, text in target.findings
        if (version := _PROTOCOLS.get(identity))
    }
    unknown = [version for version in Version if offered.get(version) is None]
    if unknown:
        return Outcome.FAILED, f"whether {unknown[0]} is offered was not tested"
    versions = frozenset(version for version, is_offered in offered.items() if is_offered)
    if not versions:
        return Outcome.FAILED, "testssl.sh found no protocol version it could use"
    suites = _suites(target.findings, versions)
    lists = dict(_weak_lists(target.findings))
    if not suites and not lists.keys() >= _WEAK_LISTS:
        return Outcome.FAILED, "which cipher suites are offered was not tested"
    address = endpoint_id(target.host, target.port).removeprefix("endpoint:")
    return address, Offer(
        versions=versions,
        suites=suites,
        groups=tuple(_groups(target.findings)),
        asked_for_hybrids=any(identity == "FS_KEMs" for identity, _s, _t in target.findings),
        weak_at_least=sum(lists.values()),
        certificate=_certificate(target.findings),
        weaknesses=tuple(_weaknesses(target.findings)),
    )


def _is_offered(text: str) -> bool | None:
    lowered = text.lower()
    if lowered.startswith("not offered"):
        return False
    return True if lowered.startswith(("offered", "vulnerable")) else None


def _suites(
    findings: Iterable[tuple[str, str, str]], versions: frozenset[Version]
) -> dict[Version, tuple[str, ...]]:
    """Give the suites per version; those of 3.0 that name none belong to the newest that fits."""
    older = max((v for v in versions if v is not Version.TLS13), key=lambda v: v.rank, default=None)
    found: dict[Version, dict[str, None]] = {}
    for identity, _severity, text in findings:
        single, several = _SUITE.match(identity), _SUITES_OF.match(identity)
        named = single["version"] if single else several["version"] if several else None
        if single is None and several is None:
            continue
        words = [word for word in text.split() if _SUITE_NAME.match(word)]
        for name in words[:1] if single else words:
            version = version_named(named or "") or (Version.TLS13 if is_of_tls13(name) else older)
            if version in versions and version is not None:
                found.setdefault(version, {}).setdefault(name)
    return {version: tuple(names) for version, names in found.items()}


def _weak_lists(findings: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, bool]]:
    for identity, _severity, text in findings:
        if identity.startswith("cipherlist_") and identity[11:] in _WEAK_LISTS:
            # 3DES_IDEA holds IDEA as well, which is not among the weak; fail closed.
            yield identity[11:], _is_offered(text) is not False


def _groups(findings: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for identity, _severity, text in findings:
        if identity in _GROUPS:
            yield from (word for word in text.split() if _GROUP_NAME.match(word))


def _weaknesses(findings: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for identity, severity, text in findings:
        if (
            _VULNERABLE.match(text)
            and severity not in {"OK", "INFO"}
            and identity not in _PROTOCOLS
        ):
            yield weakness_named(identity)


def _certificate(findings: Iterable[tuple[str, str, str]]) -> Certificate:
    """Fold all certificates into one: the earliest end, trusted only if all chains are."""
    told: dict[str, list[str]] = {}
    for identity, _severity, text in findings:
        told.setdefault(identity, []).append(text)
    key = re.match(r"(\w+)\D*(\d+)? bits", (told.get("cert_keySize") or [""])[0])
    ends = sorted(filter(None, map(_day, told.get("cert_notAfter", ()))))
    chains = told.get("cert_chain_of_trust", [])
    return Certificate(
        expires=ends[0] if ends else None,
        signature=(told.get("cert_signatureAlgorithm") or [""])[0][:60],
        key_algorithm=key[1] if key else "",
        key_bits=int(key[2][:6]) if key and key[2] else 0,
        trusted=all(text.startswith("passed") for text in chains) if chains else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _started(value: Json, scan: _Scan) -> datetime:
    text = clean(value, 20) if isinstance(value, str) else str(value)
    try:
        stated = datetime.fromtimestamp(int(text), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        stated = text
    return observed(stated, scan.look, str(scan.path))


def _stated_time(scan: _Scan) -> datetime:
    stated = scan.look.options.get(OBSERVED_AT, "")
    if not stated:
        scan.look.warn(
            f"{scan.path}: a flat list states no time; the time of reading is used "
            f"(state it by {OBSERVED_AT}=…, or use --jsonfile-pretty)"
        )
    return observed(stated, scan.look, str(scan.path))


OBSERVER = Testssl()
