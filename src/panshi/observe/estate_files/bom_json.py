"""Read CycloneDX JSON, versions 1.2 to 1.7, streaming."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from panshi.observe.estate_files.bom import Document, Element
from panshi.observe.estate_files.draft import Draft
from panshi.observe.reading.json_events import Json, JsonCursor, open_json
from panshi.observe.reading.limits import MIB, Limits

LIMITS = Limits(max_bytes=256 * MIB)


def read_bom_json(path: Path, draft: Draft) -> None:
    """Read a document into the draft."""
    document = Document(draft)
    elements: list[Element] = []
    told: dict[str, str] = {}
    with open_json(path, LIMITS) as cursor:
        if cursor.shape != "object":
            cursor.refuse("is no CycloneDX document", "an object with bomFormat is expected")
        for key in cursor.members():
            match key:
                case "bomFormat" | "serialNumber" | "version":
                    told[key] = str(cursor.value())
                case "metadata":
                    elements += _metadata(cursor.value(), document)
                case "components" | "services":
                    elements += _listed(cursor, key)
                case "dependencies":
                    _dependencies(cursor, document)
        cursor.finish()
        if told.get("bomFormat") != "CycloneDX":
            cursor.refuse("is no CycloneDX document", "bomFormat is not CycloneDX")
    # The serial number may come after the elements whose links are made from it.
    document.about(told.get("serialNumber", ""), told.get("version", ""))
    for element in elements:
        document.element(element)
    document.finish()


def _listed(cursor: JsonCursor, key: str) -> Iterator[Element]:
    for index in cursor.elements():
        yield _element(cursor.value(), f"/{key}/{index}", service=key == "services")


def _dependencies(cursor: JsonCursor, document: Document) -> None:
    for index in cursor.elements():
        entry = cursor.value()
        targets = entry.get("dependsOn") if isinstance(entry, dict) else None
        for target in targets if isinstance(targets, list) else ():
            document.dependency(f"/dependencies/{index}", _text(entry, "ref"), _str(target))


def _metadata(metadata: Json, document: Document) -> Iterator[Element]:
    for name, value in _properties(metadata):
        document.property("/metadata/properties", name, value)
    component = _member(metadata, "component")
    if component is not None:
        yield _element(component, "/metadata/component", service=False, subject=True)


def _element(raw: Json, place: str, *, service: bool, subject: bool = False) -> Element:
    nested = "services" if service else "components"
    publisher = _member(raw, "provider" if service else "supplier")
    boundary = _member(raw, "x-trust-boundary")
    return Element(
        place=place,
        service=service,
        subject=subject,
        type=_text(raw, "type"),
        ref=_text(raw, "bom-ref"),
        group=_text(raw, "group"),
        name=_text(raw, "name"),
        version=_text(raw, "version"),
        publisher=_text(publisher, "name") or _text(raw, "publisher"),
        purl=_text(raw, "purl"),
        cpe=_text(raw, "cpe"),
        licences=tuple(_licences(raw)),
        crypto=_text(_member(raw, "cryptoProperties"), "assetType"),
        boundary=boundary if isinstance(boundary, bool) else None,
        endpoints=tuple(map(_str, _members(raw, "endpoints"))),
        properties=tuple(_properties(raw)),
        children=tuple(
            _element(child, f"{place}/{nested}/{index}", service=service)
            for index, child in enumerate(_members(raw, nested))
        ),
    )


def _licences(raw: Json) -> Iterator[str]:
    for entry in _members(raw, "licenses"):
        licence = _member(entry, "license")
        yield _text(entry, "expression") or _text(licence, "id") or _text(licence, "name")


def _properties(raw: Json) -> Iterator[tuple[str, str | None]]:
    for entry in _members(raw, "properties"):
        value = _member(entry, "value")
        yield _text(entry, "name"), value if isinstance(value, str) else None


def _member(raw: Json, key: str) -> Json:
    return raw.get(key) if isinstance(raw, dict) else None


def _members(raw: Json, key: str) -> list[Json]:
    found = _member(raw, key)
    return found if isinstance(found, list) else []


def _text(raw: Json, key: str) -> str:
    return _str(_member(raw, key))


def _str(value: Json) -> str:
    return value if isinstance(value, str) else ""
