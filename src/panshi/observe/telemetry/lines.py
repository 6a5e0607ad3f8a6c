"""What one line of an extract says: when, and which field holds a word."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import msgspec

from panshi.observe.reading.texts import clean, instant

TIMES = ("ts", "@timestamp", "timestamp", "_time", "time", "eventtime", "event_time", "datetime")
"Names of fields that hold the time of an event, as tools write them."
_HEAD_BYTES = 64 * 1024
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,9})?")
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the lines of a file are made."""

    name: str
    "zeek, json, csv or text."
    fields: tuple[str, ...] = ()
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one line says beside the words that were looked for."""

    at: datetime | None
    field: str
    "The field that holds the word; empty where lines have none."
    excerpt: str


def form_of(head: bytes) -> Form:
    """Recognise the form from the beginning of a file."""
    lines = head[:_HEAD_BYTES].decode("utf-8", "replace").splitlines()
    for line in lines:
        if line.startswith("#fields"):
            return Form(name="zeek", fields=tuple(line.split("\t")[1:]), delimiter="\t")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if first.lstrip().startswith("{"):
        return Form(name="json")
    for delimiter in (",", ";", "\t"):
        names = next(csv.reader([first], delimiter=delimiter), [])
        if len(names) > 1 and all(
            re.fullmatch(r"[A-Za-z_@][\w@. -]{0,60}", each) for each in names
        ):
            return Form(name="csv", fields=tuple(names), delimiter=delimiter)
    return Form(name="text")


def told(form: Form, raw: bytes, word: str, zone: tzinfo) -> Told:
    """Read one line; a line that is not of its file's form is told as text."""
    line = raw.decode("utf-8", "replace").rstrip("\r")
    values = _values(form, line)
    word = word.casefold()
    held = next((name for name, value in values.items() if word in value.casefold()), "")
    times = {name.casefold(): value for name, value in values.items()}
    said = next((times[name] for name in TIMES if name in times), "")
    return Told(at=_moment(said, zone) or _moment_in(line, zone), field=held, excerpt=clean(line))


def _values(form: Form, line: str) -> Mapping[str, str]:
    match form.name:
        case "json":
            try:
                return dict(_flat(msgspec.json.decode(line), "", 0))
            except msgspec.DecodeError:
                return {}
        case "zeek" | "csv":
            cells = next(csv.reader([line], delimiter=form.delimiter), [])
            return dict(zip(form.fields, cells, strict=False))
        case _:
            return {}


def _flat(value: object, name: str, depth: int) -> list[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        return [
            pair
            for key, one in value.items()
            for pair in _flat(one, f"{name}.{key}" if name else str(key), depth + 1)
        ]
    if isinstance(value, list) and depth < _DEEPEST:
        return [pair for one in value[:100] for pair in _flat(one, name, depth + 1)]
    return [(name, str(value))]


def _moment(said: str, zone: tzinfo) -> datetime | None:
    if _EPOCH.fullmatch(said):
        return datetime.fromtimestamp(float(said), UTC)
    return instant(said.replace(",", "."), zone)


def _moment_in(line: str, zone: tzinfo) -> datetime | None:
    iso = _ISO.search(line[:200])
    if iso:
        return _moment(iso.group(), zone)
    epoch = _EPOCH.match(line)
    return _moment(epoch.group(), zone) if epoch else None
