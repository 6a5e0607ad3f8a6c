"""The states of a whole population under one check, kept so that one new look changes one entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from panshi.governance.assessment.criteria import STATES, Criterion, change_of, state_of
from panshi.governance.assessment.populations import Members
from panshi.model.asset import AssetId
from panshi.model.observation import ObservationId


class Ledger:
    """One byte per member, and how many members change on which day."""

    __slots__ = ("_changes", "_codes", "criterion", "members")

    def __init__(self, criterion: Criterion, members: Members) -> None:
        self.criterion = criterion
        self.members = members
        packed = [criterion.packed(asset) for asset in members.ids]
        self._codes = bytearray(map(state_of, packed))
        self._changes: Counter[int] = Counter(filter(None, map(change_of, packed)))

    def renew(self, asset: AssetId, before: int) -> None:
        """Judge one member anew; `before` is its packed judgement until now."""
        number = self.members.number[asset]
        after = self.criterion.packed(asset)
        self._codes[number] = state_of(after)
        gone, coming = change_of(before), change_of(after)
        if gone:
            self._changes[gone] -= 1
            if not self._changes[gone]:
                del self._changes[gone]
        if coming:
            self._changes[coming] += 1

    def counts(self, in_field: str = "") -> list[int]:
        """How many members are in each state, by the numbers of `criteria`."""
        codes: bytes | bytearray = self._codes
        if in_field:
            codes = bytes(map(codes.__getitem__, self.members.fields.get(in_field, ())))
        return [codes.count(state) for state in range(len(STATES))]

    def state(self, asset: AssetId) -> int:
        """State of one member."""
        return self._codes[self.members.number[asset]]

    def in_states(self, wanted: frozenset[int], in_field: str = "") -> Iterator[AssetId]:
        """Members in one of the states, in order."""
        numbers: Iterable[int] = range(len(self._codes))
        if in_field:
            numbers = self.members.fields.get(in_field, ())
        codes, ids = self._codes, self.members.ids
        return (ids[number] for number in numbers if codes[number] in wanted)

    def first_change(self) -> date | None:
        """First day on which any member's state changes by age alone."""
        return date.fromordinal(min(self._changes)) if self._changes else None

    def evidence_ids(self, in_field: str = "") -> tuple[ObservationId, ...]:
        """Ids of every look the states rest on."""
        relevant = self.criterion.relevant
        return tuple(
            [look.id for asset in self.members.of_field(in_field) for look in relevant(asset)]
        )
