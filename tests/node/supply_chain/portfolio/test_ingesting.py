"""Deliveries are whole or not there, whoever is killed, and however many arrive at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from panshi.errors import BadInputError, IntegrityError, MissingError
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate
from panshi.node.home import Home
from panshi.node.keeping.backup import back_up
from panshi.node.keeping.restore import restore
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import (
    Sending,
    forget,
    ingest,
    ingest_many,
    portfolio,
    rebuild,
)
from panshi.store.portfolio import Documents

SYSTEMS = 40


def bill(*purls: str, created: str = "2026-09-01T00:00:00Z") -> bytes:
    """Write a bill."""
    components = [
        {"type": "library", "name": each.rpartition("/")[2], "purl": each} for each in purls
    ]
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "metadata": {"timestamp": created},
            "components": components,
        }
    ).encode()


def small_bank(node: Node) -> None:
    """Give the node an estate of systems from one supplier."""
    parts: list[tuple[str, AssetKind, dict[str, str | int]]] = [
        ("institution:i", AssetKind.INSTITUTION, {"sector": "bank"}),
        ("supplier:s", AssetKind.SUPPLIER, {}),
    ]
    parts += [(f"system:{each}", AssetKind.SYSTEM, {}) for each in range(SYSTEMS)]
    node.commit_estate(
        Estate(
            id="bank",
            name_zh="銀行",
            name_en="Bank",
            version=1,
            as_of=datetime(2026, 9, 1, tzinfo=UTC),
            assets=tuple(
                Asset(id=AssetId(name), kind=kind, name=name, attributes=dict(attributes))
                for name, kind, attributes in parts
            ),
            relations=(
                Relation(
                    kind=RelationKind.SUPPLIED_BY,
                    source=AssetId("system:1"),
                    target=AssetId("supplier:s"),
                ),
            ),
        ),
        by="test",
    )


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """A node with a small estate."""
    made = Node.open(Home(path=tmp_path / "home"))
    small_bank(made)
    return made


def test_a_document_is_taken_in_once_and_replaces_the_one_before(node: Node) -> None:
    # Given a bill for a system,
    first, second = bill("pkg:pypi/a@1"), bill("pkg:pypi/a@2", "pkg:pypi/b@1")
    made = ingest(node, first, system="1")
    assert (made.new, made.stands, made.packages, made.previous) == (True, True, 1, "")
    assert made.system == "system:1"
    # When it comes again, nothing is sealed;
    size = node.log.size()
    assert not ingest(node, first, system="system:1").new
    assert node.log.size() == size
    # and a newer one takes its place, with the supplier the estate names.
    newer = ingest(node, second, system="system:1")
    assert newer.previous == made.digest
    view = portfolio(node)
    current = view.current("system:1")
    assert current is not None
    assert (current.digest, current.supplier) == (newer.digest, "supplier:s")
    assert view.original(made.digest) == first
    assert [each.stands for each in view.documents("system:1")] == [True, False]
    # The older one stands again only where somebody says so.
    assert not ingest(node, first, system="system:1").stands
    assert ingest(node, first, system="system:1", again=True).stands


def test_parts_of_a_system_stand_side_by_side(node: Node) -> None:
    # Given two parts,
    ingest(node, bill("pkg:pypi/a@1", "pkg:pypi/b@1"), system="2", part="back")
    ingest(node, bill("pkg:pypi/b@1", "pkg:npm/c@1"), system="2", part="front")
    # When one is replaced, what the other lists stays.
    ingest(node, bill("pkg:pypi/d@1"), system="2", part="back")
    view = portfolio(node)
    assert {each.part for each in view.standing("system:2")} == {"back", "front"}
    assert [each.purls for each in view.owners("PyPI/b")] == [("pkg:pypi/b@1",)]
    assert view.owners("pkg:pypi/a") == ()


def test_a_delivery_of_the_past_counts_from_its_day(node: Node) -> None:
    # Given a delivery of today and one that is told to have arrived before,
    now = node.clock()
    ingest(node, bill("pkg:pypi/new@1"), system="3", at=now)
    late = ingest(node, bill("pkg:pypi/old@1"), system="3", at=now - timedelta(days=30))
    # Then today's stands.
    assert late.new
    assert not late.stands
    assert portfolio(node).owners("PyPI/old") == ()


def test_what_is_forgotten_no_longer_counts_and_its_evidence_stays(node: Node) -> None:
    # Given a system with two documents,
    first = ingest(node, bill("pkg:pypi/a@1"), system="4")
    second = ingest(node, bill("pkg:pypi/a@2"), system="4")
    # When the newer is forgotten, the older stands;
    assert forget(node, system="4", digest=second.digest, why="wrong build", actor="t") == 1
    assert portfolio(node).owners("PyPI/a")[0].purls == ("pkg:pypi/a@1",)
    # and after everything is forgotten, nothing does, also when made anew.
    forget(node, system="system:4", why="retired", actor="t")
    rebuild(node)
    assert portfolio(node).current("system:4") is None
    assert portfolio(node).original(first.digest)
    assert node.verify_log().intact
    with pytest.raises(MissingError):
        forget(node, system="4", why="again", actor="t")


def test_what_is_no_bill_or_for_nobody_leaves_nothing(node: Node, tmp_path: Path) -> None:
    size = node.log.size()
    for content, system in ((b"{}", "1"), (b"\x00\xff", "1"), (bill(), "system:unheard")):
        with pytest.raises((BadInputError, MissingError)):
            ingest(node, content, system=system)
    # One of many that is none costs the whole batch, and nothing of it is kept.
    with pytest.raises(BadInputError):
        ingest_many(
            node,
            (Sending(source=bill("pkg:pypi/a@1"), system="1"), Sending(source=b"[]", system="2")),
        )
    assert node.log.size() == size
    assert not list((tmp_path / "home" / "supply_chain").rglob("*.zst"))


def test_an_original_changed_on_disk_is_found_out(node: Node) -> None:
    made = ingest(node, bill("pkg:pypi/a@1"), system="1")
    documents = Documents(node.home.path)
    documents.place(made.digest).write_bytes(b"something else")
    with pytest.raises(IntegrityError):
        documents.read(made.digest)
    # Made anew, it stands for nothing and is named; delivered again, it is whole.
    assert rebuild(node).unreadable == (made.digest,)
    documents.keep(bill("pkg:pypi/a@1"))
    assert rebuild(node).unreadable == ()
    assert portfolio(node).current("system:1") is not None


def test_many_deliver_at_once(node: Node) -> None:
    # Given eight threads that deliver for the same systems,
    def send(number: int) -> bool:
        document = bill(f"pkg:pypi/p{number % 7}@1", "pkg:pypi/shared@1")
        return ingest(node, document, system=str(number % 5)).new

    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(send, range(35)))
    # Then each pair of system and document was taken in once,
    assert sum(new) == 35
    rows = [(each.system, each.purls) for each in portfolio(node).owners("PyPI/shared")]
    # and everything is as if made anew.
    rebuild(node)
    again = [(each.system, each.purls) for each in portfolio(node).owners("PyPI/shared")]
    assert rows == again
    assert len(rows) == 5


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import ingest
import importlib.util
spec = importlib.util.spec_from_file_location("given", {here!r})
given = importlib.util.module_from_spec(spec)
spec.loader.exec_module(given)
with Node.open(Home(path=Path({home!r}))) as node:
    for number in range({first}, 10_000):
        document = given.bill(f"pkg:pypi/p{{number}}@1")
        made = ingest(node, document, system=str(number % given.SYSTEMS))
        print(number, made.digest, flush=True)
"""


@pytest.mark.slow
def test_whoever_is_killed_leaves_nothing_half_stored(tmp_path: Path) -> None:
    # Given a process that takes in one document after the other, and is killed at some moment,
    home = Home(path=tmp_path / "home")
    with Node.open(home) as node:
        small_bank(node)
    chance = Random(3)
    acknowledged: dict[int, str] = {}
    for _ in range(5):
        code = CHILD.format(
            root=str(Path(__file__).parents[4]),
            here=__file__,
            home=str(home.path),
            first=len(acknowledged),
        )
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _line in range(3):
            number, digest = child.stdout.readline().split()
            acknowledged[int(number)] = digest
        time.sleep(chance.random() * 0.2)
        os.kill(child.pid, signal.SIGKILL)
        for line in child.stdout.read().splitlines():
            number, digest = line.split()
            acknowledged[int(number)] = digest
        child.wait()
        # Then nothing acknowledged is lost, nothing is half there, and the log verifies;
        with Node.open(home) as node:
            view = portfolio(node)
            delivered = {
                document.digest: document
                for name in view.systems()
                for document in view.documents(name)
            }
            assert set(acknowledged.values()) <= delivered.keys()
            assert all(not each.problem for each in delivered.values())
            assert node.verify_log().intact
            # and taking in what was under way when it died finishes it.
            number = len(acknowledged)
            made = ingest(node, bill(f"pkg:pypi/p{number}@1"), system=str(number % SYSTEMS))
            acknowledged[number] = made.digest


def test_a_backup_holds_the_originals_and_nothing_derived(node: Node, tmp_path: Path) -> None:
    # Given a portfolio,
    made = ingest(node, bill("pkg:pypi/a@1"), system="1")
    portfolio(node)
    # When its home is backed up and restored elsewhere,
    file = tmp_path / "backup.tar.gz"
    back_up(node.home, file, at=node.clock())
    elsewhere = Home(path=tmp_path / "elsewhere")
    restore(file, elsewhere)
    found = {
        each.relative_to(elsewhere.path).as_posix()
        for each in (elsewhere.path / "supply_chain").rglob("*")
        if each.is_file()
    }
    # Then only originals came along, and everything else is made of them.
    assert found == {f"supply_chain/documents/{made.digest[:2]}/{made.digest}.zst"}
    with Node.open(elsewhere) as restored:
        current = portfolio(restored).current("system:1")
    assert current is not None
    assert current.digest == made.digest
