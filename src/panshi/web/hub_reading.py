"""What was read in a ticket's text: pieces with their reasons, and the same as a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from panshi.alliance.extraction.reading import Extractor
from panshi.model.alliance.ticket import Ticket
from panshi.node.alliance.extraction import TechniqueAnswer, extracted, extractor, models_folder
from panshi.web.marked_text import Piece, Span, pieces
from panshi.web.nodes import node

MOST_SHOWN = 20_000
"Letters of a text that are shown with their spans."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text and what it says."""

    pieces: tuple[Piece, ...]
    rest: int
    "Letters not shown."
    found: tuple[tuple[str, str, bool], ...]
    "Kind and value of each indicator read in the text, and whether the member named it too."
    techniques: tuple[TechniqueAnswer, ...]
    notes: tuple[str, ...]


def reading(told: Ticket) -> Reading:
    """Read a ticket's text."""
    text = told.text[:MOST_SHOWN]
    named = {each.value.casefold() for each in (*told.indicators,)} | {
        each.casefold() for each in told.cves
    }
    seen = extracted(_extractor(node().home.path), text)
    values = (*seen.indicators, *seen.vulnerabilities, *seen.artefacts)
    spans = [
        *(
            Span(start=e.start, end=e.end, kind="indicator", says=f"{e.kind} {e.value}")
            for e in values
        ),
        *(
            Span(start=e.start, end=e.end, kind="technique", says=f"{e.id} {e.name}".strip())
            for e in seen.techniques
        ),
    ]
    found = dict.fromkeys((each.kind, each.value) for each in values)
    return Reading(
        pieces=pieces(text, spans),
        rest=len(told.text) - len(text),
        found=tuple((kind, value, value.casefold() in named) for kind, value in found),
        techniques=seen.techniques,
        notes=seen.notes,
    )


@cache
def _extractor(home: Path) -> Extractor:
    return extractor(models_folder(home))
