"""Alerts of Wazuh, Elastic Security and Splunk, one ticket each.

Wazuh: what `integratord` hands on, and the lines of `alerts.json`. Elastic: alert documents as the
webhook connector sends them (`context.alerts`), nested or with dotted names. Splunk: the body of
the webhook alert action. A ticket's number follows from the alert's own id, so that an alert that
is sent twice is one ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from panshi.observe.reading.members import epoch, listed, member, table, text, texts, whole
from panshi.observe.reading.records import Record
from panshi.observe.tickets.draft import (
    Draft,
    cves,
    long_text,
    name,
    names,
    number,
    observables,
    put,
    reported,
    techniques,
    title,
    when,
)

WAZUH_SEVERITY = ((12, "high"), (7, "medium"), (3, "low"), (0, "informational"))
"Least rule level of each severity (Wazuh: 12 and above are of high importance, 15 an attack)."
WAZUH_CRITICAL = 15
SPLUNK_SEVERITY = {
    "1": "informational",
    "2": "low",
    "3": "medium",
    "4": "high",
    "5": "critical",
    "info": "informational",
    "informational": "informational",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
}
SPLUNK_TEXTS = (
    "annotations.mitre_attack",
    "mitre_technique_id",
    "mitre_attack_id",
    "rule_description",
    "savedsearch_description",
)
"Fields that may name techniques and vulnerabilities."
MOST_FIELDS = 400


def wazuh(alert: Record, now: datetime) -> Draft:
    """Give the ticket of an alert of Wazuh."""
    rule, data, syscheck = (table(alert, each) for each in ("rule", "data", "syscheck"))
    level = whole(rule, "level")
    draft: Draft = {"title": title(rule.get("description")) or "Wazuh alert"}
    put(draft, "number", number(alert.get("id")) or _digest("wazuh", alert))
    put(draft, "detected_at", when(alert.get("timestamp")))
    grade = next(word for least, word in WAZUH_SEVERITY if level >= least or not least)
    put(draft, "severity", "critical" if level >= WAZUH_CRITICAL else grade)
    put(draft, "techniques", techniques(" ".join(texts(rule, "mitre", "id"))))
    put(draft, "phase", next(iter(texts(rule, "mitre", "tactic")), "").lower().replace(" ", "-"))
    put(draft, "assets", names([member(alert, "agent", "name")]))
    vulnerability = text(data, "vulnerability", "cve")
    put(draft, "cves", cves(vulnerability, text(rule, "description")))
    put(draft, "detected_by", name(f"Wazuh rule {text(rule, 'id')} level {level}"))
    put(draft, "text", long_text(alert.get("full_log")))
    event = table(data, "win", "eventdata")
    put(
        draft,
        "indicators",
        observables(
            [
                (data.get("srcip"), ""),
                (data.get("dstip"), ""),
                (data.get("url"), ""),
                (data.get("hostname"), ""),
                (member(data, "virustotal", "source", "sha1"), ""),
                (syscheck.get("sha256_after"), ""),
                (syscheck.get("sha1_after"), ""),
                (syscheck.get("path"), "file"),
                (event.get("destinationIp"), ""),
                (event.get("sourceIp"), ""),
                *((each, "") for each in text(event, "hashes").replace("=", ",").split(",")),
            ]
        ),
    )
    put(draft, "category", _category(" ".join((*texts(rule, "groups"), vulnerability and "vuln"))))
    return reported(draft, now)


def elastic(alert: Record, now: datetime) -> Draft:
    """Give the ticket of an alert document of Elastic Security."""
    inner = member(alert, "_source")
    document: object = inner if isinstance(inner, dict) else alert
    rule = _at(document, "kibana.alert.rule.name") or _at(document, "rule.name")
    draft: Draft = {"title": title(rule) or "Elastic Security alert"}
    own = _at(document, "kibana.alert.uuid") or alert.get("_id") or _at(document, "event.id")
    put(draft, "number", number(own) or _digest("elastic", alert))
    put(draft, "detected_at", when(_at(document, "@timestamp")))
    put(draft, "occurred_at", when(_at(document, "kibana.alert.original_time")))
    severity = str(_at(document, "kibana.alert.severity") or "").lower()
    put(draft, "severity", SPLUNK_SEVERITY.get(severity, ""))
    threats = _at(document, "kibana.alert.rule.threat") or _at(document, "threat")
    put(draft, "techniques", list(dict.fromkeys(_techniques(threats))))
    put(draft, "phase", _phase(threats))
    put(draft, "assets", names([_at(document, "host.name"), _at(document, "agent.name")]))
    put(
        draft,
        "detected_by",
        name(f"Elastic rule {_at(document, 'kibana.alert.rule.rule_id') or rule}"),
    )
    reason = long_text(_at(document, "kibana.alert.reason") or _at(document, "message"))
    put(draft, "text", reason)
    put(draft, "cves", cves(str(_at(document, "vulnerability.id") or ""), reason))
    put(
        draft,
        "indicators",
        observables(
            [
                (_at(document, place), kind)
                for place, kind in (
                    ("source.ip", ""),
                    ("destination.ip", ""),
                    ("destination.domain", "domain"),
                    ("dns.question.name", "domain"),
                    ("url.full", "url"),
                    ("url.domain", "domain"),
                    ("file.hash.sha256", "sha256"),
                    ("process.hash.sha256", "sha256"),
                    ("file.hash.md5", "md5"),
                    ("file.name", "file"),
                    ("email.from.address", "email"),
                )
            ]
        ),
    )
    put(draft, "category", _category(" ".join(map(str, _strings(_at(document, "event.category"))))))
    return reported(draft, now)


def splunk(alert: Record, now: datetime) -> Draft:
    """Give the ticket of a webhook alert of Splunk: the first row of a search's results."""
    row = table(alert, "result")
    named = title(alert.get("search_name")) or title(row.get("rule_title")) or "Splunk alert"
    draft: Draft = {"title": named}
    own = text(row, "event_id") or text(row, "orig_sid")
    put(draft, "number", number(own) or _digest("splunk", {"sid": alert.get("sid"), "row": row}))
    put(draft, "detected_at", when(row.get("_time")) or _epoch(row.get("_time")))
    severity = text(row, "severity") or text(row, "urgency")
    put(draft, "severity", SPLUNK_SEVERITY.get(severity.lower(), ""))
    words = " ".join(_strings([row.get(each) for each in SPLUNK_TEXTS]))
    put(draft, "techniques", techniques(words))
    put(draft, "cves", cves(words, text(row, "cve"), text(row, "signature")))
    put(draft, "assets", names([row.get("host"), row.get("dest"), row.get("dvc")]))
    put(draft, "detected_by", name(f"Splunk {alert.get('app') or ''} {alert.get('sid') or ''}"))
    put(draft, "text", _rows(row))
    put(
        draft,
        "indicators",
        observables(
            [
                (row.get(place), kind)
                for place, kind in (
                    ("src", ""),
                    ("src_ip", ""),
                    ("dest_ip", ""),
                    ("dest", ""),
                    ("url", "url"),
                    ("query", "domain"),
                    ("file_hash", ""),
                    ("file_name", "file"),
                    ("src_user_email", "email"),
                )
            ]
        ),
    )
    put(draft, "category", _category(f"{named} {text(row, 'tag')}"))
    return reported(draft, now)


def _digest(source: str, value: object) -> str:
    raw = msgspec.json.encode(value, order="deterministic")
    return f"{source}-{sha256(raw).hexdigest()[:32]}"


def _at(document: object, path: str) -> Any:  # noqa: ANN401 -- whatever stands there
    """Give what stands at a path, whether it is nested, dotted, or partly both."""
    if not isinstance(document, dict):
        return None
    if path in document:
        return document[path]
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:end])
        if head in document:
            found = _at(document[head], ".".join(parts[end:]))
            if found is not None:
                return found
    return None


def _techniques(threats: object) -> Iterator[str]:
    for each in threats if isinstance(threats, list) else [threats]:
        for technique in listed(each, "technique"):
            yield from techniques(text(technique, "id"))
            for sub in listed(technique, "subtechnique"):
                yield from techniques(text(sub, "id"))


def _phase(threats: object) -> str:
    first = threats[0] if isinstance(threats, list) and threats else threats
    return text(first, "tactic", "name").lower().replace(" ", "-")


def _strings(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, list):
            yield from (str(inner) for inner in each if isinstance(inner, str))
        elif isinstance(each, str):
            yield each


def _epoch(value: object) -> str:
    """Read seconds since 1970 with a fraction, as Splunk writes `_time`."""
    return epoch(str(value).partition(".")[0])


def _rows(row: Record) -> str:
    lines = [
        f"{name(key)}: {name(value if isinstance(value, str) else str(value))}"
        for key, value in list(row.items())[:MOST_FIELDS]
        if not str(key).startswith("_") or key == "_raw"
    ]
    return long_text("\n".join(lines))


_CATEGORIES = (
    ("malicious-code", ("malware", "virus", "trojan", "ransom", "rootkit", "yara", "virustotal")),
    ("vulnerable", ("vuln",)),
    ("availability", ("dos", "denial", "outage")),
    ("information-gathering", ("recon", "scan", "phish", "nmap")),
    ("intrusion-attempts", ("authentication_fail", "brute", "invalid_login", "exploit", "attack")),
    ("intrusions", ("intrusion", "authentication", "privilege", "lateral", "sysmon", "process")),
    ("information-content-security", ("exfil", "leak", "syscheck", "file_integrity")),
)


def _category(words: str) -> str:
    """Class an alert by the words of its rule; empty, and so "other", where none tells."""
    lowered = words.lower()
    return next(
        (category for category, marks in _CATEGORIES if any(each in lowered for each in marks)), ""
    )
