"""Real scanner results through the whole node: scores without coverage mislead nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.observation import Outcome
from panshi.model.verdict import Status
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.small_estate import small_estate

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "golden"
CONTROL = "blueprint/BP-13"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node.open(Home(path=tmp_path / "home"), clock=lambda: NOW) as opened:
        yield opened


def forty_hosts(node: Node) -> None:
    estate = small_estate()
    more = tuple(
        Asset(id=AssetId(f"host:h{n}"), kind=AssetKind.HOST, name=f"h{n}") for n in range(20, 40)
    )
    node.commit_estate(replace(estate, as_of=NOW, assets=(*estate.assets, *more)), by="tester")


def test_a_benchmark_of_which_no_rule_applied_leaves_everything_unknown(node: Node) -> None:
    # Given OpenSCAP's own result with every rule not applicable, then nothing is known by it.
    forty_hosts(node)
    path = GOLDEN / "openscap" / "all-notapplicable.arf.xml"
    report = node.observe("openscap", path, subject="host:h0")
    assert report.inconclusive == report.observations == 1
    sealed = node.log.get(report.ids[0])
    assert sealed is not None
    assert sealed.observation.outcome is Outcome.FAILED
    verdict = node.verdict(CONTROL, "small")
    assert verdict.status is Status.UNKNOWN
    assert (verdict.evidenced, verdict.probability) == (None, None)
    assert verdict.tally.seen == 0


def test_one_result_of_forty_hosts_reads_as_no_good_score(node: Node) -> None:
    # Given one good result on one of forty hosts, then the evidenced share stays low.
    forty_hosts(node)
    path = GOLDEN / "openscap" / "minimal.xccdf.xml"
    node.observe("openscap", path, subject="host:h0")
    verdict = node.verdict(CONTROL, "small")
    assert verdict.tally.seen == 1
    assert verdict.status is not Status.MET
    assert verdict.evidenced is None or verdict.evidenced < 0.5
