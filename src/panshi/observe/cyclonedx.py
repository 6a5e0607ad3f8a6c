"""CycloneDX 1.2 to 1.7, JSON and XML (ECMA-424): one `sbom.document/1` per file.

Components are read one at a time, nested ones too; one that cannot be read is reported with its
place and left out. The component the document is about (`metadata.component`) gives the subject
and is not counted among its own parts; components of tools, pedigrees and formulas are no parts.
A document without any list of components, such as a bare VEX, is a look that failed: it must not
replace the bill of materials it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from panshi.errors import BadInputError
from panshi.model.observation import Observation
from panshi.observe.bill import Bill
from panshi.observe.cyclonedx_terms import INSTEAD, warn_of_type
from panshi.observe.cyclonedx_xml import read_xml
from panshi.observe.port import Look
from panshi.observe.reading.files import begins_with_markup, open_source, path_of
from panshi.observe.reading.json_events import Json, JsonCursor
from panshi.observe.reading.xml_events import XmlDocument

_SERIAL = re.compile(
    r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_TEXTS = frozenset({"name", "version", "purl", "type", "publisher", "author"})
_NEWEST = 7


class CycloneDx:
    """Reads CycloneDX documents."""

    name = "cyclonedx"
    title_zh = "CycloneDX 軟體物料清單"
    title_en = "CycloneDX software bill of materials"
    needs_path = True
    kinds = ("sbom.document/1",)
    suffixes = (".cdx.json", ".cdx.xml", ".json", ".xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of the software the document describes."""
        bill = Bill(look, "CycloneDX")
        with open_source(path_of(look)) as source:
            if begins_with_markup(source):
                read_xml(XmlDocument(source), bill)
            else:
                _read_json(JsonCursor(source), bill)
        check_heading(bill, str(look.path))
        yield bill.observation()


OBSERVER = CycloneDx()


def check_heading(bill: Bill, place: str) -> None:
    """Refuse versions of another shape; warn of newer ones and of a malformed serial number."""
    major, _, minor = bill.spec_version.partition(".")
    if major != "1" or not (minor.isascii() and minor.isdigit()):
        raise BadInputError(
            f"CycloneDX version {bill.spec_version[:20]!r} is not known",
            place=place,
            remedy="export the document as CycloneDX 1.2 to 1.7",
        )
    if len(minor) > 1 or int(minor) > _NEWEST:
        bill.warnings.tell(place, f"version {bill.spec_version[:20]} is newer than 1.{_NEWEST}")
    if bill.serial and not _SERIAL.fullmatch(bill.serial):
        bill.warnings.tell(place, f"serial number {bill.serial[:60]!r} is no urn:uuid")


def _read_json(cursor: JsonCursor, bill: Bill) -> None:
    if cursor.shape != "object":
        cursor.refuse("is not a CycloneDX document", "name another observer for this file")
    marked = False
    for key in cursor.members():
        match key:
            case "bomFormat":
                marked = cursor.value() == "CycloneDX"
            case "specVersion":
                bill.spec_version = _text(cursor.value())
            case "serialNumber":
                bill.serial = _text(cursor.value())
            case "metadata":
                _read_metadata(cursor, bill)
            case "components":
                bill.lists_parts = True
                _read_components(cursor, bill)
            case _ if key in INSTEAD:
                bill.instead = bill.instead or key
    cursor.finish()
    if not marked:
        raise BadInputError(
            'is not a CycloneDX document: "bomFormat" is not "CycloneDX"',
            place=str(bill.look.path),
            remedy="name another observer for this file",
        )


def _read_metadata(cursor: JsonCursor, bill: Bill) -> None:
    maker = ""
    for key in cursor.members():
        match key:
            case "timestamp":
                bill.created_place = cursor.place
                bill.created = _text(cursor.value())
            case "tools":
                bill.tools = list(tool_names(cursor.value()))
            case "supplier":
                bill.supplier = _organisation(cursor.value())
            case "manufacturer" | "manufacture":
                maker = _organisation(cursor.value())
            case "component" if cursor.shape == "object":
                values = _read_component(cursor, bill)
                bill.subject_name = _text(values.get("name"))
                bill.subject_version = _text(values.get("version"))
                maker = _text(values.get("supplier")) or maker
    bill.supplier = bill.supplier or maker


def _read_components(cursor: JsonCursor, bill: Bill) -> None:
    for _ in cursor.elements():
        place = cursor.place
        if cursor.shape == "object":
            values = _read_component(cursor, bill)
            warn_of_type(bill, values.get("type"), place)
            bill.add(values, place)
        else:
            bill.skip(place, f"a component that is no object but {cursor.shape}")


def _read_component(cursor: JsonCursor, bill: Bill) -> dict[str, object]:
    """Read one component and add the ones nested in it."""
    values: dict[str, object] = {}
    for key in cursor.members():
        if key in _TEXTS and cursor.shape == "text":
            values[key] = cursor.value()
        elif key in _TEXTS:
            bill.warnings.tell(cursor.place, f"{key} is no text but {cursor.shape}")
        elif key in {"cpe", "swid"}:
            values["identified"] = True
        elif key == "licenses":
            values["licence"] = licences(cursor.value())
        elif key in {"supplier", "manufacturer"}:
            name = _organisation(cursor.value())
            values[key] = name
        elif key == "components" and cursor.shape == "array":
            _read_components(cursor, bill)
    values["supplier"] = (
        values.get("supplier") or values.get("manufacturer") or values.get("publisher") or ""
    )
    return values


def licences(value: Json) -> str:
    """Give licence ids, names and expressions as one text."""
    found = []
    for choice in value if isinstance(value, list) else []:
        if not isinstance(choice, dict):
            continue
        licence = choice.get("license")
        held = licence if isinstance(licence, dict) else {}
        found.append(
            _text(choice.get("expression")) or _text(held.get("id")) or _text(held.get("name"))
        )
    return ", ".join(filter(None, found))


def tool_names(value: Json) -> Iterator[str]:
    """Give the tools, as a list (to 1.4) or as components and services (from 1.5)."""
    listed: list[Json] = []
    match value:
        case list():
            listed = value
        case dict():
            for key in ("components", "services"):
                part = value.get(key)
                listed += part if isinstance(part, list) else []
    for tool in listed[:10]:
        if isinstance(tool, dict) and (name := _text(tool.get("name"))):
            yield f"{name} {_text(tool.get('version'))}".strip()


def _organisation(value: Json) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
