"""One control: its sentence, bar and figures, its population, and the proof of its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from panshi.model.asset import Asset
from panshi.model.bodies import KINDS
from panshi.model.control import Control, Mapping
from panshi.model.verdict import Item, ItemState, Proof
from panshi.node.attestations import of_control as attestations_of
from panshi.node.exceptions import of_control
from panshi.web.gate import action, may
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.paging import page_after

PER_PAGE = 50
ORDER = {
    state: rank
    for rank, state in enumerate(
        (
            ItemState.UNSEEN,
            ItemState.STALE_PASS,
            ItemState.FAILING,
            ItemState.STALE_FAIL,
            ItemState.PASSING,
        )
    )
}
"What needs somebody first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of the population with the asset it is."""

    item: Item
    asset: Asset | None


@action("verdict.view")
def control(
    request: HttpRequest, estate_id: str, framework_id: str, control_id: str
) -> HttpResponse:
    """Show everything a verdict rests on."""
    look = looking(request, estate_id)
    framework = node().library.frameworks.get(framework_id)
    found = framework.by_id.get(control_id) if framework else None
    if framework is None or found is None:
        raise Http404(f"{framework_id}/{control_id}")
    verdict = node().verdict(found.key, estate_id, look.field)
    proof = node().proof(found.key, estate_id, look.field)
    items = _items(proof)
    counts = Counter(item.state for item in items)
    wanted = request.GET.get("state", "")
    lines, following = _page(look, items, wanted, request.GET.get("after", ""))
    context = look.context | {
        "control": found,
        "framework": framework,
        "group": next((each for each in framework.groups if each.id == found.group), None),
        "verdict": verdict,
        "proof": proof,
        "kind": KINDS.get(found.check.observation) if found.check else None,
        "states": [(state, counts[state]) for state in ORDER if counts[state]],
        "state": wanted,
        "lines": lines,
        "following": following,
        "contradicted": [item for item in items if item.contradicted_by],
        "related": _related(found),
        "parts": [each for each in map(_named, found.made_of) if each],
        "to_look_at": max(0, verdict.tally.population - verdict.tally.seen),
        "exceptions": of_control(node(), found.key, estate_id),
        "attestations": attestations_of(node(), found.key, estate_id) if found.attesting else (),
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/control.html", context)


def _items(proof: Proof) -> tuple[Item, ...]:
    """Items of the population: those of the node of the tree that holds most."""
    return max((each.items for each in _nodes(proof)), key=len, default=())


def _nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for child in proof.children:
        yield from _nodes(child)


def _page(look: Looking, items: Sequence[Item], wanted: str, after: str) -> tuple[list[Line], str]:
    rows = sorted(
        (item for item in items if not wanted or item.state == wanted),
        key=lambda item: (ORDER[item.state], item.asset),
    )
    shown, following = page_after(rows, after, PER_PAGE, lambda item: item.asset)
    known = look.estate.by_id
    lines = [Line(item=item, asset=known.get(item.asset)) for item in shown]
    return lines, following


def _named(key: str) -> tuple[str, Control] | None:
    framework_id, _, control_id = key.partition("/")
    framework = node().library.frameworks.get(framework_id)
    found = framework.by_id.get(control_id) if framework else None
    return (key, found) if found else None


def _related(control: Control) -> list[tuple[Mapping, str, Control]]:
    pairs = []
    for pair in node().library.mappings:
        if control.key in {pair.source, pair.target}:
            other = _named(pair.target if pair.source == control.key else pair.source)
            if other:
                pairs.append((pair, *other))
    return pairs
