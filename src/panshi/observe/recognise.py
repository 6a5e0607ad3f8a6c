"""Tell from the beginning of a file which observer reads it; undecided where two might.

Only the first 64 KiB are looked at, and only for what a format cannot do without: the root element
of XML, member names of JSON, the first words of text. Whoever is not recognised is not guessed:
the one who delivers says so, by a folder named after the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from panshi.observe.reading.files import open_source

HEAD = 64 * 1024
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_MEMBER = re.compile(r'"([^"\\]{1,60})"\s*:')
_ROOTS: Mapping[str, str] = {
    "nmaprun": "nmap",
    "OWASPZAPReport": "zap",
    "Benchmark": "openscap",
    "TestResult": "openscap",
    "asset-report-collection": "openscap",
    "bom": "cyclonedx",
    "assessment-results": "oscal",
    "testsuites": "junit",
    "testsuite": "junit",
    "coverage": "coverage",
    "report": "coverage",
}
_TEXTS: tuple[tuple[str, str], ...] = (
    ("lynis", "# Lynis Report"),
    ("lynis", "lynis_version="),
    ("spdx", "SPDXVersion:"),
    ("threat-model", "otmVersion:"),
)
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("artifacts", re.compile(r"[0-9a-fA-F]{64} [ *]\S")),
)
_MEMBERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("cyclonedx", frozenset({"bomFormat"})),
    ("spdx", frozenset({"spdxVersion"})),
    ("spdx", frozenset({"@context", "@graph", "spdxId"})),
    ("sarif", frozenset({"runs", "tool", "driver"})),
    ("sarif", frozenset({"runs", "tool", "results"})),
    ("oscal", frozenset({"assessment-results"})),
    ("osquery", frozenset({"hostIdentifier", "unixTime", "name"})),
    ("zap", frozenset({"@generated", "site"})),
    ("trivy", frozenset({"SchemaVersion", "ArtifactName"})),
    ("grype", frozenset({"matches", "relatedVulnerabilities", "matchDetails"})),
    ("grype", frozenset({"matches", "descriptor", "source"})),
    ("prowler", frozenset({"finding_info", "status_code", "event_code"})),
    ("garak", frozenset({"entry_type", "_config.version"})),
    ("garak", frozenset({"entry_type", "garak_version"})),
    ("wazuh", frozenset({"rule", "level", "agent", "manager"})),
    ("wazuh", frozenset({"rule", "level", "TimeStamp", "sidid"})),
    ("entra", frozenset({"@odata.context", "value"})),
    ("okta", frozenset({"eventType", "published", "actor", "authenticationContext"})),
    ("okta", frozenset({"status", "profile", "login", "lastLogin"})),
    ("okta", frozenset({"login", "factors", "factorType"})),
    ("okta", frozenset({"type", "status", "_embedded", "rules", "actions"})),
    ("sslyze", frozenset({"server_scan_results"})),
    ("testssl", frozenset({"scanResult", "startTime"})),
    ("testssl", frozenset({"id", "ip", "port", "severity", "finding"})),
    ("attestation", frozenset({"payload", "payloadType", "signatures"})),
    ("attestation", frozenset({"dsseEnvelope", "verificationMaterial"})),
    ("attestation", frozenset({"_type", "predicateType", "subject"})),
    ("threat-model", frozenset({"otmVersion"})),
    ("threat-model", frozenset({"actors", "inBoundary", "inScope"})),
    ("code-review", frozenset({"number", "mergedAt", "reviews"})),
    ("code-review", frozenset({"iid", "merged_at", "author"})),
)
_CSV: tuple[tuple[str, frozenset[str]], ...] = (
    ("entra", frozenset({"userprincipalname", "accountenabled"})),
    ("entra", frozenset({"username", "authentication requirement"})),
)


def recognise(path: Path) -> str:
    """Give the name of the one source whose files begin like this; empty where none or several."""
    with open_source(path) as source:
        raw = source.peek(HEAD)
    text = raw.decode("utf-8-sig", "replace").replace("\0", "").lstrip("﻿\ufffd \t\r\n")
    if text.startswith("<"):
        root = _ROOT.search(re.sub(r"<!--.*?-->|<!DOCTYPE[^>]*>", "", text, flags=re.DOTALL))
        return _ROOTS.get(root[1], "") if root else ""
    if text.startswith(("{", "[")):
        return _only({name for name, needed in _MEMBERS if needed <= {*_MEMBER.findall(text)}})
    heading = {each.strip(' "').lower() for each in text.partition("\n")[0].split(",")}
    return _only(
        {name for name, beginning in _TEXTS if beginning in text[:4096]}
        | {name for name, line in _LINES if line.match(text)}
        | {name for name, needed in _CSV if needed <= heading}
    )


def _only(names: set[str]) -> str:
    return names.pop() if len(names) == 1 else ""
