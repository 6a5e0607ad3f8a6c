"""A failed test lowers a control until a newer test of the same kind passes."""

from __future__ import annotations

import pytest

from panshi.model.control import Contradiction
from panshi.model.predicate import Comparison, Condition
from panshi.model.verdict import ReasonCode, Status
from tests.governance.assessment.worlds import (
    BANK,
    River,
    assessor,
    attested,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
)


def judged(river, *controls, key="f/c", hosts=10, **changes):
    content = framework(*(controls or (contradicted_by_drills(),)))
    return assessor(estate(hosts, **changes), river, content).verdict(key)


def test_a_failed_drill_lowers_until_a_newer_one_passes():
    river = River()
    river.looks(10)
    failed = river.drill(host(3), passed=False, days_ago=5)
    verdict = judged(river)
    assert verdict.status is Status.NOT_MET
    assert verdict.reasons[0].code is ReasonCode.CONTRADICTED
    assert verdict.reasons[0].ids == (failed.id,)
    assert verdict.tally.failing == 1
    # When people claim, attest, sign or except, nothing changes.
    river.claim(1.0)
    river.attestation("c")
    river.not_applicable()
    river.exception()
    assert judged(river).status is Status.NOT_MET
    # Nor does a look, however fresh; only the same kind of test lifts it.
    river.look(3, days_ago=0.1)
    assert judged(river).status is Status.NOT_MET
    river.drill(host(3), passed=True, days_ago=0.1)
    assert judged(river).status is Status.MET


def test_an_older_pass_that_arrives_late_lifts_nothing():
    river = River()
    river.looks(10)
    river.drill(host(3), passed=False, days_ago=5)
    river.drill(host(3), passed=True, days_ago=6)
    assert judged(river).status is Status.NOT_MET


def test_another_subject_or_facet_lifts_nothing():
    river = River()
    river.looks(10)
    river.drill(host(3), passed=False, days_ago=5)
    river.drill(host(4), passed=True, days_ago=1)
    river.drill(host(3), passed=True, days_ago=1, facet="vault")
    assert judged(river).status is Status.NOT_MET


def test_it_fails_the_item_it_was_made_on():
    river = River()
    river.looks(10)
    failed = river.drill(host(3), passed=False)
    content = framework(contradicted_by_drills())
    items = assessor(estate(10), river, content).proof("f/c").children[0].items
    (item,) = [each for each in items if each.contradicted_by]
    assert (item.asset, item.state, item.contradicted_by) == (host(3), "failing", (failed.id,))


def test_only_tests_that_speak_of_the_control_count():
    # Given a control that only ransomware exercises contradict.
    when = Condition(field="scenario", comparison=Comparison.IS, value="ransomware")
    spec = Contradiction(observation="exercise.result/1", when=when)
    content = control(contradicted_by=(spec,))
    river = River()
    river.looks(10)
    river.exercise(host(1), passed=False, scenario="flood", days_ago=9)
    assert judged(river, content).met
    # When ransomware fails and another scenario passes later, the failure stands.
    river.exercise(host(1), passed=False, scenario="ransomware", days_ago=5)
    river.exercise(host(1), passed=True, scenario="flood", days_ago=1)
    assert not judged(river, content).met


def test_a_test_on_something_related_lowers_too():
    # Given that the core system runs on host 0, and nothing on host 1.
    river = River()
    river.looks(10)
    river.drill("system:core", passed=False)
    assert judged(river).status is Status.NOT_MET
    assert judged(river).tally.failing == 0
    assert judged(river, hosts=0).status is Status.NO_POPULATION


@pytest.mark.parametrize("subject", [BANK, "system:core", host(2)])
def test_an_incident_lowers_the_controls_it_names(subject):
    river = River()
    river.looks(10)
    river.incident("f/c", subject=subject, days_ago=3)
    assert judged(river, control()).status is Status.NOT_MET
    assert judged(river, control(), control("b"), key="f/b").met
    # When another ticket is closed, this one stands; its own re-test lifts it.
    river.incident("f/c", subject=subject, passed=True, ticket="T-2", days_ago=2)
    assert judged(river, control()).status is Status.NOT_MET
    river.incident("f/c", subject=subject, passed=True, days_ago=1)
    assert judged(river, control()).met


@pytest.mark.parametrize("subject", [BANK, "system:core", host(2)])
def test_an_assessor_who_is_not_satisfied_contradicts_until_one_is(subject):
    river = River()
    river.looks(10)
    river.assessed("f/c", subject=subject, days_ago=5)
    assert judged(river, control()).status is Status.NOT_MET
    assert judged(river, control(), control("b"), key="f/b").met
    # Neither another requirement nor a closed incident lifts it; the same one, satisfied, does.
    river.assessed("f/c", subject=subject, passed=True, target="r-2", days_ago=4)
    river.incident("f/c", subject=subject, passed=True, ticket="r-1", facet="r-1", days_ago=3)
    assert judged(river, control()).status is Status.NOT_MET
    river.assessed("f/c", subject=subject, passed=True, days_ago=1)
    assert judged(river, control()).met


def test_an_assessor_who_is_satisfied_evidences_nothing():
    river = River()
    river.assessed("f/c", passed=True)
    assert judged(river, control()).status is Status.UNKNOWN


def test_it_beats_an_attestation_and_a_signature():
    river = River()
    river.attestation()
    river.incident("f/a", "f/c")
    assert judged(river, attested(), key="f/a").status is Status.NOT_MET
    river.not_applicable()
    assert judged(river, control(), hosts=0).status is Status.NOT_MET


def test_it_lowers_a_derived_control_and_its_whole():
    whole = control("d", made_of=("f/c",))
    river = River()
    river.looks(10)
    river.incident("f/d")
    verdict = judged(river, control(), whole, key="f/d")
    assert verdict.status is Status.NOT_MET


def test_an_erased_test_cannot_lift():
    river = River()
    river.looks(10)
    river.drill(host(3), passed=True, days_ago=1, erased=True)
    assert judged(river).status is Status.NOT_MET


def test_a_test_on_another_field_does_not_lower_this_one():
    river = River()
    river.looks(10)
    river.drill("system:core", passed=False)
    machine = assessor(estate(10, fields=("remote",)), river, framework(contradicted_by_drills()))
    assert not machine.verdict("f/c", "remote").met
    clean = River()
    clean.looks(10)
    clean.drill(host(1), passed=False)
    two = estate(10, fields=())
    assert not assessor(two, clean, framework(contradicted_by_drills())).verdict("f/c").met
