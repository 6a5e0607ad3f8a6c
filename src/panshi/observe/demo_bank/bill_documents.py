"""A bill of the demo bank as a document: CycloneDX (ECMA-424) or SPDX 2.3 (ISO/IEC 5962), JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

BANK = "磐石示範銀行"
DISTRO = "debian-12"
ROOT = "application"
UNKNOWN = "NOASSERTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of a bill."""

    type: str
    "Type of its purl."
    name: str
    "`group:artifact` for Maven, `binary=source` for Debian, else the name."
    version: str
    parents: tuple[str, ...]
    "Short names of those that bring it along; none: the application itself."
    supplier: str
    purl: str | None = None
    "Instead of the one its name gives; empty: none."

    @property
    def short(self) -> str:
        """Name by which others bring it along."""
        return self.name.partition("=")[0].rpartition(":")[2]

    @property
    def package_url(self) -> str:
        """Give its purl; empty where it has none."""
        if self.purl is not None:
            return self.purl
        version = f"@{quote(self.version, safe='~+:()')}" if self.version else ""
        match self.type:
            case "maven":
                group, _, artifact = self.name.partition(":")
                return f"pkg:maven/{group}/{artifact}{version}"
            case "deb":
                name, _, source = self.name.partition("=")
                upstream = f"&upstream={source}" if source else ""
                return f"pkg:deb/debian/{name}{version}?arch=amd64&distro={DISTRO}{upstream}"
            case _:
                return f"pkg:{self.type}/{self.name.replace('@', '%40')}{version}"

    def but(self, **changes: str) -> Part:
        """Give it with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a document says."""

    name: str
    title: str
    version: str
    supplier: str
    "Empty: the bank itself."
    built: datetime
    tool: str
    spec_version: str
    parts: tuple[Part, ...]


def cyclonedx(bill: Bill) -> bytes:
    """Write a bill as CycloneDX."""
    tool, _, tool_version = bill.tool.partition(" ")
    references = _references(bill)
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": bill.spec_version,
        "serialNumber": f"urn:uuid:{_uuid(bill)}",
        "version": 1,
        "metadata": {
            "timestamp": _moment(bill),
            "tools": [{"vendor": "demo", "name": tool, "version": tool_version}],
            "component": {
                "type": "application",
                "bom-ref": ROOT,
                "name": bill.name,
                "version": bill.version,
                "description": f"{bill.title}（示範資料）",
                "supplier": {"name": bill.supplier or BANK},
            },
        },
        "components": [_component(part, references[at]) for at, part in enumerate(bill.parts)],
        "dependencies": [
            {"ref": source, "dependsOn": targets} for source, targets in _edges(bill, references)
        ],
    }
    return msgspec.json.encode(document)


def _component(part: Part, reference: str) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "library", "bom-ref": reference}
    group, _, name = part.name.rpartition(":") if part.type == "maven" else ("", "", part.name)
    if group:
        said["group"] = group
    if part.name:
        said["name"] = name.partition("=")[0]
    if part.version:
        said["version"] = part.version
    if part.package_url:
        said["purl"] = part.package_url
    if part.supplier or part.type == "deb":
        said["supplier"] = {"name": part.supplier or "Debian"}
    return said


def spdx(bill: Bill) -> bytes:
    """Write a bill as SPDX 2.3."""
    references = _references(bill)
    ids = {ref: f"SPDXRef-{number}" for number, ref in enumerate([ROOT, *references])}
    maker = bill.supplier or BANK
    document: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": bill.name,
        "documentNamespace": f"https://demo-bank.example/sbom/{bill.name}/{_uuid(bill)}",
        "creationInfo": {
            "created": _moment(bill),
            "creators": [f"Tool: {bill.tool.replace(' ', '-')}", f"Organization: {maker}"],
        },
        "packages": [
            {
                "SPDXID": ids[ROOT],
                "name": bill.name,
                "versionInfo": bill.version,
                "supplier": f"Organization: {maker}",
                "downloadLocation": UNKNOWN,
                "primaryPackagePurpose": "APPLICATION",
            },
            *(_package(part, ids[references[at]]) for at, part in enumerate(bill.parts)),
        ],
        "relationships": [
            _relation("SPDXRef-DOCUMENT", "DESCRIBES", ids[ROOT]),
            *(
                _relation(ids[source], "DEPENDS_ON", ids[target])
                for source, targets in _edges(bill, references)
                for target in targets
            ),
        ],
    }
    return msgspec.json.encode(document)


def _package(part: Part, identity: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "SPDXID": identity,
        "name": part.name.partition("=")[0],
        "supplier": f"Organization: {part.supplier}" if part.supplier else UNKNOWN,
        "downloadLocation": UNKNOWN,
        "filesAnalyzed": False,
    }
    if part.version:
        said["versionInfo"] = part.version
    if part.package_url:
        said["externalRefs"] = [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": part.package_url,
            }
        ]
    return said


def _relation(source: str, kind: str, target: str) -> dict[str, str]:
    return {"spdxElementId": source, "relationshipType": kind, "relatedSpdxElement": target}


def _references(bill: Bill) -> list[str]:
    """Name each component within the document."""
    return [f"{number}-{part.short or 'unnamed'}" for number, part in enumerate(bill.parts, 1)]


def _edges(bill: Bill, references: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Give who brings whom along: the application first."""
    by_name = {part.short: references[at] for at, part in enumerate(bill.parts)}
    brought: dict[str, list[str]] = {ROOT: []}
    for at, part in enumerate(bill.parts):
        parents = [by_name[each] for each in part.parents if each in by_name]
        for parent in parents or [ROOT]:
            brought.setdefault(parent, []).append(references[at])
    yield from brought.items()


def _uuid(bill: Bill) -> UUID:
    told = f"{bill.name} {bill.version} {bill.built.date()}"
    return UUID(bytes=sha256(told.encode()).digest()[:16], version=4)


def _moment(bill: Bill) -> str:
    return bill.built.strftime("%Y-%m-%dT%H:%M:%SZ")
