"""The tag-value form of SPDX 2: `Tag: value` lines, `<text>` spanning lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.document import Document
from panshi.observe.bom.pieces import inspect, plain
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
from panshi.observe.reading.files import Source, text_lines

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9]*):\s*(.*)", re.DOTALL)
_OPEN, _CLOSE = "<text>", "</text>"
_SECTIONS = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})
"Tags that end a package's section."
_TEXT_KEPT = 2_048
_HASHES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag with its value and line."""

    name: str
    value: str
    line: int


@dataclass(slots=True)
class _Section:
    """One package being read."""

    place: str
    values: dict[str, str]
    hashes: list[tuple[str, str]] = field(default_factory=list)


def read_tags(document: Document, told: Told) -> Iterator[BomComponent]:
    """Give the packages of the document, which is read twice."""
    described, version = Described(told), ""
    told.format = "SPDX"
    with document.open() as source:
        for tag in _tags(source, None):
            if tag.name == "SPDXVersion":
                version = tag.value
            elif tag.name == "Relationship":
                match tag.value.split():
                    case [here, kind, there, *_]:
                        described.relation(here, kind, there)
    known_version(version, told.name)
    told.spec_version = version.removeprefix("SPDX-")
    told.lists_components = True
    roots = Roots(told, described.ids)
    with document.open() as source:
        for section in _sections(_tags(source, told), told):
            component = _taken(section, told)
            if roots.part(component) and component is not None:
                yield component
    yield from roots.close()


def _sections(tags: Iterator[Tag], told: Told) -> Iterator[_Section]:
    package: _Section | None = None
    for tag in tags:
        if tag.name == "PackageName" or tag.name in _SECTIONS:
            if package is not None and "name" in package.values:
                yield package
            named = {"name": tag.value} if tag.name == "PackageName" else {}
            package = _Section(f"line {tag.line}", named)
        elif package is None:
            _heading(tag, told)
        elif tag.name == "ExternalRef":
            _reference(tag.value, package.values)
        elif tag.name == "PackageChecksum" and len(package.hashes) < _HASHES_KEPT:
            algorithm, _, value = tag.value.partition(":")
            package.hashes.append((algorithm.strip(), value.strip()))
        else:
            package.values.setdefault(tag.name, tag.value)
    if package is not None and "name" in package.values:
        yield package


def _heading(tag: Tag, told: Told) -> None:
    match tag.name:
        case "DocumentNamespace":
            told.serial = plain(tag.value)
        case "Created":
            told.created = tag.value
        case "Creator":
            creator(told, plain(tag.value))


def _reference(value: str, package: dict[str, str]) -> None:
    match value.split(None, 2):
        case [_, kind, locator]:
            short = kind.rpartition("/")[2]
            if short in PACKAGE_URLS:
                package.setdefault("purl", locator.strip())
            elif short in CPES:
                package.setdefault("cpe", locator.strip())
            elif short == "swid":
                package.setdefault("swid", locator.strip())


def _taken(section: _Section, told: Told) -> BomComponent | None:
    values, place = section.values, section.place
    name = plain(values["name"])
    if not name:
        told.left_out(place, "a component without a name")
        return None
    purl, version = plain(values.get("purl", "")), plain(values.get("PackageVersion", ""))
    inspect(told, place, purl, version)
    return BomComponent(
        name=name,
        version=version,
        purl=purl,
        ref=values.get("SPDXID", ""),
        type=PURPOSES.get(values.get("PrimaryPackagePurpose", ""), "library"),
        supplier=party(values.get("PackageSupplier", "")),
        licence=licence_of(
            values.get("PackageLicenseConcluded", ""), values.get("PackageLicenseDeclared", "")
        ),
        cpe=values.get("cpe", ""),
        hashes=tuple(section.hashes),
        place=place,
        swid=values.get("swid", ""),
    )


def _tags(source: Source, told: Told | None) -> Iterator[Tag]:
    """Give the tags; a line that is none is told, where there is somebody to tell."""
    lines = text_lines(source)
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        parsed = _LINE.fullmatch(stripped)
        if parsed is None:
            if told is not None:
                told.defect(f"line {number}", "a line that is no tag")
            continue
        value = parsed[2]
        if _OPEN in value:
            value = _whole_text(value, number, lines, source.name)
        yield Tag(parsed[1], value, number)


def _whole_text(value: str, number: int, lines: Iterator[tuple[int, str]], name: str) -> str:
    """Give the value of a `<text>` that may span lines; only its beginning is kept."""
    before, _, text = value.partition(_OPEN)
    while _CLOSE not in text:
        following = next(lines, None)
        if following is None:
            raise BadInputError(
                f"{_OPEN} is never closed",
                place=f"{name}:{number}",
                remedy="the file is truncated; export it again",
            )
        text = f"{text[:_TEXT_KEPT]}\n{following[1]}"
    return (before + text.partition(_CLOSE)[0]).strip()[:_TEXT_KEPT]
