"""Framework, crosswalk and parameter files become nouns; one fault is one message with a line."""

from __future__ import annotations

import pytest

from panshi.errors import ContentError
from panshi.governance.frameworks.load import (
    INCIDENT,
    load_framework,
    load_mappings,
    load_parameters,
    locate_framework,
)
from panshi.model.asset import AssetKind, RelationKind
from panshi.model.control import Across, Basis, MappingRelation, Strength
from panshi.model.predicate import Comparison, Condition

NEAR, FAR = 3, 9
"Lines after and before the change within which a fault is reported."

SAMPLE = """\
framework: sample
version: "1"
title: {zh: 範例, en: Sample}
document: {zh: 文件, en: Document}
staged: true
groups:
  - {id: g, zh: 群組, en: Group}
controls:
  - id: 2.10
    group: g
    title: {zh: 甲, en: A}
    gist: {zh: 甲項。, en: First.}
    strength: 應
    stage: 1
    machine: auto
    cloud: [IaaS]
    population:
      kind: system
      where: {field: core, is: true}
      related: {relation: holds, outgoing: true, kind: dataset, where: {field: sensitive, is: true}}
      inventories: [cmdb]
    check:
      observation: backup.status/1
      passes: {field: succeeded, is: true}
      about: {field: inventoried, is: true}
      across: any
      fresh_days: 14
      target_permille: 980
      absent_passes: true
    contradicted_by:
      - {observation: backup.restore_drill/1, when: {field: layer, is: tape}}
  - id: b
    group: g
    title: {zh: 乙, en: B}
    gist: {zh: 乙項。, en: Second.}
    attesting: {evidence: [policy_doc], valid_days: 90, countersigned: true}
  - id: c
    group: g
    title: {zh: 丙, en: C}
    gist: {zh: 丙項。, en: Third.}
    parent: b
    inferred: true
    made_of: [sample/2.10, sample/b]
"""


def test_a_framework_is_read_whole():
    # When the sample is loaded
    framework = load_framework(SAMPLE.encode(), source="sample.yaml")
    # Then each control is judged in the way written
    first, second, third = framework.controls
    assert [each.basis for each in framework.controls] == [
        Basis.EVIDENCE,
        Basis.ATTESTED,
        Basis.DERIVED,
    ]
    assert first.key == "sample/2.10"
    assert first.reference == "sample 2.10"
    assert (first.strength, first.stage, first.cloud) == (Strength.MUST, 1, ("IaaS",))
    assert first.population is not None
    assert first.population.kind is AssetKind.SYSTEM
    assert first.population.related is not None
    assert first.population.related.relation is RelationKind.HOLDS
    assert first.check is not None
    assert first.check.across is Across.ANY
    assert (first.check.fresh_days, first.check.target_permille) == (14, 980)
    assert first.check.absent_passes
    assert second.attesting is not None
    assert second.attesting.countersigned
    assert third.parent == "b"
    assert third.inferred


def test_an_incident_that_names_a_checked_control_contradicts_it():
    # When the sample is loaded
    first, second, _ = load_framework(SAMPLE.encode(), source="s.yaml").controls
    # Then the incident stands beside the tests written, and only where there is a check
    assert [each.observation for each in first.contradicted_by] == [
        "backup.restore_drill/1",
        INCIDENT,
    ]
    assert first.contradicted_by[-1].when == Condition(
        field="controls", comparison=Comparison.CONTAINS, value="sample/2.10"
    )
    assert second.contradicted_by == ()


def test_the_place_of_every_key_is_kept():
    located = locate_framework(SAMPLE.encode(), source="sample.yaml")
    assert located.place("2.10") == "sample.yaml:9"
    assert located.place("2.10", "check") == "sample.yaml:23"
    assert located.place("b", "no such key") == located.place("b")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: b\n", "id: 2.10\n", "occurs twice"),
        ("strength: 應", "strength: 必須", "unknown word"),
        ("machine: auto", "machine: robot", "unknown word"),
        ("kind: system", "kind: server", "unknown word"),
        ("relation: holds", "relation: has", "unknown word"),
        ("fresh_days: 14", "fresh_days: 0", "out of range"),
        ("target_permille: 980", "target_permille: 1001", "out of range"),
        ("target_permille: 980", "target_permille: 98.0", "no"),
        ("across: any", "across: some", "unknown word"),
        ("valid_days: 90", "valid_days: 0", "out of range"),
        ("inferred: true", "inferred: perhaps", "neither true nor false"),
        ("gist: {zh: 乙項。, en: Second.}", "gist: {zh: 乙項。}", "'en' is missing"),
        ("gist: {zh: 乙項。, en: Second.}", "gist: {zh: 乙項。, en: }", "a text"),
        ("    stage: 1\n", "    stages: 1\n", "unknown key"),
        ("    made_of: [sample/2.10, sample/b]", "    made_of: []", "at least one"),
        ("    parent: b\n", "    parent: b\n    attesting: {evidence: [x]}\n", "more than one"),
        (
            "    attesting: {evidence: [policy_doc]",
            "    contradicted_by: [{observation: x}]\n    attesting: {evidence: [policy_doc]",
            "only a control with a check",
        ),
        (
            "    population:\n      kind: system",
            "    populated:\n      kind: system",
            "unknown",
        ),
    ],
)
def test_one_fault_is_one_message_with_its_line(old, new, words):
    # Given the sample with one fault
    assert SAMPLE.count(old) >= 1
    text = SAMPLE.replace(old, new, 1)
    # When it is loaded
    with pytest.raises(ContentError) as caught:
        load_framework(text.encode(), source="s.yaml")
    # Then the message names the line of the fault, or of the control it is in
    name, _, line = caught.value.place.partition(":")
    changed = SAMPLE[: SAMPLE.index(old)].count("\n") + 1
    assert name == "s.yaml"
    assert -FAR < int(line) - changed < NEAR
    assert words in caught.value.problem


def test_a_check_without_population_is_refused():
    text = SAMPLE[: SAMPLE.index("    population:")] + SAMPLE[SAMPLE.index("    check:") :]
    with pytest.raises(ContentError, match=r"s\.yaml:9: .*go together"):
        load_framework(text.encode(), source="s.yaml")


def test_crosswalk_pairs_are_drafts_until_a_person_confirms():
    raw = b"mappings:\n  - {source: a/1, target: b/2, relation: subset-of, rationale: semantic}\n"
    (mapping,) = load_mappings(raw, source="m.yaml")
    assert mapping.relation is MappingRelation.SUBSET
    assert not mapping.confirmed


@pytest.mark.parametrize(
    "word", ["relation: same-as, rationale: semantic", "relation: equal-to, rationale: legal"]
)
def test_made_up_relations_and_rationales_are_refused(word):
    raw = f"mappings:\n  - {{source: a/1, target: b/2, {word}}}\n".encode()
    with pytest.raises(ContentError, match=r"m\.yaml:2"):
        load_mappings(raw, source="m.yaml")


def test_a_parameter_lies_within_its_own_limits():
    text = (
        "parameters:\n  - {name: p, title: {zh: 甲, en: A}, default: 2, minimum: 0, maximum: 1,"
        " why: {zh: 因, en: because}}\n"
    )
    with pytest.raises(ContentError, match=r"p\.yaml:2.*outside its limits"):
        load_parameters(text.encode(), source="p.yaml")
    (spec,) = load_parameters(text.replace("default: 2", "default: 1").encode(), source="p.yaml")
    assert (spec.name, spec.default) == ("p", 1.0)
