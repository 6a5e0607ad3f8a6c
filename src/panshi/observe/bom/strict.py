"""Judge a document strictly: by the official schema, and by the rules no schema can express.

CycloneDX is held to the schema of its version, in JSON and XML. Beyond it: every `bom-ref` stands
once and whatever a dependency names exists; a range of versions belongs to an external component.
JSON itself is held to RFC 8259 with unique names (RFC 7493). SPDX is held to the mandatory members
of ISO/IEC 5962 and of SPDX 3.0, since no schema of it is installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, cast

import msgspec
from lxml import etree

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import Defect
from panshi.observe.bom.document import LIMITS, Document, take_whole
from panshi.observe.bom.opening import open_bom
from panshi.observe.bom.pieces import plain
from panshi.observe.bom.rules import json_rules, xml_rules
from panshi.observe.bom.schemas import VERSIONS, json_schema, xml_schema
from panshi.observe.bom.spdx_rules import graph_rules, spdx_rules, tag_rules
from panshi.observe.reading.files import begins_with_markup, utf8_chunks
from panshi.observe.reading.limits import MIB

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
MOST = 1_000
"Defects told of one document."
_DEEPEST = 64
_XML_MOST = 32 * MIB
_NAMESPACE = "http://cyclonedx.org/schema/bom/"


def check_bom(document: Path | bytes, *, source: str = "") -> tuple[Defect, ...]:
    """Give what is wrong with a document, with places; nothing where it is valid.

    What is no bill of materials at all raises `BadInputError`.
    """
    name = source or (str(document) if isinstance(document, Path) else "document")
    raw, markup = _bytes(Document(document, name, LIMITS))
    if markup:
        return tuple(islice(_check_xml(raw, name), MOST))
    if raw.lstrip()[:1] in (b"{", b"["):
        return tuple(islice(_check_json(raw, name), MOST))
    return tuple(islice(_check_tags(raw, name), MOST))


def _bytes(document: Document) -> tuple[bytes, bool]:
    with document.open() as source:
        markup = begins_with_markup(source)
        if markup:
            raw = take_whole(source)
        else:
            pieces, size = [], 0
            for piece in utf8_chunks(source):
                size += len(piece)
                if size > 64 * MIB:
                    _refuse_large(document.name)
                pieces.append(piece)
            raw = b"".join(pieces)
    if raw is None or len(raw) > (_XML_MOST if markup else 64 * MIB):
        _refuse_large(document.name)
    return raw, markup


def _refuse_large(name: str) -> NoReturn:
    raise BadInputError(
        "is too large to be held to its schema", place=name, remedy="read it, or check a part of it"
    )


def _check_json(raw: bytes, name: str) -> Iterator[Defect]:
    doubled: list[str] = []
    value = _decoded(raw, name, doubled)
    _refuse_deep(value, name)
    for key in dict.fromkeys(doubled):
        yield Defect("", f"an object names {plain(key, 80)!r} twice")
    if _SURROGATE.search(raw) and not _whole_characters(raw):
        yield Defect("", "a text holds half a surrogate pair, which is no character")
    if not isinstance(value, dict):
        raise BadInputError("is no JSON object", place=name, remedy="name a bill of materials")
    if "spdxVersion" in value:
        yield from spdx_rules(value)
    elif "@graph" in value or "@context" in value:
        yield from graph_rules(value)
    elif "bomFormat" in value or "specVersion" in value:
        yield from _check_cyclonedx(value)
    else:
        raise BadInputError(
            "is no bill of materials: neither CycloneDX nor SPDX",
            place=name,
            remedy="export the document as CycloneDX 1.2 to 1.7 or SPDX 2.2, 2.3 or 3.0",
        )


def _whole_characters(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except (msgspec.DecodeError, ValueError):
        return False
    return True


def _check_tags(raw: bytes, name: str) -> Iterator[Defect]:
    stream = open_bom(raw, source=name)
    for _ in stream:
        pass
    yield from stream.defects
    yield from tag_rules(raw.decode())


def _check_cyclonedx(value: dict[str, Any]) -> Iterator[Defect]:
    version = value.get("specVersion")
    if version not in VERSIONS:
        yield Defect(
            "/specVersion", f"{plain(str(version), 20)!r} is not one of {', '.join(VERSIONS)}"
        )
        return
    try:
        for error in islice(json_schema(version).iter_errors(value), MOST):
            yield Defect(_pointer(error.instance_path), _short(error.message))
    except UnicodeEncodeError:  # the validator cannot quote such a text; it has been told
        return
    yield from json_rules(value)


def _decoded(raw: bytes, name: str, doubled: list[str]) -> object:
    def noted(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs) and len(doubled) < MOST:
            seen: set[str] = set()
            doubled.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return made

    def refused(text: str) -> NoReturn:
        raise ValueError(f"{text} is no number of JSON")

    try:
        text = raw.decode()
        return json.loads(text, object_pairs_hook=noted, parse_constant=refused)
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"is not valid JSON: {error.msg}",
            place=f"{name}:{error.lineno}, column {error.colno}",
            remedy="export the file again",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"is not valid JSON: {str(error)[:200]}", place=name, remedy="export the file again"
        ) from error


def _refuse_deep(value: object, name: str) -> None:
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise BadInputError(
        f"nested more than {_DEEPEST} levels deep",
        place=name,
        remedy="this is no bill of materials",
    )


def _check_xml(raw: bytes, name: str) -> Iterator[Defect]:
    root = parsed_xml(raw, name)
    namespace, _, local = str(root.tag).removeprefix("{").rpartition("}")
    version = namespace.removeprefix(_NAMESPACE)
    if local != "bom" or not namespace.startswith(_NAMESPACE) or version not in VERSIONS:
        if local != "bom":
            raise BadInputError(
                f"its root element is <{plain(local, 80)}>, expected <bom>",
                place=name,
                remedy="name a bill of materials",
            )
        yield Defect("line 1", f"namespace {plain(namespace, 80)!r} is not one of CycloneDX")
        return
    schema = xml_schema(version)
    schema.validate(root)
    for error in schema.error_log:  # type: ignore[attr-defined]
        yield Defect(f"line {error.line}", _short(error.message.replace(f"{{{namespace}}}", "")))
    yield from xml_rules(root, namespace)


def parsed_xml(raw: bytes, name: str) -> etree._Element:
    """Parse a document of XML without entities, network or document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise BadInputError(
            f"is not valid XML: {str(error)[:200]}",
            place=f"{name}:{line}",
            remedy="export the file again",
        ) from error
    kind = cast("Any", root.getroottree().docinfo.internalDTD)
    if kind is not None and next(iter(kind.iterentities()), None) is not None:
        raise BadInputError(
            "declares entities in its document type",
            place=name,
            remedy="such a file is not read; remove the <!DOCTYPE ...> if you trust its origin",
        )
    return root


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')[:80]}" for each in path)


def _short(message: str) -> str:
    most = 300
    message = plain(message, 4_000)
    return message if len(message) <= most else f"{message[:140]} … {message[-140:]}"
