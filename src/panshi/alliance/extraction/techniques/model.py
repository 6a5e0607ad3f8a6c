"""A trained model as it is kept: arrays and names, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from panshi.alliance.extraction.techniques.examples import Named, Technique
from panshi.alliance.extraction.techniques.features import Vocabulary

NONE = ""
"Class of sentences that show no technique."
FORMAT = 1
"Of the kept model; another format is learned anew."


class Reason(StrEnum):
    """Why a technique is told."""

    ID = "id"
    "Its id is written out."
    NAME = "name"
    "Its name is written out."
    CUE = "cue"
    "A phrase that shows it."
    MODEL = "model"
    "The sentence is like those ATT&CK gives as examples."
    BOTH = "cue+model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One technique and the span of text that is its reason."""

    id: str
    start: int
    end: int
    score: float
    "Calibrated: of hits with this score, that share is right; 1 for an id that is written out."
    reason: Reason
    words: tuple[str, ...] = ()
    "Pieces of the text that weighed most, or the phrase."


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """From a raw score to a probability, by points between which it is straight."""

    scores: tuple[float, ...] = (0.0, 1.0)
    "Ascending."
    chances: tuple[float, ...] = (0.0, 1.0)

    def __call__(self, score: float) -> float:
        """Give the probability."""
        return float(np.interp(score, self.scores, self.chances))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured when the model was learned, on reports it had not seen."""

    examples: int = 0
    reports: int = 0
    "Set aside."
    right_first: float = 0.0
    "Share of examples whose first technique is the right one."
    calibration_error: float = 0.0
    "Expected, over ten bins of equal size."
    seconds: float = 0.0
    "Of processor time."


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a kept model says of itself."""

    version: str
    "Of ATT&CK."
    techniques: tuple[Technique, ...]
    named: tuple[Named, ...]
    margins: Curve
    "From how far a technique beats showing none to a chance."
    chances: Curve
    "From both reasons put together to the probability that is told."
    cues: Mapping[str, float]
    "How often each cue was right, by the words it is written in."
    threshold: float
    classes: tuple[str, ...] = ()
    "Technique ids and `NONE`, in the order of the columns."
    measured: Measured = field(default_factory=Measured)
    learned: str = ""
    "From what: SHA-256 of the bundle, and how many local decisions."
    format: int = FORMAT


@dataclass(frozen=True)
class Model:
    """A model ready to read."""

    about: About
    vocabulary: Vocabulary
    weights: npt.NDArray[np.int8]
    "Features by classes, in steps of `scales`."
    scales: npt.NDArray[np.float32]
    intercepts: npt.NDArray[np.float32]

    @property
    def classes(self) -> tuple[str, ...]:
        """Technique ids and `NONE`, in the order of the columns."""
        return self.about.classes

    @cached_property
    def techniques(self) -> dict[str, Technique]:
        """Techniques in force, by id."""
        return {each.id: each for each in self.about.techniques}

    @cached_property
    def none(self) -> int:
        """Column of the sentences that show none; -1 where there is none."""
        return self.classes.index(NONE) if NONE in self.classes else -1

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Every feature in the order of its place."""
        return self.vocabulary.names

    def margins(self, text: str) -> npt.NDArray[np.float32]:
        """Score a text for every class."""
        row = self.vocabulary.row(text)
        if not len(row.places):
            return np.full(len(self.classes), -1.0, dtype=np.float32)
        summed = row.weights @ self.weights[row.places].astype(np.float32)
        scored: npt.NDArray[np.float32] = summed * self.scales + self.intercepts
        return scored

    def weighed(self, text: str, column: int, most: int) -> tuple[str, ...]:
        """Name what of a text spoke most for a class."""
        row = self.vocabulary.row(text)
        worth = row.weights * self.weights[row.places, column]
        names = (
            self.features[row.places[at]].strip()
            for at in np.argsort(-worth, kind="stable")
            if worth[at] > 0
        )
        told: list[str] = []
        for name in names:
            if len(name) > 3 and not any(name in other for other in told):  # noqa: PLR2004 -- a word
                told.append(name)
            if len(told) == most:
                break
        return tuple(told)
