"""Alerts on findings as a STIX 2.1 bundle (OASIS), for the institution's own operations centre.

The same findings give the same objects with the same ids, whoever sends them again: name-based
UUIDs, for software by the properties the standard names (2.9), for other objects by ours. Systems
are infrastructure that consists of software and has a vulnerability. Marked TLP:AMBER, since it
names systems.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

SOFTWARE_SPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"Namespace of the standard for ids of observables (STIX 2.1, 2.9)."
OUR_SPACE = uuid5(SOFTWARE_SPACE, "https://panshi/stix")
TLP_AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
"Defined by the standard (7.2.1.4); its object need not travel."
LONGEST_SUMMARY = 1_000

type Stix = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedFinding:
    """One finding of an alert, as far as others need it."""

    id: str
    system: str
    system_name: str
    purl: str
    package: str
    version: str
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStory:
    """One alert, ready to be told."""

    institution: str
    institution_name: str
    vulnerability: str
    aliases: tuple[str, ...]
    summary: str
    ssvc: str
    due: date | None
    kev: bool
    epss: float | None
    at: datetime
    findings: tuple[AlertedFinding, ...]


def bundle(story: AlertStory) -> bytes:
    """Give the bundle of one alert, the same bytes for the same story."""
    at = _time(story.at)
    identity = _object(
        "identity", story.institution, at, name=story.institution_name,
        identity_class="organization", sectors=["financial-services"],
    )  # fmt: skip
    us = identity["id"]
    vulnerability = _vulnerability(story, at, us)
    objects: dict[str, Stix] = {each["id"]: each for each in (identity, vulnerability)}
    for finding in story.findings:
        software = _software(finding)
        system = _object(
            "infrastructure", finding.system, at, us, name=finding.system_name or finding.system,
            description=finding.system,
        )  # fmt: skip
        for each in (
            software,
            system,
            _relation("has", system["id"], vulnerability["id"], at, us),
            _relation("consists-of", system["id"], software["id"], at, us),
        ):
            objects[each["id"]] = each
    report = _object(
        "report", f"{story.vulnerability} {at}", at, us,
        name=f"{story.vulnerability}: {len(story.findings)} findings, {story.ssvc}",
        description=_description(story),
        report_types=["vulnerability"],
        published=at,
        object_refs=sorted(objects),
    )  # fmt: skip
    everything = [report, *(objects[each] for each in sorted(objects))]
    names = "\n".join(each["id"] for each in everything)
    made = {"type": "bundle", "id": f"bundle--{uuid5(OUR_SPACE, names)}", "objects": everything}
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def bundle_id(raw: bytes) -> str:
    """Give the id of a bundle made here: the name of its file."""
    found: str = json.loads(raw)["id"]
    return found


def _vulnerability(story: AlertStory, at: str, us: str) -> Stix:
    references = [
        {"source_name": "cve", "external_id": each}
        if each.startswith("CVE-")
        else {"source_name": each.partition("-")[0].lower(), "external_id": each}
        for each in dict.fromkeys((story.vulnerability, *story.aliases))
    ]
    said: Stix = {"description": story.summary[:LONGEST_SUMMARY]} if story.summary else {}
    return _object(
        "vulnerability", story.vulnerability, at, us, name=story.vulnerability,
        external_references=references, **said,
    )  # fmt: skip


def _software(finding: AlertedFinding) -> Stix:
    named = {"name": finding.package, "version": finding.version or None}
    given = {name: value for name, value in named.items() if value}
    told = json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "type": "software",
        "spec_version": "2.1",
        "id": f"software--{uuid5(SOFTWARE_SPACE, told)}",
        "object_marking_refs": [TLP_AMBER],
        **given,
    }


def _relation(kind: str, source: str, target: str, at: str, us: str) -> Stix:
    return _object(
        "relationship", f"{kind} {source} {target}", at, us,
        relationship_type=kind, source_ref=source, target_ref=target,
    )  # fmt: skip


def _object(kind: str, of: str, at: str, us: str = "", /, **given: object) -> Stix:
    made: Stix = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid5(OUR_SPACE, f'{kind} {of}')}",
        "created": at,
        "modified": at,
        "object_marking_refs": [TLP_AMBER],
    }
    if us:
        made["created_by_ref"] = us
    return made | given


def _description(story: AlertStory) -> str:
    parts = [f"SSVC: {story.ssvc}"]
    if story.due:
        parts.append(f"due {story.due.isoformat()}")
    if story.kev:
        parts.append("known exploited (KEV)")
    if story.epss is not None:
        parts.append(f"EPSS {story.epss:.3f}")
    return "; ".join((*parts, *_lines(story.findings)))


def _lines(findings: Iterable[AlertedFinding]) -> Sequence[str]:
    grouped: dict[str, list[str]] = {}
    for each in findings:
        repaired = f" (fixed in {', '.join(each.fixed_in)})" if each.fixed_in else ""
        grouped.setdefault(each.system, []).append(f"{each.purl}{repaired}")
    return [f"{system}: {', '.join(sorted(found))}" for system, found in sorted(grouped.items())]


def _time(moment: datetime) -> str:
    whole = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{moment.microsecond // 1000:03}Z"
