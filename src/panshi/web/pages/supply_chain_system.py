"""One system: its findings with why, how each came in, and what its bills said over time."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import IntegrityError, MissingError
from panshi.node.supply_chain.components import name_of
from panshi.node.supply_chain.portfolio import findings, portfolio
from panshi.node.supply_chain.systems import SystemStanding, every_finding, standing
from panshi.node.supply_chain.ways import OpenedBill, changes, opened, ways_to
from panshi.protection.supply_chain.bom.difference import Kind, counts
from panshi.protection.supply_chain.findings.counting import BillState
from panshi.protection.supply_chain.findings.finding import (
    Finding,
    FindingFilters,
    Sort,
    Ssvc,
    State,
    Status,
)
from panshi.web.dependency_pictures import dependency_picture
from panshi.web.finding_rows import Rows
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.supply_chain_words import DECISIONS, SORTS, STATES
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
POORLY = 0.9
"Below this share of identified components a bill says so itself (blueprint, measure 8)."
CHANGES: dict[Kind, Pair] = {
    Kind.UP: ("升版", "up"),
    Kind.DOWN: ("降版", "down"),
    Kind.CHANGED: ("換版", "changed"),
    Kind.ADDED: ("新增", "added"),
    Kind.REMOVED: ("移除", "removed"),
    Kind.LICENCE: ("授權變更", "licence"),
}
URGENT = frozenset({Ssvc.ACT, Ssvc.ATTEND})


@action("supply_chain.view")
def system(request: HttpRequest, estate_id: str, system_id: str) -> HttpResponse:
    """Show what one system is made of and what is open in it."""
    look, asked = looking(request, estate_id), request.GET
    found = standing(node(), look.estate, system_id)
    if found is None:
        raise Http404(system_id)
    state = State(asked["state"]) if asked.get("state") in set(State) else State.OPEN
    sort = Sort(asked["sort"]) if asked.get("sort") in set(SORTS) else Sort.SSVC
    decision = asked.get("ssvc", "")
    filters = FindingFilters(
        systems=(found.system.id,),
        state=state,
        ssvc=(Ssvc(decision),) if decision in set(Ssvc) else (),
        text=asked.get("q", "").strip()[:100],
    )
    page = findings(
        node(), filters=filters, sort=sort, after=asked.get("after", ""), limit=PER_PAGE
    )
    open_here = FindingFilters(systems=(found.system.id,), state=State.OPEN)
    bill, open_findings = _opened(found), list(every_finding(node(), open_here))
    rows = Rows(request, look.estate)
    context = look.context | {
        "standing": found,
        "sentence": _sentence(found),
        "cautions": _cautions(found, bill),
        "page": page,
        "rows": [rows.row(each) for each in page.items],
        "following": page.next,
        "bills": _bills(found, asked.get("new", "")),
        "changes": _changes(found, asked.get("old", ""), asked.get("new", "")),
        "quality": bill.quality if bill else None,
        "states": [(each, pick(word)) for each, word in STATES.items()],
        "decisions": [(each, pick(word)) for each, (word, _) in DECISIONS.items()],
        "sorts": [(each, pick(word)) for each, word in SORTS.items()],
        "state": state,
        "sort": sort,
        "decision": decision,
        "q": asked.get("q", ""),
    }
    return render(
        request, "pages/supply_chain_system.html", context | _picture(bill, open_findings)
    )


def _opened(found: SystemStanding) -> OpenedBill | None:
    """Read the newest bill again; None where there is none, or its original is out of reach."""
    if found.bill is None:
        return None
    try:
        return opened(node(), found.bill.digest)
    except (MissingError, IntegrityError):
        return None


def _picture(bill: OpenedBill | None, found: list[Finding]) -> dict[str, object]:
    by_purl: dict[str, list[Finding]] = {}
    for each in found:
        by_purl.setdefault(each.purl, []).append(each)
    known = ways_to(bill, by_purl) if bill else ()
    tones = {way.steps[-1]: _tone(by_purl[way.purl]) for way in known}
    names = {each: bill.graph.name(each) for way in known for each in way.steps} if bill else {}
    table = [
        {
            "name": name_of(way.purl),
            "told": way.told,
            "steps": [names[each] or each for each in way.steps],
        }
        for way in known
    ]
    drawn = dependency_picture((way.steps for way in known), tones, names)
    return {"picture": drawn, "ways": table}


def _tone(found: list[Finding]) -> str:
    if any(each.ssvc in URGENT and each.status is not Status.UNKNOWN for each in found):
        return "urgent"
    if all(each.status is Status.UNKNOWN for each in found):
        return "unknown"
    return "open"


def _sentence(found: SystemStanding) -> str:
    if found.bill is None:
        return say(
            "從未收到這個系統的軟體物料清單；它由什麼組成、受什麼影響，一律未知。",
            "No bill of materials of this system has ever come; what it is made of is unknown.",
        )
    told = found.open
    if not told.total:
        words = say("沒有未結的發現", "Nothing is open")
    elif told.act:
        words = say(
            f"{told.act} 項發現須立即處理，最早的期限是 {told.due}",
            f"To be acted on at once: {told.act}; the first due date is {told.due}",
        )
    else:
        words = say(f"{told.total} 項未結發現，無須立即處理", f"Open: {told.total}, none at once")
    if told.overdue:
        words += say(f"，{told.overdue} 項逾期", f", {told.overdue} overdue")
    if told.unknown:
        words += say(f"；{told.unknown} 項無法判定", f"; {told.unknown} cannot be told")
    if found.state is BillState.STALE:
        words += say(
            f"；清單已 {found.age} 天，之後的變動未知",
            f"; the bill is {found.age} days old, what changed since is unknown",
        )
    return words + say("。", ".")


def _cautions(found: SystemStanding, read: OpenedBill | None) -> list[str]:
    """Say what this bill cannot tell."""
    bill = found.bill
    if bill is None:
        return []
    made = []
    if bill.problem:
        made.append(say(f"清單原件無法讀取：{bill.problem}", f"Its original: {bill.problem}"))
    if bill.identified_share < POORLY:
        share = f"{bill.identified_share:.0%}"
        made.append(
            say(
                f"只有 {share} 的元件可辨識，其餘無從比對。",
                f"Only {share} of its components can be identified; the others match nothing.",
            )
        )
    if bill.unreadable:
        made.append(
            say(
                f"{bill.unreadable} 個元件讀不懂，已略過並記錄。",
                f"Components left out because they cannot be read: {bill.unreadable}.",
            )
        )
    unjudged = sum(bill.unjudged.values())
    if unjudged:
        made.append(
            say(
                f"{unjudged} 個元件沒有任何情資來源可判定。",
                f"Components on which no feed says anything: {unjudged}.",
            )
        )
    if read and not read.relates:
        made.append(
            say("清單未說明元件之間的相依。", "The bill says nothing of who brings whom along.")
        )
    return made


def _bills(found: SystemStanding, shown: str) -> list[dict[str, object]]:
    """Give every version of the bill with the one before it, the newest first."""
    every = [each for each in portfolio(node()).documents(found.system.id) if not each.forgotten]
    made: list[dict[str, object]] = []
    for at, each in enumerate(every):
        before = next((one.digest for one in every[at + 1 :] if one.part == each.part), "")
        made.append({"bill": each, "before": before, "shown": each.digest == shown})
    return made


def _changes(found: SystemStanding, old: str, new: str) -> dict[str, object] | None:
    """Tell two bills of this system apart; None where none were asked for."""
    known = {each.digest for each in portfolio(node()).documents(found.system.id)}
    if not {old, new} <= known or not old:
        return None
    told = changes(node(), old, new)
    return {
        "old": old[:12],
        "new": new[:12],
        "counts": [(pick(CHANGES[kind]), count) for kind, count in counts(told.changes).items()],
        "unchanged": told.unchanged,
        "rows": [(each, pick(CHANGES[each.kind])) for each in told.changes],
    }


_HERE = "e/<str:estate_id>/supply-chain/system/"
urlpatterns = [path(f"{_HERE}<path:system_id>/", system, name="supply_chain_system")]
