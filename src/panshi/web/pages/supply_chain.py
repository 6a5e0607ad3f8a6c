"""The software supply chain at a glance: every system, its bill, and what is open in it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.model.asset import Asset, AssetKind
from panshi.node.supply_chain.feeds import feed_ages
from panshi.node.supply_chain.systems import SystemStanding, standings
from panshi.protection.supply_chain.findings.counting import BillState, Open
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.supply_chain_words import BILL_STATES
from panshi.web.words import Pair, many, pick, say

PER_PAGE = 50
STALE_SHOWN = 3
OPEN_KINDS: dict[str, Pair] = {
    "act": ("有立即處理", "something to act on"),
    "exploited": ("有已遭利用", "something exploited"),
    "unknown": ("有無法判定", "something that cannot be told"),
    "overdue": ("有逾期", "something overdue"),
    "none": ("無未結發現", "nothing open"),
}


@action("supply_chain.view")
def portfolio(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer in a sentence how many systems can be judged and what is to be done; then each."""
    look = looking(request, estate_id)
    every = standings(node(), look.estate)
    asked = request.GET
    chosen = {name: asked.get(name, "") for name in ("q", "bill", "open", "service")}
    fitting = [each for each in every if _fits(each, chosen)]
    rows, following = page_after(
        fitting, asked.get("after", ""), PER_PAGE, lambda each: each.system.id
    )
    open_all = Open.together([each.open for each in every])
    counts = {each: sum(one.state is each for one in every) for each in BillState}
    context = look.context | {
        "sentence": _sentence(every, open_all, counts[BillState.NEVER]),
        "feeds": _feeds(),
        "rows": rows,
        "following": following,
        "fitting": len(fitting),
        "filtered": any(chosen.values()),
        "q": chosen["q"],
        "bill": chosen["bill"],
        "wanted_open": chosen["open"],
        "service": chosen["service"],
        "total": len(every),
        "fresh": counts[BillState.FRESH],
        "stale": counts[BillState.STALE],
        "never": counts[BillState.NEVER],
        "open": open_all,
        "bill_states": [(each, pick(word)) for each, (word, _) in BILL_STATES.items()],
        "open_kinds": [(name, pick(word)) for name, word in OPEN_KINDS.items()],
        "services": look.estate.by_kind.get(AssetKind.SERVICE, ()),
    }
    return render(request, "pages/supply_chain.html", context)


def _sentence(every: Sequence[SystemStanding], open_all: Open, never: int) -> str:
    if not any(each.bill for each in every):
        return say(
            "還沒有任何軟體物料清單；系統由什麼組成、受什麼影響，一律未知。",
            "No bill of materials has come yet; what systems are made of is unknown.",
        )
    services = {one.id for each in every if each.open.act for one in critical(each)}
    systems = sum(bool(each.open.act) for each in every)
    if systems:
        told = say(
            f"{systems} 個系統有須立即處理的弱點，影響 {len(services)} 項關鍵服務",
            f"{many(systems, 'system')} with something to act on at once, below "
            f"{many(len(services), 'critical service')}",
        )
    else:
        told = say("沒有須立即處理的弱點", "Nothing has to be acted on at once")
    if open_all.overdue:
        told += say(
            f"，{open_all.overdue} 項發現已逾期",
            f", {many(open_all.overdue, 'finding')} overdue",
        )
    gaps = []
    if never:
        gaps.append(
            say(f"{never} 個系統從未交付清單", f"{many(never, 'system')} never sent a bill")
        )
    if open_all.unknown:
        gaps.append(
            say(
                f"{open_all.unknown} 項發現無法判定",
                f"{many(open_all.unknown, 'finding')} cannot be told",
            )
        )
    more = say("；", "; ") + say("，", " and ").join(gaps) if gaps else ""
    return told + more + say("。", ".")


def _feeds() -> str:
    """Say how old what the page rests on is: no feeds, or stale ones, mean findings not known."""
    ages = feed_ages(node())
    if not ages:
        return say(
            "尚未匯入任何情資，因此不會有發現。", "No feed was ever imported, so nothing is found."
        )
    stale = [each for each in ages if each.stale]
    if not stale:
        return say(
            f"{len(ages)} 個情資來源皆在時效內。", f"All {len(ages)} feeds are within their limits."
        )
    words = say("；", "; ").join(say(each.zh, each.en) for each in stale[:STALE_SHOWN])
    return say(f"情資逾時：{words}。", f"Stale feeds: {words}.")


def critical(each: SystemStanding) -> list[Asset]:
    """Give the critical services that rest on a system."""
    return [one for one in each.services if one.attributes.get("critical") is True]


def _fits(each: SystemStanding, chosen: dict[str, str]) -> bool:
    told = each.open
    matters = {
        "": True,
        "act": told.act > 0,
        "exploited": told.exploited > 0,
        "unknown": told.unknown > 0,
        "overdue": told.overdue > 0,
        "none": told.total == 0,
    }
    named = f"{each.system.id} {each.system.name} " + " ".join(one.name for one in each.suppliers)
    return (
        matters.get(chosen["open"], True)
        and chosen["bill"] in {"", each.state}
        and (not chosen["service"] or chosen["service"] in {one.id for one in each.services})
        and chosen["q"].strip().lower() in named.lower()
    )


urlpatterns = [path("e/<str:estate_id>/supply-chain/", portfolio, name="supply_chain")]
