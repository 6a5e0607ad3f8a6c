"""The XML form of CycloneDX: the same facts as the JSON form, in other clothes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.bill import Bill
from panshi.observe.cyclonedx_terms import INSTEAD, warn_of_type
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
_ENTER = frozenset({"bom", "metadata", "components", "component", "tools"}) | INSTEAD
_FIELDS = frozenset({"name", "version", "purl"})
_IDENTIFIERS = frozenset({"cpe", "swid"})
_ORGANISATIONS = frozenset({"supplier", "manufacturer", "manufacture"})
_KEEP = _FIELDS | _IDENTIFIERS | _ORGANISATIONS | {"licenses", "publisher", "timestamp", "tool"}


@dataclass(slots=True)
class _Part:
    """A component being read."""

    place: str
    counted: bool
    "Whether it is a part of the software: not its subject, no tool, no pedigree."
    subject: bool
    values: dict[str, object] = field(default_factory=dict)


def read_xml(document: XmlDocument, bill: Bill) -> None:
    """Read the document into the bill."""
    parts: list[_Part] = []
    for step in document.walk(enter=_ENTER, keep=_KEEP, roots=("bom",)):
        parent = _parent_name(step.element)
        match step.at, step.name:
            case At.ENTER, "bom" if not parent:
                _heading(step, bill)
            case At.ENTER, "components" if parent == "bom":
                bill.lists_parts = True
            case At.ENTER, _ if step.name in INSTEAD and parent == "bom":
                bill.instead = bill.instead or step.name
            case At.ENTER, "component":
                parts.append(_part(step, parts))
            case At.LEAVE, "component":
                _finish(parts.pop(), bill)
            case At.WHOLE, _ if parent == "component" and parts:
                _fact(step, parts[-1].values)
            case At.WHOLE, _ if parent == "metadata":
                _metadata(step, bill)
            case At.WHOLE, "tool" if parent == "tools":
                _tool(bill, child_text(step.element, "name"), child_text(step.element, "version"))


def _heading(step: Step, bill: Bill) -> None:
    namespace = _NAMESPACE.fullmatch(str(step.element.tag))
    if namespace is None:
        raise BadInputError(
            "the namespace of <bom> is not one of CycloneDX",
            place=step.place,
            remedy="export the document as CycloneDX 1.2 to 1.7",
        )
    bill.spec_version = namespace[1]
    bill.serial = str(step.element.get("serialNumber") or "")


def _part(step: Step, parts: list[_Part]) -> _Part:
    lineage = [local_name(each) for each in step.element.iterancestors()]
    parent, above = ([*lineage, "", ""])[:2]
    subject = parent == "metadata" and above == "bom"
    counted = parent == "components" and (
        (above == "bom")
        or (above == "component" and bool(parts) and (parts[-1].counted or parts[-1].subject))
    )
    part = _Part(step.place, counted, subject)
    part.values["type"] = step.element.get("type")
    part.values["tool"] = above == "tools"
    return part


def _finish(part: _Part, bill: Bill) -> None:
    values = part.values
    values["supplier"] = (
        values.get("supplier") or values.get("manufacturer") or values.get("publisher") or ""
    )
    if part.subject:
        bill.subject_name = str(values.get("name") or "")
        bill.subject_version = str(values.get("version") or "")
        bill.supplier = bill.supplier or str(values["supplier"])
    elif part.counted:
        warn_of_type(bill, values.get("type"), part.place)
        bill.add(values, part.place)
    elif values["tool"]:
        _tool(bill, str(values.get("name") or ""), str(values.get("version") or ""))


def _fact(step: Step, values: dict[str, object]) -> None:
    if step.name in _FIELDS or step.name == "publisher":
        values[step.name] = content(step.element)
    elif step.name in _IDENTIFIERS:
        values["identified"] = True
    elif step.name == "licenses":
        values["licence"] = _licences(step.element)
    elif step.name in _ORGANISATIONS:
        values[step.name] = child_text(step.element, "name")


def _metadata(step: Step, bill: Bill) -> None:
    if step.name == "timestamp":
        bill.created, bill.created_place = content(step.element), step.place
    elif step.name == "supplier":
        bill.supplier = child_text(step.element, "name")
    elif step.name in _ORGANISATIONS:
        bill.supplier = bill.supplier or child_text(step.element, "name")


def _licences(element: etree._Element) -> str:
    found = [content(each) for each in children(element, "expression")]
    found += [
        child_text(each, "id") or child_text(each, "name") for each in children(element, "license")
    ]
    return ", ".join(filter(None, found))


def _tool(bill: Bill, name: str, version: str) -> None:
    most = 10
    if name and len(bill.tools) < most:
        bill.tools.append(f"{name} {version}".strip())


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else local_name(parent)
