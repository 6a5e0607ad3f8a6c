"""Every number in a proof can be computed again from its node."""

from __future__ import annotations

from panshi.governance.assessment.moment import INSTITUTION_ZONE
from panshi.governance.assessment.statistics import (
    chance_at_least,
    evidenced_count,
    looks_needed,
    needed,
)
from panshi.model.asset import AssetKind, RelationKind
from panshi.model.control import Neighbour, Population
from panshi.model.predicate import Comparison, Condition
from panshi.model.verdict import ItemState
from tests.governance.assessment.worlds import (
    NOW,
    River,
    assessor,
    attested,
    clause,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
    overlap,
)


def nodes(proof):
    yield proof
    for child in proof.children:
        yield from nodes(child)


def rule(proof, name):
    return next(node for node in nodes(proof) if node.rule == name)


def test_the_beta_binomial_node_can_be_computed_again():
    river = River()
    river.looks(50, 2)
    river.exception(scope=(host(50),))
    machine = assessor(estate(400), river, framework(control()))
    verdict, proof = machine.verdict("f/c"), machine.proof("f/c")
    node = rule(proof, "beta_binomial").parameters
    sample = (node["passing"], node["seen"], node["population"])
    assert sample == (50, 52, 400)
    assert node["wanted"] == needed(400, node["target_permille"])
    assert node["probability"] == chance_at_least(node["wanted"], *sample) == verdict.probability
    assert node["evidenced_count"] == evidenced_count(*sample, node["confidence"])
    assert node["evidenced"] == node["evidenced_count"] / 400 == verdict.evidenced
    assert node["possible"] == (50 + 348) / 400 == verdict.possible
    assert node["probability_with_exceptions"] == chance_at_least(
        node["wanted"] - node["excepted"], *sample
    )
    assert node["looks_needed"] == looks_needed(*sample, 950, 0.9)


def test_counts_are_the_items():
    river = River()
    river.looks(4, 3)
    river.look(0, days_ago=0.5)
    river.look(7, days_ago=40)
    river.look(8, passes=False, days_ago=40)
    proof = assessor(estate(10), river, framework(control())).proof("f/c")
    items = rule(proof, "population").items
    assert len(items) == 10
    by_state = [item.state for item in items]
    node = rule(proof, "freshness").parameters
    assert node["passing"] == by_state.count(ItemState.PASSING) == 4
    assert node["failing"] == by_state.count(ItemState.FAILING) == 3
    assert node["stale_pass"] == by_state.count(ItemState.STALE_PASS) == 1
    assert node["stale_fail"] == by_state.count(ItemState.STALE_FAIL) == 1
    assert node["never_seen"] == by_state.count(ItemState.UNSEEN) == 1
    assert set(rule(proof, "freshness").items) == {
        item for item in items if item.state not in {ItemState.PASSING, ItemState.FAILING}
    }
    resting = {each for item in items for each in item.evidence_ids}
    assert resting == set(proof.evidence_ids)


def test_every_record_that_was_weighed_has_a_node():
    river = River()
    river.looks(9, 1)
    live = river.exception(scope=(host(9),))
    river.exception(facet="#2", reason=" ")
    river.exception(facet="#3", approved_by="Chen")
    weak = river.exception(facet="#4", compensating=("f/a",))
    failed = river.drill(host(1), passed=False)
    content = framework(contradicted_by_drills(), attested(), control("d", made_of=("f/c", "f/a")))
    proof = assessor(estate(10), river, content, log_size=14, log_root="ab").proof("f/d")
    exceptions = [node for node in nodes(proof) if node.rule == "exception"]
    told = {node.parameters["number"]: node.conclusion for node in exceptions}
    assert told == {"#1": "live", "#2": "void", "#3": "under_review", "#4": "unsupported"}
    assert live.id in exceptions[0].evidence_ids
    assert weak.id in exceptions[3].evidence_ids
    assert rule(proof, "contradiction").evidence_ids == (failed.id,)
    assert rule(proof, "contradiction").conclusion == "open"
    assert rule(proof, "attestation").conclusion == "attestation_missing"
    assert rule(proof, "derived").parameters["met"] == 0
    assert (proof.parameters["log_size"], proof.parameters["log_root"]) == (14, "ab")


def test_signatures_and_attestations_have_a_node():
    river = River()
    signed = river.not_applicable()
    made = river.attestation()
    machine = assessor(estate(0), river, framework(control(), attested()))
    assert rule(machine.proof("f/c"), "not_applicable").evidence_ids == (signed.id,)
    assert rule(machine.proof("f/a"), "attestation").evidence_ids == (made.id,)


def test_predicates_are_spelled_out():
    near = Neighbour(
        relation=RelationKind.RUNS_ON,
        outgoing=False,
        kind=AssetKind.SYSTEM,
        where=Condition(field="tier", comparison=Comparison.AT_MOST, value=1),
    )
    content = control(population=Population(kind=AssetKind.HOST, related=near))
    proof = assessor(estate(1), River(), framework(content)).proof("f/c")
    assert rule(proof, "population").parameters["related"] == "<-runs_on- system tier at_most 1"
    assert rule(proof, "freshness").parameters["passes"] == "malware_protection is True"


def test_a_stage_has_its_controls_and_its_gate():
    river = River()
    river.looks(10)
    content = framework(control("1", stage=1), control("2", stage=2), staged=True)
    law = framework(clause(check=None, population=None), name="law")
    machine = assessor(estate(10), river, content, law, mappings=(overlap("f/1", "law/1"),))
    proof = machine.stage_proof("f")
    assert proof.conclusion == "1"
    assert [child.subject for child in proof.children] == ["f/1", "f/2", "f"]
    assert rule(proof, "gate").conclusion == "closed"
    assert rule(proof, "gate").parameters["blockers"] == "law/1"


def test_one_instant_is_written_in_one_way():
    river = River()
    river.looks(3)
    taipei = NOW.astimezone(INSTITUTION_ZONE)
    one, other = (
        assessor(estate(3), river, framework(control()), as_of=moment).proof("f/c")
        for moment in (NOW, taipei)
    )
    assert one == other
