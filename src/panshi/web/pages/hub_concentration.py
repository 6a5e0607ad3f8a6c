"""Concentration in the sector: what one supplier, site, cloud or component takes down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.alliance.sector.concentration import Shared
from panshi.model.resilience.dependence import SharedKind
from panshi.model.resilience.graph import NodeKind
from panshi.node.alliance.dependence import sector_concentration
from panshi.report.disaster_words import NODE_KINDS
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import member_names, only_at_a_hub
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
KINDS: dict[SharedKind, Pair] = {
    each: ("軟體元件", "component")
    if each is SharedKind.COMPONENT
    else NODE_KINDS[NodeKind(each.value)]
    for each in SharedKind
}


@action("soc.view")
def shared(request: HttpRequest) -> HttpResponse:
    """Answer what reaches furthest, then every thing with whom it takes down."""
    only_at_a_hub()
    found, names = sector_concentration(node()), member_names()
    wanted, several = request.GET.get("kind", ""), request.GET.get("of") != "all"
    fitting = [
        each
        for each in found.shared
        if wanted in {"", each.kind} and (len(each.touched) > 1 or not several)
    ]
    placed = [(f"{place:06}", each) for place, each in enumerate(fitting)]
    rows, following = page_after(
        placed, request.GET.get("after", ""), PER_PAGE, lambda each: each[0]
    )
    joint = [each for each in found.shared if len(each.touched) > 1]
    return render(
        request,
        "pages/hub_concentration.html",
        {
            "rows": [_row(each, names) for _place, each in rows],
            "following": following,
            "total": len(fitting),
            "worst": _row(joint[0], names) if joint and joint[0].late else None,
            "joint": len(joint),
            "given": [
                (each, names.get(each.member, each.member), f"TLP:{each.extract.tlp.upper()}")
                for each in found.extracts
            ],
            "silent": [names.get(each, each) for each in found.silent],
            "kinds": [(each.value, pick(pair), each == wanted) for each, pair in KINDS.items()],
            "several": several,
        },
    )


def _row(each: Shared, names: dict[str, str]) -> dict[str, object]:
    return {
        "it": each,
        "kind": pick(KINDS[each.kind]),
        "members": [
            {
                "name": names.get(one.member, one.member),
                "late": say("、", ", ").join(one.late),
                "carried": len(one.carried),
                "critical": one.critical,
            }
            for one in each.touched
        ],
    }


urlpatterns = [path("hub/concentration/", shared, name="hub_concentration")]
