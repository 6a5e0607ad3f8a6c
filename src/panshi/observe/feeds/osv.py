"""One OSV record (schema 1.7, ossf.github.io/osv-schema), as JSON or YAML.

Only what matching and reading need is decoded; fields nobody reads cost nothing and break nothing.
A record whose shape is not the schema's is refused whole, since half an advisory is a wrong one.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import yaml

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.observe.feeds.records import Read, moment, refused

LARGEST_RECORD = 16 << 20
_LONGEST_ID = 200
_RANGES = {"ECOSYSTEM", "SEMVER", "GIT"}
_EVENTS = ("introduced", "fixed", "last_affected", "limit")
_YAML: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Package(msgspec.Struct):
    ecosystem: str
    name: str
    purl: str = ""


class _Severity(msgspec.Struct):
    type: str
    score: str


class _Range(msgspec.Struct):
    type: str
    events: list[dict[str, str]]


class _Affected(msgspec.Struct):
    package: _Package | None = None
    severity: list[_Severity] | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    vers: str = ""
    "Our own addition for advisories written by hand: one vers expression."


class _Reference(msgspec.Struct):
    type: str
    url: str


class _Record(msgspec.Struct):
    id: str
    modified: str
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: msgspec.Raw = msgspec.Raw(b"{}")


class _Specific(msgspec.Struct):
    cwe_ids: list[str] | None = None


class _Name(msgspec.Struct):
    id: str = ""


_decode = msgspec.json.Decoder(_Record).decode
_decode_name = msgspec.json.Decoder(_Name).decode
_decode_specific = msgspec.json.Decoder(_Specific).decode


def read_osv(raw: bytes, *, feed: str, name: str) -> Read:
    """Read one record from JSON; `name` stands for it where it does not tell its id."""
    if len(raw) > LARGEST_RECORD:
        return refused(name, f"is larger than {LARGEST_RECORD:,} bytes")
    try:
        return _advisory(_decode(raw), raw, feed)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return refused(_id_in(raw) or name, _told(error))


def read_osv_yaml(raw: bytes, *, feed: str, name: str) -> Read:
    """Read one record from YAML; anchors are refused, because a few of them can mean gigabytes."""
    if len(raw) > LARGEST_RECORD:
        return refused(name, f"is larger than {LARGEST_RECORD:,} bytes")
    try:
        return read_osv(msgspec.json.encode(decoded_yaml(raw)), feed=feed, name=name)
    except (ValueError, msgspec.MsgspecError) as error:
        return refused(name, error)


def decoded_yaml(raw: bytes) -> object:
    """Decode YAML into texts, lists and tables; ValueError where it is none, or uses anchors."""
    try:
        text = raw.decode()
        if any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, Loader=_YAML)):
            raise ValueError("uses a YAML anchor, which is not read")
        return yaml.load(text, Loader=_YAML)  # noqa: S506 -- the base loader makes only texts
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(_told(error)) from error


def _advisory(record: _Record, raw: bytes, feed: str) -> Advisory:
    _check(record)
    severity = [(each.type, each.score) for each in record.severity or ()]
    affected = []
    for each in record.affected or ():
        severity += [(one.type, one.score) for one in each.severity or ()]
        if each.package is not None:
            affected.append(_affected(each, each.package))
    return Advisory(
        id=record.id,
        aliases=_names(record.aliases, record.id),
        published=record.published or "",
        modified=record.modified,
        withdrawn=record.withdrawn or "",
        summary=record.summary or "",
        details=record.details or "",
        severity=tuple(dict.fromkeys(severity)),
        affected=tuple(affected),
        references=tuple((each.type, each.url) for each in record.references or ()),
        weaknesses=tuple(_weaknesses(record.database_specific)),
        source=feed,
        related=_names([*(record.upstream or ()), *(record.related or ())], record.id),
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _check(record: _Record) -> None:
    if not _is_id(record.id):
        raise ValueError("`id` is no name of an advisory")
    for field in ("modified", "published", "withdrawn"):
        said = getattr(record, field)
        if said is not None and moment(said) is None:
            raise ValueError(f"`{field}` is no RFC 3339 time: {said[:60]!r}")
    if record.affected is None and record.withdrawn is None and not record.aliases:
        raise ValueError("says neither what is affected nor which vulnerability it is about")


def _affected(said: _Affected, package: _Package) -> Affected:
    if not package.ecosystem.strip() or not package.name.strip():
        raise ValueError("an affected package without ecosystem or name")
    ranges = [_range(each) for each in said.ranges or ()]
    if said.vers:
        ranges.append(AffectedRange(type="VERS", events=(("introduced", said.vers),)))
    return Affected(
        ecosystem=package.ecosystem,
        name=package.name,
        purl=package.purl,
        ranges=tuple(ranges),
        versions=tuple(said.versions or ()),
    )


def _range(said: _Range) -> AffectedRange:
    if said.type not in _RANGES:
        raise ValueError(f"a range of the unknown type {said.type[:60]!r}")
    events = []
    for each in said.events:
        if not each or not each.keys() <= set(_EVENTS):
            unknown = sorted(each.keys() - set(_EVENTS))
            raise ValueError(
                f"an event of the unknown kind {unknown[0][:60]!r}" if unknown else "an empty event"
            )
        events += [(kind, each[kind]) for kind in _EVENTS if kind in each]
    return AffectedRange(type=said.type, events=tuple(events))


def _weaknesses(raw: msgspec.Raw) -> list[str]:
    try:
        return _decode_specific(raw).cwe_ids or []
    except msgspec.DecodeError:  # every database says there what it likes
        return []


def _names(said: list[str] | None, own: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in said or () if _is_id(each) and each != own))


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and text.isprintable() and text == text.strip()


def _id_in(raw: bytes) -> str:
    try:
        found = _decode_name(raw).id
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""
    return found if _is_id(found) else ""


def _told(error: Exception) -> str:
    return "nested too deep" if isinstance(error, RecursionError) else str(error)
