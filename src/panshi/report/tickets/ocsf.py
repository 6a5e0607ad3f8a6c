"""A ticket as an OCSF 1.8 Incident Finding (class 2005). The contact never travels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from panshi.model.alliance.ticket import Observable, Status, Ticket
from panshi.model.alliance.ticket_standards import (
    OCSF_OBSERVABLE,
    OCSF_SEVERITY,
    OCSF_STATUS,
    OCSF_VERSION,
)

CLASS, CATEGORY = 2005, 2
CREATE, UPDATE, CLOSE = 1, 2, 3
OTHER = 99


def ticket_ocsf(ticket: Ticket) -> bytes:
    """Write the finding as one JSON object."""
    activity = UPDATE if ticket.version > 1 else CREATE
    activity = CLOSE if ticket.status is Status.CLOSED else activity
    info: dict[str, Any] = {"uid": ticket.number, "title": ticket.title}
    if ticket.detected_at is not None:
        info["created_time"] = _milliseconds(ticket.detected_at)
    finding: dict[str, Any] = {
        "activity_id": activity,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + activity,
        "time": _milliseconds(ticket.reported_at),
        "severity_id": OCSF_SEVERITY[ticket.severity],
        "status_id": OCSF_STATUS[ticket.status],
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": "Panshi", "vendor_name": "Panshi"},
            "sequence": ticket.version,
        },
        "finding_info_list": [info],
        "attacks": _attacks(ticket),
        "vulnerabilities": [{"cve": {"uid": each}} for each in ticket.cves],
        "resources": [{"name": each} for each in ticket.assets],
        "observables": list(map(_observable, ticket.indicators)),
    }
    if ticket.text:
        finding["desc"] = ticket.text
    if ticket.occurred_at is not None:
        finding["start_time"] = _milliseconds(ticket.occurred_at)
    if ticket.closed_at is not None:
        finding["end_time"] = _milliseconds(ticket.closed_at)
    if ticket.related:
        finding["unmapped"] = {"related": list(ticket.related)}
    return msgspec.json.format(msgspec.json.encode(finding), indent=2)


def _attacks(ticket: Ticket) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in ticket.techniques:
        technique, dot, _sub = each.partition(".")
        attack: dict[str, Any] = {"technique": {"uid": technique}}
        found.append(attack | ({"sub_technique": {"uid": each}} if dot else {}))
    if ticket.phase:
        found = [each | {"tactic": {"name": ticket.phase}} for each in found] or [
            {"tactic": {"name": ticket.phase}}
        ]
    return found


def _observable(one: Observable) -> dict[str, Any]:
    return {
        "name": f"indicator.{one.kind}",
        "type_id": OCSF_OBSERVABLE.get(one.kind, OTHER),
        "value": one.value,
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
