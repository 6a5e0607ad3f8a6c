"""Erasing the body of a look or of a test raises no grade, alone or together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.control import Across, Contradiction
from panshi.model.observation import Outcome
from panshi.model.predicate import Comparison, Condition
from panshi.model.verdict import Status
from tests.governance.assessment.worlds import (
    CHECK,
    DRILL,
    River,
    assessor,
    attested,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
)

EXERCISE = "exercise.result/1"
OUTAGE = Condition(field="scenario", comparison=Comparison.IS, value="outage")
NARROW = Contradiction(observation=EXERCISE, when=OUTAGE)
ABOUT = Condition(field="malware_protection", comparison=Comparison.IS, value=False)
CONTENT = framework(
    contradicted_by_drills(),
    control("any", check=replace(CHECK, across=Across.ANY)),
    control("about", check=replace(CHECK, about=ABOUT)),
    control("narrow", contradicted_by=(NARROW,)),
    attested(contradicted_by=(Contradiction(observation=DRILL), NARROW)),
    control("d", made_of=("f/c", "f/a")),
)


def erased(sealed):
    """Give what the log holds of an observation after its body was erased."""
    seen = replace(sealed.observation)
    object.__setattr__(seen, "body", None)
    return replace(sealed, observation=seen, erased=True)


def verdicts(river_or_list):
    return assessor(estate(4), river_or_list, CONTENT).assess("f").verdicts


@pytest.mark.parametrize("subject", [host(1), "system:core", "institution:bank"])
def test_a_failing_drill_still_lowers(subject):
    river = River()
    river.looks(4)
    river.attestation()
    failed = river.drill(subject, passed=False)
    for evidence in (river.sealed, [*river.without(failed), erased(failed)]):
        found = {each.control: each.status for each in verdicts(evidence)}
        assert found["f/c"] is found["f/a"] is found["f/d"] is Status.NOT_MET


def test_a_failing_exercise_of_one_scenario_still_lowers():
    # Given a control that only exercises of an outage speak of.
    river = River()
    river.looks(4)
    failed = river.exercise(host(1), passed=False, scenario="outage")
    evidence = [*river.without(failed), erased(failed)]
    # Then an erased exercise, of whatever it was, speaks of it and did not pass.
    found = {each.control: each.status for each in verdicts(evidence)}
    assert found["f/narrow"] is Status.NOT_MET


def test_a_failing_look_still_fails():
    river = River()
    river.looks(3)
    failed = river.look(3, passes=False)
    river.look(3, passes=False, facet="x")
    before = verdicts(river)
    after = verdicts([*river.without(failed), erased(failed)])
    assert [each.tally for each in after] == [each.tally for each in before]


def test_a_pass_that_lifted_lifts_no_more():
    river = River()
    river.looks(4)
    river.drill(host(1), passed=False, days_ago=5)
    lifted = river.drill(host(1), passed=True, days_ago=2)
    assert verdicts(river)[0].status is Status.MET
    assert verdicts([*river.without(lifted), erased(lifted)])[0].status is Status.NOT_MET


made = st.lists(
    st.one_of(
        st.tuples(
            st.just("look"),
            st.integers(0, 3),
            st.booleans(),
            st.integers(0, 40),
            st.sampled_from(["", "x"]),
        ),
        st.tuples(
            st.just("drill"),
            st.sampled_from([host(0), host(1), "system:core", "institution:bank"]),
            st.booleans(),
            st.integers(0, 40),
            st.just(""),
        ),
        st.tuples(
            st.just("exercise"),
            st.sampled_from([host(0), "institution:bank"]),
            st.booleans(),
            st.integers(0, 40),
            st.sampled_from(["outage", "phish"]),
        ),
        st.tuples(
            st.just("absent"), st.integers(0, 3), st.booleans(), st.integers(0, 40), st.just("")
        ),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(made, st.data())
def test_erasing_never_raises(steps, data):
    # Given any looks and tests, and an attestation.
    river = River()
    river.attestation()
    for what, where, passed, age, name in steps:
        match what:
            case "look":
                river.look(where, passes=passed, days_ago=age, facet=name)
            case "drill":
                river.drill(where, passed=passed, days_ago=age)
            case "exercise":
                river.exercise(where, passed=passed, scenario=name, days_ago=age)
            case _:
                kind = CHECK.observation
                river.add(kind, None, host(where), days_ago=age, outcome=Outcome.ABSENT)
    # When any of their bodies are erased.
    bodies = [each for each in river.sealed[1:] if each.observation.body is not None]
    gone = data.draw(st.sets(st.sampled_from(range(len(bodies))))) if bodies else set()
    ids = {bodies[number].id for number in gone}
    after = verdicts([erased(each) if each.id in ids else each for each in river.sealed])
    # Then no control is better off.
    for one, other in zip(verdicts(river), after, strict=True):
        assert other.met <= one.met, one.control
        assert other.met_without_exceptions <= one.met_without_exceptions
        assert other.tally.passing <= one.tally.passing
        if one.basis.value == "evidence":
            assert (other.evidenced or 0.0) <= (one.evidenced or 0.0)
            assert (other.probability or 0.0) <= (one.probability or 0.0) + 1e-9
            assert (other.possible or 0.0) <= (one.possible or 0.0)
