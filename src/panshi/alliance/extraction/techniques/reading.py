"""Read a text for techniques: ids, names, cues and the model, joined and calibrated.

    TechniqueReader(cues=…, lexicon=…, model=model).read(text)

A clause that denies and a sentence that advises show nothing but ids. Of a sentence the model is
asked as a whole and clause by clause. Where a sub-technique is told, its parent is not told too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from panshi.alliance.extraction.cues import Cue, Cues
from panshi.alliance.extraction.gloss import Lexicon, is_chinese
from panshi.alliance.extraction.sentences import Sentence, clauses, sentences
from panshi.alliance.extraction.techniques.joining import joined, ranked
from panshi.alliance.extraction.techniques.model import Hit, Model, Reason

MOST_SENTENCES = 5_000
WITHOUT_MODEL = 0.6
"What a cue is worth where nothing was measured."
NAMED = 0.85
"What a technique's name written out is worth."
WORDS = 4
SECOND = 0.0
"Margin from which a sentence's second technique is told too."
_FEWEST = 3
"Words below which the model is not asked."
_ID = re.compile(r"(?<![A-Za-z0-9.])[Tt](\d{4})(?:[./](\d{3}))?(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hint:
    """One reason for one technique in one sentence."""

    technique: str
    start: int
    end: int
    chance: float
    reason: Reason
    words: tuple[str, ...]


@dataclass(frozen=True)
class TechniqueReader:
    """All that is needed to read."""

    cues: Cues
    lexicon: Lexicon
    model: Model | None = None

    def read(self, text: str, *, threshold: float | None = None) -> tuple[Hit, ...]:
        """Find what a text shows, in its order."""
        limit = self.threshold if threshold is None else threshold
        possible = self.cues.possible(text)
        parts = [part for part, _ in zip(sentences(text), range(MOST_SENTENCES), strict=False)]
        found = [*self._written_out(text)]
        for part in parts:
            found += [hit for hit in self._shown(part, possible) if hit.score >= limit]
        return tuple(sorted(_exact(found), key=lambda hit: (hit.start, hit.end, hit.id)))

    @property
    def threshold(self) -> float:
        """The score below which nothing is told."""
        return self.model.about.threshold if self.model else WITHOUT_MODEL

    def _written_out(self, text: str) -> Iterator[Hit]:
        known = self.model.techniques if self.model else None
        for found in _ID.finditer(text):
            name = f"T{found[1]}" + (f".{found[2]}" if found[2] else "")
            if known is None or name in known:
                yield Hit(
                    id=name, start=found.start(), end=found.end(), score=1.0, reason=Reason.ID
                )

    def _shown(self, part: Sentence, possible: tuple[Cue, ...]) -> Iterator[Hit]:
        if self.lexicon.advises(part.text):
            return
        pieces = list(clauses(part))
        said = [piece for piece in pieces if not self.lexicon.denies(piece.text)]
        if not said:
            return
        denied = len(said) < len(pieces)
        hints: dict[str, list[_Hint]] = {}
        for hint in (
            *self._cued(said if denied else [part], possible),
            *self._named(said if denied else [part]),
            *self._modelled(part, said, whole=not denied),
        ):
            hints.setdefault(hint.technique, []).append(hint)
        for each in hints.values():
            yield self._hit(each)

    def _hit(self, hints: list[_Hint]) -> Hit:
        by_cue = [each for each in hints if each.reason is not Reason.MODEL]
        by_model = [each for each in hints if each.reason is Reason.MODEL]
        best = max(by_cue or by_model, key=lambda each: (each.chance, each.start - each.end))
        chances = [max(each.chance for each in kind) for kind in (by_cue, by_model) if kind]
        raw = joined(chances)
        score = self.model.about.chances(raw) if self.model else raw
        if best.reason is Reason.NAME:
            score = max(score, NAMED)
        reason = Reason.BOTH if by_cue and by_model else best.reason
        return Hit(
            id=best.technique,
            start=best.start,
            end=best.end,
            score=round(score, 3),
            reason=reason,
            words=best.words,
        )

    def _cued(self, parts: Iterable[Sentence], possible: tuple[Cue, ...]) -> Iterator[_Hint]:
        worth = self.model.about.cues if self.model else {}
        known = self.model.techniques if self.model else None
        for part in parts:
            for each in self.cues.said(part, possible):
                if known is None or each.cue.technique in known:
                    at = each.start - part.start
                    yield _Hint(
                        technique=each.cue.technique,
                        start=each.start,
                        end=each.end,
                        chance=worth.get(each.cue.written, WITHOUT_MODEL),
                        reason=Reason.CUE,
                        words=(part.text[at : at + each.end - each.start],),
                    )

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of techniques, as ATT&CK writes them, of several words, that only one has."""
        named: dict[str, list[str]] = {}
        for each in self.model.about.techniques if self.model else ():
            if " " in each.name:
                named.setdefault(each.name, []).append(each.id)
        return {name: ids[0] for name, ids in named.items() if len(ids) == 1}

    def _named(self, parts: Iterable[Sentence]) -> Iterator[_Hint]:
        for part in parts:
            for name, technique in self._names.items():
                at = part.text.find(name)
                end = at + len(name)
                beside = part.text[max(0, at - 1) : at] + part.text[end : end + 1]
                if at >= 0 and not any(map(str.isalnum, beside)):
                    yield _Hint(
                        technique=technique,
                        start=part.start + at,
                        end=part.start + end,
                        chance=NAMED,
                        reason=Reason.NAME,
                        words=(part.text[at:end],),
                    )

    def _modelled(self, part: Sentence, pieces: list[Sentence], *, whole: bool) -> Iterator[_Hint]:
        if self.model is None:
            return
        asked = [part] if whole else []
        if len(pieces) > 1 or not whole:
            asked += pieces
        for each in asked:
            yield from self._asked(each, self.model)

    def _asked(self, part: Sentence, model: Model) -> Iterator[_Hint]:
        english = self.lexicon.english(part.text) if is_chinese(part.text) else part.text
        if len(english.split()) < _FEWEST:
            return
        margins = model.margins(english)
        order, rival = ranked(margins, model.none)
        for rank, column in enumerate(order[:2]):
            if rank and margins[column] < SECOND:
                return
            chance = model.about.margins(float(margins[column]) - rival)
            yield _Hint(
                technique=model.classes[column],
                start=part.start,
                end=part.end,
                chance=chance,
                reason=Reason.MODEL,
                words=model.weighed(english, int(column), WORDS),
            )


def _exact(hits: list[Hit]) -> Iterator[Hit]:
    """Leave out a parent where a sub-technique is told of the text at least as surely."""
    surest: dict[str, float] = {}
    for each in hits:
        parent, _, sub = each.id.partition(".")
        if sub:
            surest[parent] = max(surest.get(parent, 0.0), each.score)
    for each in hits:
        if each.reason is Reason.ID or surest.get(each.id, -1.0) < each.score:
            yield replace(each)
