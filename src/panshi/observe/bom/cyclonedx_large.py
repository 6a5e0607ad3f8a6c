"""CycloneDX as JSON, the patient way: streamed, one component in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.cyclonedx_json import (
    INSTEAD,
    Edge,
    Metadata,
    Part,
    check_heading,
    read_metadata,
    taken,
)
from panshi.observe.bom.pieces import plain
from panshi.observe.bom.repair import fitted
from panshi.observe.bom.stream import Told
from panshi.observe.reading.json_events import Json, JsonCursor

_NESTED = "components"


def read_streamed(cursor: JsonCursor, told: Told) -> Iterator[BomComponent]:
    """Give the components as they pass."""
    if not cursor.at("object"):
        cursor.refuse("is not a CycloneDX document", "name another observer for this file")
    marked = False
    for key in cursor.members():
        match key:
            case "bomFormat":
                marked = cursor.value() == "CycloneDX"
            case "metadata":
                yield from _metadata(cursor, told)
            case "components":
                told.lists_components = True
                yield from _components(cursor, told, "/components")
            case "dependencies" if cursor.shape == "array":
                _dependencies(cursor, told)
            case _:
                _heading(cursor, key, told)
    cursor.finish()
    if not marked:
        raise BadInputError(
            'is not a CycloneDX document: "bomFormat" is not "CycloneDX"',
            place=told.name,
            remedy="name another observer for this file",
        )
    check_heading(told)


def _heading(cursor: JsonCursor, key: str, told: Told) -> None:
    match key:
        case "specVersion":
            told.spec_version = _text(cursor.value())
        case "serialNumber":
            told.serial = plain(_text(cursor.value()))
        case "version":
            edition = cursor.value()
            told.version = edition if isinstance(edition, int) else 1
        case _ if key in INSTEAD:
            told.instead = told.instead or key
            told.statements = told.statements or key == "vulnerabilities"


def _metadata(cursor: JsonCursor, told: Told) -> Iterator[BomComponent]:
    if cursor.shape != "object":
        cursor.refuse(f"expected an object, found {cursor.shape}")
    rest: dict[str, Json] = {}
    subject: Part | None = None
    for key in cursor.members():
        if key == "component" and cursor.shape == "object":
            values: dict[str, Json] = {}
            yield from _members(cursor, told, "/metadata/component", values)
            subject = fitted(values, Part, "/metadata/component", told)
        else:
            rest[key] = cursor.value()
    metadata = fitted(rest, Metadata, "/metadata", told)
    metadata.component = subject or metadata.component
    read_metadata(metadata, told)


def _members(
    cursor: JsonCursor, told: Told, place: str, values: dict[str, Json]
) -> Iterator[BomComponent]:
    """Collect the members of a component; gives the components nested in it."""
    for key in cursor.members():
        if key == _NESTED and cursor.shape == "array":
            yield from _components(cursor, told, f"{place}/components")
        else:
            values[key] = cursor.value()


def _components(cursor: JsonCursor, told: Told, where: str) -> Iterator[BomComponent]:
    for index in cursor.elements():
        place = f"{where}/{index}"
        if cursor.shape != "object":
            told.left_out(place, f"a component that is no object but {cursor.shape}")
            continue
        values: dict[str, Json] = {}
        yield from _members(cursor, told, place, values)
        component = taken(fitted(values, Part, place, told), place, told)
        if component is not None:
            yield component


def _dependencies(cursor: JsonCursor, told: Told) -> None:
    for index in cursor.elements():
        value = cursor.value()
        place = f"/dependencies/{index}"
        if isinstance(value, dict):
            edge = fitted(value, Edge, place, told)
            told.depends(edge.ref or "", edge.depends_on or [])
        else:
            told.defect(place, "a dependency that is no object")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
