"""The JSON schema of the ticket (draft 2020-12), made from the type that reads tickets.

What a member may say is in it, what only the hub fills is not; unknown fields are refused. Each
field carries its labels and where it stands in other standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from panshi.alliance.tickets.crosswalk import Crosswalk
from panshi.alliance.tickets.reading import BY_HUB
from panshi.model.alliance import ticket as limits
from panshi.model.alliance.ticket import SCHEMA, Ticket
from panshi.model.alliance.ticket_layout import FORM, OTHER_LABELS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAMED = {"assets", "suppliers", "actions", "related"}
_LONGEST = {
    "number": limits.MAX_NUMBER,
    "title": limits.MAX_TITLE,
    "text": limits.MAX_TEXT,
    "phase": limits.MAX_NAME * 4,
    "detected_by": limits.MAX_NAME * 4,
    "cause": limits.MAX_NAME * 4,
    "contact": limits.MAX_NAME * 4,
}

type Schema = dict[str, Any]


def ticket_schema(crosswalk: Crosswalk) -> Schema:
    """Give the schema as a JSON value."""
    (found,), parts = msgspec.json.schema_components((Ticket,), ref_template="#/$defs/{name}")
    del found
    whole: Schema = parts.pop("Ticket")
    for each in (whole, *parts.values()):
        each.pop("title", None)
        if each.get("type") == "object":
            each["additionalProperties"] = False
    parts["Marking"]["properties"].pop("originator", None)
    properties: Schema = {
        name: _described(name, kind, crosswalk)
        for name, kind in whole["properties"].items()
        if name not in BY_HUB
    }
    properties["schema"] = {"const": SCHEMA} | properties["schema"]
    return {
        "$schema": DRAFT,
        "$id": f"urn:{SCHEMA.replace('/', ':').replace('.', ':')}",
        "title": "Incident ticket 事件單",
        "description": "One version of an incident ticket as a member says it.",
        "type": "object",
        "required": [name for name in whole["required"] if name not in BY_HUB],
        "additionalProperties": False,
        "properties": properties,
        "$defs": parts,
    }


def labels() -> Mapping[str, tuple[str, str]]:
    """Give the labels of every field in Chinese and English."""
    return {part.name: (part.zh, part.en) for part in FORM} | OTHER_LABELS


def _described(name: str, kind: Schema, crosswalk: Crosswalk) -> Schema:
    zh, en = labels().get(name, ("", name))
    place = crosswalk.fields.get(name)
    described: Schema = {"title": f"{zh} {en}".strip()} | _bounded(name, kind)
    if place is not None:
        described["x-standards"] = {
            key: value
            for key, value in (
                ("stix", place.stix),
                ("ocsf", place.ocsf),
                ("iodef", place.iodef),
                ("fire", list(place.fire)),
            )
            if value
        }
    return described


def _bounded(name: str, kind: Schema) -> Schema:
    """Add the bounds that the type itself checks."""
    bounds: Schema = {}
    if name in _LONGEST:
        bounds["maxLength"] = _LONGEST[name]
    if name in {"number", "title"}:
        bounds["minLength"] = 1
    if name == "version":
        bounds |= {"minimum": 1, "maximum": limits.MAX_VERSION}
    if name.endswith("_at"):
        moment = {"type": "string", "format": "date-time"}
        bounds |= {"anyOf": [moment, {"type": "null"}]} if "anyOf" in kind else moment
    if kind.get("type") == "array":
        bounds["maxItems"] = limits.MAX_ITEMS
        items = dict(kind["items"])
        if name in _NAMED:
            items |= {"minLength": 1, "maxLength": limits.MAX_NAME}
        if name == "techniques":
            items["pattern"] = r"^T\d{4}(\.\d{3})?$"
        if name == "cves":
            items["pattern"] = r"^CVE-\d{4}-\d{4,10}$"
        bounds["items"] = items
    return kind | bounds
