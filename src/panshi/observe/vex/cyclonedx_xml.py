"""CycloneDX VEX as XML, brought into the shape of its JSON so that one reader judges both.

`vulnerability_of` turns one element; `read_cyclonedx_xml` a whole document, streamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from panshi.observe.vex.cyclonedx import read_cyclonedx
from panshi.observe.vex.document import Json, VexDocument

if TYPE_CHECKING:
    from lxml import etree

    from panshi.observe.reading.files import Source

LISTS = {
    "references": "reference",
    "affects": "target",
    "versions": "version",
    "properties": "property",
}
"Elements that hold a list, and the name of their entries."
OBJECTS = frozenset({"analysis"})
TEXTS = frozenset({"id", "ref", "state", "justification", "detail", "recommendation", "updated"})
TIMES = frozenset({"firstIssued", "lastUpdated"})


def read_cyclonedx_xml(source: Source, digest: str) -> VexDocument:
    """Read a whole document."""
    from panshi.observe.reading.xml_events import At, XmlDocument  # noqa: PLC0415 -- lxml is heavy

    top: Json = {"bomFormat": "CycloneDX"}
    metadata: Json = {}
    components: list[object] = []
    vulnerabilities: list[object] = []
    document = XmlDocument(source)
    walk = document.walk(
        enter=("bom", "component"),
        keep=("purl", "timestamp", "supplier", "manufacturer", "vulnerability"),
        roots=("bom",),
    )
    for step in walk:
        match step.name, step.at:
            case "bom", At.ENTER:
                top |= _heading(step.element)
            case "component", At.ENTER:
                components.append({"bom-ref": str(step.element.get("bom-ref") or "")})
            case "purl", At.WHOLE if components:
                component = components[-1]
                if isinstance(component, dict):
                    component["purl"] = _text(step.element)
            case "timestamp", At.WHOLE if not components:
                metadata["timestamp"] = _text(step.element)
            case (("supplier" | "manufacturer"), At.WHOLE) if not components:
                name = step.element.find("{*}name")
                metadata[step.name] = {"name": "" if name is None else _text(name)}
            case "vulnerability", At.WHOLE:
                vulnerabilities.append(vulnerability_of(step.element))
            case _:
                pass
    top |= {"metadata": metadata, "components": components, "vulnerabilities": vulnerabilities}
    return read_cyclonedx(top, digest)


def vulnerability_of(element: etree._Element) -> Json:
    """Give one `<vulnerability>` as its JSON would stand."""
    found: Json = {}
    for child in element:
        name = _name(child)
        if name in LISTS:
            found[name] = [_entry(each) for each in child if _name(each) == LISTS[name]]
        elif name in OBJECTS:
            found[name] = vulnerability_of(child)
        elif name in TEXTS | TIMES:
            found[name] = _text(child)
    return found


def _entry(element: etree._Element) -> Json:
    if _name(element) == "property":
        return {"name": str(element.get("name") or ""), "value": _text(element)}
    found: Json = {}
    for child in element:
        name = _name(child)
        if name == "versions":
            found[name] = [_entry(each) for each in child]
        else:
            found[name] = _text(child)
    return found


def _heading(element: etree._Element) -> Json:
    space = str(element.tag).partition("}")[0]
    version = str(element.get("version") or "1")
    return {
        "specVersion": space.rpartition("/")[2],
        "serialNumber": str(element.get("serialNumber") or ""),
        "version": int(version) if version.isdecimal() and version.isascii() else 1,
    }


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()
