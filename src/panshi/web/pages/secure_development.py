"""How software is made: systems by practices, one system over its releases, trusted build keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.model.asset import Asset
from panshi.node.secure_development.answers import overview_answer, shown_answer
from panshi.node.secure_development.catalogue import shipped
from panshi.node.secure_development.judging import (
    Overview,
    Subject,
    overview,
    seal_pipelines,
    system_shown,
    trust_of,
)
from panshi.node.secure_development.trust import TrustDesk
from panshi.protection.secure_development.catalogue import PracticeFile
from panshi.protection.secure_development.envelope import LONGEST_KEY
from panshi.protection.secure_development.facts import FactState
from panshi.protection.secure_development.judging import GroupFinding, ItemFinding, ItemState
from panshi.protection.secure_development.provenance import State
from panshi.protection.secure_development.trust import TrustedKey, TrustState
from panshi.report.secure_development_words import (
    fact_state_word,
    item_state_word,
    overview_words,
    state_words,
    system_words,
    trust_state_word,
)
from panshi.web.bars import Bar, Tone
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.refusing import tried
from panshi.web.words import chinese, say

PER_PAGE = 40
GAPS_SHOWN = 6
LONGEST = 2000
_MARKS = {
    ItemState.SHOWN: "met",
    ItemState.PARTLY: "",
    ItemState.FAILING: "not_met",
    ItemState.ATTESTED: "attested",
    ItemState.UNKNOWN: "unknown",
}
_FACT_MARKS = {
    FactState.SHOWN: "met",
    FactState.FAILING: "not_met",
    FactState.UNKNOWN: "unknown",
}
_TRUST_MARKS = {
    TrustState.TRUSTED: "met",
    TrustState.PROPOSED: "unknown",
    TrustState.REVOKED: "not_met",
}
_PROOF_MARKS = {State.VERIFIED: "met", State.UNCHECKED: "unknown", State.UNTRUSTED: "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A state as a colour, a shape and a word."""

    tone: str
    shape: str
    word: str
    name: str = ""
    "What it is the state of."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One system in the matrix."""

    it: Subject
    bar: Bar
    cells: tuple[Mark, ...]


@action("supply_chain.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show systems by practices."""
    look = looking(request, estate_id)
    found = overview(node(), estate_id)
    frame = "samm" if request.GET.get("by") == "samm" else "ssdf"
    file = shipped().samm if frame == "samm" else shipped().ssdf
    unknown_too = bool(request.GET.get("all"))
    supplier = request.GET.get("supplier", "")
    text = request.GET.get("q", "").strip().casefold()[:LONGEST]
    fitting = [
        each
        for each in found.subjects
        if (unknown_too or each.known)
        and (not supplier or any(one.id == supplier for one in each.suppliers))
        and text in f"{each.asset.id} {each.asset.name}".casefold()
    ]
    fitting.sort(key=lambda each: (not each.known, each.asset.id))
    rows, following = page_after(
        fitting, request.GET.get("after", ""), PER_PAGE, lambda each: each.asset.id
    )
    context = look.context | {
        "sentence": overview_words(overview_answer(found), chinese=chinese()),
        "rows": [_row(each, file, frame) for each in rows],
        "groups": file.groups,
        "by": frame,
        "following": following,
        "fitting": len(fitting),
        "suppliers": _suppliers(found),
        "supplier": supplier,
        "q": request.GET.get("q", ""),
        "unknown_too": unknown_too,
        "legend": [_mark(each) for each in ItemState],
        "may_seal": may(request, "secure_development.seal"),
    }
    return render(request, "pages/secure_development.html", context)


@action("supply_chain.view")
def system(request: HttpRequest, estate_id: str, asset_id: str) -> HttpResponse:
    """Show one system over its releases."""
    look = looking(request, estate_id)
    subject = system_shown(node(), asset_id, estate_id)
    answer, zh = shown_answer(node(), subject), chinese()
    newest = subject.found.newest
    facts = shipped().facts
    context = look.context | {
        "subject": subject,
        "sentence": system_words(answer, chinese=zh),
        "releases": [
            {"it": each, "bar": _bar(each.ssdf.evidenced, each.ssdf.possible), "asvs": each.asvs}
            for each in reversed(subject.found.releases)
        ],
        "newest": newest,
        "statements": [
            {"it": each, "mark": _proof(each.judged.state)} for each in newest.statements
        ],
        "facts": [
            {"it": each, "mark": _fact(each.state), "title": _words(facts[each.fact])}
            for each in newest.facts.values()
        ],
        "frames": [
            {"name": file.framework.upper(), "groups": _grouped(file, frame.items, frame.groups)}
            for file, frame in ((shipped().ssdf, newest.ssdf), (shipped().samm, newest.samm))
        ],
        "chapters": [
            {"id": each.id, "title": _words(each), "passed": row[1], "failed": row[2], "of": row[3]}
            for each, row in zip(shipped().asvs.chapters, newest.asvs.chapters, strict=True)
        ],
        "gaps": [
            {"title": _words(facts[gap.fact]), "get": _words(facts[gap.fact].get), "it": gap}
            for gap in subject.found.gaps[:GAPS_SHOWN]
        ],
    }
    return render(request, "pages/secure_development_system.html", context)


@action("supply_chain.view")
def keys(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show build keys."""
    look = looking(request, estate_id)
    found = trust_of(node()).all
    me = request.user.get_username()
    approver = may(request, "build_key.approve")
    context = look.context | {
        "keys": [
            {
                "it": each,
                "mark": _key(each),
                "may_approve": approver
                and each.state is TrustState.PROPOSED
                and each.proposed_by != me,
                "may_revoke": approver and each.state is not TrustState.REVOKED,
            }
            for each in found
        ],
        "trusted": sum(each.state is TrustState.TRUSTED for each in found),
        "waiting": sum(each.state is TrustState.PROPOSED for each in found),
        "may_propose": may(request, "build_key.propose"),
    }
    return render(request, "pages/secure_development_keys.html", context)


@require_POST
@action("secure_development.seal", audited=False)
def seal(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Seal how the releases of each system were made."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: seal_pipelines(node(), actor=actor, estate_id=estate_id),
        say("已封存各系統之發布管線觀測。", "How each system's releases were made is sealed."),
    )
    return redirect("secure_development", estate_id)


@require_POST
@action("build_key.propose", audited=False)
def propose(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Propose a build key."""
    given, actor = request.POST, request.user.get_username()
    tried(
        request,
        lambda: TrustDesk(node(), actor=actor, estate_id=estate_id).propose(
            given.get("key", "")[:LONGEST_KEY].encode(),
            name=given.get("name", "")[:LONGEST],
            builders=tuple(given.get("builders", "")[:LONGEST].split()),
            systems=tuple(given.get("systems", "")[:LONGEST].split()),
            why=given.get("why", "")[:LONGEST],
            source=say("公開金鑰", "public key"),
        ),
        say("已提案，待另一人核可。", "Proposed; another person must approve."),
    )
    return redirect("secure_development_keys", estate_id)


@require_POST
@action("build_key.approve", audited=False)
def step(request: HttpRequest, estate_id: str, key_id: str) -> HttpResponse:
    """Approve or revoke a build key."""
    actor, why = request.user.get_username(), request.POST.get("why", "")[:LONGEST]
    desk = TrustDesk(node(), actor=actor, estate_id=estate_id)
    if request.POST.get("step") == "revoke":
        tried(
            request,
            lambda: desk.revoke(key_id, why=why),
            say("已撤銷，立即生效。", "Revoked at once."),
        )
    else:
        tried(
            request,
            lambda: desk.approve(key_id, why=why),
            say("已核可並封存。", "Approved and sealed."),
        )
    return redirect("secure_development_keys", estate_id)


# -- what is shown --------------------------------------------------------------------------


def _row(subject: Subject, file: PracticeFile, frame: str) -> Row:
    newest = subject.found.newest
    found = newest.samm if frame == "samm" else newest.ssdf
    names = {each.id: _words(each) for each in file.groups}
    return Row(
        it=subject,
        bar=_bar(found.evidenced, found.possible),
        cells=tuple(_cell(each, names[each.id]) for each in found.groups),
    )


def _cell(group: GroupFinding, name: str) -> Mark:
    mark = _mark(group.state)
    return Mark(tone=mark.tone, shape=mark.shape, word=mark.word, name=f"{group.id} {name}")


def _bar(evidenced: float, possible: float) -> Bar:
    return Bar(
        tone=Tone.EVIDENCE,
        word=say("做法", "practices"),
        evidenced=evidenced,
        possible=possible,
    )


def _grouped(
    file: PracticeFile, items: tuple[ItemFinding, ...], groups: tuple[GroupFinding, ...]
) -> list[dict[str, object]]:
    words = {each.id: _words(each) for each in file.practices}
    titles = {each.id: _words(each) for each in file.groups}
    return [
        {
            "id": group.id,
            "title": titles[group.id],
            "mark": _mark(group.state),
            "score": group.score,
            "items": [
                {"id": each.id, "gist": words[each.id], "mark": _mark(each.state)}
                for each in items
                if each.group == group.id
            ],
        }
        for group in groups
    ]


def _mark(state: ItemState) -> Mark:
    shape, _, word = item_state_word(state, chinese=chinese()).partition(" ")
    return Mark(tone=_MARKS[state], shape=shape, word=word)


def _fact(state: FactState) -> Mark:
    shape, _, word = fact_state_word(state, chinese=chinese()).partition(" ")
    return Mark(tone=_FACT_MARKS[state], shape=shape, word=word)


def _proof(state: State) -> Mark:
    return Mark(
        tone=_PROOF_MARKS.get(state, "not_met"),
        shape="",
        word=state_words(state, chinese=chinese()),
    )


def _key(key: TrustedKey) -> Mark:
    return Mark(
        tone=_TRUST_MARKS[key.state],
        shape="",
        word=trust_state_word(key.state, chinese=chinese()),
    )


def _words(thing: object) -> str:
    return str(getattr(thing, "zh" if chinese() else "en"))


def _suppliers(found: Overview) -> list[Asset]:
    known = {one.id: one for each in found.known for one in each.suppliers}
    return [known[each] for each in sorted(known)]


urlpatterns = [
    path("e/<str:estate_id>/secure-development/", every, name="secure_development"),
    path("e/<str:estate_id>/secure-development/seal/", seal, name="secure_development_seal"),
    path("e/<str:estate_id>/secure-development/keys/", keys, name="secure_development_keys"),
    path("e/<str:estate_id>/secure-development/keys/propose/", propose, name="build_key_propose"),
    path("e/<str:estate_id>/secure-development/keys/<str:key_id>/", step, name="build_key_step"),
    path(
        "e/<str:estate_id>/secure-development/system/<path:asset_id>/",
        system,
        name="secure_development_system",
    ),
]
