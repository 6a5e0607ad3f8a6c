"""Is a STIX 2.1 object right: bounds first, then its schema, then the rules beyond it.

What breaks a MUST of the standard is a flaw; what it merely advises against is none. The schema
runs in native code over the whole object at once; the rules are asked only of what fits it, which
is why they need no defence of their own against values of the wrong kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from panshi.alliance.stix.rules import broken
from panshi.alliance.stix.schemas import Schemas

MAX_DEPTH = 32
MAX_VALUES = 100_000
"Values within one object."
MAX_FLAWS = 20


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong."""

    place: str
    "Path within the object; empty for the object."
    problem: str


class Validator:
    """Judges objects one by one."""

    def __init__(self, schemas: Schemas) -> None:
        """Take the packaged schemas."""
        self._schemas = schemas

    def flaws(self, value: object) -> tuple[Flaw, ...]:
        """Give what is wrong with an object; nothing where it is right."""
        if not isinstance(value, dict):
            return (Flaw("", "a STIX object is a JSON object"),)
        beyond = _beyond_bounds(value)
        if beyond:
            return (Flaw("", beyond),)
        if value.get("type") == "bundle":
            return tuple(self._bundle(value))
        return tuple(self._single(value))[:MAX_FLAWS]

    def _single(self, value: dict[str, Any]) -> Iterator[Flaw]:
        if "type" not in value or "id" not in value:
            yield Flaw("", "a STIX object has a type and an id")
            return
        schema = self._schemas.of(value)
        if not schema.is_valid(value):
            yield from _schema_flaws(schema, value)
            return
        held = value.get("objects") if value["type"] == "observed-data" else None
        if held is not None:
            flaws = tuple(self._contained(held))
            yield from flaws
            if flaws:
                return
        yield from (Flaw("", problem) for problem in broken(value))

    def _contained(self, held: Mapping[str, Any]) -> Iterator[Flaw]:
        for key, each in held.items():
            if not isinstance(each, dict) or not isinstance(each.get("type"), str):
                yield Flaw(f"objects.{key}", "an observable is an object with a type")
                continue
            schema = self._schemas.contained(each)
            if not schema.is_valid(each):
                yield from (
                    Flaw(f"objects.{key}.{flaw.place}".rstrip("."), flaw.problem)
                    for flaw in _schema_flaws(schema, each)
                )

    def _bundle(self, value: dict[str, Any]) -> Iterator[Flaw]:
        schema = self._schemas.of(value)
        if not schema.is_valid(value):
            yield from _schema_flaws(schema, value)
            return
        for at, each in enumerate(value.get("objects", ())):
            if not isinstance(each, dict):
                yield Flaw(f"objects[{at}]", "a STIX object is a JSON object")
                continue
            for flaw in tuple(self._single(each))[:MAX_FLAWS]:
                place = f"objects[{at}].{flaw.place}".rstrip(".")
                yield Flaw(place, flaw.problem)


def _schema_flaws(schema: Any, value: object) -> Iterator[Flaw]:  # noqa: ANN401 -- the library's own
    for count, error in enumerate(schema.iter_errors(value)):
        if count == MAX_FLAWS:
            return
        place = ".".join(str(each) for each in error.instance_path)
        yield Flaw(place[:200], str(error.message)[:300])


def _beyond_bounds(value: object) -> str:
    """Tell whether an object nests too deep or holds too much, without recursion."""
    level: list[object] = [value]
    held = depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return f"it nests deeper than {MAX_DEPTH} levels"
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
        held += len(below)
        if held > MAX_VALUES:
            return f"it holds more than {MAX_VALUES:,} values"
        level = below
    return ""
