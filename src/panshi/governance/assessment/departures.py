"""What left a population with a failure: told of, never counted (rule 1).

A control may be lifted by a commit that leaves its failing systems out, or changes the attribute,
relation or field that put them under it. The system may truly be retired, so the figures stay what
the estate of today says; but every verdict names the items that failed when last seen, that were
in the population in an earlier version of the estate, and that are not in it today.

Membership is compared as of the same day, so that only a commit can make an item leave. Failures
are judged as in the population: fresh or stale, or by a test that stands open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from panshi.governance.assessment.contradictions import Contradicted, Contradictions
from panshi.governance.assessment.criteria import STATES, Criterion, change_of, state_of
from panshi.governance.assessment.looks import Looks
from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.populations import Members, Populations, fields_of
from panshi.model.asset import Asset, AssetId
from panshi.model.control import Check, Control, Population
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import Item, ItemState

_FAILED = frozenset({ItemState.FAILING, ItemState.STALE_FAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """What left one control's population, or a field of it."""

    failed: tuple[Item, ...] = ()
    "Items that failed when last seen, or that an open test speaks against."
    evidence_ids: tuple[ObservationId, ...] = ()
    "Every look and test at which this was seen, of items that passed too."
    expires_on: date | None = None
    "First day on which one of them may change by age alone."


class Departures:
    """An earlier version of the estate, with the evidence of what changed since."""

    def __init__(
        self, previous: Estate, estate: Estate, controls: Collection[Control], moment: Moment
    ) -> None:
        self.previous = previous
        self._estate = estate
        self._changed = {
            asset.id: asset for asset in previous.assets if estate.by_id.get(asset.id) != asset
        }
        self.any = bool(self._changed) or previous.relations != estate.relations
        "Whether anything that decides on membership changed at all."
        self._keys: dict[str, set[str]] = {}
        for control in controls:
            if control.check is not None:
                self._keys.setdefault(control.check.observation, set()).add(control.key)
        self._looks = Looks(self._keys)
        self._tests = Contradictions(controls, previous)
        self.turn_to(moment)

    def turn_to(self, moment: Moment) -> None:
        """Move on to another day; membership and ages are judged anew when next asked."""
        self._moment = moment
        self._populations = Populations(self.previous, moment)
        self._fitting: dict[Population, tuple[Asset, ...]] = {}
        self._criteria: dict[tuple[Check, int], Criterion] = {}

    def take(self, sealed: Sealed) -> set[str]:
        """Take in what speaks of the earlier version; give the controls it may bear on."""
        kind = sealed.observation.kind
        looked, asked = kind in self._keys, self._tests.asks(kind)
        asset = self.previous.resolve(sealed.observation.subject) if looked or asked else None
        if asset is None:
            return set()
        touched = self._tests.add(sealed, asset, self._moment) if asked else set()
        if looked and asset in self._changed and self._looks.add(sealed, asset):
            for criterion in self._criteria.values():
                criterion.forget(asset)
            touched |= self._keys[kind]
        return touched

    def earlier(self, control: Control, in_field: str) -> int:
        """How many items the population had in the earlier version."""
        members = self._members(control)
        return members.size(in_field) if members is not None else 0

    def of(
        self,
        control: Control,
        members: Members | None,
        in_field: str,
        *,
        fresh_days: int,
        unchanged: Criterion | None,
        standing: Contradicted,
    ) -> Departed:
        """Give what left a control.

        `unchanged` judges assets of which nothing changed but what is around them, `standing` are
        the tests that are heard today.
        """
        failed: dict[AssetId, Item] = {}
        ids: dict[ObservationId, None] = {}
        changes: set[int] = set()
        if members is not None and control.check is not None and unchanged is not None:
            changed = self._criterion(control.check, fresh_days)
            for asset in self._left(control, members, in_field):
                criterion = changed if asset in self._changed else unchanged
                looks = criterion.relevant(asset)
                if not any(self._is_astray(look, members, in_field) for look in looks):
                    continue
                packed = criterion.packed(asset)
                ids |= dict.fromkeys(look.id for look in looks)
                changes.add(change_of(packed))
                if STATES[state_of(packed)] in _FAILED:
                    failed[asset] = _item(asset, STATES[state_of(packed)], looks)
        for asset, tests, is_open in self._silenced(control, in_field, standing):
            ids |= dict.fromkeys(test.id for test in tests)
            if is_open:
                failed[asset] = _item(asset, ItemState.FAILING, tests, against=True)
        first = min(filter(None, changes), default=0)
        return Departed(
            failed=tuple(failed.values()),
            evidence_ids=tuple(ids),
            expires_on=date.fromordinal(first) if first else None,
        )

    def _left(self, control: Control, members: Members, in_field: str) -> Iterator[AssetId]:
        """Give the members of the earlier version that are none today."""
        population = control.population
        if population is None:
            return
        if population not in self._fitting:
            candidates = self.previous.by_kind.get(population.kind, ())
            if population.related is None:
                candidates = tuple(asset for asset in candidates if asset.id in self._changed)
            self._fitting[population] = self._populations.fitting(population, candidates)
        for asset in self._fitting[population]:
            was = not in_field or in_field in fields_of(asset)
            if was and not members.holds(asset.id, in_field):
                yield asset.id

    def _is_astray(self, look: Sealed, members: Members, in_field: str) -> bool:
        """Whether a look counts under no member today, not even under another name."""
        today = self._estate.resolve(look.observation.subject)
        return today is None or not members.holds(today, in_field)

    def _silenced(
        self, control: Control, in_field: str, standing: Contradicted
    ) -> Iterator[tuple[AssetId, tuple[Sealed, ...], bool]]:
        """Give the tests that spoke of the control and are not heard today, by asset."""
        if not self._tests.speak_of(control.key):
            return
        before = self._tests.of(control.key, self._members(control), in_field)
        heard = {sealed.id for sealed in standing.heard}
        still = {sealed.id for sealed in before.open}
        lost: dict[AssetId, list[Sealed]] = {}
        for sealed in before.heard:
            asset = self.previous.resolve(sealed.observation.subject)
            if asset is not None and sealed.id not in heard:
                lost.setdefault(asset, []).append(sealed)
        for asset, tests in lost.items():
            against = tuple(test for test in tests if test.id in still)
            if against:
                yield asset, against, True
            passed = tuple(test for test in tests if test.id not in still)
            if passed:
                yield asset, passed, False

    def _members(self, control: Control) -> Members | None:
        population = control.population
        return self._populations.of(population) if population is not None else None

    def _criterion(self, check: Check, fresh_days: int) -> Criterion:
        case = (check, fresh_days)
        if case not in self._criteria:
            looks = self._looks.of(check.observation)
            self._criteria[case] = Criterion(check, fresh_days, looks, self._moment)
        return self._criteria[case]


def _item(
    asset: AssetId, state: ItemState, seen: tuple[Sealed, ...], *, against: bool = False
) -> Item:
    ids = tuple(each.id for each in seen)
    return Item(
        asset=asset,
        state=state,
        evidence_ids=ids,
        observed_at=max(each.observation.observed_at for each in seen),
        contradicted_by=ids if against else (),
    )
