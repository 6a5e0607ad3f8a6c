"""SPDX 3.0 as JSON-LD: a flat graph of elements that refer to each other by id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.document import Document
from panshi.observe.bom.pieces import inspect, plain
from panshi.observe.bom.spdx_terms import CPES, PURPOSES, Described, Roots, licence_of
from panshi.observe.bom.stream import Told
from panshi.observe.reading.json_events import Json, JsonCursor

_PACKAGES = frozenset({"Package", "AIPackage", "DatasetPackage"})
_AGENTS = frozenset({"Agent", "Organization", "Person", "SoftwareAgent", "Tool"})
_COLLECTIONS = frozenset({"SpdxDocument", "Sbom", "Bom", "Bundle"})
_LICENCES = frozenset({"LicenseExpression", "SimpleLicensingText", "ListedLicense"})
_DEPENDING = frozenset({"dependsOn", "contains", "hasStaticLink", "hasDynamicLink"})
_VERSION = re.compile(r"3\.[0-9]+(\.[0-9]+)?")
_KEPT = 200_000

type Element = dict[str, Json]


@dataclass(slots=True)
class _Survey:
    """What the elements other than packages say."""

    described: Described
    creations: dict[str, Element] = field(default_factory=dict)
    documents: list[Element] = field(default_factory=list)
    roots: dict[str, list[str]] = field(default_factory=dict)
    "Root elements of each document and collection."
    names: dict[str, str] = field(default_factory=dict)
    "Names of parties and texts of licences."
    concluded: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)


def read_graph(document: Document, told: Told) -> Iterator[BomComponent]:
    """Give the packages of the document, which is read twice."""
    survey = _Survey(Described(told))
    for element, _ in _elements(document):
        _note(element, survey)
    _heading(survey, told)
    roots = Roots(told, survey.described.ids)
    told.lists_components = True
    for element, place in _elements(document):
        if element is None:
            told.left_out(place, "an element that is no object")
        elif _type(element) in _PACKAGES:
            component = _taken(element, survey, place, told)
            if component is not None and roots.part(component):
                yield component
    yield from roots.close()


def _elements(document: Document) -> Iterator[tuple[Element | None, str]]:
    with document.open() as source:
        cursor = JsonCursor(source)
        for key in cursor.members():
            if key == "@graph":
                for index in cursor.elements():
                    value = cursor.value()
                    yield (value if isinstance(value, dict) else None), f"/@graph/{index}"
        cursor.finish()


def _note(element: Element | None, survey: _Survey) -> None:
    if element is None or len(survey.names) + len(survey.concluded) > _KEPT:
        return
    kind, identifier = _type(element), _id(element)
    if kind == "CreationInfo":
        survey.creations[identifier] = element
    elif kind in _AGENTS:
        survey.names[identifier] = plain(_text(element.get("name")))
    elif kind in _LICENCES:
        survey.names[identifier] = next(
            (_text(each) for key, each in element.items() if key.endswith("licenseExpression")),
            _text(element.get("name")),
        )
    elif kind in _COLLECTIONS:
        survey.roots[identifier] = _texts(element.get("rootElement"))
        if kind == "SpdxDocument":
            survey.documents.append(element)
    elif kind.endswith("Relationship"):
        _relation(element, survey)


def _relation(element: Element, survey: _Survey) -> None:
    start, targets = _text(element.get("from")), _texts(element.get("to"))
    target = next(iter(targets), "")
    match element.get("relationshipType"):
        case "hasConcludedLicense":
            survey.concluded[start] = target
        case "hasDeclaredLicense":
            survey.declared[start] = target
        case "describes":
            for each in targets:
                survey.described.add(each)
        case str() as kind if kind in _DEPENDING:
            survey.described.told.depends(start, [each for each in targets if each])


def _heading(survey: _Survey, told: Told) -> None:
    document = next(iter(survey.documents), {})
    stated = document.get("creationInfo")
    creation: Element = stated if isinstance(stated, dict) else {}
    creation = creation or survey.creations.get(_text(stated), {})
    creation = creation or next(iter(survey.creations.values()), {})
    told.spec_version = _text(creation.get("specVersion"))
    if not _VERSION.fullmatch(told.spec_version):
        raise BadInputError(
            f"is not an SPDX 3 document (specVersion {told.spec_version[:20]!r})",
            place=told.name,
            remedy="export the document as SPDX 2.2, 2.3 or 3.0",
        )
    told.created = _text(creation.get("created"))
    told.serial = plain(_id(document))
    told.tools = _named(survey, creation.get("createdUsing"))
    told.authors = _named(survey, creation.get("createdBy"))
    for root in survey.roots.get(_id(document), []):
        survey.described.add(root)
        for inner in survey.roots.get(root, []):  # the root may be an Sbom with a root of its own
            survey.described.add(inner)


def _named(survey: _Survey, ids: Json) -> list[str]:
    return [name for each in _texts(ids)[:10] if (name := survey.names.get(each, ""))]


def _taken(element: Element, survey: _Survey, place: str, told: Told) -> BomComponent | None:
    identifier, name = _id(element), plain(_text(element.get("name")))
    if not name:
        told.left_out(place, "a component without a name")
        return None
    purl, cpe, swid = plain(_text(_ending(element, "packageUrl"))), "", ""
    for kind, value in _identifiers(element):
        if kind == "packageUrl":
            purl = purl or plain(value)
        elif kind in CPES:
            cpe = cpe or value
        elif kind == "swid":
            swid = value
    version = plain(_text(_ending(element, "packageVersion")))
    inspect(told, place, purl, version)
    supplier = element.get("suppliedBy")
    purpose = _text(_ending(element, "primaryPurpose"))
    purpose = re.sub("([A-Z])", r"_\1", purpose).upper()
    return BomComponent(
        name=name,
        version=version,
        purl=purl,
        ref=identifier,
        type=PURPOSES.get(purpose, "library"),
        supplier=_text(supplier.get("name"))
        if isinstance(supplier, dict)
        else survey.names.get(_text(supplier), ""),
        licence=licence_of(
            survey.names.get(survey.concluded.get(identifier, ""), ""),
            survey.names.get(survey.declared.get(identifier, ""), ""),
        ),
        cpe=cpe,
        hashes=tuple(_hashes(element)),
        place=place,
        swid=swid,
    )


def _identifiers(element: Element) -> Iterator[tuple[str, str]]:
    listed = element.get("externalIdentifier")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict):
            kind = _text(each.get("externalIdentifierType")).rpartition("/")[2]
            yield kind, _text(each.get("identifier"))


def _hashes(element: Element) -> Iterator[tuple[str, str]]:
    listed = element.get("verifiedUsing")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and each.get("hashValue"):
            yield _text(each.get("algorithm")), _text(each.get("hashValue"))


def _ending(element: Element, name: str) -> Json:
    """Give the value of `software_<name>`, `software:<name>` or `<name>`."""
    return next((each for key, each in element.items() if key.endswith(name)), None)


def _type(element: Element) -> str:
    return re.split(r"[_:/]", _text(element.get("type") or element.get("@type")))[-1]


def _id(element: Element) -> str:
    return _text(element.get("spdxId") or element.get("@id"))


def _texts(value: Json) -> list[str]:
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
