"""The story of the sector's demo: one supplier's update is poisoned, and three members see parts.

DEMO 示範銀行 sees the first connection, DEMO 示範產險 the same hours later and what came after;
DEMO 示範證券 sees nothing and uses the same supplier. Before that each reported its everyday
tickets. Everything is made up: names are marked DEMO, addresses and domains are those reserved for
documentation (RFC 5737, RFC 2606), the vulnerability bears a year without CVEs.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.member import Sector
from panshi.model.alliance.ticket import Category, Impact, Observable, Severity, Ticket
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate
from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.node.alliance.collections import Change, ask, decide
from panshi.node.alliance.hub import ESTATE, prepare_hub
from panshi.node.alliance.members import MemberDesk
from panshi.node.node import Node
from panshi.node.supply_chain.feeds import advisories
from panshi.node.supply_chain.portfolio import ingest

HUB_NAME = "DEMO 示範聯防中心"
LIAISON, SECOND = "chen.yiru", "lin.wei"
"The hub's people: one invites, the other lets in."
COLLECTION = "sector"
SUPPLIER = "DEMO 示範雲端更新"
FLAW = "CVE-1900-0001"
"A year in which none was given."
PACKAGE = "org.example:demo-update-agent"
PURL = "pkg:maven/org.example/demo-update-agent@4.2.0"
DIGEST = "de30" * 16
UPDATE, CONTROL = "update.demo-cloud.example", "c2.demo-cloud.example"
ADDRESS = "203.0.113.77"
EVERYDAY = 30
"Everyday tickets of each member."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One member of the demo."""

    id: str
    name_zh: str
    name_en: str
    sector: Sector
    kind: str
    "As an institution's attribute `sector`."
    service: str
    "A critical service that stands on the supplier's system."


BANK = Part(
    id="demo-bank",
    name_zh="DEMO 示範銀行",
    name_en="DEMO Bank",
    sector=Sector.BANKING,
    kind="bank",
    service="存款與提款",
)
INSURER = Part(
    id="demo-insurer",
    name_zh="DEMO 示範產險",
    name_en="DEMO Insurer",
    sector=Sector.INSURANCE,
    kind="insurer",
    service="理賠",
)
SECURITIES = Part(
    id="demo-securities",
    name_zh="DEMO 示範證券",
    name_en="DEMO Securities",
    sector=Sector.SECURITIES,
    kind="securities",
    service="證券下單",
)
PARTS = (BANK, INSURER, SECURITIES)


def prepare_sector_hub(node: Node) -> dict[str, str]:
    """Make a home the demo's hub; give each member's invitation code."""
    prepare_hub(node, actor=LIAISON, name=HUB_NAME)
    itself = replace(
        node.estate(ESTATE), demo=True, name_en="DEMO Joint SOC", version=2, as_of=node.clock()
    )
    node.commit_estate(itself, by=LIAISON)
    change = Change(
        title="聯防情資 Sector intelligence",
        description="DEMO",
        readers=("members",),
        unmarked=Tlp.AMBER_STRICT,
    )
    ask(node, COLLECTION, change, actor=LIAISON, why="members read what the hub knows")
    decide(node, COLLECTION, approved=True, actor=SECOND)
    desk = MemberDesk(node, actor=LIAISON)
    return {
        each.id: desk.invite(each.id, called=each.name_zh, sector=each.sector) for each in PARTS
    }


def prepare_sector_member(node: Node, part: Part) -> None:
    """Give a member's home a small estate: a service on a supplier's system with its bill."""
    now = node.clock()
    service, cloud = AssetId(f"service:{part.id}-core"), AssetId("site:demo-cloud-north")
    system = AssetId(f"system:{part.id}-update")
    supplier = AssetId("supplier:demo-cloud-update")
    estate = Estate(
        id=part.id,
        name_zh=part.name_zh,
        name_en=part.name_en,
        demo=True,
        version=1,
        as_of=now,
        assets=(
            Asset(
                id=AssetId(f"institution:{part.id}"),
                kind=AssetKind.INSTITUTION,
                name=part.name_zh,
                attributes={"sector": part.kind},
            ),
            Asset(
                id=supplier,
                kind=AssetKind.SUPPLIER,
                name=SUPPLIER,
                attributes={"software_supplier": True, "substitutable": False},
            ),
            Asset(id=system, kind=AssetKind.SYSTEM, name="端點更新系統"),
            Asset(
                id=service,
                kind=AssetKind.SERVICE,
                name=part.service,
                attributes={"critical": True},
            ),
            Asset(
                id=cloud,
                kind=AssetKind.SITE,
                name="DEMO 示範雲北區",
                attributes={"site_kind": "cloud_region", "country": "TW"},
            ),
        ),
        relations=(
            Relation(kind=RelationKind.SUPPLIED_BY, source=system, target=supplier),
            Relation(kind=RelationKind.DEPENDS_ON, source=service, target=system),
            Relation(kind=RelationKind.LOCATED_AT, source=system, target=cloud),
        ),
    )
    node.commit_estate(estate, by="demo")
    with advisories(node) as store:
        store.apply([_advisory(now)], feed="demo", at=now - timedelta(days=1))
    ingest(node, _bill(now), system=system, at=now - timedelta(hours=20))


def everyday(part: Part, now: datetime) -> tuple[Ticket, ...]:
    """Give what a member reports on ordinary days: scans, phishing, guessed passwords."""
    chance = random.Random(part.id)  # noqa: S311 -- the same story each time
    place = PARTS.index(part)
    told = []
    for number in range(EVERYDAY):
        title, technique, category = chance.choice(_EVERYDAY)
        at = now - timedelta(hours=chance.randint(30, 330))
        own = place * EVERYDAY + number
        told.append(
            Ticket(
                number=f"DEMO-{part.id}-{number:03}",
                title=f"DEMO {title}",
                text=f"DEMO：{title}，來源 198.51.100.{own} 與 day{own}-demo.example。",
                reported_at=at,
                detected_at=at - timedelta(hours=chance.randint(1, 9)),
                severity=chance.choice((Severity.LOW, Severity.MEDIUM)),
                category=category,
                indicators=(
                    Observable(kind="ipv4", value=f"198.51.100.{own}"),
                    Observable(kind="domain", value=f"day{own}-demo.example"),
                ),
                techniques=(technique,),
                marking=Marking(tlp=Tlp.GREEN),
            )
        )
    return tuple(told)


def everyday_of_all(now: datetime) -> tuple[tuple[Part, tuple[Ticket, ...]], ...]:
    """Give the everyday tickets of every member."""
    return tuple((each, everyday(each, now)) for each in PARTS)


_EVERYDAY = (
    ("員工收到假冒快遞的釣魚信", "T1566.002", Category.FRAUD),
    ("對外網站遭掃描", "T1595.002", Category.INFORMATION_GATHERING),
    ("VPN 帳號遭密碼猜測", "T1110.003", Category.INTRUSION_ATTEMPTS),
)


def story(now: datetime) -> tuple[tuple[Part, Ticket], ...]:
    """Give the compromise as the members tell it, in order."""
    return (*_entered(now), *_went_on(now))


_PLACE = Observable(kind="ipv4", value=ADDRESS)
_FILE = Observable(kind="sha256", value=DIGEST)


def _entered(now: datetime) -> tuple[tuple[Part, Ticket], ...]:
    """Give what two members saw of the poisoned update."""
    seen = (Observable(kind="domain", value=UPDATE), _PLACE, _FILE)
    return (
        (
            BANK,
            _told(
                "B-0001",
                "DEMO 更新程式連往未知網域",
                f"DEMO：端點偵測發現{SUPPLIER}的更新程式向 update[.]demo-cloud[.]example "
                f"與 203.0.113[.]77 建立連線，下載之檔案雜湊為 {DIGEST}，"
                f"並以 PowerShell 執行編碼指令；疑利用 {FLAW}。",
                now - timedelta(hours=9),
                indicators=seen,
                techniques=("T1195.002", "T1059.001", "T1071.001"),
                phase="initial-access",
            ),
        ),
        (
            INSURER,
            _told(
                "I-0001",
                "DEMO Trojanised update agent",
                "DEMO: the vendor's update agent fetched a payload from "
                "hxxps://update.demo-cloud[.]example/agent.bin, ran it through PowerShell and "
                f"beacons to 203.0.113[.]77. SHA-256 {DIGEST}. {FLAW} is suspected.",
                now - timedelta(hours=6),
                indicators=seen,
                techniques=("T1195.002", "T1059.001", "T1071.001"),
                phase="execution",
            ),
        ),
    )


def _went_on(now: datetime) -> tuple[tuple[Part, Ticket], ...]:
    """Give what came after it."""
    after = (Observable(kind="domain", value=CONTROL), _PLACE, _FILE)
    return (
        (
            INSURER,
            _told(
                "I-0002",
                "DEMO 由更新主機橫向移動",
                "DEMO：更新主機以竊得之服務帳號透過 SMB 連向檔案伺服器，並持續向 "
                "c2[.]demo-cloud[.]example 通聯。",
                now - timedelta(hours=3),
                indicators=after,
                techniques=("T1195.002", "T1021.002", "T1071.001"),
                phase="lateral-movement",
            ),
        ),
        (
            BANK,
            _told(
                "B-0002",
                "DEMO 疑似資料外傳",
                "DEMO：夜間有 2 GB 加密流量自檔案伺服器送往 c2[.]demo-cloud[.]example，"
                "已隔離主機並封鎖 203.0.113[.]77。",
                now - timedelta(hours=1),
                indicators=after,
                techniques=("T1195.002", "T1071.001", "T1041"),
                phase="exfiltration",
                severity=Severity.CRITICAL,
                impact=Impact(hosts=3, customers=0),
            ),
        ),
    )


def _told(number: str, title: str, text: str, at: datetime, **given: object) -> Ticket:
    said: dict[str, object] = {
        "severity": Severity.HIGH,
        "category": Category.INTRUSIONS,
        "cves": (FLAW,),
        "suppliers": (SUPPLIER,),
        "marking": Marking(tlp=Tlp.AMBER),
        "contact": "demo@bank.example",
    }
    return Ticket(
        number=f"DEMO-{number}",
        title=title,
        text=text,
        reported_at=at,
        detected_at=at - timedelta(hours=1),
        **(said | given),  # type: ignore[arg-type]
    )


def _advisory(now: datetime) -> Advisory:
    span = AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", "4.2.1")))
    return Advisory(
        id="DEMO-2026-0001",
        aliases=(FLAW,),
        summary="DEMO: fictional flaw of a fictional update agent",
        published=f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        affected=(Affected(ecosystem="Maven", name=PACKAGE, ranges=(span,)),),
    )


def _bill(now: datetime) -> bytes:
    name, _, version = PURL.rpartition("/")[2].partition("@")
    part = {"type": "library", "bom-ref": PURL, "name": name, "version": version, "purl": PURL}
    app = {"type": "application", "bom-ref": "app", "name": "DEMO update"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}",
            "component": app,
        },
        "components": [part],
        "dependencies": [{"ref": "app", "dependsOn": [PURL]}],
    }
    return json.dumps(document).encode()
