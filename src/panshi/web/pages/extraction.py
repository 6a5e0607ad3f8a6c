"""情資擷取: paste a text, see what it says and why, accept or reject; take out what is internal.

A text that is pasted is read and forgotten; only a decision on a passage and a review are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.alliance.extraction.reading import TACTICS
from panshi.errors import BadInputError
from panshi.node.alliance.deidentification import (
    DeidentifiedAnswer,
    declared_names,
    preview,
    reviewed,
)
from panshi.node.alliance.extraction import ExtractAnswer, extracted, node_extractor
from panshi.node.alliance.own_examples import Decided, decide
from panshi.web.gate import action
from panshi.web.marked_text import Span, pieces
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

LONGEST = 200_000
"Characters pasted at once."
REASONS: dict[str, Pair] = {
    "id": ("文中寫明代號", "id written out"),
    "name": ("文中寫明名稱", "name written out"),
    "cue": ("慣用語", "phrase"),
    "model": ("與範例相似", "like examples"),
    "cue+model": ("慣用語且與範例相似", "phrase, and like examples"),
}
TACTIC_WORDS: dict[str, Pair] = dict(
    zip(
        TACTICS,
        (
            ("偵察", "Reconnaissance"),
            ("資源開發", "Resource development"),
            ("初始入侵", "Initial access"),
            ("執行", "Execution"),
            ("常駐", "Persistence"),
            ("提權", "Privilege escalation"),
            ("規避防禦", "Defence evasion"),
            ("憑證存取", "Credential access"),
            ("探索", "Discovery"),
            ("橫向移動", "Lateral movement"),
            ("蒐集", "Collection"),
            ("命令與控制", "Command and control"),
            ("外傳", "Exfiltration"),
            ("衝擊", "Impact"),
        ),
        strict=True,
    )
)
REACHES: dict[str, Pair] = {
    "customers": ("客戶", "Customers"),
    "records": ("資料筆數", "Records"),
    "accounts": ("帳號", "Accounts"),
    "hosts": ("主機", "Machines"),
    "institutions": ("機構", "Institutions"),
    "money": ("金額", "Money"),
    "data-volume": ("資料量（位元組）", "Data (bytes)"),
    "downtime": ("中斷（分鐘）", "Outage (minutes)"),
}
IDENTITIES: dict[str, Pair] = {
    "person": ("人員", "Person"),
    "national-id": ("身分證字號", "National id"),
    "phone": ("電話", "Phone"),
    "card": ("卡號", "Card"),
    "bank-account": ("存款帳號", "Bank account"),
    "account": ("使用者帳號", "Account"),
    "mail": ("電子郵件", "Mail"),
    "customer": ("客戶", "Customer"),
    "host": ("主機", "Host"),
    "internal-address": ("內部位址", "Internal address"),
    "organisation": ("機構", "Organisation"),
}
WHYS: dict[str, Pair] = {
    "checksum": ("檢查碼相符", "checksum fits"),
    "title": ("稱謂", "stands with a title"),
    "role": ("欄位或職稱", "stands with a role"),
    "form": ("格式", "its form"),
    "said": ("文中指明", "the text says so"),
    "declared": ("內部名稱清單", "declared or in the estate"),
    "internal": ("內部位址或網域", "internal address or domain"),
    "again": ("再次出現", "stands again"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One technique as it is shown."""

    id: str
    name: str
    score: float
    percent: int
    reason: str
    found_by: str
    text: str
    tactics: str


@action("extraction.view", audited=False)
def show(request: HttpRequest) -> HttpResponse:
    """Show what a pasted text says."""
    text = _text(request)
    extractor = node_extractor(node().home.path)
    context: dict[str, object] = {"text": text, "model": extractor.techniques.model is not None}
    if extractor.techniques.model is not None:
        context["about"] = extractor.techniques.model.about
    if text:
        found = extracted(extractor, text, declared=declared_names(node()))
        context |= _found(text, found)
    return render(request, "pages/extraction.html", context)


@require_POST
@action("extraction.decide", audited=False)
def decided(request: HttpRequest) -> HttpResponse:
    """Seal that a passage shows a technique, or does not."""
    asked = request.POST
    try:
        score = float(asked.get("score", "0")[:10])
    except ValueError as error:
        raise BadInputError(say("分數須為數字", "a score is a number")) from error
    decided = Decided(
        technique=asked.get("technique", ""),
        accepted=asked.get("decision") == "accept",
        passage=asked.get("passage", ""),
        score=min(max(score, 0.0), 1.0),
        found_by=asked.get("found_by", "analyst"),
    )
    decide(node(), decided, actor=request.user.get_username())
    word = say("採納", "accepted") if decided.accepted else say("不採納", "rejected")
    messages.success(
        request,
        say(
            "已記錄 {}：{}；下次學習時納入。", "Sealed {} as {}; the next learning takes it in."
        ).format(decided.technique, word),
    )
    return redirect("extraction")


@action("extraction.view", audited=False)
def deidentify(request: HttpRequest) -> HttpResponse:
    """Show what would be replaced in a pasted text."""
    text = _text(request)
    context: dict[str, object] = {"text": text}
    if text:
        kept = tuple(request.POST.getlist("keep"))
        done = preview(node(), text, keep=kept)
        context |= _replaced(text, done) | {"kept": kept, "done": done}
    return render(request, "pages/deidentification.html", context)


@require_POST
@action("deidentification.review", audited=False)
def share(request: HttpRequest) -> HttpResponse:
    """Seal that a person looked, and show the text that may be shared."""
    text = _text(request)
    done = reviewed(
        node(),
        text,
        keep=tuple(request.POST.getlist("keep")),
        purpose=request.POST.get("purpose", ""),
        actor=request.user.get_username(),
    )
    return render(request, "pages/deidentification.html", _replaced(text, done) | {"shared": done})


def _text(request: HttpRequest) -> str:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise BadInputError(
            say("文字超過 {:,} 字", "the text is longer than {:,} characters").format(LONGEST),
            remedy=say("請分段貼上", "paste it in parts"),
        )
    return text


def _found(text: str, found: ExtractAnswer) -> dict[str, object]:
    lines = tuple(_lines(found))
    return {
        "found": found,
        "lines": lines,
        "distinct": len({each.id for each in lines}),
        "pieces": pieces(text, _spans(found)),
        "stages": [
            (pick(TACTIC_WORDS[each.tactic]), ", ".join(each.techniques))
            for each in found.kill_chain
        ],
        "reach": [
            (pick(REACHES[each.reach]), each.count, each.unit, each.text) for each in found.impact
        ],
        "things": [*found.indicators, *found.vulnerabilities, *found.artefacts],
    }


def _lines(found: ExtractAnswer) -> Iterator[Line]:
    for each in sorted(found.techniques, key=lambda hit: (-hit.score, hit.start)):
        yield Line(
            id=each.id,
            name=each.name,
            score=each.score,
            percent=int(each.score * 100),
            reason=pick(REASONS[each.reason]),
            found_by=each.reason,
            text=each.text,
            tactics=say("、", ", ").join(
                pick(TACTIC_WORDS[name]) for name in each.tactics if name in TACTIC_WORDS
            ),
        )


def _spans(found: ExtractAnswer) -> Iterator[Span]:
    things = (*found.indicators, *found.artefacts, *found.vulnerabilities)
    for each in found.techniques:
        if any(
            one.start < each.end < one.end or one.start < each.start < one.end for one in things
        ):
            continue  # it ends within an indicator, which is the clearer mark
        yield Span(
            start=each.start, end=each.end, kind="technique", says=f"{each.id} {each.name}".strip()
        )
    for one in (*found.indicators, *found.artefacts):
        yield Span(start=one.start, end=one.end, kind="indicator", says=f"{one.kind} {one.value}")
    for one in found.vulnerabilities:
        yield Span(start=one.start, end=one.end, kind="cve", says=one.value)


def _replaced(text: str, done: DeidentifiedAnswer) -> dict[str, object]:
    places: dict[tuple[str, str], int] = {}
    for each in done.replaced:
        places[each.original, each.stand_in] = places.get((each.original, each.stand_in), 0) + 1
    first = {(each.original, each.stand_in): each for each in reversed(done.replaced)}
    return {
        "text": text,
        "rows": [
            {
                "original": original,
                "stand_in": stand_in,
                "kind": pick(IDENTITIES[first[original, stand_in].kind]),
                "why": pick(WHYS[first[original, stand_in].why]),
                "count": count,
            }
            for (original, stand_in), count in places.items()
        ],
        "diff": tuple(_diff(text, done.text)),
        "count": len(done.replaced),
    }


def _diff(before: str, after: str) -> Iterable[tuple[str, str]]:
    """Give the lines of both texts, those that changed one below the other."""
    for old, new in zip(before.split("\n"), after.split("\n"), strict=False):
        if old == new:
            yield "same", old
        else:
            yield "del", old
            yield "ins", new


urlpatterns = [
    path("extraction/", show, name="extraction"),
    path("extraction/decide/", decided, name="extraction_decide"),
    path("deidentification/", deidentify, name="deidentification"),
    path("deidentification/share/", share, name="deidentification_share"),
]
