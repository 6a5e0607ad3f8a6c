"""The overlap workbench: two norms side by side, candidates to confirm or reject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.governance.norms.confirming import Decision, PairState
from panshi.governance.norms.pairs import Judged, Overlap
from panshi.governance.norms.quantities import Contrast, Standing
from panshi.model.control import MappingRelation
from panshi.node import norms
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.norm_words import (
    FORCES,
    RATIONALES,
    STATES,
    Number,
    Shown,
    number,
    shown,
    title_of,
)
from panshi.web.pages.norms import choices
from panshi.web.paging import page_after
from panshi.web.words import Pair, chinese, pick, say

PER_PAGE = 20
FIRST = ("zt36", "emerging")
"What the workbench opens with."
SHOWN: dict[str, Pair] = {
    "open": ("待看的候選", "candidates to look at"),
    "decided": ("有人決定過", "decided"),
    "conflict": ("衝突", "conflicts"),
    "differs": ("寬嚴不同", "stricter or looser"),
    "gap": ("缺口", "gaps"),
    "all": ("全部", "all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pair as the page shows it."""

    key: str
    one: Shown
    other: Shown
    relation: MappingRelation
    score: float
    mutual: bool
    through: tuple[str, ...]
    "Items whose words the score comes from."
    conflict: bool
    rationale: str
    strength: str
    state: PairState
    state_word: str
    by: tuple[str, ...]
    reason: str
    terms: tuple[str, ...]
    concepts: tuple[str, ...]
    evidence: tuple[str, ...]
    numbers: tuple[Number, ...]


@action("framework.view")
def overlap(request: HttpRequest) -> HttpResponse:
    """Show candidates, conflicts or gaps between two norms."""
    asked = request.GET
    one, other = asked.get("a") or FIRST[0], asked.get("b") or FIRST[1]
    found = norms.overlap(node(), one, other)
    view = asked.get("show") if asked.get("show") in SHOWN else "open"
    context: dict[str, object] = {
        "a": found.comparison.one.key,
        "b": found.comparison.other.key,
        "title_a": title_of(found.comparison.one),
        "title_b": title_of(found.comparison.other),
        "choices": choices(),
        "view": view,
        "views": [(name, pick(pair), _many(found, name)) for name, pair in SHOWN.items()],
        "relations": [each for each in MappingRelation if each is not MappingRelation.NONE],
        "proposed": sum(each.relation is not MappingRelation.NONE for each in found.pairs),
        "states": Counter(each.standing.state for each in found.pairs),
        "conflicts": _many(found, "conflict"),
        "gaps": (len(found.comparison.gaps), len(found.comparison.reverse_gaps)),
    }
    if view == "gap":
        context |= _gaps(request, found)
    else:
        context |= _pairs(request, found, str(view))
    return render(request, "pages/norm_overlap.html", context)


@require_POST
@action("norm.decide", audited=False)
def decide(request: HttpRequest) -> HttpResponse:
    """Seal what somebody says of a pair."""
    given = request.POST
    norms.decide(
        node(),
        (given.get("a", ""), given.get("clause_a", "")),
        (given.get("b", ""), given.get("clause_b", "")),
        decision=given.get("decision", ""),
        reason=given.get("reason", ""),
        actor=request.user.get_username(),
        relation=given.get("relation", "") if given.get("decision") == Decision.CONFIRMED else "",
    )
    messages.success(request, say("決定已封存。", "The decision was sealed."))
    back = QueryDict(given.get("back", "")).urlencode()
    return redirect(f"{reverse('norm_overlap')}?{back}")


def _pairs(request: HttpRequest, found: Overlap, view: str) -> dict[str, object]:
    relation = request.GET.get("relation", "")
    text = request.GET.get("q", "").strip().casefold()
    fitting = [
        each
        for each in found.pairs
        if _fits(each, view)
        and (not relation or each.relation == relation)
        and (not text or text in _searched(found, each))
    ]
    page, following = page_after(fitting, request.GET.get("after", ""), PER_PAGE, _key)
    return {
        "rows": list(_rows(found, page)),
        "count": len(fitting),
        "following": following,
    }


def _gaps(request: HttpRequest, found: Overlap) -> dict[str, object]:
    one, other = found.comparison.one.by_id, found.comparison.other.by_id
    listed = [
        *(("a", shown(one[each])) for each in found.comparison.gaps),
        *(("b", shown(other[each])) for each in found.comparison.reverse_gaps),
    ]
    page, following = page_after(
        listed,
        request.GET.get("after", ""),
        2 * PER_PAGE,
        lambda row: f"{row[0]} {row[1].id if row[1] else ''}",
    )
    return {
        "gap_rows": page,
        "count": len(listed),
        "following": following,
    }


def _many(found: Overlap, view: str) -> int:
    if view == "gap":
        return len(found.comparison.gaps) + len(found.comparison.reverse_gaps)
    return sum(_fits(each, view) for each in found.pairs)


def _fits(judged: Judged, view: str) -> bool:
    pair, state = judged.candidate, judged.standing.state
    related = judged.relation is not MappingRelation.NONE
    match view:
        case "open":
            return related and state in {PairState.CANDIDATE, PairState.AWAITING}
        case "decided":
            return state is not PairState.CANDIDATE
        case "conflict":
            return pair.conflict
        case "differs":
            return related and pair.differs
        case _:
            return related or state is not PairState.CANDIDATE


def _rows(found: Overlap, page: list[Judged]) -> Iterator[Row]:
    one, other = found.comparison.one.by_id, found.comparison.other.by_id
    explain = norms.explaining(node(), found)
    for judged in page:
        pair, standing = judged.candidate, judged.standing
        first, second = shown(one[pair.a]), shown(other[pair.b])
        told = explain(judged)
        if first is None or second is None:
            continue
        yield Row(
            key=_key(judged),
            one=first,
            other=second,
            relation=judged.relation,
            score=pair.score,
            mutual=pair.mutual,
            through=tuple(
                item
                for item, clause in zip(pair.compared, (pair.a, pair.b), strict=True)
                if item != clause
            ),
            conflict=pair.conflict,
            rationale=pick(RATIONALES[pair.rationale]),
            strength=pick(FORCES[pair.strength]),
            state=standing.state,
            state_word=pick(STATES[standing.state]),
            by=standing.by,
            reason=standing.reason,
            terms=_readable(told.terms),
            concepts=tuple(map(pick, told.concepts)),
            evidence=pair.same_evidence,
            numbers=tuple(number(each) for each in pair.parameters if _worth_telling(each)),
        )


def _readable(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Prefer the words in the language of the page."""
    own = tuple(each for each in terms if each.isascii() is not chinese())
    return own or terms


def _worth_telling(contrast: Contrast) -> bool:
    """Leave out limits of a check where the other clause is judged by something else."""
    alone = contrast.standing in {Standing.ONLY_FIRST, Standing.ONLY_SECOND}
    return not (alone and "/" in contrast.dimension)


def _searched(found: Overlap, judged: Judged) -> str:
    one = found.comparison.one.by_id[judged.candidate.a]
    other = found.comparison.other.by_id[judged.candidate.b]
    parts = (one.id, *one.title, *one.text, other.id, *other.title, *other.text)
    return " ".join(parts).casefold()


def _key(judged: Judged) -> str:
    return f"{judged.candidate.a} {judged.candidate.b}"


urlpatterns = [
    path("norms/overlap/", overlap, name="norm_overlap"),
    path("norms/decide/", decide, name="norm_decide"),
]
