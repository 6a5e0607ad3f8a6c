"""Read CycloneDX XML, versions 1.0 to 1.7, streaming; the version of the namespace is no matter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from panshi.observe.estate_files.bom import Document, Element
from panshi.observe.estate_files.draft import Draft
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.xml_events import (
    At,
    Step,
    child,
    child_text,
    children,
    content,
    open_xml,
)

LIMITS = Limits(max_bytes=256 * MIB)
_ELSEWHERE = frozenset(
    {
        "annotations",
        "compositions",
        "declarations",
        "definitions",
        "formulation",
        "tools",
        "vulnerabilities",
    }
)
"Parts of a document whose components and services are not what it is about."
_KEPT = frozenset({"component", "service", "dependency", "property"})


def read_bom_xml(path: Path, draft: Draft) -> None:
    """Read a document into the draft."""
    document = Document(draft)
    within: list[str] = []
    with open_xml(path, LIMITS) as xml:
        steps = xml.walk(
            enter={"bom", "metadata", "components", "services", *_ELSEWHERE},
            keep=_KEPT,
            roots={"bom"},
        )
        for step in steps:
            match step.at:
                case At.ENTER:
                    within.append(step.name)
                    if step.name == "bom":
                        attributes = step.element.attrib
                        document.about(
                            attributes.get("serialNumber", ""), attributes.get("version", "")
                        )
                case At.LEAVE:
                    within.pop()
                case At.WHOLE if _ELSEWHERE.isdisjoint(within):
                    _take(step, document, in_metadata="metadata" in within)
    document.finish()


def _take(step: Step, document: Document, *, in_metadata: bool) -> None:
    place = f"line {step.place.rpartition(':')[2]}"
    match step.name:
        case "component" | "service":
            document.element(
                _element(step.element, place, service=step.name == "service", subject=in_metadata)
            )
        case "dependency":
            for target in children(step.element, "dependency"):
                document.dependency(place, step.element.get("ref", ""), target.get("ref", ""))
        case "property" if in_metadata:
            value = content(step.element) or None
            document.property(place, step.element.get("name", ""), value)


def _element(raw: etree._Element, place: str, *, service: bool, subject: bool = False) -> Element:
    nested = "services" if service else "components"
    publisher = child(raw, "provider" if service else "supplier")
    crypto = child(raw, "cryptoProperties")
    return Element(
        place=place,
        service=service,
        subject=subject,
        type=raw.get("type", ""),
        ref=raw.get("bom-ref", ""),
        group=child_text(raw, "group"),
        name=child_text(raw, "name"),
        version=child_text(raw, "version"),
        publisher=("" if publisher is None else child_text(publisher, "name"))
        or child_text(raw, "publisher"),
        purl=child_text(raw, "purl"),
        cpe=child_text(raw, "cpe"),
        licences=tuple(_licences(raw)),
        crypto="" if crypto is None else child_text(crypto, "assetType"),
        boundary={"true": True, "false": False}.get(child_text(raw, "x-trust-boundary")),
        endpoints=tuple(content(each) for each in _nested(raw, "endpoints", "endpoint")),
        properties=tuple(
            (each.get("name", ""), content(each) or None)
            for each in _nested(raw, "properties", "property")
        ),
        children=tuple(
            _element(each, f"line {each.sourceline}", service=service)
            for each in _nested(raw, nested, nested.removesuffix("s"))
        ),
    )


def _nested(raw: etree._Element, outer: str, inner: str) -> Iterator[etree._Element]:
    found = child(raw, outer)
    return iter(()) if found is None else children(found, inner)


def _licences(raw: etree._Element) -> Iterator[str]:
    licences = child(raw, "licenses")
    if licences is None:
        return
    for expression in children(licences, "expression"):
        yield content(expression)
    for licence in children(licences, "license"):
        yield child_text(licence, "id") or child_text(licence, "name")
