"""What a piece of intelligence is worth now: several voices merged, each losing weight with age.

Every voice is independent evidence, added in log-odds. A report states a probability, which counts
as far as it differs from the prior; a sighting or a denial speaks for or against whatever was
believed:

    report            p = reliability x confidence + (1 - reliability) x prior
                      weight = logit p - logit prior
    sighting, denial  weight = reliability x logit strength
    score             logistic(logit prior + sum of weights x what is left of each at its age)

Voices with the same origin are one voice, of which the newest counts, so that what is copied from
feed to feed is not believed more for it. Without a voice the score is the prior. Scales of
confidence are those of STIX 2.1, appendix A; reliability is the letter of the Admiralty code.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SUREST = 0.99
"No voice alone is believed more than that, nor less than its complement."
DAY = timedelta(days=1)


class Said(StrEnum):
    """What a voice does."""

    REPORT = "report"
    SIGHTING = "sighting"
    DENIAL = "denial"
    "Seen, and found harmless: a false positive."


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How a kind of value is believed before, and how evidence of it ages."""

    kind: str
    prior: float
    "Between 0 and 1."
    lifetime_days: float
    speed: float
    "Above 1 it loses most at the beginning, below 1 at the end."
    zh: str = ""
    en: str = ""

    def left(self, age: timedelta) -> float:
        """Give the share of a voice's weight that is left at an age."""
        if age <= timedelta(0):
            return 1.0
        spent = age / (DAY * self.lifetime_days)
        return 0.0 if spent >= 1 else float(1 - spent ** (1 / self.speed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Words by which people say a confidence."""

    id: str
    zh: str
    en: str
    words: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of reliability."""

    letter: str
    zh: str
    en: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worths:
    """The content by which worth is computed."""

    version: str
    curves: Mapping[str, Curve]
    "By kind."
    scales: Mapping[str, Scale]
    letters: Mapping[str, Letter]
    unsaid: int
    "Confidence of a report that says none, in percent."
    sighting: int
    denial: int
    member: str
    "Letter of a hub's members."
    looked_for: int
    "Score, in percent, below which a value is no longer looked for."

    def curve(self, kind: str) -> Curve:
        """Give the curve of a kind; what has none of its own ages like a name of a domain."""
        return self.curves.get(kind) or self.curves["domain"]

    def share(self, letter: str) -> float:
        """Give the share that counts of what a source of that letter says."""
        found = self.letters.get(letter)
        return found.share if found else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Somebody says something of a value."""

    source: str
    "From whom we have it."
    at: datetime
    "When it was true: last seen, else modified."
    said: Said = Said.REPORT
    origin: str = ""
    "Who said it first; voices of one origin are one. Empty: the source itself."
    confidence: int | None = None
    "In percent; None where none is said."
    reliability: str = "F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One voice with what it adds now."""

    voice: Voice
    left: float
    "Share of its weight not lost to age."
    weight: float
    "In log-odds, now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The score of a value at a moment, with all that makes it."""

    score: int
    "In percent."
    prior: int
    weighed: tuple[Weighed, ...]
    "Heaviest first; voices that repeat another are left out."
    repeated: int = 0
    "Voices that were another's."


def worth(kind: str, voices: Iterable[Voice], worths: Worths, now: datetime) -> Worth:
    """Merge all voices on a value of that kind as they stand at a moment."""
    curve = worths.curve(kind)
    newest: dict[tuple[str, bool], Voice] = {}
    count = 0
    for voice in voices:
        count += 1
        key = (voice.origin or voice.source, voice.said is Said.REPORT)
        known = newest.get(key)
        if known is None or _rank(voice, worths) > _rank(known, worths):
            newest[key] = voice
    weighed = [_weighed(voice, curve, worths, now) for voice in newest.values()]
    weighed.sort(key=lambda each: (-abs(each.weight), each.voice.source, each.voice.said))
    total = logit(curve.prior) + math.fsum(each.weight for each in weighed)
    return Worth(
        score=round(100 * logistic(total)),
        prior=round(100 * curve.prior),
        weighed=tuple(weighed),
        repeated=count - len(weighed),
    )


def logit(probability: float) -> float:
    """Give the log-odds of a probability."""
    held = min(max(probability, 1 - SUREST), SUREST)
    return math.log(held / (1 - held))


def logistic(odds: float) -> float:
    """Give the probability of log-odds, never quite sure."""
    held = min(max(odds, -50.0), 50.0)
    return min(max(1 / (1 + math.exp(-held)), 1 - SUREST), SUREST)


def _weighed(voice: Voice, curve: Curve, worths: Worths, now: datetime) -> Weighed:
    share = worths.share(voice.reliability)
    said = _confidence(voice, worths) / 100
    if voice.said is Said.REPORT:
        weight = logit(share * said + (1 - share) * curve.prior) - logit(curve.prior)
    else:
        weight = share * logit(said)
    left = curve.left(now - voice.at)
    return Weighed(voice=voice, left=left, weight=weight * left)


def _confidence(voice: Voice, worths: Worths) -> int:
    match voice.said:
        case Said.SIGHTING:
            return worths.sighting
        case Said.DENIAL:
            return worths.denial
        case Said.REPORT:
            return worths.unsaid if voice.confidence is None else voice.confidence


def _rank(voice: Voice, worths: Worths) -> tuple[datetime, float, int, str]:
    """Order voices of one origin: the newest, then the more reliable carrier, then by content."""
    return voice.at, worths.share(voice.reliability), voice.confidence or 0, voice.source
