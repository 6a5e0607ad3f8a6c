"""Suppliers by what they deliver, one supplier, and where a component is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.supply_chain.components import Whereabouts, names, where
from panshi.node.supply_chain.suppliers import (
    SupplierStanding,
    critical_services,
    supplier_standings,
)
from panshi.node.supply_chain.systems import standings
from panshi.protection.supply_chain.findings.counting import BillState
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import many, say

PER_PAGE = 50
SYSTEMS_SHOWN = 6
PARTS_SHOWN = 3
OWN_PARTS = 20
LONGEST = 200


@action("supply_chain.view")
def suppliers(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show suppliers, whoever most rests on first; or those that ship a component."""
    look, asked = looking(request, estate_id), request.GET
    systems = standings(node(), look.estate)
    every = supplier_standings(systems, look.estate)
    ships = asked.get("ships", "").strip()[:LONGEST]
    shipped: dict[str, set[str]] = {}
    for each in where(node(), systems, ships):
        for supplier in each.suppliers:
            shipped.setdefault(supplier.id, set()).add(each.name)
    wanted, tier = asked.get("q", "").strip().lower(), asked.get("tier", "")
    fitting = [
        each
        for each in every
        if wanted in f"{each.supplier.id} {each.supplier.name}".lower()
        and tier in {"", str(each.tier)}
        and (not ships or each.supplier.id in shipped)
    ]
    rows, following = page_after(
        fitting, asked.get("after", ""), PER_PAGE, lambda each: each.supplier.id
    )
    context = look.context | {
        "sentence": _sentence(every),
        "rows": [
            {
                "it": each,
                "contains": sorted(shipped.get(each.supplier.id, ()))[:PARTS_SHOWN],
            }
            for each in rows
        ],
        "following": following,
        "fitting": len(fitting),
        "critical": critical_services(look.estate),
        "q": asked.get("q", ""),
        "tier": tier,
        "tiers": sorted({str(each.tier) for each in every if each.tier}),
        "ships": ships,
    }
    return render(request, "pages/supply_chain_suppliers.html", context)


def _sentence(every: tuple[SupplierStanding, ...]) -> str:
    if not every:
        return say("資產清冊沒有記載任何供應關係。", "The estate names no supplier of any system.")
    first = every[0]
    silent = sum(each.never == len(each.systems) for each in every)
    systems = len({one.system.id for each in every for one in each.systems})
    told = say(
        f"{len(every)} 家供應商交付 {systems} 個系統；",
        f"{many(len(every), 'supplier')} of {many(systems, 'system')}; ",
    )
    told += say(
        f"{first.supplier.name}的系統支撐 {first.critical} 項關鍵服務",
        f"{many(first.critical, 'critical service')} on systems of {first.supplier.name}",
    )
    if silent:
        told += say(f"；{silent} 家從未交付清單", f"; suppliers that never sent a bill: {silent}")
    return told + say("。", ".")


@action("supply_chain.view")
def supplier(request: HttpRequest, estate_id: str, supplier_id: str) -> HttpResponse:
    """Show one supplier: its systems, how they stand, and what comes with nobody else."""
    look = looking(request, estate_id)
    systems = standings(node(), look.estate)
    every = supplier_standings(systems, look.estate)
    found = next((each for each in every if each.supplier.id == supplier_id), None)
    if found is None:
        raise Http404(supplier_id)
    rows, following = page_after(
        found.systems, request.GET.get("after", ""), PER_PAGE, lambda each: each.system.id
    )
    mine = {str(each.system.id) for each in found.systems}
    context = look.context | {
        "it": found,
        "sentence": _one_sentence(found),
        "rows": rows,
        "following": following,
        "only": _only(where(node(), systems, "pkg:"), mine),
    }
    return render(request, "pages/supply_chain_supplier.html", context)


def _only(every: tuple[Whereabouts, ...], mine: set[str]) -> list[dict[str, object]]:
    """Give parts that are in several systems, all of them this supplier's."""
    elsewhere = {
        each.name for each in every if any(one.system.id not in mine for one in each.systems)
    }
    counts = names(each for each in every if each.name not in elsewhere)
    return [
        {"name": name, "systems": count}
        for name, count in counts.most_common(OWN_PARTS)
        if count > 1
    ]


def _one_sentence(found: SupplierStanding) -> str:
    told = say(
        f"交付 {len(found.systems)} 個系統，支撐 {found.critical} 項關鍵服務；"
        f"{found.fresh} 份清單有效，{found.never} 個系統從未交付",
        f"It delivers {many(len(found.systems), 'system')} below "
        f"{many(found.critical, 'critical service')}; "
        f"bills that are fresh: {found.fresh}, never sent: {found.never}",
    )
    if found.open.act:
        told += say(
            f"；{found.open.act} 項發現須立即處理", f"; to be acted on at once: {found.open.act}"
        )
    return told + say("。", ".")


@action("supply_chain.view")
def search(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer where a component is, across the whole portfolio."""
    look, asked = looking(request, estate_id), request.GET
    systems = standings(node(), look.estate)
    wanted = asked.get("q", "").strip()[:LONGEST]
    found = where(node(), systems, wanted)
    shown, following = page_after(found, asked.get("after", ""), PER_PAGE, lambda each: each.purl)
    context = look.context | {
        "sentence": _found_sentence(found, wanted),
        "q": wanted,
        "rows": [_whereabouts(each) for each in shown],
        "following": following,
        "fitting": len(found),
        "never": sum(each.state is BillState.NEVER for each in systems),
    }
    return render(request, "pages/supply_chain_search.html", context)


def _whereabouts(each: Whereabouts) -> dict[str, object]:
    systems = [one.system for one in each.systems]
    return {
        "name": each.name,
        "version": each.version,
        "systems": systems,
        "some": systems[:SYSTEMS_SHOWN],
        "more": systems[SYSTEMS_SHOWN:],
        "suppliers": [one.name for one in each.suppliers[:PARTS_SHOWN]],
    }


def _found_sentence(found: tuple[Whereabouts, ...], wanted: str) -> str:
    if not wanted:
        return say(
            "輸入元件名稱，即知它在哪些系統、哪個版本、隨哪家供應商而來。",
            "Name a component to learn which systems have it, in which version, with which "
            "supplier.",
        )
    systems = {one.system.id for each in found for one in each.systems}
    from_whom = {one.id for each in found for one in each.suppliers}
    versions = len({(each.name, each.version) for each in found})
    return say(
        f"「{wanted}」在 {len(systems)} 個系統，{versions} 個版本，"
        f"涉及 {len(from_whom)} 家供應商。",
        f"{wanted} is in {many(len(systems), 'system')}, in {many(versions, 'version')}, with "
        f"{many(len(from_whom), 'supplier')}.",
    )


_HERE = "e/<str:estate_id>/supply-chain/"
urlpatterns = [
    path(f"{_HERE}suppliers/", suppliers, name="supply_chain_suppliers"),
    path(f"{_HERE}suppliers/<path:supplier_id>/", supplier, name="supply_chain_supplier"),
    path(f"{_HERE}find/", search, name="supply_chain_search"),
]
