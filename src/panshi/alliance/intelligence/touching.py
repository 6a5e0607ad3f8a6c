"""Where intelligence meets the own estate: suppliers, products, vulnerabilities, own addresses.

Names of suppliers and products are compared folded, without the words of their legal form; an own
address or name that somebody else watches is the most urgent of all. Each meeting says which value
met what of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.alliance.intelligence.features import folded
from panshi.alliance.intelligence.watchlist import Scan, Watchlist
from panshi.model.alliance.ticket import Observable
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate

_FORMS = re.compile(
    r"(股份有限公司|有限公司|公司|,|\.|\b(?:co|ltd|inc|corp|corporation|company|limited|llc|gmbh|ag"
    r"|plc|sa|bv|kk)\b)"
)
_FACING = (
    AssetKind.HOST,
    AssetKind.ENDPOINT,
    AssetKind.DEVICE,
    AssetKind.API,
    AssetKind.MOBILE_APP,
    AssetKind.SOCIAL_ACCOUNT,
    AssetKind.IOT_DEVICE,
)


class Meeting(StrEnum):
    """How something of ours is touched, the most urgent first."""

    OURS = "ours"
    "An address or name of our own is watched."
    VULNERABILITY = "vulnerability"
    SUPPLIER = "supplier"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One value met something of ours."""

    meeting: Meeting
    values: tuple[Observable, ...]
    assets: tuple[AssetId, ...]
    word: str
    "What of ours it met."


def plain(name: str) -> str:
    """Give a company's or product's name as it is compared."""
    return folded(_FORMS.sub(" ", folded(name))) or folded(name)


def own_addresses(estate: Estate, watchlist: Watchlist) -> Iterable[Met]:
    """Yield our own addresses and names that somebody watches."""
    assets = [each for kind in _FACING for each in estate.by_kind.get(kind, ())]
    lines = "\n".join(_line(each) for each in assets).encode("utf-8", "replace")
    for hit in Scan(watchlist).block(0, lines):
        yield Met(
            meeting=Meeting.OURS,
            values=hit.watched.values,
            assets=(assets[hit.line].id,),
            word=", ".join(hit.words),
        )


def named_ones(estate: Estate, wanted: Iterable[Observable]) -> Iterable[Met]:
    """Yield our suppliers and products that intelligence names."""
    suppliers = _by_name(estate.by_kind.get(AssetKind.SUPPLIER, ()))
    products = _by_name(estate.by_kind.get(AssetKind.SOFTWARE, ()))
    for each in wanted:
        for kind, meeting, ours in (
            ("supplier", Meeting.SUPPLIER, suppliers),
            ("product", Meeting.PRODUCT, products),
        ):
            found = ours.get(plain(each.value), ()) if each.kind == kind else ()
            if found:
                yield Met(
                    meeting=meeting,
                    values=(each,),
                    assets=tuple(one.id for one in found),
                    word=found[0].name,
                )


def open_ones(systems: Mapping[str, Iterable[str]], wanted: Iterable[Observable]) -> Iterable[Met]:
    """Yield vulnerabilities that are open here; `systems` gives by name those they are open in."""
    for each in wanted:
        found = tuple(AssetId(one) for one in systems.get(each.value, ()))
        if each.kind == "cve" and found:
            yield Met(meeting=Meeting.VULNERABILITY, values=(each,), assets=found, word=each.value)


def _by_name(assets: Iterable[Asset]) -> Mapping[str, tuple[Asset, ...]]:
    found: dict[str, tuple[Asset, ...]] = {}
    for each in assets:
        words = (each.name, *(one.partition(":")[2] for one in each.identifiers))
        for name in dict.fromkeys(plain(one) for one in words if one):
            if name:
                found[name] = (*found.get(name, ()), each)
    return found


def _line(asset: Asset) -> str:
    texts = [one.partition(":")[2] for one in asset.identifiers]
    for value in asset.attributes.values():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, tuple):
            texts += value
    return " ".join((asset.name, *texts)).replace("\n", " ")
