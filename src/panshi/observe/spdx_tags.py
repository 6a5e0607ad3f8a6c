"""The tag-value form of SPDX 2: `Tag: value` lines, `<text>` spanning lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.bill import Bill
from panshi.observe.reading.files import Source, open_source, text_lines
from panshi.observe.spdx_terms import Described, Roots, known_version, licence_of, party

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9]*):\s*(.*)", re.DOTALL)
_OPEN, _CLOSE = "<text>", "</text>"
_SECTIONS = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})
"Tags that end a package's section."
_IDENTIFIERS = frozenset({"cpe22Type", "cpe23Type", "swid"})
_TEXT_KEPT = 2_048


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag with its value and line."""

    name: str
    value: str
    line: int


def read_tags(path: Path, bill: Bill) -> None:
    """Read the document into the bill."""
    described, version = Described(), ""
    with open_source(path) as source:
        for tag in _tags(source, None):
            if tag.name == "SPDXVersion":
                version = tag.value
            elif tag.name == "Relationship":
                match tag.value.split():
                    case [here, kind, there, *_]:
                        described.relation(here, kind, there)
    known_version(version, str(path))
    bill.spec_version = version.removeprefix("SPDX-")
    bill.lists_parts = True
    roots = Roots(bill, described)
    with open_source(path) as source:
        _read(_tags(source, bill), source.name, roots)
    roots.close()


def _read(tags: Iterator[Tag], name: str, roots: Roots) -> None:
    package: dict[str, str] | None = None
    place = ""
    for tag in tags:
        if tag.name == "PackageName" or tag.name in _SECTIONS:
            _finish(package, place, roots)
            place = f"{name}:{tag.line}"
            package = {"name": tag.value} if tag.name == "PackageName" else {}
        elif package is None:
            _heading(tag, name, roots.bill)
        elif tag.name == "ExternalRef":
            _reference(tag.value, package)
        else:
            package.setdefault(tag.name, tag.value)
    _finish(package, place, roots)


def _heading(tag: Tag, name: str, bill: Bill) -> None:
    match tag.name:
        case "DocumentNamespace":
            bill.serial = tag.value
        case "Created":
            bill.created, bill.created_place = tag.value, f"{name}:{tag.line}"
        case "Creator" if tag.value.startswith("Tool:"):
            bill.tools.append(tag.value.removeprefix("Tool:").strip())


def _reference(value: str, package: dict[str, str]) -> None:
    match value.split(None, 2):
        case [_, "purl", locator]:
            package.setdefault("purl", locator.strip())
        case [_, kind, _] if kind.rpartition("/")[2] in _IDENTIFIERS:
            package["identified"] = kind


def _finish(package: dict[str, str] | None, place: str, roots: Roots) -> None:
    if not package or "name" not in package:
        return
    values: dict[str, object] = {
        "name": package["name"],
        "version": package.get("PackageVersion", ""),
        "supplier": party(package.get("PackageSupplier", "")),
        "licence": licence_of(
            package.get("PackageLicenseConcluded", ""), package.get("PackageLicenseDeclared", "")
        ),
        "purl": package.get("purl", ""),
        "identified": package.get("identified", ""),
    }
    roots.take(package.get("SPDXID", ""), values, place)


def _tags(source: Source, bill: Bill | None) -> Iterator[Tag]:
    """Give the tags; a line that is none is reported to the bill, where there is one."""
    lines = text_lines(source)
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        parsed = _LINE.fullmatch(stripped)
        if parsed is None:
            if bill is not None:
                bill.warnings.tell(f"{source.name}:{number}", "a line that is no tag")
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
