"""Defanged text made plain, with the place each plain character had in the original.

Analysts write `hxxps://evil[.]example` so that nobody clicks it; full-width forms come from Chinese
input. Both are undone on a copy; spans found on the copy are told in terms of the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_OPEN, _SHUT = r"[\[({<【（]", r"[\])}>】）]"
_MARKS = re.compile(
    rf"""
    (?P<dot>  {_OPEN}\s?(?:\.|dot|d0t|。|．|點)\s?{_SHUT} | \s(?:\[dot\]|\(dot\))\s | \\\. | ．
            | (?<=[A-Za-z0-9])\[\.(?=[A-Za-z0-9]) | (?<=[A-Za-z0-9])\.\](?=[A-Za-z0-9]) )
  | (?P<at>   {_OPEN}\s?(?:@|at|ät)\s?{_SHUT} | ＠ )
  | (?P<colon>{_OPEN}\s?:\s?{_SHUT} | ： (?=//) )
  | (?P<slashes> {_OPEN}\s?://\s?{_SHUT} | {_OPEN}\s?//\s?{_SHUT} )
  | (?P<slash>{_OPEN}\s?/\s?{_SHUT} | ／ )
  | (?P<http> (?<![A-Za-z0-9]) (?:h[xX*]{{2}}p|hXXp|h\*\*p|hxtp|htxp|meow|hxp) (?=s?\s?(?:{_OPEN}?\s?:|：)) )
  | (?P<none> [\u200b\u200c\u200d\u2060\ufeff\u00ad] )
    """,  # noqa: E501 -- a table
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN = {
    "dot": ".",
    "at": "@",
    "colon": ":",
    "slashes": "://",
    "slash": "/",
    "http": "http",
    "none": "",
}
_WIDE = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"Full-width digits and letters; their plain forms are one character as well."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """A plain copy of a text and the way back."""

    text: str
    starts: tuple[int, ...]
    "Where in the copy each replacement begins, ascending; the first is 0."
    shifts: tuple[int, ...]
    "What to add to a place at or after that start to get its place in the original."

    def place(self, at: int) -> int:
        """Give the place in the original of a place in the copy."""
        return at + self.shifts[bisect_right(self.starts, at) - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the half-open span in the original of a non-empty one in the copy."""
        return self.place(start), self.place(end - 1) + 1

    def replaced(self, start: int, end: int) -> bool:
        """Whether the span in the copy is written otherwise in the original."""
        begun, ended = self.span(start, end)
        return ended - begun != end - start


def refang(text: str) -> Shadow:
    """Undo defanging; the copy may be shorter than the original, never longer."""
    pieces: list[str] = []
    starts, shifts = [0], [0]
    done = length = 0
    for found in _MARKS.finditer(text):
        plain = _PLAIN[found.lastgroup or "none"]
        pieces += (text[done : found.start()], plain)
        length += found.start() - done + len(plain)
        done = found.end()
        if plain:
            # the last plain character stands for the end of the mark, those before for its start
            starts.append(length - 1)
            shifts.append(done - length)
        starts.append(length)
        shifts.append(done - length)
    pieces.append(text[done:])
    return Shadow(text="".join(pieces).translate(_WIDE), starts=tuple(starts), shifts=tuple(shifts))
