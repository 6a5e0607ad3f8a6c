"""The vault over the API: placements proven, drills and snapshots as recorded."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.model.bodies.vault import DRILL, SNAPSHOT, SnapshotSealed, VaultDrill
from panshi.node.resilience.placement import read_placement, seal_placement
from tests.api.asking import asked
from tests.simulators.vaulted import estate

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "vault" / "placement.toml"
AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def node(node):
    node.commit_estate(estate(AT), by="tester")
    return node


def test_a_placement_on_record_is_proven(node):
    seal_placement(node, read_placement(EXAMPLE), actor="cli:tester")

    status, (found,) = asked(node, "GET", "/vault/placements")

    assert status == 200
    assert found["holds"]
    assert found["proof"]["shards"]["minimal"] == 15
    assert [each["shards"] for each in found["proof"]["scenarios"]] == [4, 4, 2, 6]


def test_a_placement_sent_is_proven_and_nothing_is_recorded(node):
    place = {"country": "US", "operator": "Cloud"}
    sent = {
        "placement": {
            "vault": "core",
            "k": 1,
            "institution": ["Bank"],
            "places": [{"id": "a", **place}, {"id": "b", **place}],
        }
    }
    kinds = node.log.kinds()

    status, found = asked(node, "POST", "/vault/placements/prove", value=sent)

    assert status == 200
    broken = [each["rule"]["id"] for each in found["proof"]["findings"] if not each["holds"]]
    assert broken == ["domestic-shards", "outside-shards", "one-provider"]
    assert kinds.keys() >= node.log.kinds().keys() - {"audit.event/1"}
    assert asked(node, "GET", "/vault/placements")[1] == []


def test_a_placement_that_cannot_be_meant_is_a_problem(node):
    sent = {"placement": {"vault": "core", "k": 3, "institution": ["Bank"], "places": []}}

    status, problem = asked(node, "POST", "/vault/placements/prove", value=sent)

    assert status == 422
    assert "ids" in json.dumps(problem)


def test_drills_and_snapshots_come_newest_first_and_by_plan(node):
    for number, plan in enumerate(("a", "b", "a")):
        drill = VaultDrill(
            plan=plan,
            passed=True,
            vault="core",
            source="s",
            snapshot=str(number),
            position="",
            asked_at=AT,
            lost_at=AT,
            rto_seconds=1.0,
            rpo_seconds=1.0,
            rto_target_seconds=1.0,
            rpo_target_seconds=1.0,
        )
        node.record(DRILL, drill, facet=plan, actor="tester")
    body = SnapshotSealed(
        vault="core",
        source="s",
        snapshot="1",
        method="files",
        marked_at=AT,
        position="",
        mark_sha256="0" * 64,
    )
    node.record(SNAPSHOT, body, facet="s", actor="tester")

    drills = asked(node, "GET", "/vault/drills?plan=a&limit=2")[1]
    snapshots = asked(node, "GET", "/vault/snapshots?source=s")[1]

    assert [each["drill"]["snapshot"] for each in drills] == ["2", "0"]
    assert [each["snapshot"]["snapshot"] for each in snapshots] == ["1"]
    assert asked(node, "GET", "/vault/snapshots?source=other")[1] == []
