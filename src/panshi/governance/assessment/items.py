"""The items of a population one by one: made only when a proof asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from panshi.governance.assessment.criteria import STATES, change_of, state_of
from panshi.governance.assessment.judging import Judge
from panshi.model.asset import AssetId
from panshi.model.control import Control
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import Item, ItemState

_FAILED = frozenset({ItemState.FAILING, ItemState.STALE_FAIL})


def items_of(judge: Judge, control: Control, in_field: str) -> Iterator[Item]:
    """Give every item of a control's population with what is known of it."""
    members = judge.grounds.ledger(control).members.of_field(in_field)
    return _items(judge, control, members, in_field)


def item_of(judge: Judge, control: Control, asset: AssetId, in_field: str) -> Item | None:
    """Give one item; None where the asset is not in the population, or there is none."""
    members = judge.grounds.members(control)
    if members is None or not members.holds(asset, in_field):
        return None
    return next(_items(judge, control, (asset,), in_field))


def _items(
    judge: Judge, control: Control, assets: tuple[AssetId, ...], in_field: str
) -> Iterator[Item]:
    grounds = judge.grounds
    criterion = grounds.ledger(control).criterion
    open_ = judge.contradicted(control, in_field).items
    live = [each.story for each in judge.excused(control, in_field).applied if each.live]
    kind = control.check.observation if control.check is not None else ""
    for asset in assets:
        packed = criterion.packed(asset)
        state = STATES[state_of(packed)]
        against = open_.get(asset, ())
        if against and state not in _FAILED:
            state = ItemState.FAILING
        looks = criterion.relevant(asset)
        failed = grounds.looks.failed(kind, asset)
        grant: ObservationId | None = None
        if state in _FAILED and not against:
            grant = next((story.id for story in live if story.covers(asset)), None)
        yield Item(
            asset=asset,
            state=state,
            evidence_ids=tuple(look.id for look in looks),
            observed_at=max((look.observation.observed_at for look in looks), default=None),
            expires_on=date.fromordinal(change_of(packed)) if change_of(packed) else None,
            contradicted_by=_ids(against),
            failed_look=failed.observation.reason if failed is not None else "",
            exception=grant,
        )


def unseen_of(judge: Judge, control: Control, in_field: str) -> frozenset[AssetId]:
    """Give the members that nobody has seen, or not for too long."""
    unseen = {ItemState.UNSEEN, ItemState.STALE_PASS}
    codes = frozenset(STATES.index(state) for state in unseen)
    against = judge.contradicted(control, in_field).items
    found = judge.grounds.ledger(control).in_states(codes, in_field)
    return frozenset(asset for asset in found if asset not in against)


def _ids(sealed: tuple[Sealed, ...]) -> tuple[ObservationId, ...]:
    return tuple(each.id for each in sealed)
