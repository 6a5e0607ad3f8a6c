"""What SPDX demands of every document: ISO/IEC 5962 (2.2, 2.3), and the core of 3.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from panshi.model.supply_chain.bom import Defect
from panshi.observe.bom.pieces import plain
from panshi.observe.reading.texts import instant

_ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
_FOREIGN = re.compile(r"DocumentRef-[A-Za-z0-9.+-]+:SPDXRef-[A-Za-z0-9.-]+")
_CREATOR = re.compile(r"(Tool|Organization|Person): ?.+")
_TOP = ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo")
_TAGS = ("DataLicense", "SPDXID", "DocumentName", "DocumentNamespace", "Creator", "Created")
_TAG = re.compile(rf"^({'|'.join(_TAGS)}):[ \t]*(.*)$", re.MULTILINE)
_NOWHERE = frozenset({"NONE", "NOASSERTION"})


def spdx_rules(top: dict[str, Any]) -> Iterator[Defect]:
    """Give what a document of SPDX 2 lacks or says wrongly."""
    for member in _TOP:
        if not top.get(member):
            yield Defect("", f"{member} is missing")
    if top.get("spdxVersion") not in ("SPDX-2.2", "SPDX-2.3"):
        yield Defect("/spdxVersion", f"{plain(str(top.get('spdxVersion')), 20)!r} is not known")
    if top.get("dataLicense") not in (None, "CC0-1.0"):
        yield Defect("/dataLicense", "the licence of the data is CC0-1.0")
    yield from _creation(top.get("creationInfo"))
    ids: dict[str, str] = {str(top.get("SPDXID")): "/"}
    for kind, demanded in (
        ("packages", ("name", "SPDXID", "downloadLocation")),
        ("files", ("fileName", "SPDXID", "checksums")),
        ("snippets", ("SPDXID", "snippetFromFile", "ranges")),
    ):
        yield from _elements(top.get(kind), kind, demanded, ids)
    yield from _relationships(top, ids)


def tag_rules(text: str) -> Iterator[Defect]:
    """Give what a document of tags and values lacks."""
    said = dict(_TAG.findall(text))
    for tag in _TAGS:
        if not said.get(tag, "").strip():
            yield Defect("", f"{tag} is missing")
    if said.get("DataLicense", "CC0-1.0").strip() != "CC0-1.0":
        yield Defect("", "DataLicense: the licence of the data is CC0-1.0")


def _creation(info: object) -> Iterator[Defect]:
    if not isinstance(info, dict):
        return
    created = info.get("created")
    if not isinstance(created, str) or not created.endswith("Z") or not _instant(created):
        yield Defect("/creationInfo/created", "a time in UTC such as 2026-03-01T02:03:04Z")
    creators = info.get("creators")
    if not isinstance(creators, list) or not creators:
        yield Defect("/creationInfo/creators", "creators are missing")
        return
    for index, each in enumerate(creators):
        if not isinstance(each, str) or not _CREATOR.fullmatch(each):
            yield Defect(f"/creationInfo/creators/{index}", "is no Tool:, Organization: or Person:")


def _instant(text: str) -> bool:
    return instant(text, UTC) is not None


def _elements(
    listed: object, kind: str, demanded: tuple[str, ...], ids: dict[str, str]
) -> Iterator[Defect]:
    if listed is not None and not isinstance(listed, list):
        yield Defect(f"/{kind}", "is no array")
        return
    for index, each in enumerate(listed or ()):
        place = f"/{kind}/{index}"
        if not isinstance(each, dict):
            yield Defect(place, "is no object")
            continue
        for member in demanded:
            if not each.get(member):
                yield Defect(place, f"{member} is missing")
        yield from _identity(each.get("SPDXID"), place, ids)


def _identity(identifier: object, place: str, ids: dict[str, str]) -> Iterator[Defect]:
    if not isinstance(identifier, str):
        return
    if not _ID.fullmatch(identifier):
        yield Defect(f"{place}/SPDXID", f"{plain(identifier, 80)!r} is no SPDX id")
    if identifier in ids:
        yield Defect(
            f"{place}/SPDXID", f"{plain(identifier, 80)!r} stands twice, first at {ids[identifier]}"
        )
    ids.setdefault(identifier, place)


def _relationships(top: dict[str, Any], ids: dict[str, str]) -> Iterator[Defect]:
    listed = top.get("relationships")
    for index, each in enumerate(listed if isinstance(listed, list) else []):
        place = f"/relationships/{index}"
        if not isinstance(each, dict) or not each.get("relationshipType"):
            yield Defect(place, "relationshipType is missing")
            continue
        for member in ("spdxElementId", "relatedSpdxElement"):
            name = each.get(member)
            known = isinstance(name, str) and (
                name in ids or name in _NOWHERE or _FOREIGN.fullmatch(name) is not None
            )
            if not known:
                yield Defect(
                    f"{place}/{member}", f"{plain(str(name), 80)!r} is not in the document"
                )


def graph_rules(top: dict[str, Any]) -> Iterator[Defect]:
    """Give what a document of SPDX 3 lacks or says wrongly."""
    graph = top.get("@graph")
    if "@context" not in top:
        yield Defect("", "@context is missing")
    if not isinstance(graph, list):
        yield Defect("/@graph", "is no array")
        return
    kinds: set[str] = set()
    ids: dict[str, str] = {}
    for index, each in enumerate(graph):
        place = f"/@graph/{index}"
        if not isinstance(each, dict):
            yield Defect(place, "is no object")
            continue
        kind = str(each.get("type") or each.get("@type") or "")
        kinds.add(kind)
        if not kind:
            yield Defect(place, "type is missing")
        yield from _element(each, kind, place, ids)
    for kind in ("SpdxDocument", "CreationInfo"):
        if not any(each.endswith(kind) for each in kinds):
            yield Defect("/@graph", f"no {kind}")


def _element(each: dict[str, Any], kind: str, place: str, ids: dict[str, str]) -> Iterator[Defect]:
    identifier = each.get("spdxId") or each.get("@id")
    if kind.endswith("CreationInfo"):
        if not str(each.get("specVersion") or "").startswith("3."):
            yield Defect(f"{place}/specVersion", "is no 3.x")
        if not _instant(str(each.get("created") or "")):
            yield Defect(f"{place}/created", "is no time")
    elif not identifier:
        yield Defect(place, "spdxId is missing")
    if isinstance(identifier, str):
        if identifier in ids:
            yield Defect(
                place, f"{plain(identifier, 80)!r} stands twice, first at {ids[identifier]}"
            )
        ids.setdefault(identifier, place)
