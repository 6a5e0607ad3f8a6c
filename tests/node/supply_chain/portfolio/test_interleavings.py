"""Any interleaving of deliveries, advisories and restarts ends where a full rematch does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.model.supply_chain.advisory import (
    Advisory,
    Affected,
    AffectedRange,
    KnownExploited,
    Withdrawn,
)
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.portfolio import findings, forget, ingest, rebuild, rematch
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.protection.supply_chain.findings.finding import Change, FindingFilters, Sort, State
from tests.simulators.naive_portfolio import Delivery, Expected, Warned, World

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
SYSTEMS = ("system:a", "system:b", "system:c")
NAMES = ("alpha", "beta", "gamma")
VERSIONS = ("1", "2", "3", "4", "(devel)")
PARTS = ("", "front")

WARNINGS = ("GHSA-1", "PYSEC-2", "OWN-3", "OWN-4")
NAMED = ("CVE-2026-0001", "CVE-2026-0002", "GHSA-1")


def walk(seed: int, length: int) -> Iterator[tuple[Any, ...]]:
    """Give steps in an order nobody thought of, the same for every run."""
    chance = Random(seed)
    for _ in range(length):
        match chance.choices(
            ("deliver", "advise", "withdraw", "forget", "restart", "kev", "wait", "look"),
            (10, 9, 2, 1, 1, 1, 6, 4),
        )[0]:
            case "deliver":
                held = {(chance.choice(NAMES), chance.choice(VERSIONS)) for _ in range(4)}
                part = chance.choices(PARTS, (3, 1))[0]
                back = chance.choice((0, 0, 0, 1, 3))
                yield "deliver", chance.choice(SYSTEMS), part, frozenset(held), back
            case "advise":
                lows = [chance.randrange(4) for _ in range(chance.choice((1, 1, 2)))]
                spans = [(low, low + 1 + chance.randrange(4)) for low in lows]
                aliases = frozenset(chance.sample(NAMED, chance.choice((0, 0, 1, 2))))
                yield "advise", chance.choice(WARNINGS), chance.choice(NAMES), spans, aliases
            case "withdraw":
                yield "withdraw", chance.choice(WARNINGS)
            case "forget":
                yield "forget", chance.choice(SYSTEMS), chance.random() < 0.3
            case "wait":
                yield "wait", 1 + chance.randrange(3)
            case other:
                yield (other,)


class Trial:
    """The node, and the world as a naive reader sees it, side by side."""

    def __init__(self, home: Path) -> None:
        self.now = BEGIN
        self.home = home
        self.world = World()
        self.cursor = 0
        self.told: set[str] = set()
        self.node = Node.open(Home(path=home), clock=lambda: self.now)
        kinds = [("institution:i", AssetKind.INSTITUTION, {"sector": "bank"})]
        kinds += [(each, AssetKind.SYSTEM, {}) for each in SYSTEMS]
        self.node.commit_estate(
            Estate(
                id="one",
                name_zh="一",
                name_en="One",
                version=1,
                as_of=BEGIN,
                assets=tuple(
                    Asset(id=AssetId(name), kind=kind, name=name, attributes=attributes)
                    for name, kind, attributes in kinds
                ),
            ),
            by="test",
        )

    def at(self) -> int:
        return int(self.now.timestamp())

    def step(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def deliver(self, system: str, part: str, held: frozenset[tuple[str, str]], back: int) -> None:
        bill = _bill(held)
        digest = sha256(bill).hexdigest()
        known = any(
            (each.system, each.part, each.digest) == (system, part, digest)
            for each in self.world.deliveries
        )
        at = max(self.now - timedelta(seconds=back), BEGIN)
        made = ingest(self.node, bill, system=system, part=part, at=at)
        assert made.new is not known
        if not known:
            delivery = Delivery(
                system, part, int(at.timestamp()), len(self.world.deliveries), held, digest
            )
            self.world.deliveries.append(delivery)

    def advise(
        self, name: str, package: str, said: list[tuple[int, int]], aliases: frozenset[str]
    ) -> None:
        aliases -= {name}
        with open_advisories(self.home) as store:
            store.apply([_advisory(name, package, said, aliases)], feed="test", at=self.now)
        before = self.world.advisories.get(name)
        reached = before.reached if before else self.at()
        self.world.advisories[name] = Warned(package, said, aliases, reached)

    def withdraw(self, name: str) -> None:
        with open_advisories(self.home) as store:
            store.apply([Withdrawn(name)], feed="test", at=self.now)
        self.world.advisories.pop(name, None)

    def forget(self, system: str, whole: bool) -> None:
        mine = [each for each in self.world.deliveries if each.system == system]
        if not mine:
            return
        digest = "" if whole else mine[-1].digest
        forget(self.node, system=system, digest=digest, why="a mistake", actor="t")
        self.world.deliveries = [
            each
            for each in self.world.deliveries
            if each.system != system or digest not in {"", each.digest}
        ]

    def restart(self) -> None:
        self.node.close()
        self.node = Node.open(Home(path=self.home), clock=lambda: self.now)

    def kev(self) -> None:
        with open_advisories(self.home) as store:
            store.put_kev([KnownExploited("CVE-2026-0001", date(2026, 9, 1))], self.now)

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def look(self) -> None:
        for each in rematch(self.node, changes_after=self.cursor):
            self.cursor = each.sequence
            match each.what:
                case Change.OPENED:
                    assert each.finding.id not in self.told
                    self.told.add(each.finding.id)
                case Change.CLOSED:
                    self.told.remove(each.finding.id)
                case Change.CHANGED:
                    assert each.finding.id in self.told
        page = findings(self.node, limit=5_000)
        assert {each.id for each in page.items} == self.told

    def all(self) -> set[Expected]:
        items = []
        after = ""
        while True:
            page = findings(
                self.node,
                filters=FindingFilters(state=State.ALL),
                sort=Sort.FIRST_SEEN,
                after=after,
                limit=3,
            )
            items += page.items
            after = page.next
            if not after:
                break
        assert len(items) == page.total == len({each.id for each in items})
        return {
            Expected(
                each.system,
                each.package,
                each.vulnerability,
                str(each.status),
                each.purl,
                int(each.first_seen.timestamp()),
                int(each.fixed_at.timestamp()) if each.fixed_at else None,
            )
            for each in items
        }


def _bill(held: frozenset[tuple[str, str]]) -> bytes:
    components = [
        {"type": "library", "name": name, "version": version, "purl": _purl(name, version)}
        for name, version in sorted(held)
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
    return json.dumps(document).encode()


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def _advisory(
    name: str, package: str, said: list[tuple[int, int]], aliases: frozenset[str]
) -> Advisory:
    ranges = tuple(
        AffectedRange("ECOSYSTEM", (("introduced", str(low)), ("fixed", str(high))))
        for low, high in said
    )
    return Advisory(
        name, aliases=tuple(sorted(aliases)), affected=(Affected("PyPI", package, ranges=ranges),)
    )


@contextmanager
def trial() -> Iterator[Trial]:
    with TemporaryDirectory() as folder:
        made = Trial(Path(folder) / "home")
        try:
            yield made
        finally:
            memory_of(made.node).advisories.close()
            made.node.close()


@pytest.mark.parametrize("seed", range(5))
def test_any_interleaving_ends_in_what_a_naive_reading_and_a_full_rematch_say(seed: int) -> None:
    # Given a node that goes through anything in any order,
    with trial() as each:
        most = 0
        for number, step in enumerate(walk(seed, 60), start=1):
            each.step(step)
            # When everything is asked for now and then,
            if number % 12 == 0:
                found = each.all()
                most = max(most, len(found))
                # Then it is what a reader who looks at every second finds.
                assert found == each.world.findings(int(BEGIN.timestamp()), each.at())
        each.look()
        # And when all that is derived is made anew, it is the same once more.
        before = each.all()
        rebuild(each.node)
        assert each.all() == before
        assert most > 0
