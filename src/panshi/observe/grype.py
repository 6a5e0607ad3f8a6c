"""Grype JSON reports (`grype … -o json`): matches of known vulnerabilities in an image or folder.

The report lists what matched, not what was examined; its `descriptor` says which list of
vulnerabilities was used and of which day. A report without descriptor or without a source is no
report, and one made with a list that failed its own check says nothing. Neither does one without a
single match where no distribution was recognised: nothing shows that any package was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from panshi.errors import BadInputError
from panshi.model.bodies.scans import VulnerabilityScan, Weakness
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.json_events import JsonCursor, open_json
from panshi.observe.reading.members import flag, listed, member, table, text, texts
from panshi.observe.reading.texts import clean, observed
from panshi.observe.severities import Gravest, severity, subject_scanned

KIND = "vulnerability.scan/1"
_KINDS = {"image": "image", "directory": "filesystem", "file": "filesystem", "sbom": "sbom"}


@dataclass(slots=True)
class _Report:
    """What has been read of the report so far."""

    matched: bool = False
    ignored: int = 0
    fixable: int = 0
    found: Gravest[Weakness] = field(default_factory=Gravest)
    distribution: str = ""
    kind: str = ""
    target: str = ""
    digest: str = ""
    version: str = ""
    moment: str = ""
    built: date | None = None
    broken: str = ""
    "Why the report says nothing."


class Grype:
    """Reads reports of Grype."""

    name = "grype"
    title_zh = "Grype 弱點掃描"
    title_en = "Grype vulnerability scan"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".json", ".grype.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of what was scanned."""
        report = _Report()
        with open_json(path_of(look)) as cursor:
            _read(cursor, report)
            cursor.finish()
        name = str(look.path)
        if not report.matched or not report.version or not report.kind:
            raise BadInputError(
                "is not a Grype report: it lacks matches, source or descriptor",
                place=name,
                remedy="write it with grype -o json",
            )
        subject = subject_scanned(look, report.target, image=report.kind == "image")
        if not report.broken and not report.found.total + report.ignored + len(report.distribution):
            report.broken = (
                "no match and no distribution: nothing shows that any package was examined"
            )
        yield Observation(
            kind=KIND,
            subject=subject,
            facet="grype",
            observed_at=observed(report.moment, look, name),
            collector=f"Grype {report.version}",
            outcome=Outcome.FAILED if report.broken else Outcome.SEEN,
            reason=report.broken,
            body=None if report.broken else _body(report),
        )


OBSERVER = Grype()


def _read(cursor: JsonCursor, report: _Report) -> None:
    if not cursor.at("object"):
        cursor.refuse("is not a Grype report", "write it with grype -o json")
    for key in cursor.members():
        match key:
            case "matches" if cursor.at("array"):
                report.matched = True
                for _ in cursor.elements():
                    _match(cursor.value(), report)
            case "ignoredMatches" if cursor.at("array"):
                report.ignored += sum(1 for _ in cursor.elements())
            case "distro":
                report.distribution = text(cursor.value(), "name", limit=60)
            case "source":
                _source(cursor.value(), report)
            case "descriptor":
                _descriptor(cursor.value(), report)
            case _:
                pass


def _match(value: object, report: _Report) -> None:
    found = table(value, "vulnerability")
    package = table(value, "artifact")
    grade = severity(text(found, "severity", limit=20))
    fixed = texts(found, "fix", "versions", limit=100)
    report.fixable += bool(fixed) and grade in {"critical", "high"}
    places = listed(package, "locations")
    report.found.add(
        grade,
        Weakness(
            id=text(found, "id", limit=60),
            severity=grade,
            package=text(package, "name", limit=200),
            version=text(package, "version", limit=100),
            fixed=", ".join(fixed[:3]),
            location=text(places[0], "path", limit=300) if places else "",
        ),
    )


def _source(value: object, report: _Report) -> None:
    word = text(value, "type", limit=40)
    report.kind = _KINDS.get(word, word)
    target = member(value, "target")
    report.target = clean(target, 500) or text(target, "userInput")
    digests = texts(target, "repoDigests", limit=300)
    report.digest = digests[0] if digests else text(target, "manifestDigest", limit=100)


def _descriptor(value: object, report: _Report) -> None:
    if text(value, "name").lower() != "grype":
        return
    report.version = text(value, "version", limit=40)
    report.moment = text(value, "timestamp", limit=60)
    status = table(value, "db", "status") or table(value, "db")
    if problem := text(status, "error", limit=200):
        report.broken = f"the list of vulnerabilities was broken: {problem}"
    elif flag(status, "valid") is False:
        report.broken = "the list of vulnerabilities did not pass its own check"
    try:
        report.built = date.fromisoformat(text(status, "built", limit=40)[:10])
    except ValueError:
        report.built = None


def _body(report: _Report) -> VulnerabilityScan:
    grades = report.found.counts
    return VulnerabilityScan(
        tool="Grype",
        target=report.target,
        target_kind=report.kind,
        sources=1,
        critical=grades["critical"],
        high=grades["high"],
        medium=grades["medium"],
        low=grades["low"],
        unknown=grades["unknown"],
        fixable_serious=report.fixable,
        ignored=report.ignored,
        database_built=report.built,
        digest=report.digest,
        weaknesses=report.found.first(),
    )
