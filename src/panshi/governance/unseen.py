"""What nobody has looked at: per control, per asset and per kind of look.

A grade says how much is unknown; this names it. A member of a population is unseen when no
conclusive look of the control's kind is young enough (rule 3 of the assessment). A kind of look is
silent when its newest one is older than the control allows, and a control is unfed when no look of
its kind ever reached its population.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.grounds import Grounds
from panshi.governance.assessment.items import unseen_of
from panshi.model.asset import AssetId
from panshi.model.control import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """One control judged from evidence, with the members nobody has seen."""

    control: str
    "`<framework>/<control>`."
    kind: str
    "Kind of observation it asks for."
    unseen: tuple[AssetId, ...]
    population: int
    newest: datetime | None
    "Newest conclusive look at any member; None where there never was one."
    fresh_days: int
    fed: bool
    "Whether any look of its kind ever reached its population."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenAsset:
    """An asset some controls count and did not see."""

    asset: AssetId
    controls: tuple[str, ...]
    "Controls that miss it."
    counted_by: int
    "Controls judged from evidence whose population holds it."
    never: bool
    "Whether every control that counts it misses it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A kind of observation whose newest look is older than a control allows."""

    kind: str
    newest: datetime
    fresh_days: int
    "Of the most patient control that asks for it."
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What nobody has looked at in one estate."""

    as_of: datetime
    controls: tuple[Blind, ...]
    "Those with at least one unseen member, most first."
    assets: tuple[UnseenAsset, ...]
    "Never seen first, then by the number of controls that miss them."
    silent: tuple[Silent, ...]
    "Oldest first."

    @property
    def unfed(self) -> tuple[Blind, ...]:
        """Controls no look of their kind ever reached."""
        return tuple(each for each in self.controls if not each.fed)

    @property
    def never(self) -> int:
        """How many assets no control has seen at all."""
        return sum(each.never for each in self.assets)


def unseen(assessor: Assessor, in_field: str = "") -> Unseen:
    """Tell what nobody has looked at, as of the assessor's moment."""
    grounds = assessor.judge.grounds
    asked = [each for each in grounds.controls.values() if each.check is not None]
    blinds = [
        blind
        for each in asked
        if (blind := _blind(assessor, grounds, each, in_field)).unseen or not blind.fed
    ]
    blinds = [each for each in blinds if each.population]
    return Unseen(
        as_of=assessor.as_of,
        controls=tuple(sorted(blinds, key=lambda each: (-len(each.unseen), each.control))),
        assets=tuple(_assets(blinds, _counted(grounds, asked, in_field))),
        silent=tuple(_silent(blinds, assessor.as_of)),
    )


def _blind(assessor: Assessor, grounds: Grounds, control: Control, in_field: str) -> Blind:
    ledger = grounds.ledger(control)
    members = ledger.members.of_field(in_field)
    looks = (look for asset in members for look in ledger.criterion.relevant(asset))
    newest = max((each.observation.observed_at for each in looks), default=None)
    return Blind(
        control=control.key,
        kind=control.check.observation if control.check is not None else "",
        unseen=tuple(sorted(unseen_of(assessor.judge, control, in_field))),
        population=len(members),
        newest=newest,
        fresh_days=grounds.fresh_days(control),
        fed=newest is not None,
    )


def _counted(grounds: Grounds, controls: Iterable[Control], in_field: str) -> Mapping[AssetId, int]:
    counted: Counter[AssetId] = Counter()
    for each in controls:
        counted.update(grounds.ledger(each).members.of_field(in_field))
    return counted


def _assets(blinds: Iterable[Blind], counted: Mapping[AssetId, int]) -> Iterator[UnseenAsset]:
    missing: dict[AssetId, list[str]] = {}
    for blind in blinds:
        for asset in blind.unseen:
            missing.setdefault(asset, []).append(blind.control)
    found = (
        UnseenAsset(
            asset=asset,
            controls=tuple(sorted(keys)),
            counted_by=counted[asset],
            never=len(keys) == counted[asset],
        )
        for asset, keys in missing.items()
    )
    yield from sorted(found, key=lambda each: (not each.never, -len(each.controls), each.asset))


def _silent(blinds: Iterable[Blind], as_of: datetime) -> Iterator[Silent]:
    by_kind: dict[str, list[Blind]] = {}
    for each in blinds:
        if each.newest is not None and (as_of - each.newest).days > each.fresh_days:
            by_kind.setdefault(each.kind, []).append(each)
    found = (
        Silent(
            kind=kind,
            newest=max(each.newest for each in group if each.newest is not None),
            fresh_days=max(each.fresh_days for each in group),
            controls=tuple(sorted(each.control for each in group)),
        )
        for kind, group in by_kind.items()
    )
    yield from sorted(found, key=lambda each: (each.newest, each.kind))
