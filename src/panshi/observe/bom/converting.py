"""Bring a document into another form, and tell what the other form does not carry.

What judgement needs is carried: identity, versions, licences, digests, parties, dependencies. The
rest stays in the original, which is kept; each member left behind is told with its count, so that
nobody takes a conversion for the document itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from panshi.model.supply_chain.bom import Defect
from panshi.observe.bom.lossless import original, parsed_json
from panshi.observe.bom.opening import open_bom
from panshi.observe.bom.strict import parsed_xml
from panshi.observe.bom.writing import Form, write
from panshi.observe.reading.texts import instant

_PART = (
    "name version purl bom-ref type cpe scope group publisher supplier/name "
    "manufacturer/name hashes/alg hashes/content licenses/license/id licenses/license/name "
    "licenses/expression hashes/hash hashes/hash@alg"
)
_TOP = (
    "bomFormat specVersion $schema serialNumber version metadata/timestamp metadata/supplier/name "
    "metadata/manufacturer/name metadata/manufacture/name metadata/authors/name "
    "metadata/authors/author/name metadata/tools/name metadata/tools/version "
    "metadata/tools/tool/name metadata/tools/tool/version metadata/tools/components/name "
    "metadata/tools/components/version metadata/tools/components/type "
    "metadata/tools/components/component/name metadata/tools/components/component/version "
    "metadata/tools/components/component@type dependencies/ref dependencies/dependsOn "
    "dependencies/dependency@ref dependencies/dependency/dependency@ref @serialNumber @version"
)
_SPDX = (
    "spdxVersion SPDXID dataLicense documentNamespace creationInfo/created creationInfo/creators "
    "documentDescribes relationships/spdxElementId relationships/relationshipType "
    "relationships/relatedSpdxElement packages/SPDXID packages/name packages/versionInfo "
    "packages/supplier packages/licenseConcluded packages/licenseDeclared "
    "packages/primaryPackagePurpose packages/externalRefs/referenceCategory "
    "packages/externalRefs/referenceType packages/externalRefs/referenceLocator "
    "packages/checksums/algorithm packages/checksums/checksumValue packages/filesAnalyzed name"
)
_CARRIED = frozenset(
    [*_TOP.split(), *_SPDX.split()]
    + [f"metadata/component/{each}" for each in _PART.split()]
    + [f"components/{each}" for each in _PART.split()]
    + [f"components/component/{each}" for each in _PART.split()]
    + ["components/component@type", "components/component@bom-ref"]
    + ["metadata/component@type", "metadata/component@bom-ref"]
)
_NOT_IN_SPDX = frozenset(
    f"{where}{each}"
    for where in ("components/", "components/component/", "metadata/component/")
    for each in ("scope", "licenses/license/name")
) | {"version", "@version"}
_NESTED = re.compile(r"components(/component)?(/components(/component)?)+")
_GRAPH = frozenset({"spdxId", "@id", "type", "@type", "name", "created", "specVersion"})
_GRAPH_ENDINGS = ("packageVersion", "packageUrl", "creationInfo", "primaryPurpose", "rootElement")


class Lost(NamedTuple):
    """One kind of member the new form does not carry."""

    member: str
    times: int


class Converted(NamedTuple):
    """A document in its new form."""

    raw: bytes
    lost: tuple[Lost, ...]
    defects: tuple[Defect, ...]


def convert(document: Path | bytes, form: Form, *, at: datetime, source: str = "") -> Converted:
    """Give the document in that form, and what is lost.

    SPDX demands a time of making; a document that tells none gets the time of conversion, `at`.
    """
    name = source or (str(document) if isinstance(document, Path) else "document")
    raw = original(document, source=name)
    stream = open_bom(raw, source=name)
    components = tuple(stream)
    head, defects = stream.head, list(stream.defects)
    if form is Form.SPDX_JSON:
        made = instant(head.created, UTC)
        if made is None:
            defects.append(Defect("", "says no time of making; the time of conversion is written"))
        head = head._replace(created=(made or at.astimezone(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    counted = Counter(_lost(_members(raw, name), spdx=form is Form.SPDX_JSON))
    if head.serial and form is not Form.SPDX_JSON and head.format == "SPDX":
        counted["documentNamespace"] += 1
    return Converted(
        raw=write(form, head, components),
        lost=tuple(Lost(*each) for each in sorted(counted.items())),
        defects=tuple(defects),
    )


def _lost(members: Iterable[str], *, spdx: bool) -> Iterator[str]:
    for each in members:
        flat = _NESTED.sub(lambda found: "components" + (found[1] or ""), each)
        if flat != each and flat.endswith(("/name", "component@type")):
            yield "nesting of components"
        elif flat not in _CARRIED or (spdx and flat in _NOT_IN_SPDX):
            yield flat


def _members(raw: bytes, name: str) -> Iterator[str]:
    """Give the path of each scalar member, without positions."""
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        yield from _of_xml(raw, name)
    elif text[:1] in (b"{", b"["):
        value = parsed_json(text, name)
        graph = value.get("@graph") if isinstance(value, dict) else None
        yield from _of_graph(graph) if isinstance(graph, list) else _of_json(value)
    else:
        for line in text.decode("utf-8", "replace").splitlines():
            tag = re.match(r"(FileName|Snippet\w+|Extracted\w+|Annotation\w*|Review\w*):", line)
            if tag:
                yield tag[1]


def _of_json(top: object) -> Iterator[str]:
    waiting: list[tuple[str, object]] = [("", top)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}/{key}" if path else key, each) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(path, each) for each in value]
        else:
            yield path


def _of_xml(raw: bytes, name: str) -> Iterator[str]:
    waiting = [("", parsed_xml(raw, name))]
    while waiting:
        path, element = waiting.pop()
        yield from (f"{path}@{str(key).rpartition('}')[2]}" for key in element.attrib)
        inner = list(element.iterchildren(etree.Element))
        for each in inner:
            local = str(each.tag).rpartition("}")[2]
            waiting.append((f"{path}/{local}" if path else local, each))
        if not inner and path and (element.text or "").strip():
            yield path


def _of_graph(graph: list[object]) -> Iterator[str]:
    for each in graph:
        kind = str(each.get("type")) if isinstance(each, dict) else "?"
        package = kind.endswith(("Package", "CreationInfo", "SpdxDocument", "Sbom"))
        members = list(each) if isinstance(each, dict) else []
        for key in members if package else ():
            if key not in _GRAPH and not key.endswith(_GRAPH_ENDINGS):
                yield f"{kind}/{key}"
        if not package and not kind.endswith(("Relationship", "Organization", "Tool", "Person")):
            yield kind
