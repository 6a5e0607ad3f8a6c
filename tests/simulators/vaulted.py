"""A bank with a vault of six places and a source, whose clock may be moved on."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.bodies.data import BackupStatus
from panshi.model.estate import Estate
from panshi.model.observation import Observation
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.vault.founding import Wish, found
from panshi.node.resilience.vault.opening import unlock
from panshi.node.resilience.vault.rekeying import recipient_key
from panshi.resilience.vault.documents import Recipient
from panshi.resilience.vault.shares import Quorum

PLACES = ("taipei", "taoyuan", "taichung", "kaohsiung", "tokyo", "singapore")
SYSTEM = "system:core-ledger"


@dataclass(slots=True)
class Clock:
    """The real clock, moved on where a test asks."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True, kw_only=True)
class VaultedBank:
    node: Node
    clock: Clock
    places: tuple[str, ...]
    mnemonics: tuple[str, ...]
    home: Path

    def quorum(self, vault):
        """Three of five officers bring their shares."""
        return unlock(vault, self.mnemonics[:3])

    def source(self, **facts) -> None:
        """Set up one source."""
        drill_key = facts.pop("drill_key", "")
        lines = [
            f"places = {json.dumps(self.places)}",
            f'drill_key = "{drill_key}"',
            "[[source]]",
        ]
        checks = facts.pop("check", ())
        canaries = facts.pop("canary", ())
        lines += [f"{name} = {json.dumps(value)}" for name, value in facts.items()]
        for table, rows in (("check", checks), ("canary", canaries)):
            for row in rows:
                lines.append(f"[[source.{table}]]")
                lines += [f"{name} = {json.dumps(value)}" for name, value in row.items()]
        path = self.home / "vault-sources.toml"
        path.write_text("\n".join(lines))
        path.chmod(0o600)

    def backed_up(self) -> None:
        """The backup platform says all is well with the system."""
        now = self.clock()
        body = BackupStatus(
            succeeded=True,
            finished=now.date(),
            local_high_availability=True,
            remote_copy=True,
            immutable=True,
            media_protected=True,
        )
        seen = Observation(
            kind="backup.status/1", subject=SYSTEM, observed_at=now, collector="test", body=body
        )
        self.node.log.append((seen,), now)


@contextmanager
def vaulted_bank(folder: Path):
    """Found a bank and its vault below a folder."""
    clock = Clock()
    home = folder / "home"
    with Node.open(Home(path=home), clock=clock) as node:
        node.commit_estate(estate(clock()), by="tester")
        places = tuple(str(folder / "places" / each) for each in PLACES)
        seeds, key = recipient_key()
        (home / "drill.key").write_text(seeds.hex())
        (home / "drill.key").chmod(0o600)
        wish = Wish(
            k=4,
            quorum=Quorum(threshold=3, members=5),
            recipients=(Recipient(name="drills", public=key.public()),),
        )
        vault, mnemonics = found(places, home, wish, now=clock())
        vault.close()
        yield VaultedBank(node=node, clock=clock, places=places, mnemonics=mnemonics, home=home)


def estate(at: datetime) -> Estate:
    return Estate(
        id="bank",
        name_zh="示範銀行",
        name_en="Demo bank",
        version=1,
        as_of=at,
        assets=(
            Asset(
                id=AssetId("institution:bank"),
                kind=AssetKind.INSTITUTION,
                name="示範銀行",
                attributes={"sector": "bank"},
            ),
            Asset(
                id=AssetId(SYSTEM),
                kind=AssetKind.SYSTEM,
                name="核心帳務",
                attributes={"core": True},
            ),
        ),
    )


def drill_plan(home: Path, name: str, *, probes=(), method=(), **configuration) -> None:
    """Write a plan in the shape of Chaos Toolkit."""

    def activity(kind: str, title: str, func: str, tolerance=None, **arguments):
        provider = {"type": "python", "module": "panshi.drill", "func": func}
        told = {"type": kind, "name": title, "provider": provider | {"arguments": arguments}}
        return told if tolerance is None else told | {"tolerance": tolerance}

    plan = {
        "title": name,
        "configuration": {"rto_minutes": 60, "rpo_minutes": 60} | configuration,
        "steady-state-hypothesis": {
            "title": "as sealed",
            "probes": [
                activity("probe", "rows", "rows_as_sealed", tolerance=True),
                *(activity("probe", each.pop("title"), **each) for each in map(dict, probes)),
            ],
        },
        "method": [
            *(activity("action", "loss", **each) for each in map(dict, method)),
            activity("action", "restore", "restore"),
        ],
        "rollbacks": [activity("action", "discard", "discard")],
    }
    (home / "drills").mkdir(exist_ok=True)
    (home / "drills" / f"{name}.json").write_text(json.dumps(plan, ensure_ascii=False))
