"""A framework as an OSCAL catalog: groups, controls, our own gist as statement."""

from __future__ import annotations

from datetime import datetime

from panshi.model.control import Control, Framework, Strength
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import (
    Node,
    derived_uuid,
    encoded,
    metadata,
    prop,
    token,
)

NOTE = (
    "Statements are short paraphrases of our own with a reference to document and article; "
    "the wording in force is the document's."
)


def catalog(framework: Framework, modified: datetime) -> bytes:
    """Write a framework as a catalog; control ids are tokens, the printed id is the label."""
    groups = {
        group.id: _group(framework, group.id, group.title_zh, group.parent)
        for group in framework.groups
    }
    tops: list[Node] = []
    for group in framework.groups:
        home = groups[group.parent].setdefault("groups", []) if group.parent else tops
        _append(home, groups[group.id])
    by_parent: dict[str, list[Control]] = {}
    for control in framework.controls:
        by_parent.setdefault(control.parent, []).append(control)
    for control in by_parent.get("", []):
        _append(
            groups[control.group].setdefault("controls", []),
            _control(control, by_parent),
        )
    document: Node = {
        "catalog": {
            "uuid": derived_uuid("catalog", framework.id, framework.version),
            "metadata": metadata(framework.title_zh, framework.version, modified, note=NOTE),
            "groups": [_pruned(group) for group in tops],
        }
    }
    return encoded(checked(document))


def _group(framework: Framework, group: str, title: str, _parent: str) -> Node:
    return {"id": f"{framework.id}-group-{group}", "title": title}


def _control(control: Control, by_parent: dict[str, list[Control]]) -> Node:
    identity = token(control.framework, control.id)
    props = [
        {"name": "label", "value": control.id},
        prop("reference", control.reference),
        prop("basis", control.basis),
    ]
    if control.strength is not Strength.NONE:
        props.append(prop("strength", control.strength))
    if control.stage:
        props.append(prop("stage", str(control.stage)))
    if control.inferred:
        props.append(prop("inferred", "true"))
    parts: list[Node] = [
        {"id": f"{identity}_smt", "name": "statement", "prose": control.gist_zh},
        {"id": f"{identity}_gdn", "name": "guidance", "prose": control.gist_en},
    ]
    found: Node = {
        "id": identity,
        "title": control.title_zh,
        "props": props,
        "parts": parts,
    }
    children = [_control(child, by_parent) for child in by_parent.get(control.id, [])]
    if children:
        found["controls"] = children
    return found


def _pruned(group: Node) -> Node:
    """Drop groups that hold nothing, which the schema has no place for."""
    inner = group.get("groups")
    if isinstance(inner, list):
        group["groups"] = [_pruned(each) for each in inner]
    return group


def _append(home: object, node: Node) -> None:
    if isinstance(home, list):
        home.append(node)
