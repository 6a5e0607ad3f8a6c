"""Whole documents of a few MiB: JSON, JSON Lines or YAML, read at once behind our own bounds.

Provenance, threat models and merge requests are small; what is larger is none. Depth is bounded
before anything is decoded, YAML anchors are refused (a few lines of them can mean millions of
entries), and so is what is no object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.observe.reading.files import open_source, utf8_chunks
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.records import Record, decoded

SMALL = Limits(max_bytes=32 * MIB, max_items=200_000, max_text=8 * MIB)
YAML = Limits(max_bytes=4 * MIB, max_items=200_000)


def text_of(path: Path, limits: Limits = SMALL) -> str:
    """Read a whole file as text."""
    with open_source(path, limits) as source:
        raw = b"".join(utf8_chunks(source))
    try:
        return raw.decode()
    except UnicodeError as error:
        raise BadInputError(
            "is not valid UTF-8", place=str(path), remedy="save the file as UTF-8"
        ) from error


def json_object(path: Path, limits: Limits = SMALL) -> Record:
    """Read a file that is one JSON object."""
    with open_source(path, limits) as source:
        cursor = JsonCursor(source)
        if not cursor.at("object"):
            cursor.refuse(f"expected an object, found {cursor.shape}")
        value = cursor.value()
        cursor.finish()
    if not isinstance(value, dict):
        raise BadInputError("expected an object", place=str(path))
    return value


def json_documents(path: Path, limits: Limits = SMALL) -> Iterator[tuple[str, Record]]:
    """Yield one object, the entries of one array, or one object a line, each with its place."""
    text = text_of(path, limits)
    head, _, rest = text.lstrip().partition("\n")
    if rest.strip() and _is_object(head):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield _record(decoded(line, f"{path}:{number}"), f"{path}:{number}")
        return
    with open_source(path, limits) as source:
        cursor = JsonCursor(source)
        if cursor.at("array"):
            for _ in cursor.elements():
                place = cursor.place
                yield _record(cursor.value(), place)
        else:
            yield _record(cursor.value(), str(path))
        cursor.finish()


def json_or_yaml(path: Path) -> Record:
    """Read a file that is one object in JSON or YAML."""
    text = text_of(path, YAML)
    if text.lstrip()[:1] in {"{", "["}:
        return json_object(path, YAML)
    return _yaml(text, str(path))


def _yaml(text: str, place: str) -> Record:
    import yaml  # noqa: PLC0415 -- only threat models are written in it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = count = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            count += 1
            mark = event.start_mark
            line = place if mark is None else f"{place}:{mark.line + 1}"
            if isinstance(event, yaml.AliasEvent):
                raise BadInputError("a YAML alias", place=line, remedy="write it out")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > YAML.max_depth or count > YAML.max_items:
                raise BadInputError("nested too deep, or too many values", place=line)
        value = yaml.load(text, Loader=loader)  # noqa: S506 -- the safe loader, in C where it is built
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        at = getattr(error, "problem_mark", None)
        where = f"{place}:{at.line + 1}" if at is not None else place
        told = str(getattr(error, "problem", "") or error)[:200]
        raise BadInputError(
            f"is not valid YAML: {told}", place=where, remedy="export the file again"
        ) from error
    return _record(value, place)[1]


def _is_object(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return False


def _record(value: object, place: str) -> tuple[str, Record]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadInputError(
            f"expected an object, found {type(value).__name__}",
            place=place,
            remedy="name a file of the kind the observer reads",
        )
    return place, value
