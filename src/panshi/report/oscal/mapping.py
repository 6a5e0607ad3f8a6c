"""Crosswalks as an OSCAL mapping collection: relation, rationale, and who vouches for it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from datetime import datetime

from panshi.model.control import Framework, Mapping
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import (
    Node,
    derived_uuid,
    encoded,
    metadata,
    prop,
    token,
)

DESCRIPTION = (
    "Pairs proposed from a reading of both texts; legal equivalence is for a person to confirm, "
    "and each pair says whether one did."
)


def mapping_collection(
    framework: Framework,
    frameworks: MappingType[str, Framework],
    mappings: Iterable[Mapping],
    modified: datetime,
) -> bytes:
    """Write every crosswalk that begins at a framework, one mapping per target framework."""
    by_target: dict[str, list[Mapping]] = {}
    for pair in mappings:
        source, _, _control = pair.source.partition("/")
        if source == framework.id:
            by_target.setdefault(pair.target.partition("/")[0], []).append(pair)
    document: Node = {
        "mapping-collection": {
            "uuid": derived_uuid("mapping", framework.id, framework.version),
            "metadata": metadata(f"{framework.title_zh}：對照", framework.version, modified),
            "provenance": {
                "method": "human",
                "matching-rationale": "semantic",
                "status": "draft",
                "mapping-description": DESCRIPTION,
            },
            "mappings": [
                _mapping(framework, frameworks[target], pairs)
                for target, pairs in by_target.items()
            ],
        }
    }
    known = {
        token(each.id, control.id) for each in frameworks.values() for control in each.controls
    }
    return encoded(checked(document, known=known))


def _mapping(source: Framework, target: Framework, pairs: list[Mapping]) -> Node:
    return {
        "uuid": derived_uuid("mapping", source.id, target.id),
        "source-resource": _resource(source),
        "target-resource": _resource(target),
        "maps": [_map(pair) for pair in pairs],
    }


def _resource(framework: Framework) -> Node:
    return {"type": "catalog", "href": f"{framework.id}.catalog.json"}


def _map(pair: Mapping) -> Node:
    found: Node = {
        "uuid": derived_uuid("map", pair.source, pair.target),
        "matching-rationale": pair.rationale,
        "relationship": pair.relation,
        "sources": [_item(pair.source)],
        "targets": [_item(pair.target)],
        "props": [prop("confirmed", "true" if pair.confirmed else "false")],
    }
    if pair.note:
        found["remarks"] = pair.note
    return found


def _item(key: str) -> Node:
    framework, _, control = key.partition("/")
    return {"type": "control", "id-ref": token(framework, control)}
