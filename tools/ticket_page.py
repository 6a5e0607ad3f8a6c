"""The generated page of the incident ticket: its fields, their places in other standards."""

from __future__ import annotations

import json
from typing import Any

from panshi.node.alliance.ticket_forms import crosswalk, schema

HEAD = """# The incident ticket

Generated from `panshi.model.alliance.ticket` and `content/alliance/ticket.yaml`. The JSON schema
(draft 2020-12) is [ticket.schema.json](ticket.schema.json); a hub serves it at
`/api/v1/hub/tickets/schema`. What a standard has no place for does not travel in its form. FIRE
items are those of FSB FIRE v1.0 (final report of 15 April 2025).

| Field | | Required | STIX 2.1 | OCSF 1.8 | IODEF v2 | FIRE |
|---|---|---|---|---|---|---|
"""
FIRE = """
## Essential items of FIRE

Initial, intermediate and final report ask 19, 33 and 48 items. `report_items` means that the member
adds the item by its number, for example `{"item": "fire/1.0:34", "value": "…"}`.

| Item | | Initial | Intermediate | Final | Told by |
|---|---|---|---|---|---|
"""


def page() -> str:
    """Write the page."""
    whole = schema()
    lines = [HEAD.rstrip("\n")]
    for name, kind in whole["properties"].items():
        told: dict[str, Any] = kind.get("x-standards", {})
        fire = ", ".join(map(str, told.get("fire", ())))
        cells = (
            f"`{name}`",
            kind["title"],
            "yes" if name in whole["required"] else "",
            *(told.get(each, "") for each in ("stix", "ocsf", "iodef")),
            fire,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines.append(FIRE.rstrip("\n"))
    for each in crosswalk().fire:
        marks = ("x" if asked else "" for asked in (each.initial, each.intermediate, each.final))
        lines.append(f"| {each.item} | {each.name} | {' | '.join(marks)} | `{each.source}` |")
    return "\n".join(lines) + "\n"


def schema_file() -> str:
    """Write the schema."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
