"""Intelligence of the demo bank: two sources that cannot be asked, what touches it, what it found.

Demo data through and through: names end in `.example`, addresses are those reserved for
documentation, and the sources have no credential.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import msgspec

from panshi.alliance.intelligence.pieces import incoming
from panshi.alliance.stix.markings import TLP_2_IDS
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.pulled import Progress, Reported, SourcePlace
from panshi.model.asset import AssetKind
from panshi.model.bodies.intelligence import AllowStep
from panshi.node.alliance.intelligence.allowing import propose, rule
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.intelligence.sources import keep_source, pulled
from panshi.node.node import Node

ISAC, VENDOR = "demo-f-isac", "demo-vendor"
ANALYST, APPROVER = "lin.kaiwen", "chen.yiru"
_QUERIES = "\n".join(
    (
        "#separator \\x09",
        "#fields\tts\tuid\tid.orig_h\tquery",
        *(f"{{{n}}}\tCdemo{n}\t10.128.3.{20 + n % 7}\twww.bank{n}.example" for n in range(40)),
        "{40}\tCdemo40\t10.128.3.24\tcdn.update-check.example",
        "{41}\tCdemo41\t10.128.3.24\tcdn.update-check.example",
    )
)


def seed_intelligence(node: Node, estate_id: str, now: datetime) -> None:
    """Pretend to have pulled, searched an extract, and told one finding back."""
    for name, letter in ((ISAC, "B"), (VENDOR, "C")):
        url = f"https://{name}.example/taxii2/"
        keep_source(node, SourcePlace(name=name, url=url, reliability=letter), actor=ANALYST)
    own = _own_name(node, estate_id)
    sector = (
        _thing(now, 1, "Demo: update server of a compromised supplier", 9,
               "[domain-name:value = 'update-check.example']", 80),
        _thing(now, 2, "Demo: command and control", 3, "[ipv4-addr:value = '203.0.113.66' OR"
               " ipv4-addr:value = '8.8.8.8']", 70),
        _thing(now, 3, "Demo: supplier whose build was tampered with", 2,
               "[domain-name:value = 'tampered-build.example']", 75, ("supplier:甲雲科技",)),
        _thing(now, 4, "Demo: our public name listed by scanners", 1,
               f"[domain-name:value = '{own}']", 60),
        _thing(now, 5, "Demo: old phishing page", 70, "[url:value = 'http://old.example/login']",
               70),
        _thing(now, 6, "Demo: regular expression, not looked for", 5,
               "[file:name MATCHES '^inv.*exe$']", 60),
        _vulnerability(now),
    )  # fmt: skip
    vendor = (
        _thing(now, 7, "Demo: same update server, seen by a vendor", 6,
               "[domain-name:value = 'update-check.example']", 60),
    )  # fmt: skip
    _take(node, ISAC, sector, now)
    _take(node, VENDOR, vendor, now)
    number = propose(
        node, "domain", "*.bank-cdn.example", why="示範：本行自有的內容傳遞網路",
        expires=(now + timedelta(days=180)).date(), actor=ANALYST,
    )  # fmt: skip
    rule(node, number, AllowStep.APPROVED, actor=APPROVER)
    _search(node, now)


def _search(node: Node, now: datetime) -> None:
    lines = _QUERIES
    for n in range(42):
        moment = now - timedelta(hours=42 - n)
        lines = lines.replace(f"{{{n}}}", f"{moment.timestamp():.6f}")
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
        file = Path(folder) / "dns.log"
        file.write_text(lines + "\n", encoding="utf-8")
        found = next(match(node, (file,), actor=ANALYST, name="demo-dns.log"))
    with pulled(node) as store:
        for sight in found.sights:
            store.keep_reported(
                Reported(
                    id=f"sighting--{uuid5(NAMESPACE_URL, sight.id)}",
                    sight=sight.id,
                    source=ISAC,
                    about=sight.about[0],
                    at=now,
                    by=ANALYST,
                    status="told",
                )
            )


def _take(node: Node, source: str, things: tuple[Mapping[str, object], ...], now: datetime) -> None:
    read = [
        incoming(each, msgspec.json.encode(each), Marking(tlp=Tlp.AMBER), source=source, now=now)
        for each in things
    ]
    with pulled(node) as store:
        store.take(source, "demo", read, Progress(pages=1, objects=len(read)), now=now)


def _thing(
    now: datetime,
    number: int,
    name: str,
    days: int,
    pattern: str,
    confidence: int,
    labels: tuple[str, ...] = (),
) -> Mapping[str, object]:
    said = _written(now - timedelta(days=days))
    thing = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid5(NAMESPACE_URL, f'demo-{number}')}",
        "created": said,
        "modified": said,
        "valid_from": said,
        "name": name,
        "pattern": pattern,
        "pattern_type": "stix",
        "confidence": confidence,
        "object_marking_refs": [TLP_2_IDS[Tlp.AMBER]],
    }
    return thing | ({"labels": list(labels)} if labels else {})


def _vulnerability(now: datetime) -> Mapping[str, object]:
    said = _written(now - timedelta(days=4))
    return {
        "type": "vulnerability",
        "spec_version": "2.1",
        "id": f"vulnerability--{uuid5(NAMESPACE_URL, 'demo-vulnerability')}",
        "created": said,
        "modified": said,
        "name": "DEMO-2026-0001",
        "confidence": 85,
        "object_marking_refs": [TLP_2_IDS[Tlp.AMBER]],
    }


def _own_name(node: Node, estate_id: str) -> str:
    endpoints = node.estate(estate_id).by_kind.get(AssetKind.ENDPOINT, ())
    facing = (each for each in endpoints if each.attributes.get("internet_facing") is True)
    found = next((str(each.attributes.get("host", "")) for each in facing), "")
    return found or "www.demo-bank.example"


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
