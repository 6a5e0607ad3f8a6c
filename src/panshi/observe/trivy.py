"""Trivy JSON reports (`trivy … --format json`, schema version 2): images, files, hosts, clusters.

One report yields a `vulnerability.scan/1` where package lists were examined, a
`configuration.scan/1` where configuration was, and a `secret.scan/1` where secrets were found.
Matches and lines of code around a secret are never read into memory longer than the entry lasts
and never kept.

Trivy leaves a scanner without findings out of the report. Option `scanners` (for example
`vuln,secret`) states what was asked for, so that "none found" can be told from "not looked for".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.scans import (
    ConfigurationScan,
    Misconfiguration,
    SecretScan,
    VulnerabilityScan,
    Weakness,
)
from panshi.model.observation import Body, Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.json_events import JsonCursor, open_json
from panshi.observe.reading.members import text, texts, whole
from panshi.observe.reading.texts import clean, observed
from panshi.observe.severities import Gravest, severity, subject_scanned

VULNERABILITIES = "vulnerability.scan/1"
CONFIGURATION = "configuration.scan/1"
SECRETS = "secret.scan/1"

SCHEMA = 2
_KINDS = {
    "container_image": "image",
    "filesystem": "filesystem",
    "repository": "repository",
    "cyclonedx": "sbom",
    "spdx": "sbom",
    "vm": "host",
    "aws_account": "cloud",
}
_PACKAGES = frozenset({"os-pkgs", "lang-pkgs"})
_HEAD = frozenset(
    {"SchemaVersion", "ArtifactName", "ArtifactType", "CreatedAt", "Trivy", "Metadata"}
)
_SCANNERS = {"vuln": VULNERABILITIES, "misconfig": CONFIGURATION, "secret": SECRETS}


@dataclass(slots=True)
class _Report:
    """What has been read of the report so far."""

    schema: int = 0
    version: str = ""
    name: str = ""
    kind: str = ""
    created: str = ""
    digest: str = ""
    sources: int = 0
    packages: int | None = None
    weaknesses: Gravest[Weakness] = field(default_factory=Gravest)
    failures: Gravest[Misconfiguration] = field(default_factory=Gravest)
    places: Gravest[Misconfiguration] = field(default_factory=Gravest)
    fixable: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    configured: int = 0
    "Results of class config."
    passed: int = 0


class Trivy:
    """Reads reports of Trivy."""

    name = "trivy"
    title_zh = "Trivy 弱點、組態與機密掃描"
    title_en = "Trivy scan (vulnerabilities, configuration, secrets)"
    needs_path = True
    kinds = (VULNERABILITIES, CONFIGURATION, SECRETS)
    suffixes = (".json", ".trivy.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per scanner that looked."""
        asked = _asked(look)
        report = _Report()
        with open_json(path_of(look)) as cursor:
            _read(cursor, report)
            cursor.finish()
        name = str(look.path)
        if report.schema != SCHEMA or not report.name:
            raise BadInputError(
                f"is not a Trivy report of schema version {SCHEMA}"
                + (f", but of version {report.schema}" if report.schema else ""),
                place=name,
                remedy="write it with trivy 0.20 or newer and --format json",
            )
        subject = subject_scanned(look, report.name, image=report.kind == "image")
        moment = observed(report.created, look, name)
        for kind, (body, reason) in _bodies(report, asked):
            yield Observation(
                kind=kind,
                subject=subject,
                facet="trivy",
                observed_at=moment,
                collector=f"Trivy {report.version}".strip(),
                outcome=Outcome.SEEN if body is not None else Outcome.FAILED,
                reason=reason,
                body=body,
            )


OBSERVER = Trivy()


def _asked(look: Look) -> frozenset[str]:
    words = {each.strip() for each in look.options.get("scanners", "").split(",") if each.strip()}
    if unknown := words - _SCANNERS.keys():
        raise UsageError(
            f"option scanners names {', '.join(sorted(unknown))}",
            remedy=f"name some of: {', '.join(_SCANNERS)}",
        )
    return frozenset(_SCANNERS[each] for each in words)


def _read(cursor: JsonCursor, report: _Report) -> None:
    if not cursor.at("object"):
        cursor.refuse("is not a Trivy report", "write it with --format json")
    for key in cursor.members():
        if key == "Results" and cursor.at("array"):
            for _ in cursor.elements():
                _result(cursor, report)
        elif key in _HEAD:
            _head(key, cursor.value(), report)


def _head(key: str, value: object, report: _Report) -> None:
    match key:
        case "SchemaVersion":
            report.schema = whole({"v": value}, "v")
        case "ArtifactName":
            report.name = clean(value, 500)
        case "ArtifactType":
            word = clean(value, 40)
            report.kind = _KINDS.get(word, word)
        case "CreatedAt":
            report.created = clean(value, 60)
        case "Trivy":
            report.version = text(value, "Version", limit=40)
        case _:
            digests = texts(value, "RepoDigests", limit=300)
            report.digest = digests[0] if digests else text(value, "ImageID", limit=100)


def _result(cursor: JsonCursor, report: _Report) -> None:
    """Read one result; `Class` and `Target` come before the lists in what Trivy writes."""
    if not cursor.at("object"):
        cursor.refuse("a result that is no object")
    target, kind = "", ""
    for key in cursor.members():
        match key:
            case "Target":
                target = clean(cursor.value(), 300)
            case "Class":
                kind = clean(cursor.value(), 40)
                report.sources += kind in _PACKAGES
                report.configured += kind == "config"
            case "Packages" if cursor.at("array"):
                count = sum(1 for _ in cursor.elements())
                report.packages = (report.packages or 0) + count
            case "MisconfSummary":
                value = cursor.value()
                report.passed += max(whole(value, "Successes"), 0)
                report.ignored[CONFIGURATION] += max(whole(value, "Exceptions"), 0)
            case "Vulnerabilities" | "Misconfigurations" | "Secrets" if cursor.at("array"):
                for _ in cursor.elements():
                    _found(key, cursor.value(), target, report)
            case "ExperimentalModifiedFindings":
                report.ignored.update(_modified(cursor.value()))
            case _:
                pass


def _modified(value: object) -> Iterator[str]:
    """Give the kind of each finding a rule or statement took out."""
    kinds = {"vulnerability": VULNERABILITIES, "secret": SECRETS}
    for each in value if isinstance(value, list) else ():
        yield kinds.get(text(each, "Type"), CONFIGURATION)


def _found(key: str, value: object, target: str, report: _Report) -> None:
    grade = severity(text(value, "Severity", limit=20))
    match key:
        case "Vulnerabilities":
            fixed = text(value, "FixedVersion", limit=100)
            report.fixable += bool(fixed) and grade in {"critical", "high"}
            report.weaknesses.add(
                grade,
                Weakness(
                    id=text(value, "VulnerabilityID", limit=60),
                    severity=grade,
                    package=text(value, "PkgName", limit=200),
                    version=text(value, "InstalledVersion", limit=100),
                    fixed=fixed,
                    location=text(value, "PkgPath", limit=300) or target,
                ),
            )
        case "Misconfigurations":
            if text(value, "Status") not in {"", "FAIL"}:
                return
            line = whole(value, "CauseMetadata", "StartLine")
            report.failures.add(
                grade,
                Misconfiguration(
                    rule=text(value, "ID", limit=60) or text(value, "AVDID", limit=60),
                    severity=grade,
                    location=f"{target}:{line}" if line > 0 else target,
                    title=text(value, "Title", limit=200),
                ),
            )
        case _:
            line = whole(value, "StartLine")
            report.places.add(
                grade,
                # Match, Code and Offset hold the secret itself or what surrounds it.
                Misconfiguration(
                    rule=text(value, "RuleID", limit=60),
                    severity=grade,
                    location=f"{target}:{line}" if line > 0 else target,
                    title=text(value, "Category", limit=60),
                ),
            )


def _bodies(
    report: _Report, asked: frozenset[str]
) -> Iterator[tuple[str, tuple[Body | None, str]]]:
    """Give each scanner's body, or why it says nothing."""
    looked = False
    if report.sources or VULNERABILITIES in asked:
        looked = True
        yield VULNERABILITIES, _vulnerabilities(report)
    if report.configured or CONFIGURATION in asked:
        looked = True
        yield CONFIGURATION, _configuration(report)
    if report.places.total or SECRETS in asked:
        looked = True
        grades = report.places.counts
        yield (
            SECRETS,
            (
                SecretScan(
                    tool="Trivy",
                    target=report.name,
                    secrets=report.places.total,
                    critical=grades["critical"],
                    high=grades["high"],
                    places=report.places.first(),
                ),
                "",
            ),
        )
    if not looked:
        yield VULNERABILITIES, (None, "Trivy found nothing to examine: no list of packages")


def _vulnerabilities(report: _Report) -> tuple[Body | None, str]:
    if not report.sources:
        return None, "Trivy found no list of packages to examine"
    grades = report.weaknesses.counts
    return VulnerabilityScan(
        tool="Trivy",
        target=report.name,
        target_kind=report.kind,
        sources=report.sources,
        packages=report.packages,
        critical=grades["critical"],
        high=grades["high"],
        medium=grades["medium"],
        low=grades["low"],
        unknown=grades["unknown"],
        fixable_serious=report.fixable,
        ignored=report.ignored[VULNERABILITIES],
        digest=report.digest,
        weaknesses=report.weaknesses.first(),
    ), ""


def _configuration(report: _Report) -> tuple[Body | None, str]:
    grades = report.failures.counts
    evaluated = report.passed + report.failures.total
    if not evaluated:
        return None, "no check of a configuration was evaluated"
    return ConfigurationScan(
        tool="Trivy",
        target=report.name,
        evaluated=evaluated,
        passed=report.passed,
        critical=grades["critical"],
        high=grades["high"],
        medium=grades["medium"],
        low=grades["low"],
        unknown=grades["unknown"],
        ignored=report.ignored[CONFIGURATION],
        failures=report.failures.first(),
    ), ""
