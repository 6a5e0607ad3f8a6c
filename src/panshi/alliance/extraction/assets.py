"""What of the institution's own a text speaks of: addresses, host names, systems known by name.

Names of systems come from content (`content/extraction/assets.yaml`) and from the estate, if given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.alliance.extraction.cues import Term
from panshi.alliance.extraction.deidentification.finding import Declared, Identity, identifying
from panshi.alliance.extraction.indicators import Indicator


class AssetKind(StrEnum):
    """What kind of asset."""

    HOST = "host"
    ADDRESS = "address"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Asset:
    """One asset and the span of text that names it."""

    start: int
    end: int
    kind: AssetKind
    text: str
    name: str
    "Host name or address as written; of a system the word content has for it."


_KINDS = {Identity.HOST: AssetKind.HOST, Identity.ADDRESS: AssetKind.ADDRESS}


def assets(
    text: str,
    systems: Mapping[str, tuple[str, ...]],
    indicators: Iterable[Indicator],
    declared: Declared,
) -> tuple[Asset, ...]:
    """Find every asset named, in the order of the text; the first name at a place counts."""
    found = [
        Asset(
            start=each.start, end=each.end, kind=_KINDS[each.kind], text=each.text, name=each.text
        )
        for each in identifying(text, Declared(hosts=declared.hosts), indicators)
        if each.kind in _KINDS
    ]
    found += _systems(text, systems)
    kept: list[Asset] = []
    for each in sorted(found, key=lambda asset: (asset.start, -asset.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


def _systems(text: str, systems: Mapping[str, tuple[str, ...]]) -> Iterator[Asset]:
    low = text.lower()
    for name, ways in systems.items():
        for way in ways:
            for start, end in Term(text=way.lower()).places(low):
                yield Asset(
                    start=start, end=end, kind=AssetKind.SYSTEM, text=text[start:end], name=name
                )
