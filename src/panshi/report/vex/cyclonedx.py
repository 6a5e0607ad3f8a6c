"""Decisions as CycloneDX 1.6 VEX (ECMA-424): with versions, last day and system.

The last day and the system stand in properties of the vulnerability, which others pass over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec

from panshi import __version__
from panshi.model.supply_chain.vex import (
    EXPIRES_PROPERTY,
    SYSTEM_PROPERTY,
    VexStatement,
    VexStatus,
)

MEDIA_TYPE = "application/vnd.cyclonedx+json"
STATES = {
    VexStatus.AFFECTED: "exploitable",
    VexStatus.FIXED: "resolved",
    VexStatus.NOT_AFFECTED: "not_affected",
    VexStatus.UNDER_INVESTIGATION: "in_triage",
}
JUSTIFICATIONS = {
    "component_not_present": "requires_dependency",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_not_present": "code_not_present",
}


def cyclonedx_vex(
    statements: Iterable[tuple[str, VexStatement]], *, author: str, made: datetime
) -> bytes:
    """Write statements, each with the number of its decision."""
    listed = tuple(statements)
    entries = [_entry(number, each) for number, each in listed]
    purls = dict.fromkeys(product.purl for _, each in listed for product in each.products)
    digest = sha256(msgspec.json.encode(entries)).hexdigest()
    top = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{UUID(hex=digest[:32], version=5)}",
        "version": 1,
        "metadata": {
            "timestamp": made.isoformat().replace("+00:00", "Z"),
            "tools": {
                "components": [{"type": "application", "name": "panshi", "version": __version__}]
            },
            "supplier": {"name": author},
        },
        "components": [_component(purl) for purl in purls],
        "vulnerabilities": entries,
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2) + b"\n"


def _component(purl: str) -> dict[str, Any]:
    path = purl.partition("?")[0].partition("#")[0]
    name, _, version = path.rpartition("/")[2].partition("@")
    found = {"type": "library", "bom-ref": purl, "name": unquote(name), "purl": purl}
    return found | ({"version": unquote(version)} if version else {})


def _entry(number: str, each: VexStatement) -> dict[str, Any]:
    analysis = {"state": STATES[each.status], "firstIssued": each.issued}
    if each.justification:
        analysis["justification"] = JUSTIFICATIONS[each.justification]
    if each.impact:
        analysis["detail"] = each.impact
    found: dict[str, Any] = {"bom-ref": number, "id": each.vulnerability}
    if each.aliases:
        found["references"] = [
            {"id": alias, "source": {"name": alias.partition("-")[0]}} for alias in each.aliases
        ]
    if each.action:
        found["recommendation"] = each.action
    found["analysis"] = analysis
    found["affects"] = list(_affects(each))
    found["properties"] = list(_properties(each))
    return found


def _affects(each: VexStatement) -> Iterator[dict[str, Any]]:
    said = "affected" if each.status is VexStatus.AFFECTED else "unaffected"
    for product in each.products:
        found: dict[str, Any] = {"ref": product.purl}
        if product.versions:
            found["versions"] = [{"range": product.versions, "status": said}]
        yield found


def _properties(each: VexStatement) -> Iterator[dict[str, str]]:
    if each.expires is not None:
        yield {"name": EXPIRES_PROPERTY, "value": each.expires.isoformat()}
    for system in dict.fromkeys(product.system for product in each.products if product.system):
        yield {"name": SYSTEM_PROPERTY, "value": system}
