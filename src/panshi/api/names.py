"""The named parts of paths: what each stands for, its form, and one that exists on the demo bank.

A route whose name is missing here fails a test, because nobody could document or try it.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One named part of paths."""

    description: str
    example: str


NAMES: dict[str, Name] = {
    "account": Name(description="Name of an account", example="ana"),
    "action": Name(description="Number of an action of a review", example="2026Q3-1"),
    "advisory": Name(description="Id of an own advisory", example="BANK-2026-001"),
    "answer": Name(
        description="Number of an answer about the zero-trust scope", example="ZA-2026-001"
    ),
    "asset": Name(description="Id of an asset, `<kind>:<name>`", example="host:dc1-core-01"),
    "campaign": Name(description="Name of a campaign of tickets", example="C-0001"),
    "collection": Name(description="Id or alias of a collection", example="sharing"),
    "control": Name(description="Key of a control, `<framework>/<control>`", example="zt36/1-1"),
    "decision": Name(description="Number of a decision on exploitability", example="VEX-2026-001"),
    "estate": Name(description="Id of an estate", example="demo-bank"),
    "feed": Name(description="Name of a feed", example="osv/PyPI"),
    "finding": Name(
        description="Id of a finding, or its beginning", example="0123456789abcdef01234567"
    ),
    "form": Name(description="Form of a document of tickets", example="mail"),
    "framework": Name(description="Id of a framework", example="zt36"),
    "grant": Name(description="Number of a grant of privileged access", example="PG-2026-001"),
    "id": Name(description="Id of an observation", example="0123456789abcdef0123456789abcdef"),
    "indicator": Name(description="Id of an indicator", example="zt-evidenced"),
    "key": Name(description="Id of a build key, or its beginning", example="0123456789abcdef"),
    "intelligence": Name(
        description="Id of a STIX object that was pulled",
        example="indicator--5b1c5f6e-0c58-4f0b-9a61-0d9a3f1f7c22",
    ),
    "kind": Name(description="Kind of object", example="control"),
    "allowed": Name(description="Number of a value that binds nothing", example="IA-2026-001"),
    "sight": Name(
        description="Id of what was found in an extract, or its beginning",
        example="0123456789abcdef0123456789abcdef",
    ),
    "subscription": Name(description="Id of a member's subscription", example="bank-017-1"),
    "number": Name(description="Number of an exception or attestation", example="EX-2026-001"),
    "vulnerability": Name(description="A CVE, or the id of an advisory", example="CVE-2024-35195"),
    "paper": Name(description="Number of a report to the board", example="2025"),
    "member": Name(description="Id of a member of the hub", example="bank-017"),
    "member_key": Name(
        description="Thumbprint of a member's key, or its beginning", example="poqkLGiymh_W0uP6"
    ),
    "norm": Name(
        description="Id of a norm: a framework or a text kept for comparing", example="zt36"
    ),
    "other": Name(description="Id of the norm compared with", example="emerging"),
    "parameter": Name(description="Name of a governed threshold", example="confidence"),
    "place": Name(description="Name of a watched place", example="scanners"),
    "project": Name(description="Id of a project", example="DAT-01"),
    "proposal": Name(description="Number of a proposed set of policies", example="2026-002"),
    "service": Name(description="Id of a service of the estate", example="service:deposit"),
    "threat_report": Name(description="Kind of a threat report of a hub", example="weekly"),
    "ticket": Name(description="Id of a ticket, whatever its version", example="demo-bank.2026-1"),
    "report": Name(description="Kind of a report", example="board"),
    "review": Name(description="Number of a review, its quarter", example="2026Q3"),
    "set": Name(
        description="Set of policies: `in-force`, `shipped`, a proposal's number or a digest",
        example="in-force",
    ),
    "source": Name(description="Name of an observer", example="nmap"),
    "statement": Name(description="Number of a yearly statement", example="2025"),
    "system": Name(description="Id of a system, `system:<name>`", example="system:branch-teller"),
    "vex_trust": Name(
        description="Number of trust in an author of statements", example="VT-2026-001"
    ),
    "token": Name(description="Name of a token", example="ci"),
    "warning": Name(description="Number of an early warning", example="1"),
}
