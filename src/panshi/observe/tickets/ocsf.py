"""OCSF findings: Detection Finding (2004) and Incident Finding (2005), one ticket each."""

from __future__ import annotations

from datetime import datetime

from panshi.model.alliance.ticket_standards import OCSF_SEVERITY
from panshi.observe.reading.members import epoch, listed, member, table, text, texts, whole
from panshi.observe.reading.records import Record
from panshi.observe.tickets.draft import (
    Draft,
    cves,
    long_text,
    names,
    number,
    observables,
    put,
    techniques,
    title,
    when,
)

CLASSES = frozenset({2004, 2005})
_SEVERITIES = {number: str(severity) for severity, number in OCSF_SEVERITY.items()}
_FATAL = 6
_STATUS = {1: "received", 2: "in-hand", 3: "in-hand", 4: "closed", 5: "closed"}
_PREFIX = "indicator."


def is_finding(record: Record) -> bool:
    """Whether a record is a finding of OCSF."""
    return whole(record, "class_uid") in CLASSES


def ocsf(finding: Record, now: datetime) -> Draft:
    """Give the ticket of a finding."""
    infos = [finding.get("finding_info"), *listed(finding, "finding_info_list")]
    info = next((each for each in infos if isinstance(each, dict)), {})
    told = text(info, "title") or text(finding, "message") or "OCSF finding"
    draft: Draft = {"title": title(told)}
    own = text(info, "uid") or text(finding, "metadata", "uid")
    put(draft, "number", number(own))
    put(draft, "version", whole(finding, "metadata", "sequence") or None)
    put(draft, "reported_at", when(epoch(finding, "time")) or when(now))
    put(draft, "detected_at", when(epoch(info, "created_time")))
    put(draft, "occurred_at", when(epoch(finding, "start_time") or epoch(info, "first_seen_time")))
    put(draft, "closed_at", when(epoch(finding, "end_time")))
    severity = whole(finding, "severity_id")
    put(draft, "severity", "critical" if severity >= _FATAL else _SEVERITIES.get(severity, ""))
    put(draft, "status", _STATUS.get(whole(finding, "status_id"), ""))
    put(draft, "text", long_text(finding.get("desc") or info.get("desc")))
    attacks = [*listed(finding, "attacks"), *listed(info, "attacks")]
    ids = (text(each, "sub_technique", "uid") or text(each, "technique", "uid") for each in attacks)
    put(draft, "techniques", techniques(" ".join(ids)))
    phase = next((text(each, "tactic", "name") for each in attacks if table(each, "tactic")), "")
    put(draft, "phase", phase.lower().replace(" ", "-"))
    weak = " ".join(text(each, "cve", "uid") for each in listed(finding, "vulnerabilities"))
    put(draft, "cves", cves(weak))
    put(
        draft,
        "assets",
        names(
            text(each, "name") or text(each, "hostname") or text(each, "uid")
            for each in [*listed(finding, "resources"), finding.get("device")]
        ),
    )
    put(draft, "indicators", observables(map(_observable, listed(finding, "observables"))))
    put(draft, "related", names(texts(finding, "unmapped", "related")))
    return draft


def _observable(value: object) -> tuple[object, str]:
    told = text(value, "name")
    return member(value, "value"), told[len(_PREFIX) :] if told.startswith(_PREFIX) else ""
