"""The shipped frameworks hold what their documents hold, checked against the fact sheets."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import yaml

from panshi.governance.frameworks.load import load_framework, load_mappings, load_parameters
from panshi.model.bodies import KINDS
from panshi.model.control import Basis, Strength
from panshi.store import library

FACTS = Path(__file__).parents[3].parent / "shared" / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason=f"the fact sheets are not at {FACTS}")


def shipped(name: str):
    source, raw = library.framework(name)
    return load_framework(raw, source=source)


def facts(name: str):
    return yaml.safe_load((FACTS / name).read_text(encoding="utf-8"))


@needs_facts
def test_zero_trust_controls_have_the_stage_pillar_and_cloud_of_the_guide():
    # Given the fact sheet
    rows = {row["id"]: row for row in facts("zt_controls.yaml")["controls"]}
    controls = shipped("zt36").by_id
    pillars = ("identity", "device", "network", "application", "data")
    # Then every control agrees with it
    assert controls.keys() == rows.keys()
    for key, row in rows.items():
        control = controls[key]
        assert control.stage == ("I", "II", "III", "IV").index(row["stage"]) + 1
        assert control.group == pillars[row["pillar"] - 1]
        if isinstance(row["cloud"], dict):
            assert control.cloud == tuple(model for model, on in row["cloud"].items() if on)
        else:
            assert control.cloud is None


@needs_facts
def test_cloud_applicability_sums_to_the_table_of_the_guide():
    counts = facts("zt_scoring.yaml")["cloud_applicability_counts"]
    controls = shipped("zt36").controls
    for model in ("IaaS", "PaaS", "SaaS"):
        assert sum(model in (each.cloud or ()) for each in controls) == counts[model]
    assert {each.id for each in controls if each.cloud is None} == set(counts["not_listed"])


@needs_facts
def test_guideline_entries_have_the_reference_order_strength_and_class_of_the_text():
    rows = [
        (row, article)
        for article in facts("emerging_tech_articles.yaml")["articles"]
        for row in article["requirements"]
    ]
    controls = shipped("emerging").controls
    assert [each.id for each in controls] == [row["ref"] for row, _ in rows]
    for control, (row, article) in zip(controls, rows, strict=True):
        words = {"定義": Strength.NONE, "說明": Strength.NONE}
        assert control.strength == words.get(row["strength"], row["strength"])
        assert control.machine == row["machine_check"].replace("n/a", "none")
        assert control.group == f"article-{article['article']}"
        if control.attesting is not None:
            assert list(control.attesting.evidence) == row["evidence"]


@needs_facts
def test_candidates_for_adaptation_are_named_in_notes():
    controls = shipped("emerging").by_id
    for row in facts("emerging_tech_articles.yaml")["adaptation_candidates"]:
        control = controls[row["ref"]]
        assert "調適建議" in control.notes_zh, row["ref"]
        assert "candidate for adaptation" in control.notes_en, row["ref"]


@needs_facts
def test_crosswalks_hold_the_pairs_of_the_fact_sheets_as_drafts():
    found = {name: load_mappings(raw, source=name) for name, raw in library.mappings()}
    pairs = {(each.source, each.target) for each in found["crosswalks/zt36-emerging.yaml"]}
    rows = facts("zt_controls.yaml")["controls"]
    assert pairs == {
        pair
        for row in rows
        for pair in product(
            (f"zt36/{row['id']}",),
            (f"emerging/{ref}" for ref in row["overlaps_emerging_tech(our reading)"]),
        )
    }
    assert len(pairs) == 43
    assert not any(each.confirmed for mappings in found.values() for each in mappings)


@needs_facts
def test_action_plan_prints_the_headings_and_marks_the_split():
    rows = facts("actionplan_measures.yaml")["measures"]
    controls = shipped("actionplan").controls
    assert [each.id for each in controls if not each.inferred] == [row["id"] for row in rows]
    leaves = {each.id for each in controls} - {each.parent for each in controls}
    assert leaves == {action["id"] for row in rows for action in row["actions"]}
    assert len(leaves) == 40


def test_every_zero_trust_control_can_be_contradicted_by_an_incident():
    for control in shipped("zt36").controls:
        assert control.basis is Basis.EVIDENCE
        assert "incident.finding/1" in {each.observation for each in control.contradicted_by}


def test_layers_of_replayed_attacks_reach_their_controls():
    # Given the controls about visibility, pillar by pillar
    layers = {
        "1-6": "identity",
        "2-6": "device",
        "3-6": "network",
        "4-6": "application",
        "5-7": "data",
    }
    for key, layer in layers.items():
        control = shipped("zt36").by_id[key]
        # Then a missed replay of that layer contradicts them
        whens = [
            each.when
            for each in control.contradicted_by
            if each.observation == "detection.replay/1"
        ]
        assert [when.value for when in whens] == [layer]
        assert control.check is not None
        assert control.check.observation in KINDS


def test_binding_records_admit_no_shortfall():
    # A duty on contracts, suppliers, apps, trading or AI systems holds for every single one
    for control in shipped("emerging").controls:
        listed = {"contract", "supplier", "mobile_app", "ai_system"}
        if control.check and control.strength.binding and control.population.kind in listed:
            assert control.check.target_permille == 1000, control.id


def test_parameters_have_reasons_in_both_languages():
    name, raw = library.parameters()
    specs = {each.name: each for each in load_parameters(raw, source=name)}
    assert specs["confidence"].default == 0.9
    assert all(each.why_zh and each.why_en for each in specs.values())
