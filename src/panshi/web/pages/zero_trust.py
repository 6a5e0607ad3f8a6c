"""Zero trust at a glance: fields, policies, decision point, sessions, feeds, what awaits."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.model.asset import AssetKind
from panshi.model.attributes import FIELDS
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust.serving import published
from panshi.node.zero_trust.watching import WATCHED_HOURS, counts_of, look
from panshi.report.zero_trust_policy_words import history_words
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import chinese, say

GAPS_SHOWN = 20


@action("zt_policy.view")
def overview(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer in a sentence whether everything stands, then each part with its page."""
    look_at = looking(request, estate_id)
    history = desk.history(node(), estate_id)
    live = look(node())
    found = published(node(), estate_id)
    systems = look_at.estate.by_kind.get(AssetKind.SYSTEM, ())
    fields = Counter(str(name) for each in systems for name in _fields(each.attributes))
    gaps = Counter(each.missing for each in found.gaps)
    context = look_at.context | {
        "history": history,
        "sentence": history_words(history, chinese=chinese()),
        "live": live,
        "counts": counts_of(node()),
        "hours": WATCHED_HOURS,
        "fields": [(each, say(each.zh, each.en), fields[each.value]) for each in FIELDS],
        "systems": len(systems),
        "entities": len(found.entities),
        "gaps": sum(gaps.values()),
        "gap_kinds": sorted(gaps.items()),
        "some_gaps": found.gaps[:GAPS_SHOWN],
        "waiting": history.waiting,
        "to_review": [each for each in history.published if each.review_due],
    }
    return render(request, "pages/zero_trust.html", context)


def _fields(attributes: object) -> tuple[str, ...]:
    said = attributes.get("fields", ()) if isinstance(attributes, dict) else ()
    return said if isinstance(said, tuple) else (str(said),)


urlpatterns = [path("e/<str:estate_id>/zero-trust/", overview, name="zero_trust")]
