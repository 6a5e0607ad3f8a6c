"""Phrases that show a technique by themselves: direct rules, Chinese and English.

A cue has slots; every slot has to occur in one clause, in any order, close together. What advises
against a thing or denies it shows nothing. Cues are content (`content/extraction/cues.yaml`); plain
searching for strings, no expressions, so that no text makes it slow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from panshi.alliance.extraction.sentences import Sentence

_STROKE = "⁄"
"Stands for a stroke that belongs to the words of a cue."
NEAR = 110
"Characters the slots of a cue may be apart at most."


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One way of saying something."""

    text: str
    "In lower case."
    goes_on: bool = False
    "An English word that may go on: `dump*`."

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where a lower-case text says it."""
        at = text.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            if self._whole(text, at, end):
                yield at, _word_end(text, end) if self.goes_on else end
            at = text.find(self.text, at + 1)

    def _whole(self, text: str, at: int, end: int) -> bool:
        """Whether English words begin and end where the term does."""
        if at and _latin(self.text[0]) and _latin(text[at - 1]):
            return False
        if self.goes_on or end >= len(text) or not _latin(self.text[-1]):
            return True
        return not _latin(text[end])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One rule."""

    technique: str
    slots: tuple[tuple[Term, ...], ...]
    written: str
    "As the content has it; names the cue."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A cue and where a text says it."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True)
class Cues:
    """Every cue, ready to read."""

    all: tuple[Cue, ...] = ()

    @cached_property
    def _terms(self) -> tuple[Term, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(chain(*(cue.slots for cue in self.all)))))

    def possible(self, text: str) -> tuple[Cue, ...]:
        """Keep the cues every slot of which a whole text says somewhere; the others are out."""
        low = text.lower()
        here = {term for term in self._terms if term.text in low}
        return tuple(
            cue for cue in self.all if all(any(t in here for t in slot) for slot in cue.slots)
        )

    def said(self, part: Sentence, possible: Sequence[Cue]) -> Iterator[Said]:
        """Give what one sentence says, each with its narrowest span."""
        low = part.text.lower()
        for cue in possible:
            found = _together(low, cue.slots)
            if found is not None:
                yield Said(cue=cue, start=part.start + found[0], end=part.start + found[1])


def cue(technique: str, written: str) -> Cue:
    """Read one cue as it is written."""
    return Cue(
        technique=technique,
        written=written,
        slots=tuple(tuple(_terms(slot)) for slot in written.split(" + ")),
    )


def _terms(slot: str) -> Iterator[Term]:
    for word in slot.split("/"):
        plain = word.replace(_STROKE, "/").strip().lower()
        if plain.removesuffix("*"):
            yield Term(text=plain.removesuffix("*"), goes_on=plain.endswith("*"))


def _together(low: str, slots: Sequence[Sequence[Term]]) -> tuple[int, int] | None:
    """Give the narrowest span of a sentence in which every slot occurs, if one is near enough."""
    found = [sorted(set(chain.from_iterable(t.places(low) for t in slot))) for slot in slots]
    if not all(found):
        return None
    best: tuple[int, int] | None = None
    for start, end in found[0]:
        spans = [(start, end)]
        for others in found[1:]:
            free = [each for each in others if _apart(each, spans)]
            if not free:
                break
            spans.append(min(free, key=lambda each: abs(each[0] - start)))
        else:
            whole = (min(s for s, _ in spans), max(e for _, e in spans))
            if best is None or whole[1] - whole[0] < best[1] - best[0]:
                best = whole
    if best is None or best[1] - best[0] > NEAR:
        return None
    return best


def _apart(one: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return all(one[1] <= start or one[0] >= end for start, end in others)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _word_end(text: str, at: int) -> int:
    while at < len(text) and _latin(text[at]):
        at += 1
    return at
