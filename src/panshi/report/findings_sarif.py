"""Findings of bills of materials as SARIF 2.1.0 (OASIS), for the tools pipelines already have."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"affected": "error", "under_investigation": "error", "unknown": "warning"}
LIFTED = frozenset({"not_affected", "fixed"})


class Told(Protocol):
    """What a result is made of."""

    @property
    def purl(self) -> str:
        """The component."""
        ...

    @property
    def vulnerability(self) -> str:
        """The name of the rule."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names."""
        ...

    @property
    def status(self) -> str:
        """After the statements."""
        ...

    @property
    def why(self) -> str:
        """Range, event and source."""
        ...

    @property
    def fixed(self) -> tuple[str, ...]:
        """Versions named as repaired."""
        ...

    @property
    def statement(self) -> str:
        """The statement that decided, if one did."""
        ...


class Rule(NamedTuple):
    """One vulnerability as a rule."""

    name: str
    summary: str = ""
    score: float | None = None
    "CVSS base score."


def findings_sarif(
    files: Iterable[tuple[str, Iterable[Told]]], rules: Iterable[Rule], version: str
) -> dict[str, Any]:
    """Lay out one run; lifted findings are there, suppressed with their statement."""
    listed = sorted(set(rules))
    places = {each.name: place for place, each in enumerate(listed)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Panshi",
                        "version": version,
                        "rules": [_rule(each) for each in listed],
                    }
                },
                "results": [
                    _result(file, told, places[told.vulnerability])
                    for file, findings in files
                    for told in findings
                ],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary or rule.name},
        "properties": {
            "tags": ["security", "vulnerability"],
            **({} if rule.score is None else {"security-severity": f"{rule.score:.1f}"}),
        },
    }


def _result(file: str, told: Told, place: int) -> dict[str, Any]:
    repair = f" Repaired in {told.fixed[0]}." if told.fixed else ""
    identity = sha256(f"{told.purl}\n{told.vulnerability}".encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": told.vulnerability,
        "ruleIndex": place,
        "level": LEVELS.get(told.status, "note"),
        "message": {"text": f"{told.purl} is {told.status}: {told.why}.{repair}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(file)}}}],
        "partialFingerprints": {"purlAndVulnerability/v1": identity},
        "properties": {"status": told.status, "aliases": list(told.aliases)},
    }
    if told.status in LIFTED:
        reason = told.statement or told.why
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result
