"""SARIF 2.1.0 (OASIS; 2.0 is tolerated): one `sarif.run/1` per run.

The file is read twice: once for the tool, its rules and how the run went, since the rules that
give a result its level may stand after the results, and once for the results, one at a time.
A run that says it failed, or that carries no list of results, is a look that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from panshi.errors import UsageError
from panshi.model.bodies.software import Finding, SarifRun
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import open_source, path_of
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.texts import clean, instant, observed, zone_of
from panshi.observe.sarif_run import RunHead, read_heads

FINDINGS_KEPT = 1_000
"Findings a body lists, errors first; the counts speak of all."
LEVELS = ("error", "warning", "note", "none")
_SILENT_KINDS = frozenset({"pass", "open", "informational", "notApplicable", "review"})
"3.27.10: a result of these kinds has level none."


class Sarif:
    """Reads logs of static analysis."""

    name = "sarif"
    title_zh = "SARIF 程式掃描結果"
    title_en = "SARIF static analysis log"
    needs_path = True
    kinds = ("sarif.run/1",)
    suffixes = (".sarif", ".sarif.json", ".json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per run."""
        path = path_of(look)
        heads = read_heads(path)
        warnings = Warnings(look)
        tallies = _read_results(path, heads, warnings)
        warnings.close()
        seen: Counter[tuple[str, str]] = Counter()
        for head in heads:
            subject = look.subject or head.subject
            if not subject:
                raise UsageError(
                    "the log does not say which system was analysed",
                    place=head.place,
                    remedy="name the asset, for example --subject system:core",
                )
            seen[subject, head.tool] += 1
            again = seen[subject, head.tool]
            facet = head.tool if again == 1 else f"{head.tool} #{again}"
            yield _observation(look, head, tallies[head.index], subject, facet)


OBSERVER = Sarif()


@dataclass(slots=True)
class _Tally:
    """Results of one run so far."""

    results: int = 0
    suppressed: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    "At most `FINDINGS_KEPT` per level."


def _read_results(path: Path, heads: tuple[RunHead, ...], warnings: Warnings) -> list[_Tally]:
    tallies = [_Tally() for _ in heads]
    with open_source(path) as source:
        cursor = JsonCursor(source)
        for key in cursor.members():
            if key != "runs":
                continue
            for index in cursor.elements():
                if index >= len(heads):
                    cursor.refuse("the file changed while it was read", "read it again")
                for name in cursor.members():
                    if name != "results" or cursor.shape != "array":
                        continue
                    for _ in cursor.elements():
                        _count(cursor, heads[index], tallies[index], warnings)
        cursor.finish()
    return tallies


def _count(cursor: JsonCursor, head: RunHead, tally: _Tally, warnings: Warnings) -> None:
    place = cursor.place
    if cursor.shape != "object":
        warnings.tell(place, "a result that is no object; it is left out")
        return
    result = _result(cursor)
    if result.get("baselineState") == "absent":  # 3.27.24: it was found before, and no longer is
        return
    level = _level(result, head)
    if level not in LEVELS:
        warnings.tell(place, f"level {clean(level, 40)!r} is not known; it counts as an error")
        level = "error"
    suppressed = _suppressed(result)
    tally.results += 1
    tally.suppressed += suppressed
    tally.levels[level] += not suppressed
    kept = tally.findings.setdefault(level, [])
    if len(kept) < FINDINGS_KEPT:
        kept.append(
            Finding(
                rule=head.rule_id(result),
                level=level,
                location=_location(result.get("locations")),
                message=_message(result.get("message")),
                suppressed=suppressed,
            )
        )


_WANTED = frozenset(
    {
        "ruleId",
        "ruleIndex",
        "rule",
        "level",
        "kind",
        "message",
        "suppressions",
        "suppressionStates",
        "baselineState",
    }
)


def _result(cursor: JsonCursor) -> dict[str, object]:
    """Take what is wanted of a result; traces and fixes may be long and are passed over."""
    result: dict[str, object] = {}
    for key in cursor.members():
        if key in _WANTED:
            result[key] = cursor.value()
        elif key == "locations" and cursor.shape == "array":
            for index in cursor.elements():
                if index == 0:
                    result[key] = cursor.value()
    return result


def _level(result: dict[str, object], head: RunHead) -> str:
    """Give the level as 3.27.10 has it: stated, else by kind, else by the rule, else warning."""
    stated = result.get("level")
    if not isinstance(stated, str):
        stated = ""
    kind = result.get("kind")
    if stated in _SILENT_KINDS or (isinstance(kind, str) and kind in _SILENT_KINDS):
        return "none"
    return stated or head.level(result)


def _suppressed(result: dict[str, object]) -> bool:
    """Tell whether a result is suppressed (3.27.23): by at least one, and all are accepted."""
    if result.get("suppressionStates"):  # 2.0
        return True
    listed = result.get("suppressions")
    if not isinstance(listed, list) or not listed:
        return False
    return all(
        isinstance(each, dict) and each.get("status", "accepted") == "accepted" for each in listed
    )


def _location(value: object) -> str:
    physical = _member(value, "physicalLocation")
    uri = _member(_member(physical, "artifactLocation"), "uri")
    uri = uri or _member(_member(physical, "fileLocation"), "uri")  # 2.0
    line = _member(_member(physical, "region"), "startLine")
    if isinstance(uri, str) and uri:
        return clean(f"{uri}:{line}" if isinstance(line, int) else uri, 300)
    logical = _member(value, "logicalLocations")
    first = logical[0] if isinstance(logical, list) and logical else None
    return clean(_member(first, "fullyQualifiedName"), 300)


def _message(value: object) -> str:
    return clean(_member(value, "text")) or clean(_member(value, "markdown"))


def _member(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _observation(look: Look, head: RunHead, tally: _Tally, subject: str, facet: str) -> Observation:
    moment = observed(head.ended, look, head.place)
    began = instant(head.started, zone_of(look))
    if began is not None and began > moment:
        began = None
    collector = f"{head.tool} {head.version}".strip()
    if head.failure:
        return Observation(
            kind="sarif.run/1",
            subject=subject,
            facet=facet,
            observed_at=moment,
            period_start=began,
            collector=collector,
            outcome=Outcome.FAILED,
            reason=head.failure,
        )
    findings = [each for level in LEVELS for each in tally.findings.get(level, ())]
    return Observation(
        kind="sarif.run/1",
        subject=subject,
        facet=facet,
        observed_at=moment,
        period_start=began,
        collector=collector,
        body=SarifRun(
            tool=head.tool,
            tool_version=head.version,
            rules=head.rules,
            results=tally.results,
            errors=tally.levels["error"],
            warnings=tally.levels["warning"],
            notes=tally.levels["note"],
            suppressed=tally.suppressed,
            findings=tuple(findings[:FINDINGS_KEPT]),
        ),
    )
