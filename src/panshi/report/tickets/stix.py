"""A ticket as a STIX 2.1 bundle: incident with the incident core extension 2.0, and around it.

Observables are cyber-observable objects below one observed-data; techniques, vulnerabilities,
affected systems and suppliers are related to the incident; effects are impact objects. Ids follow
from the ticket's id, so that the same ticket is the same objects. The contact never travels.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from panshi.model.alliance.ticket import Effect, Impact, Observable, Ticket
from panshi.model.alliance.ticket_standards import (
    IMPACT_EXTENSION,
    INCIDENT_CORE,
    STIX_CRITICALITY,
    STIX_STATUS,
    STIX_TLP,
    STIX_TYPES,
)

SPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"Namespace of deterministic ids of cyber-observables (STIX 2.1, section 2.9)."
_HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}
_SIMPLE = {
    "ipv4": "ipv4-addr",
    "ipv4-cidr": "ipv4-addr",
    "ipv6": "ipv6-addr",
    "domain": "domain-name",
    "url": "url",
    "email": "email-addr",
}

type Stix = dict[str, Any]


def ticket_stix(ticket: Ticket, *, by: str = "") -> bytes:
    """Write the bundle; `by` is the identity object that stands for its author, where one may."""
    objects = list(_objects(ticket, by))
    bundle = {"type": "bundle", "id": _id("bundle", ticket, "bundle"), "objects": objects}
    return msgspec.json.format(msgspec.json.encode(bundle), indent=2)


def stamp(moment: datetime) -> str:
    """Write a time as STIX does: UTC, milliseconds."""
    plain = moment.astimezone(UTC)
    return f"{plain:%Y-%m-%dT%H:%M:%S}.{plain.microsecond // 1000:03d}Z"


def _objects(ticket: Ticket, by: str) -> Iterator[Stix]:
    incident = _incident(ticket, by)
    yield incident
    seen = [each for each in map(_observable, ticket.indicators) if each]
    unique = {each["id"]: each for each in seen}
    yield from unique.values()
    if unique:
        moment = stamp(ticket.detected_at or ticket.reported_at)
        observed = _sdo("observed-data", ticket, "observed", by) | {
            "first_observed": moment,
            "last_observed": moment,
            "number_observed": 1,
            "object_refs": list(unique),
        }
        yield observed
        yield _related(ticket, by, observed["id"], incident["id"])
    for each in _around(ticket, by):
        yield each
        yield _related(ticket, by, incident["id"], each["id"])


def _incident(ticket: Ticket, by: str) -> Stix:
    core: Stix = {
        "extension_type": "property-extension",
        "determination": "suspected",
        "investigation_status": STIX_STATUS[ticket.status],
        "incident_types": [STIX_TYPES.get(ticket.category, str(ticket.category))],
    }
    if ticket.severity in STIX_CRITICALITY:
        core["criticality"] = STIX_CRITICALITY[ticket.severity]
    if ticket.detected_by:
        core["detection_methods"] = [ticket.detected_by]
    counts = _counts(ticket.impact)
    if counts:
        core["impacted_entity_counts"] = counts
    if ticket.impact.effects:
        core["impact_refs"] = [_id("impact", ticket, each) for each in ticket.impact.effects]
    made = _sdo("incident", ticket, "incident", by) | {
        "name": ticket.title,
        "external_references": [{"source_name": "panshi ticket", "external_id": ticket.number}],
        "extensions": {INCIDENT_CORE: core},
    }
    if ticket.version > 1:
        made["x_panshi_version"] = ticket.version
    return made | ({"description": ticket.text} if ticket.text else {})


def _counts(impact: Impact) -> dict[str, int]:
    pairs = (("customers", impact.customers), ("computers-mobile-and-servers", impact.hosts))
    return {name: count for name, count in pairs if count is not None}


def _around(ticket: Ticket, by: str) -> Iterator[Stix]:
    for technique in ticket.techniques:
        yield _sdo("attack-pattern", ticket, technique, by) | {
            "name": technique,
            "external_references": [{"source_name": "mitre-attack", "external_id": technique}],
        }
    for cve in ticket.cves:
        yield _sdo("vulnerability", ticket, cve, by) | {
            "name": cve,
            "external_references": [{"source_name": "cve", "external_id": cve}],
        }
    for asset in ticket.assets:
        yield _sdo("infrastructure", ticket, asset, by) | {"name": asset}
    for supplier in ticket.suppliers:
        yield _sdo("identity", ticket, supplier, by) | {
            "name": supplier,
            "identity_class": "organization",
            "roles": ["supplier"],
        }
    for effect in ticket.impact.effects:
        yield _impact(ticket, effect, by)
    if ticket.occurred_at is not None:
        yield _event(ticket, ticket.occurred_at, by)


def _impact(ticket: Ticket, effect: Effect, by: str) -> Stix:
    details: dict[Effect, Stix] = {
        Effect.AVAILABILITY: {"availability_impact": 50},
        Effect.CONFIDENTIALITY: {"loss_type": "suspected-loss"},
        Effect.INTEGRITY: {"alteration": "potential-modification"},
    }
    return _sdo("impact", ticket, effect, by) | {
        "impact_category": str(effect),
        "extensions": {
            IMPACT_EXTENSION: {"extension_type": "new-sdo"},
            str(effect): details[effect],
        },
    }


def _event(ticket: Ticket, occurred: datetime, by: str) -> Stix:
    return _sdo("event", ticket, "event", by) | {
        "status": "occurred",
        "start_time": stamp(occurred),
        "extensions": {
            "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e": {
                "extension_type": "new-sdo"
            }
        },
    }


def _related(ticket: Ticket, by: str, source: str, target: str) -> Stix:
    return _sdo("relationship", ticket, f"{source} {target}", by) | {
        "relationship_type": "related-to",
        "source_ref": source,
        "target_ref": target,
    }


def _sdo(kind: str, ticket: Ticket, part: str, by: str) -> Stix:
    made: Stix = {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, ticket, part),
        "created": stamp(ticket.reported_at),
        "modified": stamp(ticket.reported_at),
        "object_marking_refs": [STIX_TLP[ticket.marking.tlp]],
    }
    return made | ({"created_by_ref": by} if by else {})


def _id(kind: str, ticket: Ticket, part: str) -> str:
    return f"{kind}--{uuid5(SPACE, f'{ticket.id or ticket.number} {kind} {part}')}"


def _observable(one: Observable) -> Stix:
    """Write an observable as an object with the deterministic id STIX gives it; empty: no form."""
    if one.kind in _SIMPLE:
        return _sco(_SIMPLE[one.kind], {"value": one.value})
    if one.kind in _HASHES:
        return _sco("file", {"hashes": {_HASHES[one.kind]: one.value}})
    if one.kind == "file":
        return _sco("file", {"name": one.value})
    if one.kind == "registry-key":
        return _sco("windows-registry-key", {"key": one.value})
    if one.kind == "asn" and one.value[2:].isdecimal():
        return _sco("autonomous-system", {"number": int(one.value[2:12])})
    return {}


def _sco(kind: str, properties: Stix) -> Stix:
    # RFC 8785 of the contributing properties; ours hold texts and whole numbers only.
    name = msgspec.json.encode(properties, order="sorted").decode()
    made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid5(SPACE, name)}"}
    return made | properties
