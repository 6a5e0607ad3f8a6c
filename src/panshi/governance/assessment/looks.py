"""The index of looks: the newest conclusive and inconclusive one per kind, asset and facet.

Newer means observed later; of two observed at the same instant the one sealed later. A look that
was not conclusive never replaces a conclusive one, however new it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from panshi.model.asset import AssetId
from panshi.model.observation import Sealed

type LooksOfKind = Mapping[AssetId, tuple[Sealed, ...]]

_NONE: LooksOfKind = MappingProxyType({})


def is_newer(first: Sealed, second: Sealed) -> bool:
    """Whether the first of two sealed observations is the newer one."""
    one, other = first.observation.observed_at, second.observation.observed_at
    return one > other or (one == other and first.position > second.position)


class Looks:
    """Newest looks of the kinds that some check asks for."""

    __slots__ = ("_conclusive", "_inconclusive")

    def __init__(self, kinds: Collection[str]) -> None:
        self._conclusive: dict[str, dict[AssetId, tuple[Sealed, ...]]] = {
            kind: {} for kind in kinds
        }
        self._inconclusive: dict[str, dict[AssetId, tuple[Sealed, ...]]] = {
            kind: {} for kind in kinds
        }

    def add(self, sealed: Sealed, asset: AssetId) -> bool:
        """Take a look in; say whether a conclusive look was added or replaced."""
        seen = sealed.observation
        conclusive = seen.outcome.conclusive
        index = (self._conclusive if conclusive else self._inconclusive).get(seen.kind)
        if index is None:
            return False
        known = index.get(asset)
        if known is None:
            index[asset] = (sealed,)
            return conclusive
        for at, other in enumerate(known):
            if other.observation.facet == seen.facet:
                if not is_newer(sealed, other):
                    return False
                index[asset] = (*known[:at], sealed, *known[at + 1 :])
                return conclusive
        index[asset] = tuple(sorted((*known, sealed), key=_facet))
        return conclusive

    def of(self, kind: str) -> LooksOfKind:
        """Give the newest conclusive looks of a kind, one per facet, by asset."""
        return self._conclusive.get(kind, _NONE)

    def failed(self, kind: str, asset: AssetId) -> Sealed | None:
        """Give the newest look that was not conclusive and that no conclusive one followed."""
        failed: Sealed | None = None
        for look in self._inconclusive.get(kind, _NONE).get(asset, ()):
            if failed is None or is_newer(look, failed):
                failed = look
        if failed is None:
            return None
        conclusive = self.of(kind).get(asset, ())
        return failed if all(is_newer(failed, look) for look in conclusive) else None


def _facet(sealed: Sealed) -> str:
    return sealed.observation.facet
