"""Policies as they come: Cedar text or its JSON form, with templates and their links.

Cedar's own parser reads them; what it refuses is refused here with the line of the statement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import cedarpy

from panshi.errors import ContentError
from panshi.protection.cedar.documents import write_uid
from panshi.protection.cedar.values import Uid

STATEMENT_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|;|[^;"/]+|.', re.DOTALL)
BLANK = re.compile(r"(?:\s|//[^\n]*\n?)*")


class Link(NamedTuple):
    """A template with its slots filled: one more policy."""

    template: str
    "Its id or its `@id`."
    policy: str
    "Id of the new policy."
    principal: Uid | None = None
    resource: Uid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One policy before it is compiled."""

    id: str
    document: Mapping[str, Any]
    "In Cedar's JSON form."
    slots: Mapping[str, Uid] = field(default_factory=dict)
    "What a link put in for `?principal` and `?resource`."
    template: str = ""
    "Id of the template it is a link of."


def read_policies(
    text: str, *, source: str, links: Sequence[Link] = ()
) -> tuple[cedarpy.PolicySet, tuple[Source, ...]]:
    """Read a set of policies; `ContentError` names file and line."""
    is_json = text.lstrip().startswith("{")
    try:
        if is_json:
            handle = cedarpy.PolicySet.from_json_str(text)
            document = json.loads(text)
        else:
            handle = cedarpy.PolicySet.from_str(text)
            document = json.loads(cedarpy.policies_to_json_str(text))
        if links:
            handle = handle.with_linked_batch([_written(link) for link in links])
    except (ValueError, RecursionError) as error:
        line = 0 if is_json else _faulty_line(text)
        place = f"{source}:{line}" if line else source
        raise ContentError(f"not valid Cedar: {error}", place=place) from error
    return handle, tuple(_sources(document, links))


def _written(link: Link) -> dict[str, Any]:
    slots = {"?principal": link.principal, "?resource": link.resource}
    values = {name: write_uid(uid) for name, uid in slots.items() if uid is not None}
    return {"template_id": link.template, "new_id": link.policy, "values": values}


def _sources(document: Mapping[str, Any], links: Sequence[Link]) -> Iterator[Source]:
    if "effect" in document:  # Cedar also takes a single policy
        document = {"staticPolicies": {"policy0": document}}
    templates = document.get("templates", {})
    for name, policy in document.get("staticPolicies", {}).items():
        yield Source(id=name, document=policy)
    for each in document.get("templateLinks", ()):
        slots = {name: _uid(value) for name, value in each["values"].items()}
        name = each["templateId"]
        yield Source(id=each["newId"], document=templates[name], slots=slots, template=name)
    by_annotation = {
        policy.get("annotations", {}).get("id"): name for name, policy in templates.items()
    }
    for link in links:
        name = link.template if link.template in templates else by_annotation[link.template]
        asked = {"?principal": link.principal, "?resource": link.resource}
        filled = {slot: uid for slot, uid in asked.items() if uid is not None}
        yield Source(id=link.policy, document=templates[name], slots=filled, template=name)


def _uid(document: Mapping[str, Any]) -> Uid:
    inner = document.get("__entity", document)
    return Uid(inner["type"], inner["id"])


def _faulty_line(text: str) -> int:
    """Find the line on which the first statement that does not parse alone begins."""
    start = 0
    for match in STATEMENT_PARTS.finditer(text):
        if match[0] == ";" or match.end() == len(text):
            statement = text[start : match.end()]
            blank = BLANK.match(statement)
            first = start + (blank.end() if blank else 0)
            try:
                cedarpy.PolicySet.from_str(statement)
            except ValueError:
                return text.count("\n", 0, first) + 1
            start = match.end()
    return 0
