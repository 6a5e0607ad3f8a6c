"""One evidence, many clauses."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.norms.burden import Burden, Served, burden, next_best
from panshi.node.library import Library

FRAMEWORKS = Library().frameworks


def test_every_judged_clause_is_counted_under_each_kind_it_needs():
    found = burden([FRAMEWORKS["emerging"]])
    controls = FRAMEWORKS["emerging"].controls
    asked = [each for each in controls if each.check or each.attesting]
    assert found.clauses == len(asked)
    for served in found.served:
        assert len(served.clauses) == len(set(served.clauses))
    assert sum(len(each.clauses) for each in found.served) == sum(
        1 if each.check else len(each.attesting.evidence) for each in asked
    )


def test_one_kind_serves_several_frameworks():
    found = burden(FRAMEWORKS.values())
    assert any(len(each.frameworks) > 1 for each in found.served)
    counts = [len(each.clauses) for each in found.served]
    assert counts == sorted(counts, reverse=True)


def served(name, clauses):
    return Served(evidence=name, document=False, clauses=tuple(clauses), binding=0)


made = st.dictionaries(
    st.sampled_from("abcdef"), st.sets(st.integers(1, 9), min_size=1), min_size=1
).map(
    lambda kinds: Burden(
        served=tuple(served(name, sorted(map(str, items))) for name, items in kinds.items()),
        clauses=len(set().union(*kinds.values())),
        without=(),
    )
)


@given(made)
def test_the_steps_cover_everything_and_each_adds_no_more_than_the_one_before(found):
    steps = next_best(found, ())
    gains = [len(step.adds) for step in steps]
    assert gains == sorted(gains, reverse=True)
    assert steps[-1].covered == found.clauses
    assert sum(gains) == found.clauses


@given(made)
def test_the_first_steps_are_near_the_best_there_is(found):
    steps = next_best(found, ())
    two = steps[min(1, len(steps) - 1)].covered
    best = max(
        len({clause for each in chosen for clause in each.clauses})
        for chosen in combinations(found.served, min(2, len(found.served)))
    )
    assert two >= 0.63 * best


def test_what_is_connected_is_not_asked_for_again():
    found = burden([FRAMEWORKS["zt36"]])
    names = [each.evidence for each in found.served]
    assert next_best(found, names) == ()
    assert {step.evidence for step in next_best(found, names[1:])} <= {names[0]}
