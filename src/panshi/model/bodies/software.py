"""Bodies about software: SBOMs, scanner results, environments, releases, tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of an SBOM."""

    name: str
    version: str = ""
    purl: str = ""
    supplier: str = ""
    licence: str = ""


@observation_kind("sbom.document/1", "軟體物料清單", "Software bill of materials")
@dataclass(frozen=True, slots=True, kw_only=True)
class SbomDocument(Body):
    """One CycloneDX or SPDX document."""

    format: str
    "`CycloneDX` or `SPDX`."
    spec_version: str
    serial: str
    component_count: int
    versioned_share: float
    "Share of components with a version, 0 to 1."
    identified_share: float
    "Share of components with a package URL, CPE or SWID, 0 to 1."
    created: date | None = None
    tool: str = ""
    subject_name: str = ""
    subject_version: str = ""
    supplier: str = ""
    components: tuple[Component, ...] = ()
    skipped: int = 0
    "Components that could not be read; each was reported."
    sha256: str = ""
    "Digest of the original document where the portfolio keeps it; `components` is empty then."
    part: str = ""
    "Which part of the system it describes; a later document of the same part takes its place."
    service: str = ""
    "Service the delivery names, beside those the estate shows."
    delivered_by: str = ""
    "Supplier who delivered it."
    delivered: datetime | None = None
    "When it arrived in the portfolio."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One scanner finding."""

    rule: str
    level: str
    "`error`, `warning`, `note` or `none`."
    location: str = ""
    message: str = ""
    suppressed: bool = False


@observation_kind("sarif.run/1", "程式掃描結果", "Static analysis run")
@dataclass(frozen=True, slots=True, kw_only=True)
class SarifRun(Body):
    """One run of one tool in a SARIF log."""

    tool: str
    tool_version: str
    rules: int
    results: int
    errors: int
    "Results of level error that are neither suppressed nor absent."
    warnings: int
    notes: int
    suppressed: int = 0
    succeeded: bool = True
    "The tool said that its execution was successful, or did not say otherwise."
    findings: tuple[Finding, ...] = ()
    "At most 1,000; the counts speak of all."


@observation_kind("python.environment/1", "Python 環境", "Python environment")
@dataclass(frozen=True, slots=True, kw_only=True)
class PythonEnvironment(Body):
    """One Python environment of a host and the distributions in it."""

    path: str
    python: str
    distributions: tuple[str, ...]
    "`name version`, sorted."
    count: int
    broken: int = 0
    "Distributions whose metadata could not be read."


@observation_kind("release.pipeline/1", "發布管線", "Release pipeline")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePipeline(Body):
    """How one system's releases of the period were made."""

    releases: int
    pipeline_share: float
    "Share of releases through the pipeline, 0 to 1."
    signed_share: float = 0.0
    manual_changes: int = 0
    "Changes in production made by hand."
    tested_share: float = 0.0
    "Share of releases with static, dynamic and composition analysis, 0 to 1."
    policy_enforced_share: float = 0.0
    "Share of required controls enforced by pipeline policy, 0 to 1."
    threat_modelled: bool = False
    emergency_open_days: int = 0
    "Age of the oldest emergency release without its full test, in days."


@observation_kind("application.test/1", "應用程式安全測試", "Application security test")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationTest(Body):
    """State of security testing of one application."""

    static: bool
    dynamic: bool
    composition: bool
    critical_open: int
    oldest_high_days: int = 0
    asvs_level: int = 0
    penetration_tested: date | None = None
    runtime_detection: bool = False


@observation_kind("crypto.use/1", "密碼使用盤點", "Cryptography in use")
@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoUse(Body):
    """Cryptography one system uses for messages, storage and signatures."""

    confidentiality_ok: bool
    "AES-128, RSA-2048, ECC-256 or stronger throughout."
    integrity_ok: bool
    "SHA-256 or stronger, or a keyed code of the same strength."
    origin_ok: bool
    non_repudiation_ok: bool
    replay_protected: bool
    inventoried: bool = True
    post_quantum_plan: bool = False
    key_module: str = ""
    "For example `FIPS 140-3 L3`."
