"""What nobody has looked at: assets by name, kinds of look gone silent, controls nothing feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.governance.unseen import Blind, Silent, Unseen, UnseenAsset
from panshi.model.asset import Asset, AssetKind
from panshi.model.control import Control
from panshi.node.unseen import observers_of, unseen
from panshi.web.exporting import csv_lines
from panshi.web.gate import action
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.paging import page_after

PER_PAGE = 50
LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One asset nobody saw."""

    asset: Asset | None
    found: UnseenAsset
    controls: tuple[Control, ...]
    "The first of those that miss it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """One control and who could look for it."""

    control: Control
    blind: Blind
    observers: tuple[str, ...]


@action("verdict.view")
def show(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Name what nobody has looked at."""
    look = looking(request, estate_id)
    found = unseen(node(), estate_id, look.field)
    rows = list(_asked(request, look, found))
    shown, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda each: each.asset
    )
    context = look.context | {
        "found": found,
        "never": found.never,
        "rows": [_row(look, each) for each in shown],
        "count": len(rows),
        "following": following,
        "kinds": tuple(look.estate.by_kind),
        "only_never": request.GET.get("seen", "never") == "never",
        "unfed": [_fed(each) for each in found.unfed[:LISTED]],
        "unfed_count": len(found.unfed),
        "silent": [(each, _observers(each)) for each in found.silent],
        "most": [_fed(each) for each in found.controls if each.fed][:LISTED],
    }
    return render(request, "pages/unseen.html", context)


@action("verdict.view")
def export(request: HttpRequest, estate_id: str) -> StreamingHttpResponse:
    """Give the filtered assets as CSV."""
    look = looking(request, estate_id)
    found = unseen(node(), estate_id, look.field)
    known = look.estate.by_id
    return csv_lines(
        "panshi-unseen.csv",
        ("asset", "name", "missed_by", "counted_by", "controls"),
        (
            (
                each.asset,
                known[each.asset].name if each.asset in known else "",
                len(each.controls),
                each.counted_by,
                " ".join(each.controls),
            )
            for each in _asked(request, look, found)
        ),
    )


def _asked(request: HttpRequest, look: Looking, found: Unseen) -> Iterator[UnseenAsset]:
    """Yield the assets an address asks for."""
    text = request.GET.get("q", "").strip().casefold()
    only_never = request.GET.get("seen", "never") == "never"
    yield from _fitting(look, found, request.GET.get("kind", ""), text, only_never=only_never)


def _fitting(
    look: Looking, found: Unseen, kind: str, text: str, *, only_never: bool
) -> Iterator[UnseenAsset]:
    known = look.estate.by_id
    wanted = AssetKind(kind) if kind in set(AssetKind) else None
    for each in found.assets:
        asset = known.get(each.asset)
        if only_never and not each.never:
            continue
        if wanted is not None and (asset is None or asset.kind is not wanted):
            continue
        name = asset.name.casefold() if asset else ""
        if text and text not in each.asset.casefold() and text not in name:
            continue
        yield each


def _row(look: Looking, each: UnseenAsset) -> Row:
    return Row(
        asset=look.estate.by_id.get(each.asset),
        found=each,
        controls=tuple(node().library.control(key) for key in each.controls[:3]),
    )


def _fed(blind: Blind) -> Fed:
    return Fed(
        control=node().library.control(blind.control),
        blind=blind,
        observers=observers_of(node(), blind.kind),
    )


def _observers(silent: Silent) -> tuple[str, ...]:
    return observers_of(node(), silent.kind)


urlpatterns = [
    path("e/<str:estate_id>/unseen/", show, name="unseen"),
    path("e/<str:estate_id>/unseen/export/", export, name="unseen_export"),
]
