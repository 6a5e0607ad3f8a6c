"""SPDX 3.0 as JSON-LD: a flat graph of elements that refer to each other by id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.bill import Bill, Values
from panshi.observe.reading.files import open_source
from panshi.observe.reading.json_events import Json, JsonCursor
from panshi.observe.spdx_terms import Described, Roots, licence_of

_PACKAGES = frozenset({"Package", "AIPackage", "DatasetPackage"})
_AGENTS = frozenset({"Agent", "Organization", "Person", "SoftwareAgent", "Tool"})
_COLLECTIONS = frozenset({"SpdxDocument", "Sbom", "Bom", "Bundle"})
_LICENCES = frozenset({"LicenseExpression", "SimpleLicensingText", "ListedLicense"})
_IDENTIFIERS = frozenset({"cpe22", "cpe23", "swid"})
_VERSION = re.compile(r"3\.[0-9]+(\.[0-9]+)?")
_KEPT = 200_000

type Element = dict[str, Json]


@dataclass(slots=True)
class _Survey:
    """What the elements other than packages say."""

    creations: dict[str, Element] = field(default_factory=dict)
    documents: list[Element] = field(default_factory=list)
    roots: dict[str, list[str]] = field(default_factory=dict)
    "Root elements of each document and collection."
    names: dict[str, str] = field(default_factory=dict)
    "Names of parties and texts of licences."
    concluded: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    described: Described = field(default_factory=Described)


def read_graph(path: Path, bill: Bill) -> None:
    """Read the document into the bill."""
    survey = _Survey()
    for element, _ in _elements(path):
        _note(element, survey)
    _heading(survey, bill, str(path))
    roots = Roots(bill, survey.described)
    bill.lists_parts = True
    for element, place in _elements(path):
        if element is None:
            bill.skip(place, "an element that is no object")
        elif _type(element) in _PACKAGES:
            roots.take(_id(element), _values(element, survey), place)
    roots.close()


def _elements(path: Path) -> Iterator[tuple[Element | None, str]]:
    with open_source(path) as source:
        cursor = JsonCursor(source)
        for key in cursor.members():
            if key == "@graph":
                for _ in cursor.elements():
                    place = cursor.place
                    value = cursor.value()
                    yield (value if isinstance(value, dict) else None), place
        cursor.finish()


def _note(element: Element | None, survey: _Survey) -> None:
    if element is None or len(survey.names) + len(survey.concluded) > _KEPT:
        return
    kind, identifier = _type(element), _id(element)
    if kind == "CreationInfo":
        survey.creations[identifier] = element
    elif kind in _AGENTS:
        survey.names[identifier] = _text(element.get("name"))
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


def _heading(survey: _Survey, bill: Bill, place: str) -> None:
    document = next(iter(survey.documents), {})
    stated = document.get("creationInfo")
    creation: Element = stated if isinstance(stated, dict) else {}
    creation = creation or survey.creations.get(_text(stated), {})
    creation = creation or next(iter(survey.creations.values()), {})
    bill.spec_version = _text(creation.get("specVersion"))
    if not _VERSION.fullmatch(bill.spec_version):
        raise BadInputError(
            f"is not an SPDX 3 document (specVersion {bill.spec_version[:20]!r})",
            place=place,
            remedy="export the document as SPDX 2.2, 2.3 or 3.0",
        )
    bill.created = _text(creation.get("created"))
    bill.serial = _id(document)
    bill.tools = [survey.names.get(each, "") for each in _texts(creation.get("createdUsing"))[:10]]
    bill.tools = [each for each in bill.tools if each]
    for root in survey.roots.get(bill.serial, []):
        survey.described.add(root)
        for inner in survey.roots.get(root, []):  # the root may be an Sbom with a root of its own
            survey.described.add(inner)


def _values(element: Element, survey: _Survey) -> Values:
    identifier = _id(element)
    supplier = element.get("suppliedBy")
    values: dict[str, object] = {
        "name": element.get("name"),
        "version": _ending(element, "packageVersion"),
        "purl": _ending(element, "packageUrl"),
        "supplier": _text(supplier.get("name"))
        if isinstance(supplier, dict)
        else survey.names.get(_text(supplier), ""),
        "licence": licence_of(
            survey.names.get(survey.concluded.get(identifier, ""), ""),
            survey.names.get(survey.declared.get(identifier, ""), ""),
        ),
    }
    identifiers = element.get("externalIdentifier")
    for each in identifiers if isinstance(identifiers, list) else []:
        if isinstance(each, dict):
            kind = _text(each.get("externalIdentifierType")).rpartition("/")[2]
            if kind == "packageUrl":
                values["purl"] = values["purl"] or each.get("identifier")
            elif kind in _IDENTIFIERS:
                values["identified"] = True
    return values


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
