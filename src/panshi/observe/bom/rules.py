"""Rules of CycloneDX that its schemas leave to the reader, one function per form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from panshi.model.supply_chain.bom import Defect
from panshi.observe.bom.pieces import plain

_RANGED = "a range of versions belongs to an external component (isExternal)"


def json_rules(top: dict[str, Any]) -> Iterator[Defect]:
    """Give what breaks a rule of the JSON form."""
    seen: dict[str, str] = {}
    for value, place in _objects(top, ""):
        ref = value.get("bom-ref")
        if isinstance(ref, str) and not place.startswith("/formulation"):
            if ref in seen:
                yield Defect(f"{place}/bom-ref", _twice(ref, seen[ref]))
            seen.setdefault(ref, place)
        if "versionRange" in value and value.get("isExternal") is not True:
            yield Defect(f"{place}/versionRange", _RANGED)
    edges = top.get("dependencies")
    for index, edge in enumerate(edges if isinstance(edges, list) else []):
        if isinstance(edge, dict):
            for each in _named(edge):
                if isinstance(each, str) and each not in seen:
                    yield Defect(f"/dependencies/{index}", _unknown(each))


def _named(edge: dict[str, Any]) -> Iterator[object]:
    yield edge.get("ref")
    for member in ("dependsOn", "provides"):
        listed = edge.get(member)
        yield from listed if isinstance(listed, list) else []


def _objects(top: dict[str, Any], place: str) -> Iterator[tuple[dict[str, Any], str]]:
    waiting: list[tuple[object, str]] = [(top, place)]
    while waiting:
        value, where = waiting.pop()
        if isinstance(value, dict):
            yield value, where
            waiting += [(each, f"{where}/{key}") for key, each in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [
                (each, f"{where}/{index}") for index, each in reversed(list(enumerate(value)))
            ]


def xml_rules(root: etree._Element, namespace: str) -> Iterator[Defect]:
    """Give what breaks a rule of the XML form."""
    seen: dict[str, str] = {}
    tag = f"{{{namespace}}}"
    for element in root.iter(etree.Element):
        ref = element.get("bom-ref")
        if ref is not None and not _formulated(element):
            if ref in seen:
                yield Defect(_line(element), _twice(str(ref), seen[str(ref)]))
            seen.setdefault(str(ref), _line(element))
        if element.tag == f"{tag}versionRange":
            owner = element.getparent()
            if owner is None or owner.get("isExternal") not in ("true", "1"):
                yield Defect(_line(element), _RANGED)
    for edges in root.iterchildren(f"{tag}dependencies"):
        for element in edges.iter(f"{tag}dependency", f"{tag}provides"):
            ref = element.get("ref")
            if ref is not None and ref not in seen:
                yield Defect(_line(element), _unknown(str(ref)))


def _formulated(element: etree._Element) -> bool:
    """Tell what is part of a formula: nothing depends on it, and formulas share their refs."""
    return any(str(each.tag).endswith("}formulation") for each in element.iterancestors())


def _line(element: etree._Element) -> str:
    return f"line {cast('int | None', element.sourceline) or 1}"


def _twice(ref: str, first: str) -> str:
    return f"bom-ref {plain(ref, 80)!r} stands twice, first at {first or '/'}"


def _unknown(ref: str) -> str:
    return f"a dependency names {plain(ref, 80)!r}, which is not in the document"
