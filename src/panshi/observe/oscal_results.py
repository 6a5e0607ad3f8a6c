"""OSCAL assessment results (NIST, model 1.1 and 1.2; JSON and XML): what assessors found.

One `assessor.finding/1` per finding and subject; a requirement found twice is not satisfied if
either says so. Option `framework` (for example `zt36`) says of which framework the targets are, so
that "not satisfied" contradicts the control; without it a finding is kept and contradicts nothing.

The subject is the one given, else those the report defines itself (`local-definitions`) and names
in the observations a finding rests on. The document is read twice: definitions may stand after
what refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.assessors import AssessorFinding
from panshi.model.observation import Observation
from panshi.observe.oscal_reading import Part, parts
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import listed, text, texts
from panshi.observe.reading.texts import observed

KIND = "assessor.finding/1"
VERSIONS = re.compile(r"1\.[12]\.\d+")
_MOST_REFERENCES = 500_000
_MOST_FINDINGS = 200_000
_MOST_SUBJECTS = 500
_ENDINGS = re.compile(r"(?:_smt|_obj|_asm|_gdn|_stm)(?:[._-].*)?$")
_MOST_PARTS = 4
_OPEN_RISKS = frozenset(
    {"open", "investigating", "remediating", "deviation-requested", "deviation-approved"}
)
_HOSTS = frozenset({"inventory-item"})


@dataclass(slots=True)
class _Report:
    """What the first reading told of the report."""

    version: str = ""
    title: str = ""
    uuid: str = ""
    modified: str = ""
    results: dict[int, tuple[str, str]] = field(default_factory=dict)
    "Index of a result → its start and end."
    collected: dict[str, str] = field(default_factory=dict)
    "Observation → when it was collected."
    methods: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    "Observation → subjects it names, by their UUID."
    assets: dict[str, str] = field(default_factory=dict)
    "UUID of a component or item defined here → asset id."
    open_risks: set[str] = field(default_factory=set)
    parties: dict[str, str] = field(default_factory=dict)
    responsible: list[str] = field(default_factory=list)


class OscalResults:
    """Reads assessment results."""

    name = "oscal"
    title_zh = "OSCAL 評估結果"
    title_en = "OSCAL assessment results"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".json", ".xml", ".oscal.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per finding and subject."""
        path = path_of(look)
        report = _first_reading(path)
        warnings = Warnings(look)
        found: dict[tuple[str, str], Observation] = {}
        for part in parts(path):
            if part.name == "finding":
                for each in _observations(look, report, part, warnings):
                    known = found.setdefault((each.subject, each.facet), each)
                    if known is not each and _worse(each, known):
                        found[each.subject, each.facet] = each
            if len(found) > _MOST_FINDINGS:
                raise BadInputError(f"more than {_MOST_FINDINGS:,} findings", place=part.place)
        warnings.close()
        if not found:
            raise BadInputError(
                "holds no finding: nothing was assessed",
                place=str(path),
                remedy="name the assessment results, not the plan",
            )
        yield from found.values()


OBSERVER = OscalResults()


def _worse(one: Observation, other: Observation) -> bool:
    def passed(each: Observation) -> bool:
        return isinstance(each.body, AssessorFinding) and each.body.passed

    return passed(other) and not passed(one)


def _first_reading(path: Path) -> _Report:
    report = _Report()
    for part in parts(path):
        _define(report, part)
        references = len(report.collected) + len(report.assets) + len(report.open_risks)
        if references > _MOST_REFERENCES:
            raise BadInputError(
                f"more than {_MOST_REFERENCES:,} observations, risks and subjects", place=part.place
            )
    if not VERSIONS.fullmatch(report.version):
        raise BadInputError(
            f"is of OSCAL version {report.version!r}" if report.version else "names no version",
            place=str(path),
            remedy="give assessment results of OSCAL 1.1 or 1.2",
        )
    return report


def _define(report: _Report, part: Part) -> None:
    value = part.value
    uuid = text(value, "uuid", limit=60)
    match part.name:
        case "document":
            report.uuid = uuid
        case "metadata":
            _describe(report, value)
        case "result":
            report.results[part.result] = (
                text(value, "start", limit=60),
                text(value, "end", limit=60),
            )
        case "observation":
            report.collected[uuid] = text(value, "collected", limit=60)
            report.methods[uuid] = texts(value, "methods", limit=40)
            subjects = (text(each, "subject-uuid", limit=60) for each in listed(value, "subjects"))
            report.named[uuid] = tuple(filter(None, subjects))[:_MOST_SUBJECTS]
        case "risk" if text(value, "status", limit=40) in _OPEN_RISKS:
            report.open_risks.add(uuid)
        case "component" | "inventory-item":
            if asset := _asset(part.name, value):
                report.assets[uuid] = asset
        case _:
            pass


def _describe(report: _Report, value: object) -> None:
    report.version = text(value, "oscal-version", limit=20)
    report.title = text(value, "title", limit=300)
    report.modified = text(value, "last-modified", limit=60)
    for party in listed(value, "parties"):
        report.parties[text(party, "uuid", limit=60)] = text(party, "name", limit=200)
    for role in listed(value, "responsible-parties"):
        if text(role, "role-id") in {"assessor", "prepared-by", "assessment-team"}:
            report.responsible.extend(texts(role, "party-uuids", limit=60))


def _asset(kind: str, value: object) -> str:
    """Name what the report defines as an estate would: by its full name, else by its title."""
    props = {
        text(each, "name", limit=60): text(each, "value", limit=255)
        for each in listed(value, "props")
    }
    name = props.get("asset-id", "")
    if ":" in name and " " not in name:
        return name
    for key in ("fqdn", "hostname", "ipv4-address"):
        if props.get(key):
            return f"host:{props[key].lower().rstrip('.')}"
    title = (text(value, "title", limit=100) or name).strip().lower().replace(" ", "-")
    return f"{'host' if kind in _HOSTS else 'system'}:{title}" if title else ""


def _observations(
    look: Look, report: _Report, part: Part, warnings: Warnings
) -> Iterator[Observation]:
    value = part.value
    target = text(value, "target", "target-id", limit=200)
    state = text(value, "target", "status", "state", limit=40)
    if not target or state not in {"satisfied", "not-satisfied"}:
        warnings.tell(part.place, f"a finding of state {state!r} about {target!r}; it is left out")
        return
    rests_on = _references(value, "related-observations", "observation-uuid")
    risks = {
        *_references(value, "related-risks", "risk-uuid"),
        *_references(value, "associated-risks", "risk-uuid"),
    }
    subjects = (look.subject,) if look.subject else _subjects(report, rests_on)
    if not subjects:
        raise UsageError(
            "the report does not say in itself what was assessed",
            place=part.place,
            remedy="name the asset, for example --subject system:core",
        )
    start, end = report.results.get(part.result, ("", ""))
    times = [report.collected[each] for each in rests_on if report.collected.get(each)]
    moment = observed(max(times, default="") or end or start or report.modified, look, part.place)
    assessor = ", ".join(
        dict.fromkeys(report.parties.get(each, "") for each in report.responsible)
    ).strip(", ")
    body = AssessorFinding(
        passed=state == "satisfied",
        controls=controls_named(look.options.get("framework", ""), target),
        target=target,
        target_kind=text(value, "target", "type", limit=40),
        reason=text(value, "target", "status", "reason", limit=60),
        title=text(value, "title", limit=300),
        assessor=assessor[:300],
        methods=tuple(sorted({word for each in rests_on for word in report.methods.get(each, ())})),
        observations=len(rests_on),
        risks_open=len(risks & report.open_risks),
        report=report.title,
        report_id=report.uuid,
    )
    for subject in subjects:
        yield Observation(
            kind=KIND,
            subject=subject,
            facet=target,
            observed_at=moment,
            collector=f"OSCAL {report.version}",
            body=body,
        )


def _references(value: object, listing: str, name: str) -> tuple[str, ...]:
    found = (text(each, name, limit=60) for each in listed(value, listing))
    return tuple(dict.fromkeys(filter(None, found)))


def _subjects(report: _Report, rests_on: tuple[str, ...]) -> tuple[str, ...]:
    named = (
        report.assets.get(subject, "")
        for observation in rests_on
        for subject in report.named.get(observation, ())
    )
    return tuple(dict.fromkeys(filter(None, named)))[:_MOST_SUBJECTS]


def controls_named(framework: str, target: str) -> tuple[str, ...]:
    """Give the keys of the control a target may speak of: OSCAL cannot write `4.1(3)1`.

    `emerging-4.1-3-1_smt` is `4.1-3-1`, `4.1(3)1` or another spelling; a key nobody has does no
    harm.
    """
    if not framework:
        return ()
    first, *others = _ENDINGS.sub("", target).removeprefix(f"{framework}-").split("-")
    spelt = [first]
    for part in others[:_MOST_PARTS]:
        joined = [f"{each}{part}" for each in spelt if each.endswith(")")]
        spelt = [f"{each}-{part}" for each in spelt] + [f"{each}({part})" for each in spelt]
        spelt += joined
    return tuple(f"{framework}/{each}" for each in dict.fromkeys(spelt))
