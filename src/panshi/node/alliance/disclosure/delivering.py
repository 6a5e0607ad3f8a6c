"""What concerns one member goes to that member only: STIX 2.1 objects with one recipient, AMBER.

The objects stand in the collection of bulletins, where every member reads what it may; the marking
names one member, and every way out asks it (`panshi.alliance.intelligence.release`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec

from panshi.alliance.intelligence.collections import BULLETINS
from panshi.alliance.stix.markings import RECIPIENTS_EXTENSION, TLP_2_IDS
from panshi.errors import StoreError
from panshi.model.alliance.intelligence import Outcome
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.collections import collection
from panshi.node.alliance.hub import hub_name
from panshi.node.alliance.members import member
from panshi.node.alliance.objects import objects_in, staff
from panshi.node.node import Node

_NAMESPACE = UUID("5a1d3f1c-95c5-5a0e-9b63-4c8d7b0c2f11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One vulnerability or exposure."""

    name: str
    description: str
    references: tuple[tuple[str, str], ...] = ()
    "Source and external id, for example `cve` and `CVE-2026-1`."


def deliver(
    node: Node, member_id: str, *, about: str, title: str, text: str, matters: Iterable[Matter]
) -> str:
    """Deliver to one member; gives the id of the STIX report."""
    to = member(node, member_id)
    now = _stamp(node.clock())
    marking = f"marking-definition--{uuid5(_NAMESPACE, f'to:{to.id}')}"
    author = f"identity--{uuid5(_NAMESPACE, 'hub')}"
    shared = {
        "spec_version": "2.1",
        "created": now,
        "modified": now,
        "created_by_ref": author,
        "object_marking_refs": [TLP_2_IDS[Tlp.AMBER], marking],
    }
    found = [
        {
            **shared,
            "type": "vulnerability",
            "id": f"vulnerability--{uuid5(_NAMESPACE, f'{about}:{number}:{now}')}",
            "name": each.name,
            "description": each.description,
            "external_references": [
                {"source_name": source, "external_id": name}
                for source, name in (("panshi-disclosure", about), *each.references)
            ],
        }
        for number, each in enumerate(matters)
    ]
    report = {
        **shared,
        "type": "report",
        "id": f"report--{uuid5(_NAMESPACE, f'{about}:report:{now}')}",
        "name": title,
        "description": text,
        "report_types": ["vulnerability"],
        "published": now,
        "object_refs": [each["id"] for each in found] or [author],
        "external_references": [{"source_name": "panshi-disclosure", "external_id": about}],
    }
    objects: list[object] = [_definition(marking, to.id), _author(node, author), *found, report]
    added = objects_in(
        node,
        collection(node, BULLETINS.alias),
        [msgspec.json.encode(each) for each in objects],
        staff("disclosure"),
    )
    failed = added.of(Outcome.FAILURE)
    if failed:
        raise StoreError(
            f"could not be delivered: {failed[0].message}", place=about, remedy="nothing is lost"
        )
    return str(report["id"])


def _definition(marking: str, to: str) -> dict[str, object]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": marking,
        "created": "2026-01-01T00:00:00.000Z",
        "name": f"for {to} only",
        "extensions": {
            RECIPIENTS_EXTENSION: {"extension_type": "property-extension", "recipients": [to]}
        },
    }


def _author(node: Node, author: str) -> dict[str, object]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": author,
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": hub_name(node),
        "identity_class": "organization",
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )
