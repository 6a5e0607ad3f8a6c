"""Which characters a font can draw, read from its `cmap` table (OpenType 1.9, formats 4 and 12).

A PDF for archiving must not hold a character without a glyph, and names of foreign data hold
whatever their owners typed. What the font lacks, and what draws nothing but changes how its
neighbours read (control and formatting characters), is set as the geta mark 〓, as Chinese
typesetters always did, and the code points are listed, so that nothing disappears unseen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import category, normalize

from panshi.errors import ContentError

GETA = "〓"
"""U+3013, the mark that stands for a missing sort."""
_KEPT_CONTROLS = {"\n", "\t"}
_NEVER = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


@dataclass(slots=True)
class Glyphs:
    """Replaces what cannot be drawn, and remembers what it was."""

    drawable: frozenset[int]
    missing: set[str] = field(default_factory=set)

    def drawn(self, text: str) -> str:
        """Give a text of which every character can be drawn."""
        whole = normalize("NFC", text)
        if all(ord(each) in self.drawable for each in whole):
            return whole
        return "".join(self._one(each) for each in whole)

    def _one(self, letter: str) -> str:
        if letter in _KEPT_CONTROLS:
            return letter
        if ord(letter) in self.drawable and category(letter) not in _NEVER:
            return letter
        self.missing.add(letter)
        return GETA


def drawable(fonts: Iterable[bytes]) -> frozenset[int]:
    """Give the code points that every one of the fonts can draw."""
    sets = [frozenset(_code_points(each)) for each in fonts]
    common = frozenset.intersection(*sets) if sets else frozenset()
    return frozenset(each for each in common if category(chr(each)) not in _NEVER)


def _code_points(font: bytes) -> set[int]:
    try:
        tables = struct.unpack_from(">H", font, 4)[0]
        start = next(
            struct.unpack_from(">I", font, 12 + 16 * number + 8)[0]
            for number in range(tables)
            if font[12 + 16 * number : 16 + 16 * number] == b"cmap"
        )
        count = struct.unpack_from(">H", font, start + 2)[0]
        places = {
            start + struct.unpack_from(">I", font, start + 4 + 8 * number + 4)[0]
            for number in range(count)
        }
        found: set[int] = set()
        for place in places:
            found |= _subtable(font, place)
    except (struct.error, StopIteration, IndexError) as error:
        raise ContentError("a font without a readable table of characters") from error
    return found


def _subtable(font: bytes, place: int) -> set[int]:
    match struct.unpack_from(">H", font, place)[0]:
        case 4:
            return _format_4(font, place)
        case 12:
            groups = struct.unpack_from(">I", font, place + 12)[0]
            found: set[int] = set()
            for number in range(groups):
                first, last, glyph = struct.unpack_from(">III", font, place + 16 + 12 * number)
                found.update(range(first + (glyph == 0), last + 1))
            return found
        case _:
            return set()


def _format_4(font: bytes, place: int) -> set[int]:
    double = struct.unpack_from(">H", font, place + 6)[0]
    count = double // 2
    ends = struct.unpack_from(f">{count}H", font, place + 14)
    starts = struct.unpack_from(f">{count}H", font, place + 16 + double)
    deltas = struct.unpack_from(f">{count}H", font, place + 16 + 2 * double)
    offsets_at = place + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    found: set[int] = set()
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if offsets[number] == 0:
                glyph = (code + deltas[number]) & 0xFFFF
            else:
                at = offsets_at + 2 * number + offsets[number] + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, at)[0]
            if glyph:
                found.add(code)
    return found
