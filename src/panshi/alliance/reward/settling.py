"""Points of a period: for every report what it earned and why, for every member the sum.

A value is worth `w² / (w² + h²)` of a unit at `w` independent voices, so that one voice is worth
little and the hundredth nothing more; voices that call it wrong lower that and cost. Where both
speak loudly the points are held back until two analysts have ruled. The sum of a voice grows
straight up to the knee and with the logarithm beyond, and is shared among the voice's members.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import log

from panshi.alliance.reward.claims import Claim, Standing, claims_of
from panshi.alliance.reward.events import Contribution, Echo, EchoKind, Participant, Period
from panshi.alliance.reward.terms import Terms
from panshi.alliance.reward.voices import (
    Heard,
    Independence,
    Voice,
    confirming,
    contradicting,
    hear,
)

CONTESTED = 2.0
"Voices on either side from which points wait for a ruling."


class Why(StrEnum):
    """What decided an award."""

    EARNED = "earned"
    UNCONFIRMED = "unconfirmed"
    "New, and nobody independent has confirmed it yet."
    KNOWN = "known"
    REPEATED = "repeated"
    HELPED = "helped"
    "Late, but others named it as the report that helped."
    WRONG = "wrong"
    CONTESTED = "contested"
    "Held back until two analysts have ruled."


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What one report earned, and everything it was computed from."""

    claim: Claim
    why: Why
    points: float
    "Before the knee."
    worth: float = 0.0
    "Of the value, between 0 and 1."
    correctness: float = 1.0
    voices: tuple[Voice, ...] = ()
    against: tuple[Voice, ...] = ()

    @property
    def independent(self) -> float:
        """How many independent voices confirm it."""
        return sum(each.weight for each in self.voices)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberStanding:
    """A member's sum."""

    member: str
    points: float
    earned: float
    "Before the knee."
    awards: tuple[Award, ...]
    clipped: float
    "Share of the confirmations it received that did not count, as coming from a closed circle."

    def counted(self, why: Why) -> int:
        """How many reports ended one way."""
        return sum(each.why is why for each in self.awards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A period settled: members by points."""

    period: Period
    terms: Terms
    members: tuple[MemberStanding, ...]

    @property
    def total(self) -> float:
        """Sum of all points above zero."""
        return sum(max(0.0, each.points) for each in self.members)

    def of(self, member: str) -> MemberStanding | None:
        """Give one member's sum."""
        return next((each for each in self.members if each.member == member), None)


def settle(
    participants: Iterable[Participant],
    contributions: Iterable[Contribution],
    echoes: Iterable[Echo],
    terms: Terms,
    period: Period,
) -> Settlement:
    """Compute a period's points."""
    enrolled = {each.member: each.speaks_as for each in participants}
    claims = claims_of(contributions, enrolled, period, terms)
    heard = hear(echoes, claims, enrolled, period, terms)
    independence = Independence(heard, claims, len(set(enrolled.values())), terms)
    awards: dict[str, list[Award]] = defaultdict(list)
    for claim in claims:
        made = _award(claim, heard, independence, terms)
        awards[claim.contribution.member].append(made)
    sums = {member: sum(each.points for each in awards[member]) for member in enrolled}
    whole: dict[str, float] = defaultdict(float)
    for member, voice in enrolled.items():
        whole[voice] += sums[member]
    members = [
        MemberStanding(
            member=member,
            points=_bent(whole[voice], terms.knee) * _portion(sums[member], whole[voice]),
            earned=sums[member],
            awards=tuple(awards[member]),
            clipped=_clipped(awards[member]),
        )
        for member, voice in enrolled.items()
    ]
    ordered = sorted(members, key=lambda each: (-each.points, each.member))
    return Settlement(period=period, terms=terms, members=tuple(ordered))


def worth(voices: float, half: float) -> float:
    """Give what a value is worth at so many independent voices."""
    return voices * voices / (voices * voices + half * half) if voices > 0 else 0.0


def _award(claim: Claim, heard: Heard, independence: Independence, terms: Terms) -> Award:
    if not claim.share:
        return _late(claim, heard, independence, terms)
    voices = confirming(claim, heard, independence, terms)
    against = contradicting(claim, heard, independence)
    made = Award(claim=claim, why=Why.UNCONFIRMED, points=0.0, voices=voices, against=against)
    right, wrong = made.independent, sum(each.weight for each in against)
    ruling = heard.rulings.get(claim.key)
    if ruling is None and min(right, wrong) >= CONTESTED:
        return replace(made, why=Why.CONTESTED)
    if ruling is EchoKind.UPHELD:
        wrong, right = 0.0, right + 1.0
    elif ruling is EchoKind.REFUTED:
        right, wrong = 0.0, wrong + 1.0
    if not right and not wrong:
        return made
    correctness = right / (right + terms.wrong_weight * wrong)
    value = worth(right, terms.half_voices)
    cost = terms.wrong_cost * worth(wrong, terms.half_voices)
    points = value * correctness - cost * (1 - correctness)
    return replace(
        made,
        why=Why.EARNED if points > 0 else Why.WRONG,
        points=terms.unit * claim.share * (claim.novelty if points > 0 else 1.0) * points,
        worth=value,
        correctness=correctness,
    )


def _late(claim: Claim, heard: Heard, independence: Independence, terms: Terms) -> Award:
    """Give what a report earns that told nothing new: a tenth, where it was the one that helped."""
    why = Why.REPEATED if claim.standing is Standing.REPEATED else Why.KNOWN
    named = heard.helped.get(claim.contribution.id, frozenset()) - {claim.voice}
    if why is Why.REPEATED or not named:
        return Award(claim=claim, why=why, points=0.0)
    voices = tuple(
        Voice(voice=each, kind=EchoKind.USED, weight=independence.of(each, claim.voice)[0])
        for each in sorted(named)
    )
    value = worth(sum(each.weight for each in voices), terms.half_voices)
    points = terms.unit * terms.derived_share * value
    return Award(claim=claim, why=Why.HELPED, points=points, worth=value, voices=voices)


def _bent(points: float, knee: float) -> float:
    return points if points <= knee else knee * (1 + log(points / knee))


def _portion(own: float, whole: float) -> float:
    return own / whole if whole else 0.0


def _clipped(awards: Iterable[Award]) -> float:
    told = [each for award in awards for each in award.voices if each.kind is EchoKind.SIGHTED]
    heard = len(told)
    clipped = sum(1 - min(1.0, each.allowed / each.heard) for each in told if each.heard)
    return clipped / heard if heard else 0.0
