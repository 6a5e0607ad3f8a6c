"""Referential checks on OSCAL documents, which the official schema does not make.

No id twice, no reference to what is not there, no relation or status outside its list. Any of
these raises `BadInputError` with the place, on import as on export.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from panshi.errors import BadInputError
from panshi.model.control import MappingRelation
from panshi.report.oscal.identity import Node

RELATIONS = frozenset(MappingRelation)
MAPPING_STATUSES = frozenset({"complete", "not-complete", "draft", "deprecated", "superseded"})
STATES = frozenset({"satisfied", "not-satisfied"})


def checked(document: Node, *, known: Collection[str] = ()) -> Node:
    """Give the document back, or raise at its first fault."""
    for fault in check(document, known=known):
        raise fault
    return document


def check(document: Node, *, known: Collection[str] = ()) -> Iterator[BadInputError]:
    """Yield every fault; `known` are control ids of other catalogs that may be referred to."""
    places: dict[str, str] = {}
    for place, node in _nodes(document, "$"):
        for key in ("uuid", "id"):
            identity = node.get(key)
            if isinstance(identity, str) and not place.endswith(".relevant-evidence"):
                if identity in places:
                    yield _fault(f"{key} {identity} stands at {places[identity]} too", place)
                places[identity] = place
    controls = {name for name in places if "controls" in places[name]} | set(known)
    for place, node in _nodes(document, "$"):
        yield from _references(place, node, places, controls)
        yield from _words(place, node)


def _references(
    place: str, node: Node, places: Collection[str], controls: Collection[str]
) -> Iterator[BadInputError]:
    for key in ("id-ref", "control-id"):
        name = node.get(key)
        if isinstance(name, str) and name not in controls:
            yield _fault(f"{key} {name} names no known control", place)
    target = node.get("target-id")
    if isinstance(target, str) and target.removesuffix("_smt") not in controls:
        yield _fault(f"target-id {target} names no known control", place)
    for key in ("observation-uuid", "risk-uuid"):
        name = node.get(key)
        if isinstance(name, str) and name not in places:
            yield _fault(f"{key} {name} names nothing in this document", place)
    href = node.get("href")
    if isinstance(href, str) and href.startswith("#") and href[1:] not in places:
        yield _fault(f"href {href} names nothing in this document", place)


def _words(place: str, node: Node) -> Iterator[BadInputError]:
    relation = node.get("relationship")
    if isinstance(relation, str) and relation not in RELATIONS:
        yield _fault(f"unknown relation {relation!r}", place)
    state = node.get("state")
    if isinstance(state, str) and "target" in place and state not in STATES:
        yield _fault(f"unknown state {state!r}", place)
    status = node.get("status")
    if isinstance(status, str) and place.endswith(".provenance") and status not in MAPPING_STATUSES:
        yield _fault(f"unknown status {status!r}", place)


def _nodes(value: object, place: str) -> Iterator[tuple[str, Node]]:
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from _nodes(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _nodes(inner, f"{place}[{number}]")


def _fault(problem: str, place: str) -> BadInputError:
    return BadInputError(problem, place=place, remedy="correct the document")
