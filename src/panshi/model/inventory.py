"""Two inventories over one population: what each misses, and what neither sees.

The set difference is itself a finding. From two independent inventories the size of the whole
can be estimated by capture and recapture, in Chapman's form (D. G. Chapman, 1951):
N = (n1 + 1)(n2 + 1) / (m + 1) - 1, with m items in both. Inventories that are fed by the same
scanner are not independent, the estimate is then too low, and the comparison says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.errors import UsageError
from panshi.model.asset import AssetId, AssetKind
from panshi.model.estate import Estate


class Caution(StrEnum):
    """Why the estimate deserves less trust, or none."""

    SAME_SOURCE = "same_source"
    "Both are fed by the same source: not independent, the estimate is too low."
    NO_OVERLAP = "no_overlap"
    "Nothing is in both: the estimate rests on no recapture at all."
    EMPTY = "empty"
    "One of them claims nothing: there is no estimate."


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryComparison:
    """What two inventories say of one kind of asset in one estate."""

    estate: str
    kind: AssetKind
    a: str
    b: str
    only_a: tuple[AssetId, ...]
    only_b: tuple[AssetId, ...]
    both: tuple[AssetId, ...]
    elsewhere: tuple[AssetId, ...]
    "In the estate by other inventories, or by none: real proof that both miss something."
    estimated_unseen: float | None
    "Chapman's estimate of what neither of the two has; None where one of them is empty."
    cautions: tuple[Caution, ...] = ()

    @property
    def known(self) -> int:
        """How many items at least one of the two has."""
        return len(self.only_a) + len(self.only_b) + len(self.both)

    @property
    def estimated_total(self) -> float | None:
        """Chapman's estimate of the whole population."""
        return None if self.estimated_unseen is None else self.known + self.estimated_unseen

    @property
    def agree(self) -> bool:
        """Whether both claim the same items."""
        return not self.only_a and not self.only_b


def compare(
    estate: Estate,
    kind: AssetKind,
    a: str,
    b: str,
    *,
    fed_by: Mapping[str, str] | None = None,
) -> InventoryComparison:
    """Compare inventories `a` and `b` over the assets of one kind.

    `fed_by` declares where inventories get their data from, for example
    `{"cmdb": "discovery-scan", "nac": "discovery-scan"}`.
    """
    if a == b:
        raise UsageError(
            f"inventory {a!r} compared with itself", remedy="name two different inventories"
        )
    only_a, only_b, both, elsewhere = [], [], [], []
    for asset in estate.by_kind.get(kind, ()):
        match a in asset.inventories, b in asset.inventories:
            case True, True:
                both.append(asset.id)
            case True, False:
                only_a.append(asset.id)
            case False, True:
                only_b.append(asset.id)
            case _:
                elsewhere.append(asset.id)
    empty = not (both or only_a) or not (both or only_b)
    return InventoryComparison(
        estate=estate.id,
        kind=kind,
        a=a,
        b=b,
        only_a=tuple(only_a),
        only_b=tuple(only_b),
        both=tuple(both),
        elsewhere=tuple(elsewhere),
        estimated_unseen=None if empty else unseen(len(only_a), len(only_b), len(both)),
        cautions=tuple(_cautions(a, b, fed_by or {}, empty=empty, overlap=bool(both))),
    )


def unseen(only_first: int, only_second: int, both: int) -> float:
    """Estimate what neither of two inventories has.

    Chapman's N less what is known, (n1 + 1)(n2 + 1)/(m + 1) - 1 - (n1 + n2 - m), is exactly
    (n1 - m)(n2 - m)/(m + 1): never negative, and zero as soon as one holds all of the other.
    """
    return only_first * only_second / (both + 1)


def inventories_of(estate: Estate, kind: AssetKind) -> tuple[str, ...]:
    """Give every inventory that claims an asset of the kind, sorted."""
    return tuple(sorted({i for asset in estate.by_kind.get(kind, ()) for i in asset.inventories}))


def _cautions(
    a: str, b: str, fed_by: Mapping[str, str], *, empty: bool, overlap: bool
) -> list[Caution]:
    found = []
    if fed_by.get(a, a) == fed_by.get(b, b):
        found.append(Caution.SAME_SOURCE)
    if empty:
        found.append(Caution.EMPTY)
    elif not overlap:
        found.append(Caution.NO_OVERLAP)
    return found
