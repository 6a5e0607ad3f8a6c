"""A bank small enough to hold in the head, with one of every trouble a page has to show."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.bodies.data import BackupStatus
from panshi.model.bodies.devices import DevicePosture
from panshi.model.bodies.hosts import HostProtection
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.bodies.records import Attestation, Claim, ExceptionGrant
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, Outcome
from panshi.model.zone import day_of
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.home import Home
from panshi.node.node import Node

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
BANK = "small-bank"
INSTITUTION = AssetId(f"institution:{BANK}")
ACCOUNTS = tuple(AssetId(f"account:staff-{number:02d}") for number in range(12))
SYSTEMS = tuple(AssetId(f"system:{name}") for name in ("core", "cards", "payments"))
HOSTS = tuple(AssetId(f"host:dc1-{number:02d}") for number in range(6))
ATTESTED = "emerging/4.1(1)"
BUILT = os.environ["PANSHI_HOME"]
"Of the tests, removed when they end."


def estate(now: datetime = NOW) -> Estate:
    """Three systems on six hosts, twelve accounts, two inventories that differ by one host."""
    assets = [
        Asset(
            id=INSTITUTION,
            kind=AssetKind.INSTITUTION,
            name="小銀行",
            attributes={"sector": "bank"},
        )
    ]
    assets += [
        Asset(
            id=each,
            kind=AssetKind.ACCOUNT,
            name=each.partition(":")[2],
            attributes={
                "enabled": True,
                "human": True,
                "privileged": False,
                "fields": ("remote_work",),
            },
            inventories=("directory",),
        )
        for each in ACCOUNTS
    ]
    assets += [
        Asset(
            id=each,
            kind=AssetKind.SYSTEM,
            name=f"{each.partition(':')[2]} 系統",
            inventories=("cmdb",),
        )
        for each in SYSTEMS
    ]
    assets += [
        Asset(
            id=each,
            kind=AssetKind.HOST,
            name=each.partition(":")[2],
            inventories=("cmdb",) if number == 5 else ("cmdb", "edr"),
        )
        for number, each in enumerate(HOSTS)
    ]
    relations = [
        Relation(kind=RelationKind.RUNS_ON, source=SYSTEMS[number % 3], target=host)
        for number, host in enumerate(HOSTS)
    ]
    return Estate(
        id=BANK,
        name_zh="小銀行",
        name_en="Small Bank",
        version=1,
        as_of=now,
        assets=tuple(assets),
        relations=tuple(relations),
        demo=True,
    )


def observations(now: datetime = NOW) -> list[Observation]:
    """Eleven of twelve accounts seen, one of them failing; a failed drill; records by people."""
    seen = [
        _seen(
            now,
            "account.authenticators/1",
            account,
            AccountAuthenticators(enabled=True, factors=1 if number == 3 else 2, source="ad"),
        )
        for number, account in enumerate(ACCOUNTS[:11])
    ]
    seen.append(
        Observation(
            kind="account.authenticators/1",
            subject=ACCOUNTS[11],
            observed_at=now - timedelta(hours=3),
            collector="directory export",
            outcome=Outcome.UNREACHABLE,
            reason="<script>alert(1)</script> 連線逾時",
        )
    )
    seen += [
        _seen(
            now,
            "backup.status/1",
            system,
            BackupStatus(
                succeeded=True,
                finished=now.date() - timedelta(days=1),
                remote_copy=True,
                local_high_availability=True,
                immutable=True,
                inventoried=True,
                media_protected=True,
            ),
        )
        for system in SYSTEMS
    ]
    seen.append(
        _seen(
            now,
            "backup.restore_drill/1",
            SYSTEMS[2],
            RestoreDrill(
                passed=False,
                held=now.date() - timedelta(days=2),
                rto_minutes=310,
                rto_target_minutes=120,
            ),
        )
    )
    seen += [
        _seen(
            now,
            "host.protection/1",
            host,
            HostProtection(malware_protection=True, detection_response=True),
        )
        for host in HOSTS[:5]
    ]
    seen.append(_seen(now, "device.posture/1", "device:unknown-01", DevicePosture(managed=False)))
    return [*seen, *_records(now)]


def _records(now: datetime) -> list[Observation]:
    framework, _, control = ATTESTED.partition("/")
    attestation = Attestation(
        framework=framework,
        control=control,
        owner="王小明",
        scope="全行",
        expires=now.date() + timedelta(days=90),
        attachment="policy.pdf",
        attachment_sha256="0" * 64,
        countersigned_by="李大華",
        statement="已訂定並核定。",
    )
    claim = Claim(framework="zt36", control="1-1", owner="王小明", share=1.0)
    granted = ExceptionGrant(
        framework="zt36",
        control="1-1",
        scope=(ACCOUNTS[3],),
        reason="舊系統汰換中",
        residual_risk="低",
        requested_by="王小明",
        approved_by="李大華",
        effective=now.date() - timedelta(days=29),
        expires=now.date() + timedelta(days=31),
    )
    return [
        _record(now, "record.attestation/1", ATTESTED, attestation),
        _record(now, "record.claim/1", "zt36/1-1", claim),
        _record(now, "record.exception/1", "zt36/1-1", granted),
    ]


def _record(now: datetime, kind: str, facet: str, body: Body) -> Observation:
    return Observation(
        kind=kind,
        subject=INSTITUTION,
        facet=facet,
        observed_at=now - timedelta(days=10),
        collector="panshi record",
        body=body,
    )


def _seen(now: datetime, kind: str, subject: str, body: Body) -> Observation:
    return Observation(
        kind=kind,
        subject=subject,
        observed_at=now - timedelta(days=1),
        collector="directory export" if kind.startswith("account") else "agent 1.0",
        body=body,
    )


def exception_number(now: datetime = NOW) -> str:
    """Number of the exception somebody asked for."""
    return f"EX-{day_of(now).year}-001"


def _ask_for_an_exception(node: Node, now: datetime) -> None:
    """Someone asks, and someone else takes it up; nobody holds an office to decide it."""
    today = day_of(now)
    number = ExceptionDesk(node, actor="王小明").request(
        Asked(
            control="zt36/1-1",
            scope=(ACCOUNTS[3],),
            reason="舊系統汰換中",
            residual_risk="低",
            compensating=("zt36/5-4",),
            effective=today,
            expires=today + timedelta(days=31),
        )
    )
    ExceptionDesk(node, actor="李大華").review(number)


def open_small_bank(home: Home, now: datetime = NOW) -> Node:
    """Open a node with the small bank in it; opening it again adds nothing."""
    if not home.exists and home.database is None:
        shutil.copytree(_built(now), home.path, dirs_exist_ok=True)
    node = Node.open(home, clock=lambda: now)
    if BANK not in node.estate_ids():
        _fill(node, now)
    return node


@cache
def _built(now: datetime) -> Path:
    """Give a home with the small bank, made once per process: to copy one costs nothing."""
    folder = Path(mkdtemp(dir=BUILT, prefix="small-bank-"))
    with Node.open(Home(path=folder), clock=lambda: now) as node:
        _fill(node, now)
    return folder


def _fill(node: Node, now: datetime) -> None:
    node.commit_estate(estate(now), by="tests")
    node.log.append(observations(now), now)
    _ask_for_an_exception(node, now)
    node.checkpoint()
