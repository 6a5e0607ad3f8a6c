"""What the policies in force compare with that changes by itself: levels of trust, age, the hour.

A comparison with a fixed number has a moment at which it turns; that moment can be scheduled. Where
a policy compares in another way every level, or every hour, is watched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panshi.protection.zero_trust.trust.level import HIGHEST

type Json = Mapping[str, Json] | list[Json] | str | int | float | bool | None
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What to look out for."""

    levels: frozenset[int]
    "Levels of trust at which some comparison turns."
    ages: frozenset[int]
    "Ages of a session in seconds at which one turns."
    hours: bool
    "Whether any policy reads the hour or the day."


EVERYTHING = Watched(levels=frozenset(range(1, HIGHEST + 1)), ages=frozenset(), hours=True)


def watched(policies: Json) -> Watched:
    """Read from Cedar's JSON form of policies what they compare with."""
    levels: set[int] = set()
    ages: set[int] = set()
    hours = False
    for path, against in _readings(policies):
        match path:
            case ("context", "trust", "level"):
                levels |= EVERYTHING.levels if against is None else {against, against + 1}
            case ("context", "session", "age_s"):
                ages |= set() if against is None else {against, against + 1}
                hours = hours or against is None
            case ("context", "time", _):
                hours = True
            case ("context",) | ("context", "trust" | "session" | "time"):
                levels, hours = levels | EVERYTHING.levels, True
            case _:
                pass
    return Watched(
        levels=frozenset(each for each in levels if 1 <= each <= HIGHEST),
        ages=frozenset(each for each in ages if each >= 0),
        hours=hours,
    )


def _readings(node: Json) -> Iterator[tuple[tuple[str, ...], int | None]]:
    """Yield what is read of the context, each with the number it is compared with, if any."""
    waiting: list[Json] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, Mapping):
            compared = _compared(node)
            if compared is not None:
                yield compared
                continue
            path = _path(node)
            if path is not None:
                yield path, None
            elif "has" in node and isinstance(node["has"], Mapping):
                # Whether a part is there says nothing of its value.
                waiting += [] if _path(node["has"].get("left")) else [node["has"].get("left")]
            else:
                waiting += node.values()


def _compared(node: Mapping[str, Json]) -> tuple[tuple[str, ...], int] | None:
    for operator in _COMPARISONS & node.keys():
        sides = node[operator]
        if isinstance(sides, Mapping):
            for one, other in (("left", "right"), ("right", "left")):
                path, number = _path(sides.get(one)), _number(sides.get(other))
                if path is not None and number is not None:
                    return path, number
    return None


def _path(node: Json) -> tuple[str, ...] | None:
    """Give a path into the context: `context.trust.level`; None for anything else."""
    names: list[str] = []
    while isinstance(node, Mapping):
        if node.get("Var") == "context":
            return ("context", *reversed(names))
        reading = node.get(".")
        if not isinstance(reading, Mapping) or not isinstance(reading.get("attr"), str):
            return None
        names.append(str(reading["attr"]))
        node = reading.get("left")
    return None


def _number(node: Json) -> int | None:
    value = node.get("Value") if isinstance(node, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
