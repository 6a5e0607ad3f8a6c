"""A threat report as a STIX 2.1 bundle (OASIS): the report object and what it speaks of.

Campaigns with the techniques they use and the vulnerabilities they target, indicators that
indicate them; the hub alone is named as creator. The same facts give the same bytes: ids are
name-based, and a report made anew of the same period is a new version of the same objects. TLP 2.0
markings are those FIRST and OASIS registered; their definitions travel along.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from panshi.alliance.sector.picture import FEWEST
from panshi.alliance.sector.told import ToldCampaign, ToldValue
from panshi.alliance.stix.markings import TLP_2_IDS, TLP_EXTENSION
from panshi.model.alliance.marking import Tlp
from panshi.report.paper.document import Say
from panshi.report.threat.facts import ThreatFacts, ThreatReport
from panshi.report.threat.paper import TITLES, lead_of

SPACE = uuid5(UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), "https://panshi/threat-report")
REPORT_TYPES = {
    ThreatReport.WEEKLY: ["threat-report", "campaign"],
    ThreatReport.QUARTERLY: ["threat-report", "campaign"],
    ThreatReport.BULLETIN: ["campaign", "indicator"],
}
_PATTERNS = {
    "ipv4": "ipv4-addr:value",
    "ipv6": "ipv6-addr:value",
    "domain": "domain-name:value",
    "url": "url:value",
    "email": "email-addr:value",
    "md5": "file:hashes.MD5",
    "sha1": "file:hashes.'SHA-1'",
    "sha256": "file:hashes.'SHA-256'",
    "sha512": "file:hashes.'SHA-512'",
    "file": "file:name",
    "registry-key": "windows-registry-key:key",
}

type Stix = dict[str, Any]


def threat_bundle(facts: ThreatFacts, *, chinese: bool) -> bytes:
    """Give the bundle of a report, the same bytes for the same facts."""
    say, made = Say(chinese=chinese), _Making(facts)
    for each in facts.picture.campaigns:
        made.campaign(each, say)
    about = sorted(made.objects)
    title = f"{say(*TITLES[facts.report])} {facts.period.name}"
    report = made.object(
        "report", f"{facts.report} {facts.period.name} {say('zh', 'en')}",
        name=title,
        description=lead_of(facts, say),
        lang=say("zh-TW", "en"),
        report_types=REPORT_TYPES[facts.report],
        published=made.at,
        object_refs=about or [made.us],
    )  # fmt: skip
    marking = _marking(facts.tlp)
    everything = [
        marking,
        made.identity,
        report,
        *(made.objects[each] for each in about if each not in {made.us, report["id"]}),
    ]
    names = "\n".join(f"{each['id']} {each.get('modified', '')}" for each in everything)
    bundle = {"type": "bundle", "id": f"bundle--{uuid5(SPACE, names)}", "objects": everything}
    text = json.dumps(bundle, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


class _Making:
    """Collects the objects of one bundle, each once."""

    def __init__(self, facts: ThreatFacts) -> None:
        self.facts = facts
        self.at = _time(facts.made_at)
        self.objects: dict[str, Stix] = {}
        self.us = ""
        self.identity = self.object(
            "identity", facts.hub_id,
            name=facts.hub_en, identity_class="organization", sectors=["financial-services"],
        )  # fmt: skip
        self.us = self.identity["id"]
        self.identity["created_by_ref"] = self.us
        del self.objects[self.us]

    def object(self, kind: str, of: str, /, **given: object) -> Stix:
        """Make an object with the properties common to all."""
        made: Stix = {
            "type": kind,
            "spec_version": "2.1",
            "id": f"{kind}--{uuid5(SPACE, f'{self.facts.hub_id} {kind} {of}')}",
            "created": self.at,
            "modified": self.at,
            "object_marking_refs": [TLP_2_IDS[self.facts.tlp]],
        }
        if self.us:
            made["created_by_ref"] = self.us
        self.objects[made["id"]] = made | given
        return self.objects[made["id"]]

    def relation(self, kind: str, source: Stix, target: Stix) -> None:
        """Join two objects."""
        self.object(
            "relationship", f"{kind} {source['id']} {target['id']}",
            relationship_type=kind, source_ref=source["id"], target_ref=target["id"],
        )  # fmt: skip

    def campaign(self, told: ToldCampaign, say: Say) -> None:
        """Add one campaign with what it uses, targets and is seen by."""
        made = self.object(
            "campaign", told.id,
            name=told.name,
            description=_description(told, say),
            first_seen=_time(told.first_at),
            last_seen=_time(told.last_at),
            labels=_labels(told),
        )  # fmt: skip
        for each in told.techniques:
            self.relation("uses", made, self._technique(each))
        for each in told.cves:
            self.relation("targets", made, self._vulnerability(each))
        for value in told.values:
            indicator = self._indicator(value, told)
            if indicator is not None:
                self.relation("indicates", indicator, made)

    def _technique(self, name: str) -> Stix:
        pair = self.facts.techniques.get(name)
        return self.object(
            "attack-pattern", name,
            name=pair[1] if pair else name,
            external_references=[{"source_name": "mitre-attack", "external_id": name}],
        )  # fmt: skip

    def _vulnerability(self, name: str) -> Stix:
        return self.object(
            "vulnerability", name,
            name=name, external_references=[{"source_name": "cve", "external_id": name}],
        )  # fmt: skip

    def _indicator(self, value: ToldValue, told: ToldCampaign) -> Stix | None:
        pattern = pattern_of(value.kind, value.value)
        if not pattern:
            return None
        return self.object(
            "indicator", pattern,
            name=f"{value.kind} {value.value}"[:200],
            indicator_types=["malicious-activity"],
            pattern=pattern,
            pattern_type="stix",
            valid_from=_time(told.first_at),
        )  # fmt: skip


def pattern_of(kind: str, value: str) -> str:
    """Write an indicator as a STIX pattern; empty where the language has no word for it."""
    path = _PATTERNS.get(kind)
    if path is None:
        return ""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{path} = '{escaped}']"


def _marking(tlp: Tlp) -> Stix:
    word = tlp.value
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_2_IDS[tlp],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{word.upper()}",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": word}},
    }


def _labels(told: ToldCampaign) -> list[str]:
    """Name suppliers and sectors as subscriptions and estates are compared with them."""
    named = [*(("supplier", each) for each in told.suppliers)]
    named += [("sector", each) for each in told.sectors]
    return [f"{topic}:{value}"[:200] for topic, value in named] or ["campaign"]


def _description(told: ToldCampaign, say: Say) -> str:
    count = len(told.reporters)
    few = count < FEWEST
    members = say(f"少於 {FEWEST} 家", f"fewer than {FEWEST}") if few else f"{count}"
    return say(
        f"受影響會員：{members}。{_named('供應商：', told.suppliers, '、')}",
        f"Members affected: {members}. {_named('Suppliers: ', told.suppliers, ', ')}",
    ).strip()


def _named(before: str, names: Iterable[str], between: str) -> str:
    joined = between.join(names)
    return f"{before}{joined}" if joined else ""


def _time(moment: datetime) -> str:
    whole = moment.astimezone(UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03}Z"
