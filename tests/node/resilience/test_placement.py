"""A placement on record, its layers in drills, and switch-over drills that follow from figures."""

from datetime import date
from pathlib import Path

import pytest

from panshi.errors import BadInputError
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.node.resilience.drills import place_facts
from panshi.node.resilience.placement import (
    read_placement,
    seal_placement,
    sealed_placements,
)
from panshi.node.resilience.switch_over import record_switch_over
from panshi.resilience.vault_drill import DrillPlan, Layer, LostLayer, withheld_of
from tests.simulators.vaulted import SYSTEM, vaulted_bank

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "vault" / "placement.toml"


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with vaulted_bank(tmp_path_factory.mktemp("bank")) as made:
        yield made


def test_a_sealed_placement_is_proven_anew_and_names_the_layers_of_drills(bank):
    # Given the example, sealed
    seal_placement(bank.node, read_placement(EXAMPLE), actor="cli:tester")

    # When it is read back
    (found,) = sealed_placements(bank.node)

    # Then it holds, tells what disasters leave, and a drill may take a zone away
    assert found.proof.holds
    assert [each.shards for each in found.proof.scenarios] == [4, 4, 2, 6]
    plan = DrillPlan(
        id="quake",
        title="",
        source="x",
        rto_minutes=1,
        rpo_minutes=1,
        withheld_layers=(
            LostLayer(layer=Layer.ZONE, name="north"),
            LostLayer(layer=Layer.COUNTRY, name="SG"),
        ),
    )
    gone = withheld_of(plan, bank.places, place_facts(bank.node, "core"))
    assert [each.rpartition("/")[2] for each in gone] == ["taipei", "singapore"]


def test_an_unknown_key_of_a_placement_is_refused_with_its_place(tmp_path):
    odd = tmp_path / "odd.toml"
    odd.write_text(EXAMPLE.read_text().replace('zone = "north"', 'zome = "north"', 1))

    with pytest.raises(BadInputError, match=r"places\[0\].*zome"):
        read_placement(odd)


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: [", "- 1", "vault: 3"])
def test_yaml_that_unfolds_or_does_not_fit_is_refused(tmp_path, text):
    odd = tmp_path / "odd.yaml"
    odd.write_text(text)

    with pytest.raises(BadInputError):
        read_placement(odd)


def switched(**changes):
    facts = {
        "passed": True,
        "held": date(2026, 11, 14),
        "layer": "deposit-remote",
        "switch_minutes": 48.0,
        "target_minutes": 60.0,
        "live_business": True,
        "transactions": 1_200,
    }
    return SwitchOverDrill(**(facts | changes))


def test_a_switch_over_is_sealed_with_its_measured_minutes(bank):
    evidence = record_switch_over(bank.node, SYSTEM, switched(), actor="cli:tester")

    (sealed,) = bank.node.log.get_many([evidence]).values()
    assert sealed.observation.kind == SWITCH_OVER
    assert sealed.observation.subject == SYSTEM
    assert sealed.observation.facet == "deposit-remote"


@pytest.mark.parametrize(
    "changes",
    [
        {"passed": False},
        {"switch_minutes": 61.0},
        {"held": date(2999, 1, 1)},
        {"layer": ""},
        {"target_minutes": 0.0},
        {"transactions": 0},
        {"capacity_share": 1.2},
    ],
)
def test_a_switch_over_whose_verdict_does_not_follow_is_refused(bank, changes):
    with pytest.raises(BadInputError):
        record_switch_over(bank.node, SYSTEM, switched(**changes), actor="cli:tester")
