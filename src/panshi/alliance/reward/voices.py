"""How many independent voices confirm a value.

A member's sightings count towards a reporter only as far as the other members' attention to that
reporter makes them plausible: the upper quartile of the others' shares, plus half an even share.
What a closed circle says of itself is clipped whatever the shape of the circle (pairs, rings,
rotations), since those outside do not say it; one sighting per pair of members is always free.
How much a member may say in all is bounded by what others say, so that sighting everything
claimed by others buys no further weight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from panshi.alliance.reward.claims import Claim
from panshi.alliance.reward.events import RULINGS, Echo, EchoKind, Period
from panshi.alliance.reward.terms import Terms
from panshi.alliance.reward.values import Key, key_of

FEW_FLAGS = 5
"False positives anybody may tell of in a period at full weight."
FLAGS_BESIDE_OTHERS = 2
"And so many times what the upper quartile of the others tells of the same reporter."
BENEFIT_OF_DOUBT = 3
"Sightings that nobody else backs which cost a voice little: somebody has to see it first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice that confirms or contradicts a value, and how much of it counts."""

    voice: str
    kind: EchoKind
    weight: float
    "After clipping."
    heard: int = 0
    "Values of this reporter the voice confirmed in the period."
    allowed: float = 0.0
    "How many of them count in full."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said of every value, by voice."""

    confirming: Mapping[Key, Mapping[str, Echo]]
    "The strongest thing each voice said for it."
    contradicting: Mapping[Key, Mapping[str, Echo]]
    rulings: Mapping[Key, EchoKind]
    helped: Mapping[str, frozenset[str]]
    "Voices that named one report as the one that helped, by its id."


def hear(
    echoes: Iterable[Echo],
    claims: tuple[Claim, ...],
    voices: Mapping[str, str],
    period: Period,
    terms: Terms,
) -> Heard:
    """Sort what was said by value and voice; what nobody reported or came too late is left out."""
    begun = {each.key: each.contribution.at for each in reversed(claims)}
    own = {(each.key, each.voice) for each in claims if each.share}
    sorting = _Sorting(own=own)
    horizon = timedelta(days=terms.horizon_days)
    for echo in sorted(echoes, key=lambda each: each.at):
        key = key_of(echo.about, echo.value)
        if key in begun and echo.at <= min(period.until, begun[key] + horizon):
            sorting.take(key, echo, voices.get(echo.member, ""))
    return Heard(
        confirming=sorting.confirming,
        contradicting=sorting.contradicting,
        rulings=sorting.rulings,
        helped={name: frozenset(each) for name, each in sorting.helped.items()},
    )


@dataclass(slots=True, kw_only=True)
class _Sorting:
    """What was said, while it is sorted."""

    own: set[tuple[Key, str]]
    confirming: dict[Key, dict[str, Echo]] = field(default_factory=lambda: defaultdict(dict))
    contradicting: dict[Key, dict[str, Echo]] = field(default_factory=lambda: defaultdict(dict))
    rulings: dict[Key, EchoKind] = field(default_factory=dict)
    helped: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, key: Key, echo: Echo, voice: str) -> None:
        """Put one thing that was said where it belongs; nobody confirms their own report."""
        if echo.kind in RULINGS:
            self.rulings[key] = echo.kind
            return
        if not voice:
            return
        if echo.contribution:
            self.helped[echo.contribution].add(voice)
        if (key, voice) in self.own:
            return
        if echo.kind is EchoKind.FALSE_POSITIVE:
            self.contradicting[key].setdefault(voice, echo)
        else:
            before = self.confirming[key].get(voice)
            if before is None or before.kind is EchoKind.USED:
                self.confirming[key][voice] = echo


class Independence:
    """How much of what one voice says of a reporter counts."""

    def __init__(self, heard: Heard, claims: tuple[Claim, ...], members: int, terms: Terms) -> None:
        """Count who confirmed whom, once for the period."""
        self._terms = terms
        self._even = terms.even_share / max(members, 1)
        pairs: Counter[tuple[str, str]] = Counter()
        totals: Counter[str] = Counter()
        reporters = set()
        for claim in claims:
            reporters.add(claim.voice)
            for voice in _speaking_for(claim, heard):
                pairs[voice, claim.voice] += 1
                totals[voice] += 1
        self._pairs, self._totals = pairs, totals
        self._ordinary = _quartile(totals.values())
        self._attention = {
            reporter: sorted(
                (pairs[voice, reporter] / total, voice)
                for voice, total in totals.items()
                if voice != reporter
            )
            for reporter in reporters
        }
        self._backed = self._corroborated(heard, claims)
        self._flags: Counter[tuple[str, str]] = Counter()
        self._flagged: Counter[str] = Counter()
        for claim in claims:
            for voice in heard.contradicting.get(claim.key, {}) if claim.share else ():
                self._flags[voice, claim.voice] += 1
                self._flagged[voice] += 1
        self._members = members

    def of(self, voice: str, reporter: str) -> tuple[float, int, float]:
        """Give weight, how many were heard, and how many of them count in full."""
        heard = self._pairs[voice, reporter]
        weight, allowed = self._plausible(voice, reporter)
        alone = heard - self._backed[voice, reporter]
        backing = (heard - alone + BENEFIT_OF_DOUBT) / (heard + BENEFIT_OF_DOUBT)
        return weight * backing, heard, allowed * backing

    def _corroborated(self, heard: Heard, claims: Iterable[Claim]) -> Counter[tuple[str, str]]:
        """Count, per voice and reporter, the values that other plausible voices confirm too."""
        backed: Counter[tuple[str, str]] = Counter()
        for claim in claims:
            if not claim.share:
                continue
            said = {
                voice: self._plausible(voice, claim.voice)[0]
                for voice in heard.confirming.get(claim.key, {})
            }
            whole = sum(said.values())
            for voice, weight in said.items():
                if whole - weight >= 1.0:
                    backed[voice, claim.voice] += 1
        return backed

    def _plausible(self, voice: str, reporter: str) -> tuple[float, float]:
        """Give weight, and how many count in full, by the others' attention to the reporter."""
        heard = self._pairs[voice, reporter]
        others = [share for share, other in self._attention.get(reporter, ()) if other != voice]
        said = min(self._totals[voice], self._ordinary or self._totals[voice])
        plausible = self._terms.tolerance * _quartile(others) + self._even
        allowed = max(1.0, plausible * said)
        return min(1.0, allowed / heard) if heard else 1.0, allowed

    def of_flag(self, voice: str, reporter: str) -> float:
        """Give the weight of a false positive: as others see the reporter, and a few for free."""
        told = self._flags[voice, reporter]
        others = [self._flags[each, reporter] for each in self._flagged if each != voice]
        silent = (0,) * max(0, self._members - 1 - len(others))
        plausible = FLAGS_BESIDE_OTHERS * _quartile((*others, *silent))
        free = FEW_FLAGS * told / self._flagged[voice] if told else 0.0
        return min(1.0, (plausible + free) / told) if told else 1.0


def confirming(
    claim: Claim, heard: Heard, independence: Independence, terms: Terms
) -> tuple[Voice, ...]:
    """Give the voices for a value, as far as they count towards one reporter."""
    found = []
    for voice, echo in sorted(heard.confirming.get(claim.key, {}).items()):
        weight, many, allowed = independence.of(voice, claim.voice)
        if echo.kind is EchoKind.USED:
            weight *= terms.use_weight
        elif echo.seen < claim.contribution.at:
            weight *= terms.hindsight_weight
        found.append(Voice(voice=voice, kind=echo.kind, weight=weight, heard=many, allowed=allowed))
    return tuple(found)


def contradicting(claim: Claim, heard: Heard, independence: Independence) -> tuple[Voice, ...]:
    """Give the voices that call a value wrong."""
    return tuple(
        Voice(
            voice=voice,
            kind=EchoKind.FALSE_POSITIVE,
            weight=independence.of_flag(voice, claim.voice),
        )
        for voice in sorted(heard.contradicting.get(claim.key, {}))
    )


def _speaking_for(claim: Claim, heard: Heard) -> Iterable[str]:
    """Give who speaks for a claim: for its value, or, where it is late, for the report itself."""
    if claim.share:
        return heard.confirming.get(claim.key, {})
    return heard.helped.get(claim.contribution.id, frozenset()) - {claim.voice}


def _quartile(values: Iterable[float]) -> float:
    """Give the upper quartile (nearest rank); 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-3 * len(ordered) // 4) - 1)] if ordered else 0.0
