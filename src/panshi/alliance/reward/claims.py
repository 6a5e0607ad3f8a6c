"""Who told first: shares of the credit for each value, and why some get none.

Two who told before either could read the other found it independently and share by time; whoever
tells what could be read already tells nothing new, however the value is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.alliance.reward.events import Contribution, Period
from panshi.alliance.reward.terms import Terms
from panshi.alliance.reward.values import Key, key_of, parents


class Standing(StrEnum):
    """What a report is to those before it."""

    FIRST = "first"
    INDEPENDENT = "independent"
    "Told later, but before the first could be read."
    KNOWN = "known"
    "It could be read already."
    DERIVED = "derived"
    "New in itself, but derived from something that could be read already."
    REPEATED = "repeated"
    "The same voice told it before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One report of one value, with its share of the credit."""

    contribution: Contribution
    key: Key
    voice: str
    standing: Standing
    share: float
    "Of the credit for the value; 0 where there is nothing new."
    novelty: float
    behind: str = ""
    "Id of the report it repeats or is derived from."
    behind_at: datetime | None = None


def claims_of(
    contributions: Iterable[Contribution],
    voices: Mapping[str, str],
    period: Period,
    terms: Terms,
) -> tuple[Claim, ...]:
    """Give the claims of a period, in the order in which they were told."""
    told: dict[Key, list[Contribution]] = defaultdict(list)
    for each in sorted(contributions, key=lambda one: (one.at, one.id)):
        told[key_of(each.kind, each.value)].append(each)
    first = {key: each[0] for key, each in told.items()}
    found = [
        claim for key, each in told.items() for claim in _of_one(key, each, first, voices, terms)
    ]
    inside = (each for each in found if period.begins <= each.contribution.at < period.ends)
    return tuple(sorted(inside, key=lambda each: (each.contribution.at, each.contribution.id)))


def _of_one(
    key: Key,
    told: list[Contribution],
    first: Mapping[Key, Contribution],
    voices: Mapping[str, str],
    terms: Terms,
) -> list[Claim]:
    begun, readable = told[0], min(each.readable for each in told)
    basis = _basis(key, begun.at, first)
    novelty = 1.0 if basis is None else terms.derived_share
    weights: dict[str, float] = {}
    for each in told:
        voice = voices.get(each.member, "")
        if (each is begun or each.at < readable) and voice not in weights:
            hours = (each.at - begun.at).total_seconds() / 3600
            weights[voice] = 0.5 ** (hours / terms.first_half_life_hours)
    whole, spoken, made = sum(weights.values()), set[str](), []
    for each in told:
        voice = voices.get(each.member, "")
        if not voice:
            continue
        standing = _standing(each, begun, readable, repeated=voice in spoken, basis=basis)
        credited = standing in {Standing.FIRST, Standing.INDEPENDENT, Standing.DERIVED}
        spoken.add(voice)
        before = basis if standing is Standing.DERIVED else begun if each is not begun else None
        made.append(
            Claim(
                contribution=each,
                key=key,
                voice=voice,
                standing=standing,
                share=weights[voice] / whole if credited else 0.0,
                novelty=novelty,
                behind=before.id if before else "",
                behind_at=before.at if before else None,
            )
        )
    return made


def _standing(
    each: Contribution,
    begun: Contribution,
    readable: datetime,
    *,
    repeated: bool,
    basis: Contribution | None,
) -> Standing:
    if repeated:
        return Standing.REPEATED
    if each is not begun and each.at >= readable:
        return Standing.KNOWN
    if basis is not None:
        return Standing.DERIVED
    return Standing.FIRST if each is begun else Standing.INDEPENDENT


def _basis(key: Key, at: datetime, first: Mapping[Key, Contribution]) -> Contribution | None:
    """Give what could be read before and says nearly the same."""
    known = (first[each] for each in parents(key) if each in first)
    return next((each for each in known if each.readable <= at), None)
