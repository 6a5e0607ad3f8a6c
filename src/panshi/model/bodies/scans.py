"""Bodies of scans and probes: known vulnerabilities, configuration, secrets, web, cloud, AI.

What a scanner found is listed up to a bound; the counts speak of all. Values of secrets, requests,
prompts and answers are never kept: a finding says which rule, how grave and where.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """One known vulnerability in one package."""

    id: str
    "For example `CVE-2024-3094`."
    severity: str
    "`critical`, `high`, `medium`, `low` or `unknown`."
    package: str
    version: str = ""
    fixed: str = ""
    "Version that mends it; empty where there is none yet."
    location: str = ""


@observation_kind("vulnerability.scan/1", "已知弱點掃描", "Scan for known vulnerabilities")
@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityScan(Body):
    """One scan of an image, file system, repository, host or bill of materials."""

    tool: str
    target: str
    target_kind: str
    "`image`, `filesystem`, `repository`, `host`, `sbom` or the tool's own word."
    sources: int
    "Package lists the tool found and examined; a scan without any is a failed look."
    critical: int
    high: int
    medium: int
    low: int
    unknown: int = 0
    fixable_serious: int = 0
    "Critical and high ones for which a mended version exists."
    ignored: int = 0
    "Left out by a rule of the institution or a statement of the supplier."
    packages: int | None = None
    "Packages examined; None where the report does not list them."
    database_built: date | None = None
    "When the tool's list of vulnerabilities was made; None where it does not say."
    digest: str = ""
    weaknesses: tuple[Weakness, ...] = ()
    "The gravest 1,000; the counts speak of all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconfiguration:
    """One check of a configuration that failed, or one place where a secret lies."""

    rule: str
    severity: str
    location: str = ""
    title: str = ""


@observation_kind("configuration.scan/1", "組態檔掃描", "Scan of configuration files")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationScan(Body):
    """Checks of infrastructure as code, container files and cluster manifests."""

    tool: str
    target: str
    evaluated: int
    "Checks that passed or failed; a scan without any is a failed look."
    passed: int
    critical: int
    high: int
    medium: int
    low: int
    unknown: int = 0
    ignored: int = 0
    failures: tuple[Misconfiguration, ...] = ()


@observation_kind("secret.scan/1", "機密外露掃描", "Scan for secrets left lying")
@dataclass(frozen=True, slots=True, kw_only=True)
class SecretScan(Body):
    """Where secrets were found in files; the secrets themselves are not kept."""

    tool: str
    target: str
    secrets: int
    critical: int = 0
    high: int = 0
    places: tuple[Misconfiguration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFinding:
    """One kind of finding on a web site; parameters, requests and answers are not kept."""

    rule: str
    risk: str
    "`high`, `medium`, `low` or `informational`."
    confidence: str
    name: str
    cwe: int = 0
    places: int = 0
    first: str = ""
    "Path of the first place, without its query."


@observation_kind("web.scan/1", "網站弱點掃描", "Web application scan")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebScan(Body):
    """What a web scanner found on one site."""

    tool: str
    address: str
    high: int
    medium: int
    low: int
    informational: int
    active: bool = False
    "At least one finding was provoked; otherwise the scanner may only have listened."
    false_positives: int = 0
    encrypted: bool = False
    findings: tuple[WebFinding, ...] = ()


@observation_kind("cloud.posture/1", "雲端帳戶組態檢測", "Cloud account posture")
@dataclass(frozen=True, slots=True, kw_only=True)
class CloudPosture(Body):
    """Checks of one cloud account, subscription, project or cluster."""

    provider: str
    account: str
    evaluated: int
    "Results that are pass or fail and not muted."
    passed: int
    passed_share: float
    "passed / evaluated, 0 to 1."
    evaluated_share: float
    "evaluated / (evaluated + muted + manual), 0 to 1."
    critical: int
    "Failed results of that severity."
    high: int
    medium: int
    low: int
    muted: int = 0
    "Hidden by a rule of the institution: neither passed nor failed."
    manual: int = 0
    "Left to a person: neither passed nor failed."
    checks: int = 0
    resources: int = 0
    regions: tuple[str, ...] = ()
    failed_checks: tuple[str, ...] = ()
    "`severity check: count`, the gravest first."


@observation_kind("ai.probe/1", "人工智慧紅隊探測", "AI red-team probe", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AiProbe(Body):
    """One probe of an AI system as one detector judged it; prompts and answers are not kept."""

    passed: bool
    "No more answers than tolerated were hits."
    family: str
    "Module of the probe, for example `promptinject`."
    probe: str
    detector: str
    evaluated: int
    hits: int
    passed_share: float
    "Share of answers without a hit, 0 to 1."
    tolerated: float = 0.0
    "Share of hits that was said to be tolerable, 0 to 1."
    unanswered: int = 0
    model: str = ""
