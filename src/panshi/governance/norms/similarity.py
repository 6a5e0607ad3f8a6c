"""How alike every clause of one norm is to every clause of another: numbers, no judgement yet.

Several views of the texts are compared by the cosine of their TF-IDF weights (sublinear, fitted on
both norms together) and added up, so that what one view misses another may see:

* words: stems and pairs of stems, in English;
* letters: runs of letters inside words, in English;
* characters: runs of two and three Chinese characters;
* concepts: what the glossary says the words mean, the only view across languages;
* context: headings above a clause, against headings and against texts.

Then each clause lends a part of its likeness to its nearest relatives inside its own norm, since a
duty that another text splits over several clauses is found by all of them, and items speak for the
clause above them (`items`). Everything is symmetric: exchanging the norms transposes the matrix.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.glossary import Glossary
from panshi.governance.norms.items import Matrix, Places, itself, spoken_for
from panshi.governance.norms.words import (
    folded,
    han_features,
    letter_features,
    word_features,
)

type Vectors = npt.NDArray[np.float32]
type Features = Callable[[str], list[str]]

CONCEPTS: dict[int, float] = {0: 0.8, 1: 0.25}
"Weight of concepts beside the words, in Chinese and in English."
CONTEXT, RELATIVES = 0.3, 0.3
"All weights were chosen on two mappings; bench/norms.py measures them on these and others."
NEAREST = 5
ZH, EN = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Every clause of one norm against every clause of another, each between 0 and 1."""

    score: Matrix
    "What candidates are ranked by; 1 only where the words are the same."
    own: Matrix
    "The same without what items say for the clause above them."
    rows: Places
    "Clause of the first norm whose words the score comes from: itself, or its item."
    columns: Places
    "The same of the second norm."
    covered: Matrix
    "Share of the first clause's weight of words that the second one contains."
    covering: Matrix
    "Share of the second clause's weight of words that the first one contains."


@dataclass(slots=True)
class _Sum:
    """A weighted sum of views, with each norm's likeness to itself along with it."""

    total: Matrix
    ours: Matrix
    theirs: Matrix
    weight: float = 0.0

    def add(self, ours: Vectors, theirs: Vectors, weight: float) -> None:
        self.total += weight * (ours @ theirs.T)
        self.ours += weight * (ours @ ours.T)
        self.theirs += weight * (theirs @ theirs.T)
        self.weight += weight


def likeness(one: Norm, other: Norm, glossary: Glossary) -> Likeness:
    """Compare the judgeable clauses of two norms."""
    ours, theirs = one.judgeable, other.judgeable
    if not ours or not theirs:
        return _nothing(len(ours), len(theirs))
    views = _Sum(
        total=np.zeros((len(ours), len(theirs))),
        ours=np.zeros((len(ours), len(ours))),
        theirs=np.zeros((len(theirs), len(theirs))),
    )
    shared: list[tuple[list[Counter[str]], list[Counter[str]]]] = []
    spoken = [language for language in (ZH, EN) if _both_speak(ours, theirs, language)]
    for language in spoken:
        for features in _VIEWS[language]:
            counted = _counted(ours, language, features), _counted(theirs, language, features)
            views.add(*_weighted(*counted), 1.0 if len(_VIEWS[language]) > 1 else 2.0)
        shared.append(
            (
                _counted(ours, language, _PLAIN[language]),
                _counted(theirs, language, _PLAIN[language]),
            )
        )
    for language, partner in _concept_pairs(ours, theirs, spoken):
        counted = (
            _counted(ours, language, glossary.features),
            _counted(theirs, partner, glossary.features),
        )
        views.add(*_weighted(*counted), 2 * CONCEPTS[min(language, partner)])
        if not spoken:
            shared.append(counted)
    fused = views.total / max(views.weight, 1e-9)
    fused = fused + CONTEXT * _context(ours, theirs, spoken, glossary)
    fused = _lent(fused, views) / (1 + CONTEXT + RELATIVES)
    own = _ones_where_same(np.round(np.clip(fused, 0.0, 0.999), 4), ours, theirs, spoken)
    said = spoken_for(own, ours, theirs)
    covered, covering = _coverage(shared, fused.shape)
    return Likeness(
        score=said.score,
        own=own,
        rows=said.rows,
        columns=said.columns,
        covered=covered,
        covering=covering,
    )


def _nothing(rows: int, columns: int) -> Likeness:
    nothing = np.zeros((rows, columns))
    rows_of, columns_of = itself(nothing.shape)
    return Likeness(
        score=nothing,
        own=nothing,
        rows=rows_of,
        columns=columns_of,
        covered=nothing,
        covering=nothing,
    )


_VIEWS: dict[int, tuple[Features, ...]] = {
    ZH: (han_features,),
    EN: (word_features, letter_features),
}


def _single_words(text: str) -> list[str]:
    return [feature for feature in word_features(text) if " " not in feature]


def _pairs_of_characters(text: str) -> list[str]:
    return [feature for feature in han_features(text) if len(feature) != 3 or feature.isascii()]  # noqa: PLR2004 -- runs of three


_PLAIN: dict[int, Features] = {ZH: _pairs_of_characters, EN: _single_words}


def _both_speak(ours: Sequence[Clause], theirs: Sequence[Clause], language: int) -> bool:
    return all(any(clause.speaks(language) for clause in side) for side in (ours, theirs))


def _concept_pairs(
    ours: Sequence[Clause], theirs: Sequence[Clause], spoken: list[int]
) -> list[tuple[int, int]]:
    """Give the languages in which concepts are looked for on each side."""
    if spoken:
        return [(language, language) for language in spoken]
    first = ZH if any(clause.speaks(ZH) for clause in ours) else EN
    second = ZH if any(clause.speaks(ZH) for clause in theirs) else EN
    return [(first, second)]


def _counted(clauses: Sequence[Clause], language: int, features: Features) -> list[Counter[str]]:
    return [Counter(features(clause.words(language))) for clause in clauses]


def _weighted(
    ours: list[Counter[str]], theirs: list[Counter[str]], *, across: bool = False
) -> tuple[Vectors, Vectors]:
    """Give unit vectors of TF-IDF weights; what meets nothing counts in the length only.

    `across`: only what both norms say is kept apart, enough to compare one with the other.
    """
    first = Counter(feature for counted in ours for feature in counted)
    second = Counter(feature for counted in theirs for feature in counted)
    seen = first + second
    kept = first.keys() & second.keys() if across else {f for f, n in seen.items() if n > 1}
    columns = {feature: column for column, feature in enumerate(sorted(kept))}
    many = len(ours) + len(theirs)
    rarity = {f: math.log((1 + many) / (1 + count)) + 1 for f, count in seen.items()}
    return _rows(ours, columns, rarity), _rows(theirs, columns, rarity)


def _rows(
    counted: list[Counter[str]], columns: dict[str, int], rarity: dict[str, float]
) -> Vectors:
    matrix = np.zeros((len(counted), len(columns)), dtype=np.float32)
    for row, features in enumerate(counted):
        length = 0.0
        places, weights = [], []
        for feature in sorted(features):
            weight = (1 + math.log(features[feature])) * rarity[feature]
            length += weight * weight
            if feature in columns:
                places.append(columns[feature])
                weights.append(weight)
        if places:
            matrix[row, places] = np.array(weights) / math.sqrt(length)
    return matrix


def _context(
    ours: Sequence[Clause], theirs: Sequence[Clause], spoken: list[int], glossary: Glossary
) -> Matrix:
    """Compare headings with headings, and headings with texts."""
    found = np.zeros((len(ours), len(theirs)))
    languages = [(each, each) for each in spoken] or _concept_pairs(ours, theirs, spoken)
    for first, second in languages:
        features = letter_features if (first, second) == (EN, EN) else han_features
        if first != second:
            features = glossary.features
        heads = [Counter(features(_headings(clause, first))) for clause in ours]
        others = [Counter(features(_headings(clause, second))) for clause in theirs]
        texts = _counted(ours, first, features)
        their_texts = _counted(theirs, second, features)
        for one, two in ((heads, others), (texts, others), (heads, their_texts)):
            left, right = _weighted(one, two, across=True)
            found += left @ right.T
    return found / (3 * len(languages))


def _headings(clause: Clause, language: int) -> str:
    """Give the headings above a clause and its own, so that an item does not outdo its lead-in."""
    return f"{clause.context[language]}\n{clause.title[language]}"


def _lent(fused: Matrix, views: _Sum) -> Matrix:
    """Let the nearest relatives of a clause, in its own norm, lend it what they are like."""
    theirs = _nearest(views.theirs)
    ours = _nearest(views.ours)
    return fused + RELATIVES * 0.5 * (fused @ theirs.T + ours @ fused)


def _nearest(inside: Matrix) -> Matrix:
    """Give, per clause, weights that sum to one over its nearest relatives."""
    found = inside.copy()
    np.fill_diagonal(found, 0.0)
    found = np.round(found, 9)
    if found.shape[0] > NEAREST:
        least = np.sort(found, axis=1)[:, [-NEAREST]]
        found = np.where(found >= least, found, 0.0)
    sums = found.sum(axis=1, keepdims=True)
    return np.divide(found, sums, out=np.zeros_like(found), where=sums > 0)


def _coverage(
    shared: list[tuple[list[Counter[str]], list[Counter[str]]]], shape: tuple[int, ...]
) -> tuple[Matrix, Matrix]:
    """Give how much of each clause's words the other contains, on average over the languages."""
    covered, covering = np.zeros(shape), np.zeros(shape)
    for ours, theirs in shared:
        seen = Counter(feature for counted in (*ours, *theirs) for feature in counted)
        many = len(ours) + len(theirs)
        names = sorted(seen)
        columns = {feature: column for column, feature in enumerate(names)}
        rarity = np.array([math.log((1 + many) / (1 + seen[f])) + 1 for f in names])
        left, right = _flags(ours, columns), _flags(theirs, columns)
        both = (left * rarity) @ right.T
        covered += both / np.maximum((left @ rarity)[:, None], 1e-9)
        covering += both / np.maximum((right @ rarity)[None, :], 1e-9)
    many_languages = max(len(shared), 1)
    return covered / many_languages, covering / many_languages


def _flags(counted: list[Counter[str]], columns: dict[str, int]) -> Matrix:
    matrix = np.zeros((len(counted), len(columns)))
    for row, features in enumerate(counted):
        matrix[row, [columns[feature] for feature in sorted(features)]] = 1.0
    return matrix


def _ones_where_same(
    score: Matrix, ours: Sequence[Clause], theirs: Sequence[Clause], spoken: list[int]
) -> Matrix:
    """Set 1 where two clauses say the same in every language both norms speak."""
    found = score.copy()
    if not spoken:
        return found
    places: dict[tuple[str, ...], list[int]] = {}
    for column, clause in enumerate(theirs):
        places.setdefault(_said(clause, spoken), []).append(column)
    for row, clause in enumerate(ours):
        said = _said(clause, spoken)
        if any(said):
            found[row, places.get(said, [])] = 1.0
    return found


def _said(clause: Clause, spoken: list[int]) -> tuple[str, ...]:
    return tuple(" ".join(folded(clause.words(language)).split()) for language in spoken)
