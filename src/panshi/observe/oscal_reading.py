"""Walk OSCAL assessment results part by part, in JSON or XML, with flat memory.

Both forms give the same parts with the same JSON-like values: `document`, `metadata`, per result
its `result` (times), `observation`, `risk`, `finding`, and the `component` and `inventory-item`
of local definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.reading.files import begins_with_markup, open_source
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.xml_events import At, Step, XmlDocument, content, local_name

ROOT = "assessment-results"
_LISTS = {
    "observations": "observation",
    "risks": "risk",
    "findings": "finding",
    "components": "component",
    "inventory-items": "inventory-item",
}
"Members that hold parts, in JSON."
_SHORT = frozenset({"start", "end"})
_KEPT = frozenset({*_LISTS.values(), "metadata", *_SHORT})
# XML element → member of JSON that lists it
_PLURALS = {
    "party": "parties",
    "responsible-party": "responsible-parties",
    "party-uuid": "party-uuids",
    "related-observation": "related-observations",
    "related-risk": "related-risks",
    "associated-risk": "associated-risks",
    "method": "methods",
    "subject": "subjects",
    "prop": "props",
}
_PLAIN_LISTS = frozenset({"method", "party-uuid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a report."""

    name: str
    value: object
    place: str
    result: int = -1
    "Index of the result it stands in; -1 outside of results."


def parts(path: Path) -> Iterator[Part]:
    """Yield the parts in the order of the document."""
    with open_source(path) as source:
        if begins_with_markup(source):
            yield from _xml(XmlDocument(source))
        else:
            cursor = JsonCursor(source)
            yield from _json(cursor)
            cursor.finish()


def _json(cursor: JsonCursor) -> Iterator[Part]:
    if not cursor.at("object"):
        cursor.refuse("is not an OSCAL document")
    found = False
    for key in cursor.members():
        if key != ROOT:
            continue
        found = True
        for member in cursor.members():
            yield from _top(cursor, member)
    if not found:
        cursor.refuse("holds no assessment-results", "name the results, not the catalog or plan")


def _top(cursor: JsonCursor, member: str) -> Iterator[Part]:
    place = cursor.place
    match member:
        case "uuid":
            yield Part(name="document", value={"uuid": cursor.value()}, place=place)
        case "metadata":
            yield Part(name="metadata", value=cursor.value(), place=place)
        case "local-definitions":
            yield from _definitions(cursor, -1)
        case "results":
            for index in cursor.elements():
                yield from _result(cursor, index)
        case _:
            pass


def _result(cursor: JsonCursor, index: int) -> Iterator[Part]:
    times: dict[str, object] = {}
    place = cursor.place
    for member in cursor.members():
        if member in _SHORT:
            times[member] = cursor.value()
        elif member == "local-definitions":
            yield from _definitions(cursor, index)
        elif member in {"observations", "risks", "findings"} and cursor.at("array"):
            yield from _entries(cursor, member, index)
    yield Part(name="result", value=times, place=place, result=index)


def _definitions(cursor: JsonCursor, index: int) -> Iterator[Part]:
    if not cursor.at("object"):
        return
    for member in cursor.members():
        if member in {"components", "inventory-items"} and cursor.at("array"):
            yield from _entries(cursor, member, index)


def _entries(cursor: JsonCursor, member: str, index: int) -> Iterator[Part]:
    for _ in cursor.elements():
        place = cursor.place
        yield Part(name=_LISTS[member], value=cursor.value(), place=place, result=index)


def _xml(document: XmlDocument) -> Iterator[Part]:
    index = -1
    times: dict[str, object] = {}
    for step in document.walk(enter={ROOT, "result"}, keep=_KEPT, roots={ROOT}):
        match step.at, step.name:
            case At.ENTER, "result":
                index, times = index + 1, {}
            case At.LEAVE, "result":
                yield Part(name="result", value=times, place=step.place, result=index)
            case At.ENTER, _:
                value = {"uuid": step.element.get("uuid")}
                yield Part(name="document", value=value, place=step.place)
            case At.WHOLE, ("start" | "end"):
                times = {**times, step.name: content(step.element)}
            case At.WHOLE, _:
                yield _whole(step, index)
            case _:
                pass


def _whole(step: Step, index: int) -> Part:
    try:
        value = _as_json(step.element)
    except RecursionError as error:  # bounded by max_depth, kept as a second fence
        raise BadInputError("nested too deep", place=step.place) from error
    return Part(name=step.name, value=value, place=step.place, result=index)


def _as_json(element: etree._Element) -> dict[str, object]:
    """Give an element as OSCAL's own JSON has it, as far as we read it."""
    found: dict[str, object] = {str(name): value for name, value in element.attrib.items()}
    for each in element:
        name = local_name(each)
        if name in _PLAIN_LISTS:
            _list(found, _PLURALS[name]).append(content(each))
        elif name in _PLURALS:
            _list(found, _PLURALS[name]).append(_as_json(each))
        elif each.attrib or not _prose(each):
            found[name] = _as_json(each)
        else:
            found[name] = content(each)
    return found


def _prose(element: etree._Element) -> bool:
    """Tell whether an element holds prose (paragraphs) rather than parts."""
    return all(local_name(each) in {"p", "ul", "ol", "h1", "h2", "em", "a"} for each in element)


def _list(found: dict[str, object], name: str) -> list[object]:
    known = found.setdefault(name, [])
    return known if isinstance(known, list) else []
