"""Fit one foreign object into the form it should have: what does not fit is put aside and told."""

from __future__ import annotations

import re

import msgspec

from panshi.observe.bom.stream import Told
from panshi.observe.reading.json_events import Json

_PATH = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.(?P<path>.+)`)?$", re.DOTALL)
_FOUND = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<found>[^`]+)`")
_WORDS = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "object": "object",
    "array": "array",
}


def fitted[T: msgspec.Struct](value: dict[str, Json], form: type[T], place: str, told: Told) -> T:
    """Convert, leaving out member after member that does not fit."""
    left = dict(value)
    while True:
        try:
            return msgspec.convert(left, form)
        except msgspec.ValidationError as error:
            match = _PATH.match(str(error))
            path = (match["path"] if match else None) or ""
            member = _first(path, left)
            if member is None:
                left = {}
                told.defect(place, f"cannot be read: {str(error)[:200]}")
                continue
            told.defect(f"{place}/{member}", _explained(path, match["problem"] if match else ""))
            del left[member]


def _first(path: str, left: dict[str, Json]) -> str | None:
    """Give the member a path of msgspec begins with; names may hold dots."""
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    if name in left:
        return name
    return max((each for each in left if path.startswith(each)), key=len, default=None)


def _explained(path: str, problem: str) -> str:
    found = _FOUND.match(problem)
    if found is None:
        return f"{path}: {problem[:200]}"
    wanted = _WORDS.get(found["wanted"].split(" | ")[0], found["wanted"].split(" | ")[0])
    return f"{path} is no {wanted} but {_WORDS.get(found['found'], found['found'])}"
