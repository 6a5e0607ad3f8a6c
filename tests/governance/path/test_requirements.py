"""What a target asks for: corners are exactly where the statistics say that a control holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.governance.assessment.statistics import chance_at_least, needed, reaches
from panshi.governance.path.forecast import Base
from panshi.governance.path.requirements import corners, requirements
from panshi.governance.path.targets import target_of, targets_of
from tests.governance.assessment.worlds import (
    River,
    assessor,
    attested,
    clause,
    control,
    estate,
    framework,
    overlap,
)


@given(st.integers(1, 45), st.sampled_from((500, 900, 950, 980, 1000)), st.data())
def test_corners_are_where_the_statistics_say_it_holds(population, target, data):
    # Given a population with failing and unseen items
    failing = data.draw(st.integers(0, population))
    unseen = data.draw(st.integers(0, population - failing))
    base = Base(
        population=population,
        wanted=needed(population, target),
        passing=population - failing - unseen,
        failing=failing,
        unseen=unseen,
    )
    found = corners(base, 0.9)
    # Then below a corner, and only there, the probability reaches the confidence
    for dark in range(unseen + 1):
        for bad in range(failing + unseen - dark + 1):
            seen = population - dark
            holds = seen > 0 and reaches(
                chance_at_least(base.wanted, seen - bad, seen, population), 0.9
            )
            below = any(dark <= each.unseen and bad <= each.failing for each in found)
            assert holds == below, (dark, bad, found)


def asked(content, *others, river=None, target="", mappings=()):
    machine = assessor(estate(10), river or River(), content, *others, mappings=mappings)
    return requirements(machine.judge, machine.stages, content, target_of(content, target))


def test_a_stage_asks_for_lower_ones_and_for_the_gate():
    ladder = framework(
        control("1", stage=1), control("2", stage=2), control("3", stage=3), staged=True
    )
    law = framework(clause("1"), name="law")
    pairs = (overlap("f/3", "law/1"),)
    # Stage I has no gate; above it every clause of the pillar's controls counts
    first = asked(ladder, law, target="I", mappings=pairs)
    assert [each.key for each in first.demands] == ["f/1"]
    second = asked(ladder, law, target="II", mappings=pairs)
    assert [each.key for each in second.demands] == ["f/1", "f/2", "law/1"]
    assert [each.clause for each in second.demands] == [False, False, True]


def test_a_derived_control_asks_for_its_parts():
    content = framework(control("a"), attested("b"), control("w", made_of=("f/a", "f/b")))
    found = asked(content, target="all")
    assert [each.key for each in found.demands] == ["f/a", "f/b", "f/w"]
    assert [each.need.holds for each in found.demands] == [False, False, True]
    assert found.demands[1].need.flags == {"attestation"}


def test_an_open_contradiction_is_a_test_to_repeat():
    content = framework(control("a"))
    river = River()
    river.looks(10)
    river.incident("f/a")
    need = asked(content, river=river, target="all").demands[0].need
    assert need.flags == {"incident.finding/1"}
    assert not need.holds


def test_the_baseline_asks_for_binding_clauses_only():
    law = framework(clause("1"), control("2", framework="law"), name="law")
    assert targets_of(law) == ("baseline", "all")
    assert [each.key for each in asked(law, target="baseline").demands] == ["law/1"]


def test_an_unknown_target_says_which_there_are():
    with pytest.raises(UsageError, match="I, II, III, IV"):
        target_of(framework(control("1", stage=1), staged=True), "V")
