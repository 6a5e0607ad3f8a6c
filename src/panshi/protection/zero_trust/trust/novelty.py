"""How usual place and hour of a sign-in are for a person, as a likelihood ratio.

After D. Freeman et al., "Who Are You? A Statistical Approach to Measuring User Authenticity", NDSS
2016: the ratio of how likely the sign-in is from the person, by the person's smoothed history, to
how likely it is from an attacker. Some attackers come from where the person does, which bounds what
habit can earn; whoever has little history is judged by the habits of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log

from panshi.protection.zero_trust.trust.model import NoveltyModel

HOURS = 24
MOST_PLACES = 64
_LN2 = log(2.0)
_NEXT_DOOR = 0.5
"What a sign-in counts for the hours beside it."


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """From where and when somebody signed in, each habit fading with time."""

    places: Mapping[str, float] = field(default_factory=dict)
    hours: tuple[float, ...] = (0.0,) * HOURS
    at: float = 0.0
    "When the counts were last brought up to date."


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """What a sign-in's place and hour say, in log-odds; None where it is not known."""

    place: float | None
    hour: float


def learned(history: History, *, place: str, hour: int, now: float, model: NoveltyModel) -> History:
    """Add one sign-in that turned out well."""
    kept = exp(-_LN2 * max(0.0, now - history.at) / model.forgets_s) if model.forgets_s else 1.0
    places = {name: count * kept for name, count in history.places.items()}
    if place:
        places[place] = places.get(place, 0.0) + 1.0
    if len(places) > MOST_PLACES:
        del places[min(places, key=places.__getitem__)]
    hours = [count * kept for count in history.hours]
    for offset, share in ((-1, _NEXT_DOOR), (0, 1.0), (1, _NEXT_DOOR)):
        hours[(hour + offset) % HOURS] += share / (1.0 + 2 * _NEXT_DOOR)
    return replace(history, places=places, hours=tuple(hours), at=max(now, history.at))


def novelty(
    person: History, everybody: History, *, place: str, hour: int, model: NoveltyModel
) -> Novelty:
    """Weigh a sign-in against the habits of the person and of everybody."""
    return Novelty(
        place=_ratio(
            person.places.get(place, 0.0),
            sum(person.places.values()),
            _share(
                everybody.places.get(place, 0.0), sum(everybody.places.values()), model.countries
            ),
            chance=1.0 / model.countries,
            model=model,
        )
        if place
        else None,
        hour=_ratio(
            person.hours[hour],
            sum(person.hours),
            _share(everybody.hours[hour], sum(everybody.hours), HOURS),
            chance=1.0 / HOURS,
            model=model,
        ),
    )


def _share(count: float, total: float, kinds: int) -> float:
    """Give the share of everybody, with one imagined sign-in spread over all kinds (Laplace)."""
    return (count + 1.0 / kinds) / (total + 1.0)


def _ratio(
    count: float, total: float, background: float, *, chance: float, model: NoveltyModel
) -> float:
    """Give log P(seen | the person) / P(seen | an attacker)."""
    by_person = (count + model.smoothing * background) / (total + model.smoothing)
    by_attacker = (1.0 - model.mimicry) * chance + model.mimicry * by_person
    return log(by_person / by_attacker)
