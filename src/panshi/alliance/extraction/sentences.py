"""Text parted into sentences, Chinese and English, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 600
"Characters of a sentence; a longer run is parted at the last blank or comma before."
_ENDS = re.compile(r"[。！？；]+|[.!?](?=[\s\"'”’)\]]|$)|\n+")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|fig|mr|ms|dr|inc|ltd|corp|approx)|\b[A-Z])\.$", re.IGNORECASE
)


_CLAUSES = re.compile(
    r"[，；：]|,\s|;\s|:\s|\s[-–—]\s|\s(?:and then|before|after|while|whereas|followed by|as well as)\s"  # noqa: E501 -- a table
)
_SHORTEST = 8
"Characters below which a clause is joined to the one before."


class Sentence(NamedTuple):
    """One sentence, trimmed, and where it stands."""

    start: int
    end: int
    text: str


def sentences(text: str) -> Iterator[Sentence]:
    """Part a text; what holds no letter is left out."""
    start = 0
    for found in _ENDS.finditer(text):
        end = found.end()
        if found.group() == "." and _ABBREVIATIONS.search(text[max(start, end - 12) : end]):
            continue
        yield from _trimmed(text, start, end)
        start = end
    yield from _trimmed(text, start, len(text))


def clauses(part: Sentence) -> Iterator[Sentence]:
    """Part a sentence where a clause ends; short pieces stay with what stands before."""
    start = 0
    for found in _CLAUSES.finditer(part.text):
        if found.end() - start >= _SHORTEST and len(part.text) - found.end() >= _SHORTEST:
            yield from _one(part.text[: found.end()], start, found.end(), part.start)
            start = found.end()
    yield from _one(part.text, start, len(part.text), part.start)


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    while end - start > LONGEST:
        cut = max(text.rfind(mark, start + LONGEST // 2, start + LONGEST) for mark in " ，,、")
        cut = cut + 1 if cut >= 0 else start + LONGEST
        yield from _one(text, start, cut)
        start = cut
    yield from _one(text, start, end)


def _one(text: str, start: int, end: int, shift: int = 0) -> Iterator[Sentence]:
    piece = text[start:end]
    stripped = piece.strip()
    if any(map(str.isalpha, stripped)):
        begun = shift + start + len(piece) - len(piece.lstrip())
        yield Sentence(begun, begun + len(stripped), stripped)
