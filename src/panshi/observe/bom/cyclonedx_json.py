"""CycloneDX 1.2 to 1.7 as JSON (ECMA-424).

A clean document of usual size is decoded in one go into the few members judgement needs. What
does not fit, or is large, is streamed one component at a time: a member that is not what the
standard says is put aside and told, so that it costs itself and not the component, and a component
costs itself and not the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.pieces import PURL_LIMIT, doubtful, inspect, plain
from panshi.observe.bom.stream import Told

KNOWN_TYPES = frozenset(
    {"application", "framework", "library", "container", "platform", "operating-system"}
    | {"device", "device-driver", "firmware", "file", "machine-learning-model", "data"}
    | {"cryptographic-asset"}
)
INSTEAD = ("vulnerabilities", "services", "declarations", "definitions", "annotations")
"What a document may carry without being a bill of materials."
_SERIAL = re.compile(
    r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_NEWEST = 7
_TOOLS_KEPT = 10


class Party(msgspec.Struct, gc=False):
    """An organisation or a person."""

    name: str | None = None


class Licence(msgspec.Struct, gc=False):
    """One licence by id or name."""

    id: str | None = None
    name: str | None = None


class Choice(msgspec.Struct, gc=False):
    """A licence or an expression of several."""

    license: Licence | None = None
    expression: str | None = None


class Hash(msgspec.Struct, gc=False):
    """A digest of a component."""

    alg: str | None = None
    content: str | None = None


class Tag(msgspec.Struct, gc=False, rename="camel"):
    """A software identification tag."""

    tag_id: str | None = None


class Part(msgspec.Struct, gc=False, rename={"bom_ref": "bom-ref"}):
    """A component, as far as judgement needs it."""

    name: str | None = None
    version: str | None = None
    purl: str | None = None
    bom_ref: str | None = None
    type: str | None = None
    cpe: str | None = None
    scope: str | None = None
    group: str | None = None
    publisher: str | None = None
    author: str | None = None
    supplier: Party | None = None
    manufacturer: Party | None = None
    licenses: list[Choice] | None = None
    hashes: list[Hash] | None = None
    swid: Tag | None = None
    components: list[Part] | None = None


class Metadata(msgspec.Struct, gc=False):
    """What the document says about itself."""

    timestamp: str | None = None
    tools: Any = None
    component: Part | None = None
    supplier: Party | None = None
    manufacture: Party | None = None
    manufacturer: Party | None = None
    authors: list[Party] | None = None


class Edge(msgspec.Struct, gc=False, rename={"depends_on": "dependsOn"}):
    """What one component depends on."""

    ref: str | None = None
    depends_on: list[str] | None = None


class Whole(msgspec.Struct, gc=False, rename="camel"):
    """A whole document."""

    bom_format: str | None = None
    spec_version: str | None = None
    serial_number: str | None = None
    version: int | None = None
    metadata: Metadata | None = None
    components: list[Part] | msgspec.UnsetType = msgspec.UNSET
    dependencies: list[Edge] | None = None
    vulnerabilities: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    services: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    declarations: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    definitions: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    annotations: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decoder = msgspec.json.Decoder(Whole)


def decode(raw: bytes) -> Whole | None:
    """Decode a clean document; None where the patient way must look at it."""
    try:
        whole = _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    return whole if whole.bom_format == "CycloneDX" else None


def read_whole(whole: Whole, told: Told, *, plainly: bool = False) -> Iterator[BomComponent]:
    """Give the components of a decoded document.

    `plainly` says that its bytes can hold no control character, so that none is looked for.
    """
    told.spec_version = whole.spec_version or ""
    told.serial = whole.serial_number or ""
    told.version = 1 if whole.version is None else whole.version
    told.lists_components = whole.components is not msgspec.UNSET
    told.instead = next((k for k in INSTEAD if getattr(whole, k) is not msgspec.UNSET), "")
    told.statements = whole.vulnerabilities is not msgspec.UNSET
    check_heading(told)
    if whole.metadata is not None:
        inner = read_metadata(whole.metadata, told)
        if inner:
            yield from _parts(inner, told, "/metadata/component/components", plainly=plainly)
    if whole.components:
        yield from _parts(whole.components, told, "/components", plainly=plainly)
    for edge in whole.dependencies or ():
        told.depends(edge.ref or "", edge.depends_on or [])


def _parts(parts: list[Part], told: Told, where: str, *, plainly: bool) -> Iterator[BomComponent]:
    known = KNOWN_TYPES
    for index, part in enumerate(parts):
        place = f"{where}/{index}"
        if part.components:
            yield from _parts(part.components, told, f"{place}/components", plainly=plainly)
        name, purl, version = part.name, part.purl or "", part.version or ""
        # What is in order, as most is, passes without a call; the rest is looked at with care.
        if (
            plainly
            and name
            and len(purl) <= PURL_LIMIT
            and part.type in known
            and (version[-1:].isdigit() or not doubtful("", version))
            and (
                not purl
                or (purl[:4] == "pkg:" and purl[-1].isalnum() and "/@" not in purl and "/" in purl)
            )
        ):
            yield _component(part, place, name, version, purl)
        elif (component := taken(part, place, told)) is not None:
            yield component


def taken(part: Part, place: str, told: Told) -> BomComponent | None:
    """Give one component; None where it has no name."""
    name, purl, version = plain(part.name or ""), plain(part.purl or ""), plain(part.version or "")
    if not name:
        told.left_out(place, "a component without a name")
        return None
    tell_type(told, place, part.type or "")
    inspect(told, place, purl, version)
    made = _component(part, place, name, version, purl)
    if all(text.isprintable() for text in (made.supplier, made.licence, made.cpe, made.group)):
        return made
    return made._replace(
        supplier=plain(made.supplier),
        licence=plain(made.licence),
        cpe=plain(made.cpe),
        group=plain(made.group),
    )


def _component(part: Part, place: str, name: str, version: str, purl: str) -> BomComponent:
    supplier, choices, hashes = part.supplier or part.manufacturer, part.licenses, part.hashes
    return tuple.__new__(  # a third of the time of the constructor, and this is the hot path
        BomComponent,
        (
            name,
            version,
            purl,
            part.bom_ref or "",
            part.type or "",
            (supplier.name if supplier is not None else part.publisher) or "",
            _licence(choices) if choices else "",
            part.cpe or "",
            part.scope or "",
            tuple([(each.alg or "", each.content or "") for each in hashes]) if hashes else (),
            place,
            (part.swid.tag_id or "?") if part.swid is not None else "",
            part.group or "",
        ),
    )


def tell_type(told: Told, place: str, kind: str) -> None:
    """Tell of a type that is missing or unknown; the component counts all the same."""
    if not kind:
        told.defect(place, "a component without a type")
    elif kind not in KNOWN_TYPES:
        told.defect(place, f"a component of unknown type {plain(kind, 40)!r}")


def _licence(choices: list[Choice]) -> str:
    if len(choices) == 1:
        return _chosen(choices[0])
    return ", ".join(filter(None, map(_chosen, choices)))


def _chosen(choice: Choice) -> str:
    if choice.license is None:
        return choice.expression or ""
    return choice.expression or choice.license.id or choice.license.name or ""


def read_metadata(metadata: Metadata, told: Told) -> list[Part] | None:
    """Note what the document says about itself; gives the components within its subject."""
    told.created = metadata.timestamp or ""
    told.tools = list(tool_names(metadata.tools))
    told.authors = [plain(each.name) for each in metadata.authors or () if each.name]
    maker = metadata.manufacturer or metadata.manufacture
    subject = metadata.component
    if subject is not None and subject.name:
        told.subject = taken(subject, "/metadata/component", told)
    told.supplier = plain(
        (metadata.supplier.name if metadata.supplier else "")
        or (told.subject.supplier if told.subject else "")
        or (maker.name if maker else "")
        or ""
    )
    return subject.components if subject is not None else None


def tool_names(value: object) -> Iterator[str]:
    """Give the tools, as a list (to 1.4) or as components and services (from 1.5)."""
    listed: list[object] = []
    match value:
        case list():
            listed = value
        case dict():
            for key in ("components", "services"):
                part = value.get(key)
                listed += part if isinstance(part, list) else []
    for tool in listed[:_TOOLS_KEPT]:
        if isinstance(tool, dict) and isinstance(name := tool.get("name"), str) and name:
            version = tool.get("version")
            yield plain(f"{name} {version if isinstance(version, str) else ''}".strip())


def check_heading(told: Told) -> None:
    """Refuse versions of another shape; tell of newer ones and of a malformed serial number."""
    told.format = "CycloneDX"
    major, _, minor = told.spec_version.partition(".")
    if major != "1" or not (minor.isascii() and minor.isdigit()):
        raise BadInputError(
            f"CycloneDX version {told.spec_version[:20]!r} is not known",
            place=told.name,
            remedy="export the document as CycloneDX 1.2 to 1.7",
        )
    if len(minor) > 1 or int(minor) > _NEWEST:
        told.defect("/specVersion", f"version {told.spec_version[:20]} is newer than 1.{_NEWEST}")
    if told.serial and not _SERIAL.fullmatch(told.serial):
        told.defect("/serialNumber", f"serial number {plain(told.serial, 60)!r} is no urn:uuid")
