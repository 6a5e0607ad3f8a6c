"""A pair becomes a mapping by people only."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.norms.confirming import Decision, PairState, defect, standing
from panshi.model.bodies.norms import MappingDecision
from panshi.model.control import MappingRelation

EQUAL, SUBSET = MappingRelation.EQUAL.value, MappingRelation.SUBSET.value


def said(by, decision="confirmed", relation=EQUAL, reason="read both", proposed="", version="1"):
    return MappingDecision(
        first_norm="a",
        first_version=version,
        first_clause="1",
        second_norm="b",
        second_version="1",
        second_clause="2",
        judgement=decision,
        relation=relation,
        reason=reason,
        judged_by=by,
        proposed_relation=proposed,
    )


def test_one_person_confirms_what_does_not_bind():
    found = standing([said("amy")], binding=False)
    assert found.state is PairState.CONFIRMED
    assert found.by == ("amy",)


def test_equal_on_a_binding_clause_takes_two():
    assert standing([said("amy")], binding=True).state is PairState.AWAITING
    both = standing([said("amy"), said("bob")], binding=True)
    assert both.state is PairState.CONFIRMED
    assert both.by == ("amy", "bob")


def test_the_same_person_twice_is_one():
    for again in ("amy", "Amy ", "ａｍｙ"):
        assert standing([said("amy"), said(again)], binding=True).state is PairState.AWAITING


def test_a_second_person_must_say_the_same():
    other = [said("amy"), said("bob", relation=SUBSET)]
    assert standing(other, binding=True).state is PairState.CONFIRMED
    assert standing([*other, said("cho")], binding=True).state is PairState.AWAITING
    between = [said("amy"), said("bob", "rejected"), said("cho")]
    assert standing(between, binding=True).state is PairState.AWAITING


def test_the_second_must_have_read_the_same_version():
    changed = [said("amy"), said("bob", version="2")]
    assert standing(changed, binding=True).state is PairState.AWAITING


def test_a_narrower_relation_needs_one_person():
    assert standing([said("amy", relation=SUBSET)], binding=True).state is PairState.CONFIRMED


def test_what_was_said_can_be_taken_back():
    found = standing([said("amy"), said("amy", "withdrawn")], binding=False)
    assert found.state is PairState.CANDIDATE
    assert standing([said("amy"), said("bob", "rejected")], binding=False).state is (
        PairState.REJECTED
    )


def test_without_a_reason_nothing_was_said():
    assert standing([said("amy", reason=" ")], binding=False).state is PairState.CANDIDATE


def test_another_relation_than_proposed_is_marked():
    assert standing([said("amy", proposed=SUBSET)], binding=False).changed
    assert not standing([said("amy", proposed=EQUAL)], binding=False).changed


def test_records_that_make_no_sense_have_no_effect():
    assert defect(said("amy", "approved"))
    assert defect(said("amy", relation="same-as"))
    assert defect(said(""))
    assert defect(said("amy", relation=MappingRelation.NONE.value))
    assert not defect(said("amy", "rejected", relation=MappingRelation.NONE.value))


events = st.lists(
    st.builds(
        said,
        st.sampled_from(["amy", "bob", "AMY", ""]),
        st.sampled_from([*map(str, Decision), "nonsense"]),
        st.sampled_from([EQUAL, SUBSET, MappingRelation.NONE.value]),
        st.sampled_from(["because", ""]),
    ),
    max_size=6,
)


@given(events)
def test_equal_on_a_binding_clause_never_stands_on_one_person(made):
    found = standing(made, binding=True)
    if found.state is PairState.CONFIRMED and found.relation is MappingRelation.EQUAL:
        assert len({name.casefold() for name in found.by}) == 2
        newest = [event for event in made if not defect(event)][-1]
        assert newest.judgement == Decision.CONFIRMED
