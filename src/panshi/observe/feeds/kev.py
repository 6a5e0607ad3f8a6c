"""CISA's catalogue of known exploited vulnerabilities (JSON), by the rules of its own schema.

An entry is taken where it has all required members, a CVE id of the prescribed form and dates; one
that has not is refused by name. The count the catalogue states must fit, else entries are missing.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.model.supply_chain.advisory import KnownExploited
from panshi.observe.feeds.records import CVE, Catalogue, Refused, moment, refused
from panshi.observe.reading.files import open_source, utf8_chunks
from panshi.observe.reading.limits import MIB, Limits

_LIMITS = Limits(max_bytes=128 * MIB)
_CWE = re.compile(r"CWE-[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Catalogue(msgspec.Struct, rename="camel"):
    catalog_version: str
    date_released: str
    count: int
    vulnerabilities: list[msgspec.Raw]


class _Entry(msgspec.Struct, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    vendor_project: str
    product: str
    vulnerability_name: str
    date_added: str
    short_description: str
    required_action: str
    due_date: str
    known_ransomware_campaign_use: str = "Unknown"
    notes: str = ""
    cwes: list[str] = []


class _Name(msgspec.Struct):
    cve: str = msgspec.field(name="cveID", default="")


_whole = msgspec.json.Decoder(_Catalogue).decode
_entry = msgspec.json.Decoder(_Entry).decode
_name = msgspec.json.Decoder(_Name).decode


def read_kev(path: Path) -> Catalogue:
    """Read the catalogue from a file."""
    with open_source(path, _LIMITS) as source:
        raw = b"".join(utf8_chunks(source))
    return decode_kev(raw, place=str(path))


def decode_kev(raw: bytes, *, place: str) -> Catalogue:
    """Read the catalogue from its bytes."""
    try:
        whole = _whole(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInputError(
            f"is not the catalogue of known exploited vulnerabilities: {str(error)[:200]}",
            place=place,
            remedy="fetch it again; it may be cut short",
        ) from error
    released = moment(whole.date_released)
    if released is None:
        raise BadInputError("dateReleased is no time", place=place, remedy="fetch it again")
    if whole.count != len(whole.vulnerabilities):
        raise BadInputError(
            f"states {whole.count:,} entries and holds {len(whole.vulnerabilities):,}",
            place=place,
            remedy="fetch it again; it may be cut short",
        )
    taken: dict[str, KnownExploited] = {}
    left: list[Refused] = []
    for number, each in enumerate(whole.vulnerabilities):
        read = _taken(bytes(each), f"vulnerabilities/{number}")
        if isinstance(read, Refused):
            left.append(read)
        elif read.cve in taken:
            left.append(refused(read.cve, "stands twice"))
        else:
            taken[read.cve] = read
    return Catalogue(
        version=whole.catalog_version[:60],
        released=released,
        entries=tuple(taken.values()),
        refused=tuple(left),
    )


def _taken(raw: bytes, place: str) -> KnownExploited | Refused:
    try:
        said = _entry(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return refused(_named(raw) or place, error)
    if not CVE.fullmatch(said.cve_id):
        return refused(place, f"{said.cve_id[:60]!r} is no CVE id")
    added, due = _day(said.date_added), _day(said.due_date)
    if added is None or due is None:
        return refused(said.cve_id, "dateAdded or dueDate is no date")
    if not all(map(_CWE.fullmatch, said.cwes)):
        return refused(said.cve_id, "cwes names what is no CWE id")
    return KnownExploited(
        cve=said.cve_id,
        added=added,
        due=due,
        ransomware=said.known_ransomware_campaign_use.casefold() == "known",
        product=f"{said.vendor_project} {said.product}".strip(),
        action=said.required_action,
    )


def _named(raw: bytes) -> str:
    try:
        found = _name(raw).cve
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""
    return found if CVE.fullmatch(found) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
