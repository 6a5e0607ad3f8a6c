"""SPDX 2.2 and 2.3 as JSON (ISO/IEC 5962).

A clean document of usual size is decoded in one go; others are read twice as a stream, once for
what they describe, since that may stand at the end, and once for the packages.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.document import Document
from panshi.observe.bom.pieces import inspect, plain
from panshi.observe.bom.repair import fitted
from panshi.observe.bom.spdx_graph import read_graph
from panshi.observe.bom.spdx_terms import (
    CPES,
    PACKAGE_URLS,
    PURPOSES,
    Described,
    Roots,
    creator,
    known_version,
    licence_of,
    party,
)
from panshi.observe.bom.stream import Told
from panshi.observe.reading.json_events import JsonCursor


class Reference(msgspec.Struct, gc=False, rename="camel"):
    """A name the package has elsewhere."""

    reference_type: str | None = None
    reference_locator: str | None = None


class Checksum(msgspec.Struct, gc=False, rename="camel"):
    """A digest of a package."""

    algorithm: str | None = None
    checksum_value: str | None = None


class Package(msgspec.Struct, gc=False, rename="camel"):
    """A package, as far as judgement needs it."""

    spdx_id: str | None = msgspec.field(default=None, name="SPDXID")
    name: str | None = None
    version_info: str | None = None
    supplier: str | None = None
    license_concluded: str | None = None
    license_declared: str | None = None
    primary_package_purpose: str | None = None
    external_refs: list[Reference] | None = None
    checksums: list[Checksum] | None = None


class Relationship(msgspec.Struct, gc=False, rename="camel"):
    """How two elements relate."""

    spdx_element_id: str | None = None
    relationship_type: str | None = None
    related_spdx_element: str | None = None


class Creation(msgspec.Struct, gc=False):
    """Who made the document, and when."""

    created: str | None = None
    creators: list[str] | None = None


class Whole(msgspec.Struct, gc=False, rename="camel"):
    """A whole document."""

    spdx_version: str | None = None
    document_namespace: str | None = None
    creation_info: Creation | None = None
    document_describes: list[str] | None = None
    packages: list[Package] = msgspec.field(default_factory=list)
    relationships: list[Relationship] | None = None


_decoder = msgspec.json.Decoder(Whole)


def read_spdx(document: Document, told: Told, small: bytes | None) -> Iterator[BomComponent]:
    """Give the packages of a document of any version."""
    told.format = "SPDX"
    whole = _decoded(small)
    if whole is not None and whole.spdx_version:
        yield from _read_whole(whole, told)
        return
    described = _survey(document, told)
    if described is None:
        yield from read_graph(document, told)
    else:
        yield from _read_streamed(document, told, described)


def _decoded(small: bytes | None) -> Whole | None:
    if small is None:
        return None
    try:
        return _decoder.decode(small)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _read_whole(whole: Whole, told: Told) -> Iterator[BomComponent]:
    version = whole.spdx_version or ""
    known_version(version, told.name)
    told.spec_version = version.removeprefix("SPDX-")
    told.serial = plain(whole.document_namespace or "")
    _creation(whole.creation_info, told)
    described = Described(told)
    for identifier in whole.document_describes or ():
        described.add(identifier)
    for each in whole.relationships or ():
        _relation(each, described)
    told.lists_components = True
    roots = Roots(told, described.ids)
    for index, package in enumerate(whole.packages):
        component = _taken(package, f"/packages/{index}", told)
        if component is not None and roots.part(component):
            yield component
    yield from roots.close()


def _survey(document: Document, told: Told) -> Described | None:
    """Find what the document describes; None where it is a graph of version 3."""
    described = Described(told)
    version = ""
    with document.open() as source:
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
                    for index in cursor.elements():
                        value = cursor.value()
                        if isinstance(value, dict):
                            place = f"/relationships/{index}"
                            _relation(fitted(value, Relationship, place, told), described)
        cursor.finish()
    known_version(version, told.name)
    return described


def _read_streamed(document: Document, told: Told, described: Described) -> Iterator[BomComponent]:
    roots = Roots(told, described.ids)
    told.lists_components = True
    with document.open() as source:
        cursor = JsonCursor(source)
        for key in cursor.members():
            match key:
                case "spdxVersion":
                    told.spec_version = _text(cursor.value()).removeprefix("SPDX-")
                case "documentNamespace":
                    told.serial = plain(_text(cursor.value()))
                case "creationInfo":
                    value = cursor.value()
                    if isinstance(value, dict):
                        _creation(fitted(value, Creation, "/creationInfo", told), told)
                case "packages":
                    for index in cursor.elements():
                        component = _package(cursor.value(), f"/packages/{index}", told)
                        if component is not None and roots.part(component):
                            yield component
        cursor.finish()
    yield from roots.close()


def _package(value: object, place: str, told: Told) -> BomComponent | None:
    if not isinstance(value, dict):
        told.left_out(place, "a package that is no object")
        return None
    return _taken(fitted(value, Package, place, told), place, told)


def _taken(package: Package, place: str, told: Told) -> BomComponent | None:
    name = plain(package.name or "")
    if not name:
        told.left_out(place, "a component without a name")
        return None
    purl = cpe = swid = ""
    for each in package.external_refs or ():
        kind = (each.reference_type or "").rpartition("/")[2]
        locator = each.reference_locator or ""
        if kind in PACKAGE_URLS:
            purl = purl or plain(locator)
        elif kind in CPES:
            cpe = cpe or locator
        elif kind == "swid":
            swid = locator
    version = plain(package.version_info or "")
    version = "" if version in {"NOASSERTION", "NONE"} else version
    inspect(told, place, purl, version)
    return BomComponent(
        name=name,
        version=version,
        purl=purl,
        ref=package.spdx_id or "",
        type=PURPOSES.get(package.primary_package_purpose or "", "library"),
        supplier=party(package.supplier or ""),
        licence=licence_of(package.license_concluded or "", package.license_declared or ""),
        cpe=cpe,
        hashes=tuple(
            (each.algorithm or "", each.checksum_value or "") for each in package.checksums or ()
        ),
        place=place,
        swid=swid,
    )


def _relation(each: Relationship, described: Described) -> None:
    described.relation(
        each.spdx_element_id or "", each.relationship_type or "", each.related_spdx_element or ""
    )


def _creation(creation: Creation | None, told: Told) -> None:
    if creation is None:
        return
    told.created = creation.created or ""
    for each in creation.creators or ():
        creator(told, plain(each))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
