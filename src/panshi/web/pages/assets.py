"""The estate: a table with filters, one asset and its neighbourhood, inventories, history."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from panshi.evidence.log import Filter
from panshi.model.asset import Asset, AssetId, AssetKind, Relation
from panshi.model.attributes import ATTRIBUTES, Attribute, written
from panshi.model.bodies import KINDS
from panshi.model.control import Control
from panshi.model.estate import Estate
from panshi.model.inventory import Caution, InventoryComparison, compare, inventories_of
from panshi.model.observation import Sealed
from panshi.model.verdict import Item
from panshi.web.attribute_words import attribute_words
from panshi.web.exporting import csv_lines
from panshi.web.gate import action
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import RELATIONS, asset_kind, chinese, pick, say

PER_PAGE = 50
COLUMNS = 4
MOST_COLUMNS = 8
MOST_NODES = 200
MOST_STEPS = 2
HUB = 12
MOST_RELATIONS = 60
OBSERVATIONS = 20
DIFFERENCES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A relation as seen from one asset."""

    relation: Relation
    outgoing: bool
    other: Asset


@action("estate.view")
def assets(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List assets, filtered by what the address says."""
    look = looking(request, estate_id)
    asked = request.GET
    kind = asked.get("kind", "")
    rows = list(_chosen(look, asked))
    shown, following = page_after(rows, asked.get("after", ""), PER_PAGE, lambda row: row.id)
    context = look.context | {
        "rows": shown,
        "count": len(rows),
        "total": len(look.estate.assets),
        "following": following,
        "kinds": [(each, len(group)) for each, group in look.estate.by_kind.items()],
        "inventories": sorted({name for asset in look.estate.assets for name in asset.inventories}),
        "columns": _columns(kind, asked.getlist("column")),
        "offered": tuple(ATTRIBUTES[AssetKind(kind)].values()) if kind in set(AssetKind) else (),
        "filtered": any(
            asked.get(name) for name in ("q", "kind", "inventory", "attribute", "field")
        ),
    }
    return render(request, "pages/assets.html", context)


@action("estate.view")
def export(request: HttpRequest, estate_id: str) -> StreamingHttpResponse:
    """Give the filtered list as CSV, with every attribute of the kind where one is chosen."""
    look = looking(request, estate_id)
    kind = request.GET.get("kind", "")
    columns = list(ATTRIBUTES[AssetKind(kind)].values()) if kind in set(AssetKind) else []
    node().audit(request.user.get_username(), "estate.export", request.get_full_path()[:200])
    header = ("id", "kind", "name", "inventories", *(each.name for each in columns))
    rows = (
        (
            each.id,
            each.kind.value,
            each.name,
            " ".join(each.inventories),
            *(_plain(each.attributes.get(column.name)) for column in columns),
        )
        for each in _chosen(look, request.GET)
    )
    return csv_lines("panshi-assets.csv", header, rows)


@action("estate.view")
def asset(request: HttpRequest, estate_id: str, asset_id: str) -> HttpResponse:
    """Show one asset: attributes, relations, observations, the verdicts that count it."""
    look = looking(request, estate_id)
    found = look.estate.by_id.get(AssetId(asset_id))
    if found is None:
        raise Http404(asset_id)
    edges = _edges(look.estate, found.id)
    nodes, links = neighbourhood(look.estate, found.id)
    context = look.context | {
        "asset": found,
        "attributes": list(_attributes(found)),
        "edges": edges[:MOST_RELATIONS],
        "edge_count": len(edges),
        "observations": _observations(look.estate, found.id),
        "verdicts": _verdicts(look, found),
        "graph": {"nodes": nodes, "edges": links, "root": found.id},
        "node_count": len(nodes),
    }
    return render(request, "pages/asset.html", context)


@action("estate.view")
def inventories(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Compare two inventories over one kind of asset."""
    look = looking(request, estate_id)
    pairs = [
        (kind, claimed)
        for kind in look.estate.by_kind
        if len(claimed := inventories_of(look.estate, kind)) > 1
    ]
    asked = request.GET
    chosen: InventoryComparison | None = None
    names: tuple[str, ...] = ()
    if pairs:
        kinds = {kind.value: found for kind, found in pairs}
        kind = asked.get("kind", "")
        kind = kind if kind in kinds else next(iter(kinds))
        names = kinds[kind]
        a = asked.get("a", "") if asked.get("a", "") in names else names[0]
        others = [each for each in names if each != a]
        b = asked.get("b", "") if asked.get("b", "") in others else others[0]
        chosen = compare(look.estate, AssetKind(kind), a, b)
    context = look.context | {
        "pairs": pairs,
        "names": names,
        "comparison": chosen,
        "apart": len(chosen.only_a) + len(chosen.only_b) if chosen else 0,
        "differences": _differences(look.estate, chosen) if chosen else (),
        "cautions": [_caution(each) for each in chosen.cautions] if chosen else (),
    }
    return render(request, "pages/inventories.html", context)


@action("estate.view")
def history(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the versions of an estate, newest first."""
    look = looking(request, estate_id)
    snapshots = node().log.page(
        Filter(kind="estate.snapshot/1", subject=f"estate:{estate_id}"), limit=50
    )
    return render(request, "pages/history.html", look.context | {"snapshots": snapshots})


def neighbourhood(
    estate: Estate, root: AssetId
) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
    """Walk outwards from an asset; nodes and edges for the graph.

    At most `MOST_NODES`, two steps far. Nobody learns from what hangs on the same hub (all that
    belongs to the institution), so the walk goes on only through neighbours with few relations.
    """
    distance = {root: 0}
    waiting = deque([root])
    edges: dict[tuple[str, str, str], Relation] = {}
    while waiting:
        here = waiting.popleft()
        relations = tuple(estate.relations_of(here))
        if distance[here] and (len(relations) > HUB or distance[here] >= MOST_STEPS):
            relations = tuple(each for each in relations if root in {each.source, each.target})
        for relation in relations:
            other = relation.target if relation.source == here else relation.source
            if other not in distance:
                if len(distance) >= MOST_NODES:
                    continue
                distance[other] = distance[here] + 1
                waiting.append(other)
            edges[(relation.kind, relation.source, relation.target)] = relation
    nodes: list[dict[str, object]] = [
        {
            "id": each,
            "label": estate.by_id[each].name,
            "kind": estate.by_id[each].kind.value,
            "word": asset_kind(estate.by_id[each].kind),
            "far": far,
            "url": reverse("asset", args=[estate.id, each]),
        }
        for each, far in distance.items()
    ]
    links = [
        {"source": each.source, "target": each.target, "label": pick(RELATIONS[each.kind])}
        for each in edges.values()
        if each.source in distance and each.target in distance
    ]
    return nodes, links


def _fitting(
    look: Looking, pool: tuple[Asset, ...], text: str, inventory: str, attribute: str
) -> Iterator[Asset]:
    wanted = text.strip().casefold()
    name, _, value = attribute.partition("=")
    name, value = name.strip(), value.strip().casefold()
    for each in pool:
        if inventory and inventory not in each.inventories:
            continue
        if look.field and look.field not in _fields(each):
            continue
        if wanted and not any(
            wanted in part.casefold() for part in (each.id, each.name, *each.identifiers)
        ):
            continue
        if name and name not in each.attributes:
            continue
        if name and value and not _says(each.attributes[name], value):
            continue
        yield each


def _says(value: object, wanted: str) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(wanted in written(part).casefold() for part in parts)


def _fields(each: Asset) -> tuple[str, ...]:
    fields = each.attributes.get("fields", ())
    return fields if isinstance(fields, tuple) else ()


def _columns(kind: str, wanted: list[str]) -> list[Attribute]:
    """Give the attributes chosen as columns; the first of the kind where none was."""
    if kind not in set(AssetKind):
        return []
    known = ATTRIBUTES[AssetKind(kind)]
    chosen = [known[name] for name in dict.fromkeys(wanted) if name in known]
    return chosen[:MOST_COLUMNS] or list(known.values())[:COLUMNS]


def _chosen(look: Looking, asked: QueryDict) -> Iterator[Asset]:
    """Yield the assets an address asks for."""
    kind = asked.get("kind", "")
    pool = (
        look.estate.by_kind.get(AssetKind(kind), ())
        if kind in set(AssetKind)
        else look.estate.assets
    )
    yield from _fitting(
        look, pool, asked.get("q", ""), asked.get("inventory", ""), asked.get("attribute", "")
    )


def _plain(value: object) -> object:
    """Give a value as a cell."""
    if isinstance(value, tuple):
        return " ".join(map(written, value))
    return "" if value is None else value


def _attributes(found: Asset) -> Iterator[tuple[str, str, str]]:
    """Name, label and words of each attribute an asset has."""
    schema = ATTRIBUTES[found.kind]
    for name, value in found.attributes.items():
        known = schema.get(name)
        label = name if known is None else (known.zh if chinese() else known.en)
        yield name, label, attribute_words(known, value)


def _edges(estate: Estate, found: AssetId) -> list[Edge]:
    return [
        Edge(
            relation=each,
            outgoing=each.source == found,
            other=estate.by_id[each.target if each.source == found else each.source],
        )
        for each in estate.relations_of(found)
    ]


def _observations(estate: Estate, found: AssetId) -> list[tuple[Sealed, str]]:
    seen = [
        sealed
        for subject in estate.subjects_of(found)
        for sealed in node().log.page(Filter(subject=subject), limit=OBSERVATIONS)
    ]
    seen.sort(key=lambda each: each.position, reverse=True)
    return [
        (each, pick((kind.title_zh, kind.title_en)) if kind else each.observation.kind)
        for each in seen[:OBSERVATIONS]
        for kind in (KINDS.get(each.observation.kind),)
    ]


def _verdicts(look: Looking, found: Asset) -> list[tuple[Control, Item]]:
    """Find the controls whose population holds the asset, with its state there."""
    counted = []
    for framework in node().library.frameworks.values():
        for control in framework.controls:
            if control.population is None or control.population.kind is not found.kind:
                continue
            item = node().item(control.key, look.estate.id, found.id)
            if item is not None:
                counted.append((control, item))
    return counted


def _differences(
    estate: Estate, found: InventoryComparison
) -> list[tuple[str, list[tuple[AssetId, Asset]]]]:
    """Give what only one of two inventories has, the first of each."""
    return [
        (name, [(each, estate.by_id[each]) for each in only[:DIFFERENCES]])
        for name, only in ((found.a, found.only_a), (found.b, found.only_b))
    ]


def _caution(caution: Caution) -> str:
    match caution:
        case Caution.SAME_SOURCE:
            return say(
                "兩份清冊出自同一來源，並非獨立，估計值偏低。",
                "Both are fed by the same source: not independent, the estimate is too low.",
            )
        case Caution.NO_OVERLAP:
            return say(
                "兩份清冊沒有交集，估計值沒有依據。",
                "Nothing is in both: the estimate rests on no recapture at all.",
            )
        case Caution.EMPTY:
            return say("其中一份是空的，無法估計。", "One of them is empty: there is no estimate.")
