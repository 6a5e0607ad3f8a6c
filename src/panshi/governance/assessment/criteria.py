"""What one check says of one asset on one day (rule 3), facets combined by `Across`.

A look is judged on the day of judgement while it is fresh, and on its last fresh day for ever
after: a stale pass is unseen, a stale failure keeps failing until the asset is seen again. A body
that was erased cannot be shown to pass and therefore fails, or erasing would raise a grade.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from panshi.governance.assessment.looks import LooksOfKind
from panshi.governance.assessment.moment import Moment
from panshi.model.asset import AssetId
from panshi.model.control import Across, Check
from panshi.model.observation import Body, Outcome, Sealed
from panshi.model.predicate import Comparison, Condition, compiled, conditions, is_timed
from panshi.model.verdict import ItemState

PASSING, FAILING, STALE_PASS, STALE_FAIL, UNSEEN = range(5)
"Item states as small numbers, so that a population's states fit a bytearray."
STATES = (
    ItemState.PASSING,
    ItemState.FAILING,
    ItemState.STALE_PASS,
    ItemState.STALE_FAIL,
    ItemState.UNSEEN,
)
_SHIFT = 3
_MASK = 7


class Criterion:
    """One check with its freshness period; each asset is judged once and remembered."""

    __slots__ = (
        "_about",
        "_about_timed",
        "_absent_passes",
        "_across",
        "_concerning",
        "_known",
        "_looks",
        "_moment",
        "_passes",
        "_timed",
        "fresh_days",
    )

    def __init__(self, check: Check, fresh_days: int, looks: LooksOfKind, moment: Moment) -> None:
        self.fresh_days = fresh_days
        self._passes = compiled(check.passes)
        self._about = compiled(check.about) if check.about is not None else None
        self._absent_passes = check.absent_passes
        self._across = check.across
        self._looks = looks
        self._moment = moment
        self._timed = tuple(each for each in conditions(check.passes) if _is_timed(each))
        self._about_timed = check.about is not None and is_timed(check.about)
        self._known: dict[AssetId, int] = {}
        self._concerning: dict[AssetId, tuple[Sealed, ...]] = {}

    def packed(self, asset: AssetId) -> int:
        """Give state and day of change in one number; `state_of` and `change_of` unpack it."""
        found = self._known.get(asset)
        if found is None:
            found = self._known[asset] = self._judged(asset)
        return found

    def forget(self, asset: AssetId) -> int | None:
        """Judge the asset anew when next asked; give its packed judgement until now, if any."""
        self._concerning.pop(asset, None)
        return self._known.pop(asset, None)

    def relevant(self, asset: AssetId) -> tuple[Sealed, ...]:
        """Give the looks the state rests on: those the check is about."""
        looks = self._looks.get(asset, ())
        if self._about is None or not looks:
            return looks
        found = self._concerning.get(asset)
        if found is None:
            found = tuple(look for look in looks if self._concerns(look))
            self._concerning[asset] = found
        return found

    def _judged(self, asset: AssetId) -> int:
        looks = self.relevant(asset)
        if not looks:
            return UNSEEN
        if len(looks) > 1 or self._timed or self._about_timed:
            return self._judged_slowly(looks)
        look = looks[0]
        expiry = self._expiry(look)
        fresh = self._moment.ordinal < expiry
        if self._passed(look, self._moment.day):
            return expiry << _SHIFT | PASSING if fresh else STALE_PASS
        return expiry << _SHIFT | FAILING if fresh else STALE_FAIL

    def _judged_slowly(self, looks: tuple[Sealed, ...]) -> int:
        today = self._moment.ordinal
        state = self._state_on(looks, today)
        for candidate in sorted(set(self._candidates(looks))):
            if candidate > today and self._state_on(looks, candidate) != state:
                return candidate << _SHIFT | state
        return state

    def _state_on(self, looks: tuple[Sealed, ...], ordinal: int) -> int:
        states = [self._state_of_look(look, ordinal) for look in looks]
        if self._across is Across.EVERY:
            return next(state for state in _WORST_FIRST if state in states)
        if PASSING in states:
            return PASSING
        # No look passes today: the newest one speaks.
        newest = max(looks, key=lambda look: (look.observation.observed_at, look.position))
        return states[looks.index(newest)]

    def _state_of_look(self, look: Sealed, ordinal: int) -> int:
        expiry = self._expiry(look)
        if ordinal < expiry:
            return PASSING if self._passed(look, date.fromordinal(ordinal)) else FAILING
        last_fresh = date.fromordinal(expiry) - timedelta(days=1)
        return STALE_PASS if self._passed(look, last_fresh) else STALE_FAIL

    def _candidates(self, looks: tuple[Sealed, ...]) -> Iterator[int]:
        for look in looks:
            yield self._expiry(look)
            if look.observation.body is not None:
                for condition in self._timed:
                    yield from _turning_points(condition, look.observation.body)

    def _expiry(self, look: Sealed) -> int:
        return self._moment.ordinal_of(look.observation.observed_at) + self.fresh_days + 1

    def _passed(self, look: Sealed, day: date) -> bool:
        seen = look.observation
        if seen.outcome is Outcome.ABSENT:
            return self._absent_passes
        return seen.body is not None and self._passes(seen.body, day)

    def _concerns(self, look: Sealed) -> bool:
        body = look.observation.body
        return body is None or self._about is None or self._about(body, self._moment.day)


def state_of(packed: int) -> int:
    """Give the state of a packed judgement."""
    return packed & _MASK


def change_of(packed: int) -> int:
    """Give the ordinal of the first day on which the state changes by age alone; 0: never."""
    return packed >> _SHIFT


_WORST_FIRST = (FAILING, STALE_FAIL, STALE_PASS, PASSING)


def _is_timed(condition: Condition) -> bool:
    return condition.comparison in {Comparison.WITHIN_DAYS, Comparison.DAYS_LEFT}


def _turning_points(condition: Condition, body: Body) -> Iterator[int]:
    """Days on which a timed condition may change its answer."""
    found, days = getattr(body, condition.field, None), condition.value
    if isinstance(found, date) and isinstance(days, int):
        at = found.toordinal()
        if condition.comparison is Comparison.WITHIN_DAYS:
            yield at
            yield at + days + 1
        else:
            yield at - days + 1
