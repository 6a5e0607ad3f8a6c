"""Write a bill of materials: CycloneDX 1.6 as JSON or XML, SPDX 2.3 as JSON.

The same head and components give the same bytes. Only what `BomHead` and `BomComponent` hold is
written; `converting` tells what a document held besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache

import msgspec
from lxml import etree

from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.observe.bom.cyclonedx_json import KNOWN_TYPES
from panshi.observe.bom.schemas import licence_ids
from panshi.observe.bom.spdx_terms import DOCUMENT, PURPOSES

NAMESPACE = "http://cyclonedx.org/schema/bom/1.6"
_HASHES = {
    re.sub("[-_]", "", name): name
    for name in (
        *("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512"),
        *("BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3"),
    )
}
_SPDX_HASHES = {short: short for short in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")}
_SPDX_HASHES |= {"SHA3256": "SHA3-256", "SHA3384": "SHA3-384", "SHA3512": "SHA3-512"}
_HEX = re.compile(
    r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}"
)
_OPERATORS = re.compile(r" (AND|OR|WITH) ")
_SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_ID = re.compile(r"[^A-Za-z0-9.-]+")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

type Value = str | int | bool | list["Value"] | dict[str, "Value"]


class Form(StrEnum):
    """A form documents can be written in."""

    CYCLONEDX_JSON = "cyclonedx-json"
    CYCLONEDX_XML = "cyclonedx-xml"
    SPDX_JSON = "spdx-json"


def write(form: Form, head: BomHead, components: Iterable[BomComponent]) -> bytes:
    """Give the document in that form."""
    writers: Mapping[Form, Callable[[BomHead, Iterable[BomComponent]], bytes]] = {
        Form.CYCLONEDX_JSON: cyclonedx_json,
        Form.CYCLONEDX_XML: cyclonedx_xml,
        Form.SPDX_JSON: spdx_json,
    }
    return writers[form](head, components)


def cyclonedx_json(head: BomHead, components: Iterable[BomComponent]) -> bytes:
    """Give CycloneDX 1.6 as JSON."""
    parts = tuple(components)
    top: dict[str, Value] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        **({"serialNumber": head.serial} if _SERIAL.fullmatch(head.serial) else {}),
        "version": max(head.version, 1),
        "metadata": _metadata(head),
        "components": [_part(each) for each in parts],
        "dependencies": [
            {"ref": ref, "dependsOn": list(on)} if on else {"ref": ref}
            for ref, on in _edges(head, parts)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2) + b"\n"


def cyclonedx_xml(head: BomHead, components: Iterable[BomComponent]) -> bytes:
    """Give CycloneDX 1.6 as XML."""
    parts = tuple(components)
    root = etree.Element(f"{{{NAMESPACE}}}bom", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    if _SERIAL.fullmatch(head.serial):
        root.set("serialNumber", head.serial)
    root.set("version", str(max(head.version, 1)))
    metadata = _metadata(head)
    _fill(_below(root, "metadata"), metadata)
    holder = _below(root, "components")
    for part in parts:
        _element(holder, "component", _part(part))
    edges = _below(root, "dependencies")
    for ref, on in _edges(head, parts):
        edge = _below(edges, "dependency")
        edge.set("ref", _text(ref))
        for each in on:
            _below(edge, "dependency").set("ref", _text(each))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _edges(head: BomHead, parts: tuple[BomComponent, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the dependencies between what is in the document."""
    known = {each.ref for each in parts} | {head.subject.ref if head.subject else ""}
    for ref, on in head.dependencies:
        if ref in known:
            yield ref, tuple(each for each in on if each in known)


def _metadata(head: BomHead) -> dict[str, Value]:
    tools: list[Value] = [{"type": "application", "name": each} for each in head.tools]
    return _said(
        {
            "timestamp": head.created,
            "tools": {"components": tools} if tools else "",
            "authors": [{"name": each} for each in head.authors],
            "component": _part(head.subject) if head.subject else "",
            "supplier": {"name": head.supplier} if head.supplier else "",
        }
    )


def _part(each: BomComponent) -> dict[str, Value]:
    """Give a component; its members stand in the order the XML form demands."""
    return _said(
        {
            "type": each.type if each.type in KNOWN_TYPES else "library",
            "bom-ref": each.ref,
            "supplier": {"name": each.supplier} if each.supplier else "",
            "group": each.group,
            "name": each.name,
            "version": each.version,
            "scope": each.scope if each.scope in {"required", "optional", "excluded"} else "",
            "hashes": [
                {"alg": _HASHES[short], "content": value}
                for name, value in each.hashes
                if (short := re.sub("[-_]", "", name)) in _HASHES and _HEX.fullmatch(value)
            ],
            "licenses": licences(each.licence),
            "cpe": each.cpe,
            "purl": each.purl,
        }
    )


def licences(text: str) -> list[Value]:
    """Give a licence as its id where it is one, as an expression where it is one, else by name."""
    if not text:
        return []
    known = licence_ids()
    if _OPERATORS.search(text) and ", " not in text:
        return [{"expression": text}]
    several = text.split(", ")
    if all(each in known for each in several):
        return [{"license": {"id": each}} for each in several]
    return [{"license": {"name": text}}]


def _said(members: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in members.items() if value not in ("", [], {})}


_SINGULAR = {"authors": "author", "hashes": "hash", "components": "component"}


def _fill(owner: etree._Element, members: Mapping[str, Value]) -> None:
    for key, value in members.items():
        _element(owner, key, value)


def _element(owner: etree._Element, name: str, value: Value) -> None:
    match value:
        case dict() if "alg" in value:
            made = _below(owner, name)
            made.set("alg", str(value["alg"]))
            made.text = str(value["content"])
        case dict():
            made = _below(owner, name)
            for attribute in ("type", "bom-ref"):
                if attribute in value:
                    made.set(attribute, _text(str(value[attribute])))
            _fill(made, {k: v for k, v in value.items() if k not in ("type", "bom-ref")})
        case list() if name == "licenses":
            holder = _below(owner, name)
            for each in value:
                _fill(holder, each if isinstance(each, dict) else {})
        case list():
            holder = _below(owner, name)
            for each in value:
                _element(holder, _SINGULAR[name], each)
        case _:
            _below(owner, name).text = _text(str(value))


def _below(owner: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(owner, f"{{{NAMESPACE}}}{name}")


def _text(text: str) -> str:
    return _UNWRITABLE.sub(" ", text)


def spdx_json(head: BomHead, components: Iterable[BomComponent]) -> bytes:
    """Give SPDX 2.3 as JSON."""
    parts = tuple(components)
    ids = _ids((head.subject, *parts) if head.subject else parts)
    packages = [_package(each, ids[id(each)]) for each in parts]
    by_ref = {each.ref: ids[id(each)] for each in parts if each.ref}
    relations: list[Value] = []
    if head.subject:
        root = ids[id(head.subject)]
        packages.insert(0, _package(head.subject, root))
        relations.append(_relation(DOCUMENT, "DESCRIBES", root))
        if head.subject.ref:
            by_ref.setdefault(head.subject.ref, root)
    relations += [
        _relation(by_ref[ref], "DEPENDS_ON", by_ref[each])
        for ref, on in head.dependencies
        for each in on
        if ref in by_ref and each in by_ref
    ]
    name = head.subject.name if head.subject else "bill of materials"
    creators: list[Value] = [f"Tool: {each}" for each in head.tools]
    creators += [f"Organization: {each}" for each in head.authors]
    top: dict[str, Value] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": name,
        "documentNamespace": head.serial or f"urn:sha256:{head.digest}",
        "creationInfo": {
            "created": head.created,
            "creators": creators or ["Tool: panshi"],
        },
        "packages": list(packages),
        "relationships": relations,
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2) + b"\n"


def _ids(parts: tuple[BomComponent, ...]) -> dict[int, str]:
    used: dict[str, int] = {}
    made: dict[int, str] = {}
    for each in parts:
        plain = _NO_ID.sub("-", f"{each.name}-{each.version}".strip("-")) or "package"
        used[plain] = used.get(plain, 0) + 1
        made[id(each)] = f"SPDXRef-{plain}" + (f"-{used[plain]}" if used[plain] > 1 else "")
    return made


def _package(each: BomComponent, identifier: str) -> Value:
    references: list[Value] = []
    if each.purl:
        references.append(_reference("PACKAGE-MANAGER", "purl", each.purl))
    if each.cpe:
        kind = "cpe23Type" if each.cpe.startswith("cpe:2.3") else "cpe22Type"
        references.append(_reference("SECURITY", kind, each.cpe))
    checksums: list[Value] = [
        {"algorithm": _SPDX_HASHES[short], "checksumValue": value.lower()}
        for name, value in each.hashes
        if (short := re.sub("[-_]", "", name)) in _SPDX_HASHES and _HEX.fullmatch(value)
    ]
    return {
        "SPDXID": identifier,
        **_said(
            {
                "name": f"{each.group}/{each.name}" if each.group else each.name,
                "versionInfo": each.version,
                "supplier": f"Organization: {each.supplier}" if each.supplier else "NOASSERTION",
                "downloadLocation": "NOASSERTION",
                "primaryPackagePurpose": _purposes().get(each.type, ""),
                "licenseDeclared": _declared(each.licence),
                "checksums": checksums,
                "externalRefs": references,
            }
        ),
        "filesAnalyzed": False,
    }


@cache
def _purposes() -> dict[str, str]:
    return {kind: purpose for purpose, kind in reversed(PURPOSES.items()) if "-" not in purpose}


def _declared(text: str) -> str:
    known = licence_ids()
    words = re.split(r" (?:AND|OR|WITH) |[()]", text)
    several = text.split(", ")
    if text and all(each in known for each in several):
        return " AND ".join(several)
    if text and all(not each.strip() or each.strip() in known for each in words):
        return text
    return "NOASSERTION"


def _reference(category: str, kind: str, locator: str) -> Value:
    return {
        "referenceCategory": category,
        "referenceType": kind,
        "referenceLocator": locator,
    }


def _relation(here: str, kind: str, there: str) -> Value:
    return {"spdxElementId": here, "relationshipType": kind, "relatedSpdxElement": there}
