"""A ticket's traits in few bytes, and read again for weighing.

One trait is a word of 64 bits: eight of its kind's code, 54 of its value's digest, and one that
says that a new group begins. A million tickets of a dozen traits rest in some hundred megabytes.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from panshi.alliance.correlation.method import Method
from panshi.alliance.correlation.traits import Sketch, trait_key

HEAD = 1 << 62
"Set where a group begins."
TRAIT = HEAD - 1
CODE = 0xFF


@dataclass(frozen=True, slots=True)
class Reading:
    """One ticket ready to be weighed."""

    place: int
    member: int
    at: float
    "Seconds since 1970; not a number where nobody says."
    families: tuple[tuple[int, list[list[int]]], ...]
    "By family, the groups of traits."
    traits: list[int]
    "Every trait once."


def pack(sketch: Sketch, method: Method) -> bytes:
    """Put a sketch's traits into bytes; kinds the method does not know count as other fields."""
    words = array("Q")
    known, other = method.by_name, method.by_name["other"]
    seen: set[int] = set()
    for group in sketch.groups:
        head = HEAD
        for each in group:
            kind = known.get(each.kind)
            value = each.value if kind else f"{each.kind}={each.value}"
            word = trait_key((kind or other).code, value)
            if word in seen:
                continue
            seen.add(word)
            words.append(word | head)
            head = 0
    return words.tobytes()


def read(place: int, member: int, at: float, raw: bytes, family_of: tuple[int, ...]) -> Reading:
    """Read a packed ticket."""
    words = array("Q")
    words.frombytes(raw)
    families: dict[int, list[list[int]]] = {}
    traits: list[int] = []
    group: list[int] = []
    for word in words:
        trait = word & TRAIT
        traits.append(trait)
        if word & HEAD:
            group = [trait]
            family = family_of[trait & CODE]
            if family in families:
                families[family].append(group)
            else:
                families[family] = [group]
        else:
            group.append(trait)
    return Reading(place, member, at, tuple(families.items()), traits)
