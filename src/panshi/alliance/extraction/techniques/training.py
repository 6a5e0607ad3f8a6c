"""Fit one linear model per technique and measure what its scores are worth.

A share of the reports is set aside: a first fit on the others is tried on them. That gives the
curve from margin to chance (isotonic), how often each cue is right, the curve of both together and
the threshold; the model that is kept is then fitted on everything. An answer counts as right where
ATT&CK ties the technique to the same report, since one sentence may show several. Same lessons,
same model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from panshi.alliance.extraction.cues import Cues
from panshi.alliance.extraction.sentences import Sentence
from panshi.alliance.extraction.techniques.examples import Example, Lessons
from panshi.alliance.extraction.techniques.features import Row, Vocabulary, vocabulary
from panshi.alliance.extraction.techniques.joining import joined, ranked
from panshi.alliance.extraction.techniques.model import NONE, About, Curve, Measured, Model

WORDS, PIECES = 40_000, 30_000
PROSE = 8_000
COST = 0.5
ASIDE = 6
"One report in so many is set aside."
BINS = 10
LEAST, MOST = 0.01, 0.99
"No trial of some hundred reports makes sure."
MANY = 60
"A report or subject tied to more techniques says little of a single sentence."
PRIOR, BELIEVED = 6.0, 0.65
"""Examples' worth of belief that a cue is right, and how often: ATT&CK ties few of the techniques
of a report to it, so that what was counted wrong often is not."""
UNTOLD = 0.3
"""Share of a cue's answers counted wrong that are right nevertheless, since ATT&CK gives a sentence
one technique: 18 of 60 drawn at random, judged by one reader."""
THRESHOLD = 0.35
"F1 is best where half of what it can reach is asked of a calibrated score; 0.7 was reached."
_STEPS = 127
type Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """What is learned from, as rows."""

    rows: Any
    labels: npt.NDArray[np.str_]
    aside: npt.NDArray[np.bool_]


def train(
    lessons: Lessons, cues: Cues, *, progress: Progress = lambda _step: None, learned: str = ""
) -> Model:
    """Train on all lessons; a minute or two of processor."""
    told = [*lessons.examples, *_spread(lessons.prose)]
    progress("vocabulary")
    known = vocabulary([each.text for each in told], words=WORDS, pieces=PIECES)
    texts = _Texts(
        rows=_matrix([known.row(each.text) for each in told], len(known.rarity)),
        labels=np.array([each.technique for each in told]),
        aside=np.array([_bucket(each.source) == 0 for each in told]),
    )
    progress("model")
    right = _told_of(told)
    # one after the other: the solver draws from one generator of the process
    trial = _fitted(texts.rows[~texts.aside], texts.labels[~texts.aside])
    kept = _fitted(texts.rows, texts.labels)
    precisions = _precisions(told, right, cues)
    tried = [each for each, away in zip(told, texts.aside, strict=True) if away]
    about = _measured(lessons, _Trial(
        examples=tried,
        margins=trial.decision_function(texts.rows[texts.aside]),
        classes=tuple(map(str, trial.classes_)),
        right=right,
        cues=cues,
        precisions=precisions,
    ))  # fmt: skip
    return _model(replace(about, learned=learned), known, kept)


def _spread(prose: Iterable[str]) -> list[Example]:
    kept = sorted(set(prose), key=lambda text: sha256(text.encode()).digest())[:PROSE]
    return [Example(text=text, technique=NONE, source=f"prose:{text}") for text in kept]


def _bucket(source: str) -> int:
    return int.from_bytes(sha256(source.encode()).digest()[:4]) % ASIDE


def _matrix(rows: Sequence[Row], features: int) -> Any:  # noqa: ANN401 -- scipy publishes no types
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- needed for learning only

    pointers = np.cumsum([0, *(len(row.places) for row in rows)])
    return csr_matrix(
        (
            np.concatenate([row.weights for row in rows]).astype(np.float64),
            np.concatenate([row.places for row in rows]),
            pointers,
        ),
        shape=(len(rows), features),
    )


def _fitted(rows: Any, labels: npt.NDArray[np.str_]) -> Any:  # noqa: ANN401 -- scikit-learn's
    from sklearn.svm import LinearSVC  # noqa: PLC0415 -- needed for learning only

    return LinearSVC(C=COST, tol=0.1, random_state=0).fit(rows, labels)


def _told_of(examples: Iterable[Example]) -> dict[str, frozenset[str]]:
    """Give the techniques ATT&CK ties to each report, and to each subject of few techniques."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in examples:
        for source in (each.source, each.subject, *each.reports):
            found[source].add(each.technique)
    return {source: frozenset(names) for source, names in found.items() if len(names) <= MANY}


def _is_right(technique: str, example: Example, right: Mapping[str, frozenset[str]]) -> bool:
    if technique == example.technique:
        return True
    sources = (example.subject, *example.reports) if example.reports else ()
    return any(technique in right.get(source, ()) for source in sources)


def _precisions(
    examples: Sequence[Example], right: Mapping[str, frozenset[str]], cues: Cues
) -> dict[str, float]:
    """Measure how often each cue is right, drawn towards what its writers believe."""
    said, good = Counter[str](), Counter[str]()
    for each in examples:
        if not each.reports:
            continue
        for found in cues.said(_whole(each.text), cues.possible(each.text)):
            if each.technique.startswith(f"{found.cue.technique}."):
                continue
            said[found.cue.written] += 1
            good[found.cue.written] += _is_right(found.cue.technique, each, right)
    return {
        cue.written: _told_more(
            (good[cue.written] + PRIOR * BELIEVED) / (said[cue.written] + PRIOR)
        )
        for cue in cues.all
    }


def _told_more(right: float) -> float:
    """Make up for what ATT&CK leaves untold of a sentence."""
    return right + (1 - right) * UNTOLD


def _whole(text: str) -> Sentence:
    return Sentence(0, len(text), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A first fit and the examples it had not seen."""

    examples: Sequence[Example]
    margins: npt.NDArray[np.float64]
    classes: tuple[str, ...]
    right: Mapping[str, frozenset[str]]
    cues: Cues
    precisions: Mapping[str, float]


def _measured(lessons: Lessons, trial: _Trial) -> About:
    """Turn a trial into curves and figures."""
    first = list(_first(trial))
    margins = _curve(
        [
            (ahead, float(_is_right(name, each, trial.right)))
            for (name, ahead), each in zip(first, trial.examples, strict=True)
        ]
    )
    pairs = list(_together(trial, margins, first))
    examples = [each for each in trial.examples if each.technique != NONE]
    hit = sum(name == each.technique for (name, _), each in zip(first, trial.examples, strict=True))
    return About(
        version=lessons.version,
        techniques=lessons.techniques,
        named=lessons.named,
        margins=margins,
        chances=_curve(pairs),
        cues=dict(trial.precisions),
        threshold=THRESHOLD,
        measured=Measured(
            examples=len(examples),
            reports=len({each.source for each in examples}),
            right_first=round(hit / max(1, len(examples)), 4),
            calibration_error=round(_error_unseen(pairs), 4),
        ),
    )


def _first(trial: _Trial) -> Iterator[tuple[str, float]]:
    """Give the first technique of each example, and how far it beats showing none."""
    none = trial.classes.index(NONE) if NONE in trial.classes else -1
    for row in trial.margins:
        order, rival = ranked(row, none)
        yield trial.classes[order[0]], float(row[order[0]]) - rival


def _together(
    trial: _Trial, margins: Curve, first: Iterable[tuple[str, float]]
) -> Iterator[tuple[float, float]]:
    """Give each technique told of an example, by its joined score and how surely it is right."""
    for (name, ahead), each in zip(first, trial.examples, strict=True):
        cued: dict[str, float] = {}
        for said in trial.cues.said(_whole(each.text), trial.cues.possible(each.text)):
            technique = said.cue.technique
            if not each.technique.startswith(f"{technique}."):
                worth = trial.precisions[said.cue.written]
                cued[technique] = max(cued.get(technique, 0.0), worth)
        for technique in sorted({name, *cued}):
            chances = [cued[technique]] if technique in cued else []
            chances += [margins(ahead)] if technique == name else []
            right = float(_is_right(technique, each, trial.right))
            untold = technique in cued and bool(each.reports)
            yield joined(chances), _told_more(right) if untold else right


def _curve(pairs: Sequence[tuple[float, float]]) -> Curve:
    """Fit the rising curve from score to share that is right."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 -- needed for learning only

    if len(pairs) < BINS:
        return Curve()
    scores = np.array([score for score, _ in pairs])
    fit = IsotonicRegression(y_min=LEAST, y_max=MOST, out_of_bounds="clip")
    fit.fit(scores, np.array([right for _, right in pairs], dtype=float))
    return Curve(
        scores=tuple(round(float(each), 5) for each in fit.X_thresholds_),
        chances=tuple(round(float(each), 4) for each in fit.y_thresholds_),
    )


def _error_unseen(pairs: Sequence[tuple[float, float]]) -> float:
    """Measure each half by the curve of the other, so that no curve is tried on what it fitted."""
    halves = (pairs[::2], pairs[1::2])
    told = [
        (curve(score), right)
        for half, other in (halves, halves[::-1])
        for curve in (_curve(other),)
        for score, right in half
    ]
    return calibration_error(told)


def calibration_error(pairs: Sequence[tuple[float, float]]) -> float:
    """Give the expected calibration error over bins of equal size."""
    if not pairs:
        return 0.0
    ordered = sorted(pairs, key=lambda pair: pair[0])
    bins = np.array_split(np.array([(chance, right) for chance, right in ordered]), BINS)
    gaps = (abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in bins if len(part))
    return float(sum(gaps) / len(ordered))


def _model(about: About, known: Vocabulary, fitted: Any) -> Model:  # noqa: ANN401 -- scikit-learn's
    coefficients = fitted.coef_
    scales = np.abs(coefficients).max(axis=1) / _STEPS
    scales = np.where(scales > 0, scales, 1.0)
    return Model(
        about=replace(about, classes=tuple(map(str, fitted.classes_))),
        vocabulary=known,
        weights=np.ascontiguousarray(np.rint(coefficients / scales[:, None]).astype(np.int8).T),
        scales=scales.astype(np.float32),
        intercepts=fitted.intercept_.astype(np.float32),
    )
