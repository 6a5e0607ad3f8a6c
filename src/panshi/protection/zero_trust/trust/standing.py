"""What all signals together say of one session: a level that explains itself and knows its end.

Per family the least favourable source counts. A favourable word loses weight with age and ends when
it is no longer fresh or its feed is lost; an unfavourable one holds, or fades where the model lets
it. Between two ends nothing but decay happens: the level is a constant plus a few exponentials and
is evaluated when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp, inf, log

from panshi.protection.zero_trust.trust.level import bound, level_at, probability
from panshi.protection.zero_trust.trust.model import Family, TrustModel
from panshi.protection.zero_trust.trust.signal import (
    WITHDRAWN,
    Signal,
    SignalState,
    Subject,
    SubjectKind,
)

_LN2 = log(2.0)
_FASTEST_RISE = 0.25
"The most that probability changes per unit of log-odds."


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The word of one source as it counts since it was observed."""

    family: Family
    signal: Signal
    weight: float
    rate: float
    "Decay per second; 0: it holds."
    ends_at: float
    "When it stops counting in favour; infinite for unfavourable words."
    silent: bool
    "Its feed is lost."

    def counts(self, now: float) -> float:
        """Give its log-odds at a time."""
        if self.weight > 0 and (self.silent or now >= self.ends_at):
            return 0.0
        age = max(0.0, now - self.signal.observed_at)
        return self.weight * exp(-self.rate * age)

    def state(self, now: float) -> SignalState:
        """Give the state it is in at a time."""
        if self.weight < 0:
            return SignalState.FALSE
        if self.silent:
            return SignalState.UNAVAILABLE
        return SignalState.FRESH if now < self.ends_at else SignalState.STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One line of the explanation of a level."""

    family: str
    title_zh: str
    title_en: str
    state: SignalState
    source: str
    said: str
    "Grade or ratio the source gave; empty where nobody said anything."
    age_s: float
    full_weight: float
    log_odds: float
    counted: bool
    "Whether it is the one of its family that counts."
    ends_at: float | None
    "When it stops counting in favour."


class Standing:
    """The trust in one session from a moment on; level and crossings are read from it."""

    __slots__ = (
        "_constant",
        "_decaying",
        "_level",
        "_sure_from",
        "_sure_until",
        "at",
        "families",
        "model",
        "states",
        "until",
    )

    def __init__(
        self,
        model: TrustModel,
        families: Mapping[str, tuple[Term, ...]],
        states: Mapping[str, SignalState],
        at: float,
    ) -> None:
        """Sum what counts at a time."""
        self.model = model
        self.families = families
        self.states = states
        self.at = at
        until, constant, decaying = inf, model.prior, dict[float, float]()
        for terms in families.values():
            for each in terms:
                if at < each.ends_at < until and not each.silent:
                    until = each.ends_at
            term = terms[0] if len(terms) == 1 else _least(terms, at)
            value = term.counts(at)
            if not term.rate or not value:
                constant += value
            else:
                decaying[term.rate] = decaying.get(term.rate, 0.0) + value
        self.until = until
        self._constant = constant
        self._decaying = tuple((value, rate) for rate, value in decaying.items())
        self._level, self._sure_from, self._sure_until = 0, inf, -inf

    def log_odds(self, now: float) -> float:
        """Give the sum at a time from `at` to `until`."""
        passed = max(0.0, now - self.at)
        total = self._constant
        for value, rate in self._decaying:
            total += value * exp(-rate * passed)
        return total

    def level(self, now: float) -> int:
        """Give the level; while it surely stays the same it costs a comparison."""
        if self._sure_from <= now < self._sure_until:
            return self._level
        total = self.log_odds(now)
        level = level_at(total)
        if now >= self.at:
            falls, rises = self.speeds(now)
            low = total - bound(level) if level else inf
            high = bound(level + 1) - total if level < 100 else inf  # noqa: PLR2004 -- the highest
            stays = min(low / falls if falls else inf, high / rises if rises else inf)
            self._level, self._sure_from = level, now
            self._sure_until = min(now + stays, self.until)
        return level

    def speeds(self, now: float) -> tuple[float, float]:
        """Give how fast the log-odds can fall and rise at most, from a time on."""
        passed = max(0.0, now - self.at)
        falls = rises = 0.0
        for value, rate in self._decaying:
            speed = value * rate * exp(-rate * passed)
            if speed > 0:
                falls += speed
            else:
                rises -= speed
        return falls, rises

    def probability(self, now: float) -> float:
        """Give the probability that all is well."""
        return probability(self.log_odds(now))

    def in_state(self, *states: SignalState) -> frozenset[str]:
        """Give the families in one of these states."""
        return frozenset(name for name, state in self.states.items() if state in states)

    def explained(self, now: float) -> tuple[Contribution, ...]:
        """Give every contribution, the weightiest first, then what is missing."""
        lines = [
            _line(term, self.states[name], now, counted=term is chosen)
            for name, terms in self.families.items()
            for chosen in (_least(terms, now),)
            for term in terms
        ]
        lines += [
            _absent(self.model.families[name], state)
            for name, state in self.states.items()
            if name not in self.families
        ]
        return tuple(sorted(lines, key=lambda line: (-abs(line.log_odds), line.family)))


def stand(
    model: TrustModel,
    signals: Iterable[Signal],
    *,
    subjects: Collection[Subject],
    lost: Mapping[str, frozenset[str]],
    now: float,
) -> Standing:
    """Weigh the signals about the subjects of a session.

    `lost` names the families each silent feed covered. Signals about others are left out.
    """
    terms = (term_of(model, each) for each in signals if each.subject in subjects)
    return weigh(model, (each for each in terms if each), subjects=subjects, lost=lost, now=now)


def weigh(
    model: TrustModel,
    terms: Iterable[Term],
    *,
    subjects: Collection[Subject],
    lost: Mapping[str, frozenset[str]],
    now: float,
) -> Standing:
    """Weigh words that were read before; all of them are about the subjects."""
    grouped: dict[str, list[Term]] = {}
    for term in terms:
        name = term.family.id
        silent = bool(lost) and name in lost.get(term.signal.source, ())
        grouped.setdefault(name, []).append(replace(term, silent=True) if silent else term)
    families = {name: tuple(each) for name, each in grouped.items()}
    states = {name: _state(terms, now) for name, terms in families.items()}
    about = {subject.kind for subject in subjects}
    for names in lost.values():
        for name in names:
            if name in model.families and model.families[name].about in about:
                states.setdefault(name, SignalState.UNAVAILABLE)
    for family in model.required:
        if family.about in about:
            states.setdefault(family.id, SignalState.MISSING)
    return Standing(model, families, states, now)


def _least(terms: tuple[Term, ...], now: float) -> Term:
    """Give the least favourable word."""
    return min(terms, key=lambda each: each.counts(now))


def term_of(model: TrustModel, signal: Signal) -> Term | None:
    """Read a word; None where it was taken back or is of no kind the model knows."""
    family = model.families.get(signal.kind)
    if family is None or signal.weight_class == WITHDRAWN:
        return None
    weight = family.weight_of(signal.weight_class, signal.value)
    if weight is None:  # what the model does not know is never good news
        weight = min((grade.weight for grade in family.grades.values()), default=family.lowest)
        weight = min(weight, 0.0)
    half_life = family.half_life_s if weight >= 0 else family.recovers_s
    fresh_for = min(signal.fresh_for_s or family.fresh_for_s, family.fresh_for_s)
    return Term(
        family=family,
        signal=signal,
        weight=weight,
        rate=_LN2 / half_life if half_life else 0.0,
        ends_at=signal.observed_at + fresh_for if weight >= 0 else inf,
        silent=False,
    )


def _state(terms: tuple[Term, ...], now: float) -> SignalState:
    """Give the state of a family; what is worse stands before what is better."""
    if len(terms) == 1:
        return terms[0].state(now)
    found = {term.state(now) for term in terms}
    if SignalState.FALSE in found:
        return SignalState.CONFLICTING if SignalState.FRESH in found else SignalState.FALSE
    for state in (SignalState.UNAVAILABLE, SignalState.STALE):
        if state in found:
            return state
    return SignalState.FRESH


def _line(term: Term, state: SignalState, now: float, *, counted: bool) -> Contribution:
    signal = term.signal
    own = term.state(now)
    return Contribution(
        family=term.family.id,
        title_zh=term.family.title_zh,
        title_en=term.family.title_en,
        state=state if state is SignalState.CONFLICTING and own is not SignalState.STALE else own,
        source=signal.source,
        said=signal.weight_class or str(signal.value),
        age_s=max(0.0, now - signal.observed_at),
        full_weight=term.weight,
        log_odds=term.counts(now),
        counted=counted,
        ends_at=None if term.ends_at == inf else term.ends_at,
    )


def _absent(family: Family, state: SignalState) -> Contribution:
    return Contribution(
        family=family.id,
        title_zh=family.title_zh,
        title_en=family.title_en,
        state=state,
        source="",
        said="",
        age_s=0.0,
        full_weight=0.0,
        log_odds=0.0,
        counted=False,
        ends_at=None,
    )


def subject(kind: SubjectKind, name: str | None) -> tuple[Subject, ...]:
    """Give the subject where there is one."""
    return (Subject(kind, name),) if name else ()
