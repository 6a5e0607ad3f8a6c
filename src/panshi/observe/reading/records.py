"""Read a series of JSON objects: one per line, or the entries of one array.

Logs are written one object a line (JSON Lines); exports of the same data stand in an array, or in
arrays one after the other. Either is streamed, with the place of each object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import msgspec

from panshi.errors import BadInputError
from panshi.observe.reading.files import Source, open_source, text_lines
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.limits import DEFAULT, Limits

type Record = Mapping[str, object]

_CUT_OFF = "the file is truncated, or still being written; name it when it is complete"
_PEEK = 4096


def records(path: Path, limits: Limits = DEFAULT) -> Iterator[tuple[str, Record]]:
    """Yield each object with its place; what is no object, or cut off, refuses the file."""
    found = False
    with open_source(path, limits) as source:
        for place, value in _values(source):
            if not isinstance(value, dict):
                raise BadInputError(
                    f"expected an object, found {type(value).__name__}",
                    place=place,
                    remedy="name a file of the kind the observer reads",
                )
            found = True
            yield place, cast("Record", value)
    if not found:
        raise BadInputError(
            "holds no record", place=str(path), remedy="an empty export says nothing; export again"
        )


def _values(source: Source) -> Iterator[tuple[str, object]]:
    if _begins_with_array(source):
        cursor = JsonCursor(source)
        for _ in cursor.elements():
            place = cursor.place
            yield place, cursor.value()
        cursor.finish()
        return
    for number, line in text_lines(source):
        if line.strip():
            place = f"{source.name}:{number}"
            yield place, decoded(line, place)


def decoded(line: str, place: str) -> object:
    """Decode one line; whatever is wrong with it is bad input with its place."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        told = "nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
        raise BadInputError(f"is not valid JSON: {told}", place=place, remedy=_CUT_OFF) from error


def _begins_with_array(source: Source) -> bool:
    return source.peek(_PEEK).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"["
