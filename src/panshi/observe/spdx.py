"""SPDX 2.2 and 2.3 (ISO/IEC 5962) as JSON or tag-value, 3.0 as JSON-LD: `sbom.document/1`.

The file is read twice: once for what it says about itself (which package it describes, who made
it), since that may stand at the end, and once for the packages, one at a time. The one package a
document describes gives the subject and is not counted among its own parts; files are no parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.observation import Observation
from panshi.observe.bill import Bill, Values
from panshi.observe.port import Look
from panshi.observe.reading.files import begins_with_markup, open_source, path_of
from panshi.observe.reading.json_events import Json, JsonCursor
from panshi.observe.spdx_graph import read_graph
from panshi.observe.spdx_tags import read_tags
from panshi.observe.spdx_terms import Described, Roots, known_version, licence_of, party

_IDENTIFIERS = frozenset({"cpe22Type", "cpe23Type", "swid"})


class Spdx:
    """Reads SPDX documents."""

    name = "spdx"
    title_zh = "SPDX 軟體物料清單"
    title_en = "SPDX software bill of materials"
    needs_path = True
    kinds = ("sbom.document/1",)
    suffixes = (".spdx.json", ".spdx", ".json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of the software the document describes."""
        path = path_of(look)
        bill = Bill(look, "SPDX")
        with open_source(path) as source:
            if begins_with_markup(source):
                raise BadInputError(
                    "is XML; the RDF/XML form of SPDX is not read",
                    place=str(path),
                    remedy="convert it to SPDX JSON",
                )
            as_json = source.peek(256).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] in b"{["
        if not as_json:
            read_tags(path, bill)
        elif (described := _survey(path)) is None:
            read_graph(path, bill)
        else:
            _read_packages(path, bill, described)
        yield bill.observation()


OBSERVER = Spdx()


def _survey(path: Path) -> Described | None:
    """Find what the document describes; None where it is a graph of version 3."""
    described = Described()
    version = ""
    with open_source(path) as source:
        cursor = JsonCursor(source)
        if cursor.shape != "object":
            cursor.refuse("is not an SPDX document", "name another observer for this file")
        for key in cursor.members():
            match key:
                case "@graph" | "@context":
                    return None
                case "spdxVersion":
                    version = _text(cursor.value())
                case "documentDescribes":
                    for _ in cursor.elements():
                        described.add(_text(cursor.value()))
                case "relationships":
                    for _ in cursor.elements():
                        _relation(cursor.value(), described)
        cursor.finish()
    known_version(version, str(path))
    return described


def _relation(value: Json, described: Described) -> None:
    if not isinstance(value, dict):
        return
    here, there = _text(value.get("spdxElementId")), _text(value.get("relatedSpdxElement"))
    described.relation(here, _text(value.get("relationshipType")), there)


def _read_packages(path: Path, bill: Bill, described: Described) -> None:
    roots = Roots(bill, described)
    bill.lists_parts = True
    with open_source(path) as source:
        cursor = JsonCursor(source)
        for key in cursor.members():
            match key:
                case "spdxVersion":
                    bill.spec_version = _text(cursor.value()).removeprefix("SPDX-")
                case "documentNamespace":
                    bill.serial = _text(cursor.value())
                case "creationInfo":
                    bill.created_place = f"{cursor.place}/created"
                    _creation(cursor.value(), bill)
                case "packages":
                    for _ in cursor.elements():
                        _package(cursor, roots)
        cursor.finish()
    roots.close()


def _creation(value: Json, bill: Bill) -> None:
    if not isinstance(value, dict):
        return
    bill.created = _text(value.get("created"))
    creators = value.get("creators")
    for creator in creators if isinstance(creators, list) else []:
        kind, _, name = _text(creator).partition(":")
        if kind.strip() == "Tool":
            bill.tools.append(name.strip())


def _package(cursor: JsonCursor, roots: Roots) -> None:
    place = cursor.place
    value = cursor.value()
    if not isinstance(value, dict):
        roots.bill.skip(place, "a package that is no object")
        return
    roots.take(_text(value.get("SPDXID")), _values(value), place)


def _values(package: dict[str, Json]) -> Values:
    values: dict[str, object] = {
        "name": package.get("name"),
        "version": package.get("versionInfo"),
        "supplier": party(_text(package.get("supplier"))),
        "licence": licence_of(
            _text(package.get("licenseConcluded")), _text(package.get("licenseDeclared"))
        ),
    }
    references = package.get("externalRefs")
    for reference in references if isinstance(references, list) else []:
        if not isinstance(reference, dict):
            continue
        kind = _text(reference.get("referenceType")).rpartition("/")[2]
        if kind == "purl" and "purl" not in values:
            values["purl"] = reference.get("referenceLocator")
        elif kind in _IDENTIFIERS:
            values["identified"] = True
    return values


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
