"""How urgent a campaign is and of which class, by the scheme of content/alliance.

Parts from 0 to 100 are weighed and summed as the Cyber Incident Scoring System (NCISS) of CISA
does, and what is believed less counts less; the class is that of the Reference Security Incident
Taxonomy which most of its tickets give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from panshi.errors import ContentError

OTHER = "other"
MOST = 100


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a count on, a score."""

    least: int = msgspec.field(name="from")
    score: int = 0


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a score on, a level."""

    least: int = msgspec.field(name="from")
    level: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The scheme as it ships."""

    version: str
    doubtful_percent: int
    weights: Mapping[str, int]
    severity: tuple[int, ...]
    spread: tuple[Step, ...]
    reach: tuple[Step, ...]
    activity: Mapping[str, int]
    unknown_activity: int
    levels: tuple[Level, ...]
    tell_from_members: int
    warn_from_members: int

    def __post_init__(self) -> None:
        """Refuse a scheme that cannot be read in one way."""
        if set(self.weights) != {"severity", "spread", "activity", "reach"}:
            raise ContentError("weights are those of severity, spread, activity and reach")
        for name, steps in (
            ("spread", self.spread),
            ("reach", self.reach),
            ("levels", self.levels),
        ):
            starts = [each.least for each in steps]
            if not starts or starts != sorted(set(starts)):
                raise ContentError(f"{name} begins lowest and rises")
        if self.levels[0].least != 0:
            raise ContentError("the lowest level begins at 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a priority follows from."""

    severities: tuple[int, ...]
    "OCSF, per ticket, as places of the scheme."
    categories: tuple[str, ...]
    "Per ticket."
    phases: tuple[str, ...]
    "ATT&CK tactics told, per ticket; may be empty."
    members: int
    reach: int
    "Customers touched, the sum over members."
    odds: tuple[float, ...]
    "Logarithm of the odds by which each ticket belongs to it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """How urgent it is, with its parts."""

    score: int
    "0 to 100."
    level: str
    zh: str
    en: str
    parts: Mapping[str, int]
    confidence: int
    "Percent: mean chance that a ticket of it belongs to it."
    classification: str


def load_scheme(content: tuple[str, bytes]) -> Scheme:
    """Read the packaged scheme."""
    name, raw = content
    try:
        return msgspec.yaml.decode(raw, type=Scheme)
    except (msgspec.ValidationError, ContentError) as error:
        raise ContentError(str(error), place=name) from error


def priority(facts: Facts, scheme: Scheme) -> Priority:
    """Score a campaign."""
    parts = {
        "severity": _severity(facts.severities, scheme),
        "spread": _stepped(facts.members, scheme.spread),
        "activity": max(
            (scheme.activity.get(each, scheme.unknown_activity) for each in facts.phases if each),
            default=scheme.unknown_activity,
        ),
        "reach": _stepped(facts.reach, scheme.reach),
    }
    whole = sum(scheme.weights.values())
    mean = sum(scheme.weights[name] * score for name, score in parts.items()) / whole
    confidence = _confidence(facts.odds)
    doubtful = scheme.doubtful_percent / 100
    score = min(round(mean * (doubtful + (1 - doubtful) * confidence)), MOST)
    level = [each for each in scheme.levels if each.least <= score][-1]
    return Priority(
        score=score,
        level=level.level,
        zh=level.zh,
        en=level.en,
        parts=parts,
        confidence=round(100 * confidence),
        classification=_class(facts),
    )


def _severity(severities: Sequence[int], scheme: Scheme) -> int:
    """Take the upper quartile, so that one loud member does not set it alone."""
    scores = sorted(scheme.severity[each] for each in severities)
    return scores[(3 * (len(scores) - 1) + 3) // 4] if scores else 0


def _stepped(count: int, steps: Sequence[Step]) -> int:
    return max((each.score for each in steps if each.least <= count), default=0)


def _confidence(odds: Sequence[float]) -> float:
    chances = [1 / (1 + 2.718281828459045 ** -max(min(each, 30.0), -30.0)) for each in odds]
    return sum(chances) / len(chances) if chances else 0.5


def _class(facts: Facts) -> str:
    """Give the class most tickets have; of two, the one told as more severe, then by name."""
    worst: dict[str, int] = {}
    for category, severity in zip(facts.categories, facts.severities, strict=True):
        worst[category] = max(worst.get(category, 0), severity)
    counted = Counter(each for each in facts.categories if each != OTHER)
    if not counted:
        return OTHER
    return min(counted, key=lambda each: (-counted[each], -worst[each], each))
