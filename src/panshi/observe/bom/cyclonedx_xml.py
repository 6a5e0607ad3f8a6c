"""CycloneDX 1.2 to 1.7 as XML: the same facts as the JSON form, in other clothes.

Elements are read one at a time through the bounded reader; places are lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.cyclonedx_json import (
    INSTEAD,
    Choice,
    Hash,
    Licence,
    Part,
    Party,
    Tag,
    check_heading,
    taken,
)
from panshi.observe.bom.pieces import plain
from panshi.observe.bom.stream import Told
from panshi.observe.reading.xml_events import (
    At,
    Step,
    XmlDocument,
    child_text,
    children,
    content,
    local_name,
)

_NAMESPACE = re.compile(r"\{http://cyclonedx\.org/schema/bom/([0-9.]{1,10})\}bom")
_ENTER = frozenset({"bom", "metadata", "components", "component", "tools", "authors"})
_ENTER |= frozenset({"dependencies", "dependency"}) | frozenset(INSTEAD)
_FIELDS = frozenset({"name", "version", "purl", "cpe", "scope", "group", "publisher", "author"})
_ORGANISATIONS = frozenset({"supplier", "manufacturer", "manufacture"})
_KEEP = _FIELDS | _ORGANISATIONS | {"swid", "licenses", "hashes", "timestamp", "tool"}
_TOOLS_KEPT = 10


@dataclass(slots=True)
class _Open:
    """A component being read."""

    place: str
    counted: bool
    "Whether it is a part of the software: not its subject, no tool, no pedigree."
    subject: bool
    tool: bool
    part: Part = field(default_factory=Part)


@dataclass(slots=True)
class _Reader:
    """Where in the document the reading is."""

    told: Told
    parts: list[_Open] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    maker: str = ""

    def enter(self, step: Step, parent: str) -> None:
        """Note an element that begins."""
        told = self.told
        match step.name:
            case "bom" if not parent:
                _heading(step, told)
            case "components" if parent == "bom":
                told.lists_components = True
            case "component":
                self.parts.append(self._opened(step))
            case "dependency":
                self._dependency(str(step.element.get("ref") or ""), parent)
            case _ if step.name in INSTEAD and parent == "bom":
                told.instead = told.instead or step.name
                told.statements = told.statements or step.name == "vulnerabilities"

    def leave(self, name: str) -> BomComponent | None:
        """Note an element that ends; gives the component that ends with it."""
        if name == "dependency":
            self.refs.pop()
        if name != "component":
            return None
        done, told = self.parts.pop(), self.told
        if done.subject:
            if done.part.name:
                told.subject = taken(done.part, done.place, told)
            told.supplier = told.supplier or (told.subject.supplier if told.subject else "")
        elif done.counted:
            return taken(done.part, done.place, told)
        elif done.tool:
            self._tool(done.part.name or "", done.part.version or "")
        return None

    def whole(self, step: Step, parent: str) -> None:
        """Take an element that was kept whole."""
        if parent == "component" and self.parts:
            _fact(step, self.parts[-1].part)
        elif parent == "metadata":
            self._metadata(step)
        elif parent == "tools" and step.name == "tool":
            self._tool(child_text(step.element, "name"), child_text(step.element, "version"))
        elif parent == "authors" and step.name == "author":
            self._author(step.element)

    def _opened(self, step: Step) -> _Open:
        lineage = [local_name(each) for each in step.element.iterancestors()]
        parent, above = ([*lineage, "", ""])[:2]
        outer = self.parts[-1] if self.parts else None
        counted = parent == "components" and (
            above == "bom"
            or (above == "component" and outer is not None and (outer.counted or outer.subject))
        )
        return _Open(
            f"line {step.place.rpartition(':')[2]}",
            counted,
            subject=parent == "metadata" and above == "bom",
            tool=above == "tools",
            part=Part(type=step.element.get("type"), bom_ref=step.element.get("bom-ref")),
        )

    def _dependency(self, ref: str, parent: str) -> None:
        if parent == "dependency" and self.refs:
            self.told.depends(self.refs[-1], [ref])
        elif parent == "dependencies":
            self.told.depends(ref, [])
        self.refs.append(ref)

    def _metadata(self, step: Step) -> None:
        told = self.told
        if step.name == "timestamp":
            told.created = content(step.element)
        elif step.name == "supplier":
            told.supplier = plain(child_text(step.element, "name"))
        elif step.name in _ORGANISATIONS:
            self.maker = plain(child_text(step.element, "name"))

    def _author(self, element: etree._Element) -> None:
        grand = element.getparent()
        above = None if grand is None else grand.getparent()
        name = plain(child_text(element, "name"))
        if name and above is not None and local_name(above) == "metadata":
            self.told.authors.append(name)

    def _tool(self, name: str, version: str) -> None:
        if name and len(self.told.tools) < _TOOLS_KEPT:
            self.told.tools.append(plain(f"{name} {version}".strip()))


def read_xml(document: XmlDocument, told: Told) -> Iterator[BomComponent]:
    """Give the components as they pass."""
    reader = _Reader(told)
    for step in document.walk(enter=_ENTER, keep=_KEEP, roots=("bom",)):
        above = step.element.getparent()
        parent = "" if above is None else local_name(above)
        match step.at:
            case At.ENTER:
                reader.enter(step, parent)
            case At.LEAVE:
                component = reader.leave(step.name)
                if component is not None:
                    yield component
            case At.WHOLE:
                reader.whole(step, parent)
    told.supplier = told.supplier or reader.maker


def _heading(step: Step, told: Told) -> None:
    namespace = _NAMESPACE.fullmatch(str(step.element.tag))
    if namespace is None:
        raise BadInputError(
            "the namespace of <bom> is not one of CycloneDX",
            place=step.place,
            remedy="export the document as CycloneDX 1.2 to 1.7",
        )
    told.spec_version = namespace[1]
    told.serial = str(step.element.get("serialNumber") or "")
    edition = str(step.element.get("version") or "1").strip()
    short = edition.isascii() and edition.isdigit() and len(edition) < 10  # noqa: PLR2004 -- digits
    told.version = int(edition) if short else 1
    check_heading(told)


def _fact(step: Step, part: Part) -> None:
    element, name = step.element, step.name
    if name in _FIELDS:
        setattr(part, name, content(element))
    elif name == "swid":
        part.swid = Tag(tag_id=element.get("tagId") or "?")
    elif name == "licenses":
        part.licenses = list(_licences(element))
    elif name == "hashes":
        part.hashes = [
            Hash(alg=each.get("alg"), content=content(each)) for each in children(element, "hash")
        ]
    elif name == "supplier":
        part.supplier = Party(name=child_text(element, "name"))
    elif name == "manufacturer":
        part.manufacturer = Party(name=child_text(element, "name"))


def _licences(element: etree._Element) -> Iterator[Choice]:
    for each in children(element, "expression"):
        yield Choice(expression=content(each))
    for each in children(element, "license"):
        yield Choice(license=Licence(id=child_text(each, "id"), name=child_text(each, "name")))
