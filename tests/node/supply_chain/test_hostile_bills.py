"""A delivery that is refused leaves nothing behind: no document, no observation, no portfolio."""

from datetime import UTC, datetime

import pytest

from panshi.errors import BadInputError, MissingError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import ingest, portfolio
from tests.observe.bom.mutating import mutated, samples

MUTATIONS = 60
SYSTEM = "system:core"


@pytest.fixture
def node(tmp_path):
    made = Node.open(Home(path=tmp_path / "home"))
    made.commit_estate(
        Estate(
            id="bank",
            name_zh="銀行",
            name_en="Bank",
            version=1,
            as_of=datetime(2026, 9, 1, tzinfo=UTC),
            assets=tuple(
                Asset(id=AssetId(name), kind=kind, name=name, attributes=attributes)
                for name, kind, attributes in (
                    ("institution:i", AssetKind.INSTITUTION, {"sector": "bank"}),
                    (SYSTEM, AssetKind.SYSTEM, {}),
                )
            ),
            relations=(),
        ),
        by="test",
    )
    return made


def standing(node):
    """Give what is kept: sealed observations, originals, documents of the system."""
    kept = sorted((node.home.path / "supply_chain" / "documents").rglob("*"))
    try:
        known = len(portfolio(node).documents(SYSTEM))
    except MissingError:
        known = 0
    return node.log.size(), kept, known


def test_mutated_deliveries_are_whole_or_not_there(node):
    originals = samples()
    ended = {"taken": 0, "refused": 0}

    for seed in range(MUTATIONS):
        raw = mutated(originals[seed % len(originals)], 7_000_000 + seed)
        before = standing(node)
        try:
            taken = ingest(node, raw, system=SYSTEM)
        except BadInputError as error:
            assert standing(node) == before, error  # noqa: PT017 -- either way of ending is right
            ended["refused"] += 1
        else:
            assert portfolio(node).original(taken.digest) == raw
            ended["taken"] += 1

    assert min(ended.values()) > 3
