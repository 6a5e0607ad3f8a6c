"""Text as numbers: words, pairs of words and runs of characters, weighed by rarity (TF-IDF).

Learning and reading share this one file, so that a text has the same features in both. Each half
of a row (words; runs of characters within words) has length one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[a-z0-9_][a-z0-9_.\\/$%-]*[a-z0-9_]|[a-z0-9]")
_RUN = 4
"Length of the runs of characters; runs of 3 and 5 beside them double the work for nothing."
_ADDRESS = re.compile(r"https?://\S+|\b[0-9a-f]{32,128}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b")
_DIGITS = re.compile(r"\d{3,}")


class Row(NamedTuple):
    """Features of one text: their places in the vocabulary and their weights."""

    places: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What features there are, words first, and how rare each is."""

    words: Mapping[str, int]
    "Words and pairs of words, and their places."
    pieces: Mapping[str, int]
    "Runs of characters, and their places after the words'."
    rarity: npt.NDArray[np.float32]
    "Inverse document frequency, by place."

    @property
    def names(self) -> tuple[str, ...]:
        """Every feature in the order of its place."""
        return (*self.words, *self.pieces)

    def row(self, text: str) -> Row:
        """Give the features of one text."""
        plain = flat(text)
        halves = (
            _half(self.words, self.rarity, word_features(plain)),
            _half(self.pieces, self.rarity, piece_features(plain)),
        )
        places = [place for half in halves for place, _ in half]
        weights = [weight for half in halves for _, weight in half]
        return Row(np.array(places, dtype=np.int32), np.array(weights, dtype=np.float32))


def flat(text: str) -> str:
    """Lower the case and put what is peculiar to one incident under one name."""
    return _DIGITS.sub("000", _ADDRESS.sub(" indicatorvalue ", text.lower()))


def word_features(plain: str) -> Iterator[str]:
    """Give words and pairs of words of a flat text."""
    words = _WORD.findall(plain)
    yield from words
    for one, other in pairwise(words):
        yield f"{one} {other}"


def piece_features(plain: str) -> Iterator[str]:
    """Give the runs of characters within the words of a flat text, blanks at their ends."""
    for word in plain.split():
        padded = f" {word} "
        for at in range(max(1, len(padded) - _RUN + 1)):
            yield padded[at : at + _RUN]


def vocabulary(texts: Sequence[str], *, words: int, pieces: int) -> Vocabulary:
    """Learn the most frequent features and how rare each is."""
    plain = [flat(text) for text in texts]
    kept_words = _frequent((set(word_features(each)) for each in plain), words, least=2)
    kept_pieces = _frequent((set(piece_features(each)) for each in plain), pieces, least=3)
    counts = np.array([*kept_words.values(), *kept_pieces.values()], dtype=np.float64)
    rarity = np.array([log((1 + len(texts)) / (1 + each)) + 1 for each in counts])
    return arranged(tuple(kept_words), tuple(kept_pieces), rarity.astype(np.float32))


def arranged(
    words: Sequence[str], pieces: Sequence[str], rarity: npt.NDArray[np.float32]
) -> Vocabulary:
    """Put a vocabulary together from its parts in order."""
    return Vocabulary(
        words={name: at for at, name in enumerate(words)},
        pieces={name: at + len(words) for at, name in enumerate(pieces)},
        rarity=rarity,
    )


def _frequent(sets: Iterable[set[str]], most: int, *, least: int) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for each in sets:
        counted.update(each)
    frequent = [(count, name) for name, count in counted.items() if count >= least]
    frequent.sort(key=lambda each: (-each[0], each[1]))
    return {name: count for count, name in sorted(frequent[:most], key=lambda each: each[1])}


def _half(
    known: Mapping[str, int], rarity: npt.NDArray[np.float32], features: Iterable[str]
) -> list[tuple[int, float]]:
    counted = Counter(place for name in features if (place := known.get(name)) is not None)
    weighed = [(place, (1 + log(count)) * float(rarity[place])) for place, count in counted.items()]
    length = sqrt(sum(weight * weight for _, weight in weighed)) or 1.0
    return [(place, weight / length) for place, weight in sorted(weighed)]
