"""Alerts put into words and bytes for each channel; pure, no text that people wrote goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from panshi.model.bodies.vulnerability_following import FindingAlert
from panshi.node.alerting.settings import AlertSettings
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.report.stix_alerts import AlertStory, bundle
from panshi.report.supply_chain_priority_words import DECISIONS
from panshi.store.alerts import Alert, Delivery, ToldFinding

KINDS: Mapping[str, tuple[str, str]] = {
    "opened": ("新弱點", "New finding"),
    "raised": ("弱點升級", "Finding became more urgent"),
    "digest": ("弱點彙整", "Digest of findings"),
    "baseline": ("既有弱點", "Findings there already"),
}
PAGE = "/supply-chain/alerts/"
MOST_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert with everything its channels need."""

    alert: Alert
    findings: tuple[ToldFinding, ...]
    story: AlertStory
    names: Mapping[str, str]
    "Names of systems."


def deliveries(told: Told, settings: AlertSettings, address: str) -> Iterator[Delivery]:
    """Give what goes out of one alert, one delivery per address."""
    yield _delivery(told, "evidence", "log", body=_evidence(told))
    for each in settings.mail:
        yield _delivery(
            told,
            "mail",
            each,
            subject=subject(told, chinese=settings.chinese),
            body=text(told, address, chinese=settings.chinese).encode(),
        )
    hook = _hook(told, address) if settings.webhooks else b""
    for each in settings.webhooks:
        yield _delivery(told, "webhook", each, body=hook)
    if settings.stix_folder or settings.stix_webhooks:
        made = bundle(told.story)
        if settings.stix_folder:
            yield _delivery(told, "stix_file", settings.stix_folder, body=made)
        for each in settings.stix_webhooks:
            yield _delivery(told, "stix_webhook", each, body=made)


def subject(told: Told, *, chinese: bool) -> str:
    """Give the one line of an alert."""
    alert = told.alert
    systems = len({each.system for each in told.findings})
    what = KINDS[alert.what][0 if chinese else 1]
    decision = _decision(alert.ssvc)[0 if chinese else 1]
    if chinese:
        due = f"，最遲 {alert.due} 前修復" if alert.due else ""
        about = f" {alert.vulnerability}" if alert.vulnerability else ""
        return f"[磐石] {what}{about}：{decision}，{alert.count} 項、{systems} 個系統{due}"
    due = f", to be repaired by {alert.due}" if alert.due else ""
    about = f" {alert.vulnerability}" if alert.vulnerability else ""
    return (
        f"[Panshi] {what}{about}: {decision}, {_many(alert.count, 'finding')}"
        f" in {_many(systems, 'system')}{due}"
    )


def text(told: Told, address: str, *, chinese: bool) -> str:
    """Give the text of a mail."""
    lines = [subject(told, chinese=chinese).partition("] ")[2], ""]
    shown = told.findings[:MOST_LINES]
    for each in shown:
        name = told.names.get(each.system, "")
        where = f"{name} ({each.system})" if name else each.system
        lines.append(f"- {where}  {each.purl}".rstrip())
    left = len(told.findings) - len(shown)
    if left:
        lines.append(f"… 另有 {left} 項" if chinese else f"… and {left} more")
    if address:
        lines += ["", f"{address}{PAGE}"]
    return "\n".join(lines)


def _hook(told: Told, address: str) -> bytes:
    alert, story = told.alert, told.story
    return msgspec.json.encode(
        {
            "alert": alert.key,
            "what": alert.what,
            "vulnerability": alert.vulnerability,
            "aliases": story.aliases,
            "decision": alert.ssvc,
            "due": alert.due,
            "known_exploited": story.kev,
            "epss": story.epss,
            "at": alert.at,
            "cause": alert.cause,
            "title_zh": subject(told, chinese=True),
            "title_en": subject(told, chinese=False),
            "link": f"{address}{PAGE}" if address else None,
            "findings": [
                {
                    "finding": each.finding,
                    "opening": each.run,
                    "system": each.system,
                    "purl": each.purl,
                }
                for each in told.findings
            ],
        }
    )


def _evidence(told: Told) -> bytes:
    alert = told.alert
    return msgspec.json.encode(
        FindingAlert(
            what=alert.what,
            vulnerability=alert.vulnerability,
            ssvc=alert.ssvc,
            due=alert.due,
            findings=tuple(f"{each.finding}/{each.run}" for each in told.findings),
            systems=tuple(sorted({each.system for each in told.findings})),
            cause=alert.cause,
            channels=alert.channels,
        )
    )


def _delivery(
    told: Told, channel: str, address: str, *, body: bytes, subject: str = ""
) -> Delivery:
    key = sha256(f"{told.alert.key}\n{channel}\n{address}".encode()).hexdigest()
    return Delivery(key=key, channel=channel, address=address, subject=subject, body=body)


def _decision(ssvc: str) -> tuple[str, str]:
    return DECISIONS[Ssvc(ssvc)] if ssvc else ("未判定", "undecided")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" + ("" if count == 1 else "s")
