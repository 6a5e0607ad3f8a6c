"""A text with the spans that are the reason for what was extracted from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of text that says something."""

    start: int
    end: int
    kind: str
    "`indicator`, `technique` or `cve`."
    says: str
    "What is read in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    kind: str = ""
    says: str = ""


def pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """Cut a text into pieces; of spans that cross, a narrow one stands before a wide one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.end - each.start, each.start, each.says)):
        inside = 0 <= span.start < span.end <= len(text)
        if inside and all(span.end <= each.start or each.end <= span.start for each in kept):
            kept.append(span)
    made: list[Piece] = []
    at = 0
    for span in sorted(kept, key=lambda each: each.start):
        if at < span.start:
            made.append(Piece(text=text[at : span.start]))
        made.append(Piece(text=text[span.start : span.end], kind=span.kind, says=span.says))
        at = span.end
    if at < len(text):
        made.append(Piece(text=text[at:]))
    return tuple(made)
