"""Why two clauses were put side by side, in words a person can check."""

from __future__ import annotations

import re
from dataclasses import dataclass

from panshi.governance.norms.clauses import Clause
from panshi.governance.norms.glossary import Glossary
from panshi.governance.norms.words import STOP_HAN, folded, latin_words, stem

MOST = 6
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SHORTEST_RUN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What two clauses have in common."""

    terms: tuple[str, ...]
    "Words or runs of characters both contain, as the first writes them."
    concepts: tuple[tuple[str, str], ...]
    "What both speak of in other words: a term in zh-TW and in English."


def grounds(one: Clause, other: Clause, glossary: Glossary) -> Grounds:
    """Tell what two clauses have in common."""
    terms = (
        *_runs(one.words(0), other.words(0)),
        *_words(one.words(1), other.words(1)),
    )
    ours, theirs = _spoken_of(one, glossary), _spoken_of(other, glossary)
    shared = sorted(ours & theirs)[:MOST]
    named = tuple((glossary.by_id[each].zh[0], glossary.by_id[each].en[0]) for each in shared)
    return Grounds(terms=terms, concepts=named)


def _spoken_of(clause: Clause, glossary: Glossary) -> set[str]:
    return set(glossary.concepts(clause.words(0))) | set(glossary.concepts(clause.words(1)))


def _words(one: str, other: str) -> tuple[str, ...]:
    theirs = {stem(word) for word in latin_words(folded(other))}
    found: dict[str, str] = {}
    for word in latin_words(folded(one)):
        root = stem(word)
        if root in theirs and len(root) > 1:
            found.setdefault(root, word)
    return tuple(sorted(found.values(), key=lambda word: (-len(word), word))[:MOST])


def _runs(one: str, other: str) -> tuple[str, ...]:
    """Give the longest runs of Chinese characters that stand in both."""
    theirs = folded(other)
    found: dict[str, None] = {}
    for run in _HAN.findall(folded(one)):
        start = 0
        while start < len(run) - 1:
            end = start + _SHORTEST_RUN
            while end <= len(run) and run[start:end] in theirs:
                end += 1
            piece = run[start : end - 1].strip("".join(STOP_HAN))
            if len(piece) >= _SHORTEST_RUN:
                found.setdefault(piece)
            start = max(start + 1, end - 2 if len(piece) >= _SHORTEST_RUN else start + 1)
    whole = [
        piece for piece in found if not any(piece != longer and piece in longer for longer in found)
    ]
    return tuple(sorted(whole, key=lambda piece: (-len(piece), piece))[:MOST])
