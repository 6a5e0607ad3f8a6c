"""A failing item that a commit takes out of a population is told of, and changes no figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from panshi.model.asset import AssetId, AssetKind, RelationKind
from panshi.model.control import Neighbour, Population
from panshi.model.predicate import Comparison, Condition
from panshi.model.verdict import ReasonCode, Status
from tests.governance.assessment.worlds import (
    NOW,
    River,
    assessor,
    attested,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
)

SHRANK = ReasonCode.POPULATION_SHRANK
BEFORE = replace(estate(10), version=4)


def without(where, *gone):
    """Commit a version without some assets."""
    kept = tuple(asset for asset in where.assets if asset.id not in gone)
    known = {asset.id for asset in kept}
    relations = tuple(each for each in where.relations if {each.source, each.target} <= known)
    return replace(where, version=where.version + 1, assets=kept, relations=relations)


def altered(where, which, **attributes):
    """Commit a version in which some assets have other attributes."""
    assets = tuple(
        replace(asset, attributes=dict(asset.attributes) | attributes)
        if asset.id in which
        else asset
        for asset in where.assets
    )
    return replace(where, version=where.version + 1, assets=assets)


def shrunk(verdict):
    return next((each for each in verdict.reasons if each.code is SHRANK), None)


def test_leaving_out_what_fails_is_told_of():
    # Given ten hosts, of which two fail, one of them seen long ago.
    river = River()
    river.looks(8)
    fresh = river.look(8, passes=False)
    stale = river.look(9, passes=False, days_ago=90)
    content = framework(control())
    assert assessor(BEFORE, river, content).verdict("f/c").status is Status.NOT_MET
    # When a version without them is committed.
    after = without(BEFORE, host(8), host(9))
    plain = assessor(after, river, content).verdict("f/c")
    machine = assessor(after, river, content, previous=BEFORE)
    verdict = machine.verdict("f/c")
    # Then the figures are those of the estate of today, and the reason names what left.
    assert verdict.status is plain.status is Status.MET
    assert verdict.tally == plain.tally
    assert verdict.evidenced == plain.evidenced
    assert (shrunk(verdict).count, shrunk(verdict).ids) == (2, (host(8), host(9)))
    assert shrunk(plain) is None
    assert {fresh.id, stale.id} <= set(verdict.evidence_ids)
    # Then the proof says from how many.
    (node,) = (each for each in machine.proof("f/c").children if each.rule == "population_shrank")
    assert node.conclusion == "2"
    assert node.parameters["population_before"] == 10
    assert node.parameters["population"] == 8
    assert node.parameters["estate_version"] == 4
    assert [item.state.value for item in node.items] == ["failing", "stale_fail"]


def test_leaving_out_what_passes_or_was_never_seen_is_no_matter():
    river = River()
    river.looks(9)
    content = framework(control())
    after = without(BEFORE, host(8), host(9))
    machine = assessor(after, river, content, previous=BEFORE)
    assert shrunk(machine.verdict("f/c")) is None
    assert {each.rule for each in machine.proof("f/c").children}.isdisjoint({"population_shrank"})


def test_relabelling_what_fails_is_told_of():
    # Given a control over the hosts that are not said to be retired.
    alive = Condition(field="retired", comparison=Comparison.MISSING, value=True)
    population = Population(kind=AssetKind.HOST, where=alive)
    content = framework(control(population=population), control("all"))
    river = River()
    river.looks(8, 2)
    # When a commit says so of the two that fail.
    after = altered(BEFORE, {host(8), host(9)}, retired=True)
    machine = assessor(after, river, content, previous=BEFORE)
    # Then the control that they left tells of them, and the one that they did not does not.
    assert machine.verdict("f/c").tally.population == 8
    assert shrunk(machine.verdict("f/c")).count == 2
    assert shrunk(machine.verdict("f/all")) is None


def test_leaving_a_field_is_told_of_in_that_field():
    before = replace(estate(4, fields=("remote",)), version=1)
    river = River()
    river.looks(3, 1)
    after = altered(before, {host(3)}, fields=("other",))
    machine = assessor(after, river, framework(control()), previous=before)
    assert shrunk(machine.verdict("f/c", "remote")).ids == (host(3),)
    assert shrunk(machine.verdict("f/c")) is None
    assert shrunk(machine.verdict("f/c", "other")) is None


def test_cutting_a_relation_is_told_of():
    # Given a control over hosts on which a system runs, of which nothing else changes.
    near = Neighbour(relation=RelationKind.RUNS_ON, outgoing=False)
    content = framework(control(population=Population(kind=AssetKind.HOST, related=near)))
    river = River()
    river.look(0, passes=False)
    after = replace(BEFORE, version=5, relations=())
    verdict = assessor(after, river, content, previous=BEFORE).verdict("f/c")
    assert verdict.status is Status.NO_POPULATION
    assert shrunk(verdict).ids == (host(0),)


def test_a_new_name_is_no_departure():
    # Given a failing look under an identifier that a renamed asset still has.
    river = River()
    seen = river.look(3, passes=False)
    river.sealed[-1] = replace(seen, observation=replace(seen.observation, subject="host:10.0.0.3"))
    after = replace(
        BEFORE,
        version=5,
        assets=tuple(
            replace(asset, id=AssetId("host:renamed")) if asset.id == host(3) else asset
            for asset in BEFORE.assets
        ),
    )
    verdict = assessor(after, river, framework(control()), previous=BEFORE).verdict("f/c")
    assert verdict.tally.failing == 1
    assert shrunk(verdict) is None


@pytest.mark.parametrize("gone", [host(0), "system:core"])
def test_a_failed_test_leaves_no_more_silently_than_a_look(gone):
    # Given passing hosts, and a failed drill on one of them or on what runs on it.
    river = River()
    river.looks(10)
    failed = river.drill(gone, passed=False)
    content = framework(contradicted_by_drills())
    assert assessor(BEFORE, river, content).verdict("f/c").status is Status.NOT_MET
    # When a commit leaves it out.
    machine = assessor(without(BEFORE, gone), river, content, previous=BEFORE)
    verdict = machine.verdict("f/c")
    # Then the control is lifted, but not without a word.
    assert verdict.status is Status.MET
    assert shrunk(verdict).ids == (gone,)
    assert failed.id in verdict.evidence_ids
    # When a newer drill there passes, nothing is left to tell.
    assert "f/c" in machine.observe(river.drill(gone, passed=True, days_ago=0))
    assert shrunk(machine.verdict("f/c")) is None


def test_a_control_without_population_tells_of_failed_tests_too():
    river = River()
    river.attestation()
    river.drill("system:core", passed=False)
    against = contradicted_by_drills().contradicted_by
    content = framework(attested(contradicted_by=against))
    assert assessor(BEFORE, river, content).verdict("f/a").status is Status.NOT_MET
    verdict = assessor(without(BEFORE, "system:core"), river, content, previous=BEFORE).verdict(
        "f/a"
    )
    assert verdict.status is Status.ATTESTED
    assert shrunk(verdict).ids == ("system:core",)


def test_looks_of_what_left_are_followed():
    # Given a host that left while nobody had seen it fail.
    river = River()
    river.looks(9)
    after = without(BEFORE, host(9))
    machine = assessor(after, river, framework(control(), attested()), previous=BEFORE)
    assert shrunk(machine.verdict("f/c")) is None
    # When a look at it fails after all, only its control is judged anew, and tells.
    assert machine.observe(river.look(9, passes=False, days_ago=0.5)) == {"f/c"}
    assert shrunk(machine.verdict("f/c")).ids == (host(9),)
    # When it fails no more, nothing is told; when it grows old, it still fails.
    failing = assessor(after, river, framework(control()), previous=BEFORE)
    assert shrunk(failing.at(NOW + timedelta(days=400)).verdict("f/c")).count == 1
    machine.observe(river.look(9, days_ago=0.25))
    assert shrunk(machine.verdict("f/c")) is None


def test_the_same_version_has_no_departures():
    river = River()
    river.looks(8, 2)
    machine = assessor(BEFORE, river, framework(control()), previous=replace(BEFORE, version=3))
    plain = assessor(BEFORE, river, framework(control()))
    assert machine.verdict("f/c") == plain.verdict("f/c")
    assert machine.judge.grounds.departures is None


def test_only_ten_are_named():
    river = River()
    river.looks(0, 20)
    before = replace(estate(20), version=1)
    after = without(before, *(host(number) for number in range(20)))
    verdict = assessor(after, river, framework(control()), previous=before).verdict("f/c")
    assert (shrunk(verdict).count, len(shrunk(verdict).ids)) == (20, 10)
