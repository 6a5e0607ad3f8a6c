"""A member is what its steps make of it: two people let it in, one ends it, nothing undoes that."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.alliance.members.folding import after, fold
from panshi.governance.persons import pair_defect
from panshi.model.alliance.member import KeyState, MemberState
from panshi.model.bodies.hub_members import (
    HubKeyRevocation,
    HubMemberConsent,
    HubMemberStanding,
    HubMemberTerms,
    Standing,
)
from tests.alliance.members.members_at_hand import (
    NOW,
    active,
    decision,
    invitation,
    name_of,
    private,
    register_of,
    shown,
    step,
)

LATER = NOW + timedelta(hours=1)


def of(register):
    return register.members["bank-017"]


def flaw(register):
    return register.steps[-1].flaw


def stand(standing, by="lin"):
    return HubMemberStanding(standing=standing, by=by, why="because")


def test_a_member_is_active_once_another_person_let_its_key_in():
    # Given an invitation and a key
    register = register_of(invitation(by="chen"), shown(private()))
    assert of(register).state is MemberState.WAITING
    assert not of(register).keys_in_force(LATER)
    # When another person decides
    register = active()
    # Then it is heard, by that key
    assert of(register).heard
    assert [each.id for each in of(register).keys_in_force(LATER)] == [name_of(private())]


@pytest.mark.parametrize("by", ["chen", "Chen", "ｃｈｅｎ", "c hen", "сhen", ""])
def test_who_invites_does_not_let_in(by):
    register = register_of(invitation(by="chen"), shown(private()), decision(by=by))
    assert of(register).state is MemberState.WAITING
    assert "invites" in flaw(register)


def test_a_refused_key_is_never_heard_and_the_member_is_invited_anew():
    register = register_of(invitation(), shown(private()), decision(approved=False), decision())
    assert of(register).state is MemberState.INVITED
    assert of(register).keys[0].state(LATER) is KeyState.REFUSED
    assert flaw(register)


def test_a_code_counts_once():
    register = register_of(invitation(), shown(private(1)), shown(private(2)))
    assert "used" in flaw(register)
    assert len(of(register).keys) == 1


def test_a_key_belongs_to_nobody_else():
    # Given a member with a key
    register = active()
    # When another member shows the same key
    register = after(register, step(4, invitation(), "bank-018"), two_people=pair_defect)
    shown_again = step(5, shown(private(), "step-4"), "bank-018")
    register = after(register, shown_again, two_people=pair_defect)
    # Then it counts for nothing
    assert "before" in flaw(register)
    assert register.holder(name_of(private()))[0].id == "bank-017"


def test_both_keys_are_heard_until_the_overlap_ends():
    until = NOW + timedelta(days=7)
    register = active(shown(private(2), follows=name_of(private()), until=until))
    member = of(register)
    assert len(member.keys_in_force(LATER)) == 2
    assert member.keys[0].state(LATER) is KeyState.OVERLAPPING
    assert [each.id for each in member.keys_in_force(until)] == [name_of(private(2))]
    assert member.keys[0].state(until) is KeyState.ENDED


def test_a_key_that_is_not_in_force_signs_for_none():
    revoked = HubKeyRevocation(key=name_of(private()), by="lin", why="lost")
    register = active(revoked, shown(private(2), follows=name_of(private())))
    assert "in force" in flaw(register)
    assert not of(register).keys_in_force(LATER)


def test_an_overlap_is_not_for_ever():
    register = active(shown(private(2), follows=name_of(private()), until=NOW + timedelta(days=31)))
    assert "overlap" in flaw(register)


def test_a_lost_key_is_replaced_by_a_new_invitation_and_two_people():
    revoked = HubKeyRevocation(key=name_of(private()), by="lin", why="lost")
    register = active(revoked, invitation(by="wu"), shown(private(2), "step-5"), decision("step-6"))
    assert of(register).heard
    assert [each.id for each in of(register).keys_in_force(LATER)] == [name_of(private(2))]


def test_who_suspends_does_not_resume():
    register = active(stand(Standing.SUSPEND, "lin"), stand(Standing.RESUME, "lin"))
    assert of(register).state is MemberState.SUSPENDED
    register = active(stand(Standing.SUSPEND, "lin"), stand(Standing.RESUME, "chen"))
    assert of(register).heard


def test_a_revoked_member_is_revoked_for_good():
    register = active(stand(Standing.REVOKE), invitation(), stand(Standing.RESUME, "wu"))
    assert of(register).state is MemberState.REVOKED
    assert all(each.state(LATER) is KeyState.REVOKED for each in of(register).keys)
    assert flaw(register)


def test_an_erased_step_counts_for_nothing():
    register = active(None)
    assert of(register).heard
    assert "erased" in flaw(register)


def test_an_invitation_that_is_too_old_opens_nothing():
    late = step(2, shown(private()), at=NOW + timedelta(days=15))
    register = fold([step(1, invitation()), late], two_people=pair_defect)
    assert "expired" in flaw(register)


PEOPLE = st.sampled_from(("chen", "lin", "wu"))
KEYS = st.sampled_from(("k1", "k2", "k3", "k4"))
IDS = st.sampled_from([f"step-{number}" for number in range(1, 12)])
TERMS = HubMemberTerms(
    communities=("a",),
    requests_per_second=1,
    bytes_per_minute=1,
    body_bytes=1,
    batch=1,
    at_once=1,
    set_by="lin",
)
BODIES = st.one_of(
    PEOPLE.map(invitation),
    st.tuples(KEYS, IDS).map(lambda each: shown(*each)),
    st.tuples(KEYS, KEYS).map(lambda each: shown(each[0], follows=each[1])),
    st.tuples(IDS, PEOPLE, st.booleans()).map(
        lambda each: decision(each[0], each[1], approved=each[2])
    ),
    st.tuples(st.sampled_from(Standing), PEOPLE).map(lambda each: stand(*each)),
    KEYS.map(lambda key: HubKeyRevocation(key=key, by="lin", why="x")),
    st.just(TERMS),
    st.booleans().map(lambda granted: HubMemberConsent(granted=granted, key="k1")),
    st.none(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(BODIES, max_size=12))
def test_whatever_comes_nobody_is_heard_whom_two_people_did_not_let_in(bodies):
    register = register_of(*bodies)
    seen_revoked = set()
    for count in range(len(bodies) + 1):
        so_far = register_of(*bodies[:count]).members.get("bank-017")
        gone = {
            each.id
            for each in (so_far.keys if so_far else ())
            if each.state(LATER) is KeyState.REVOKED
        }
        assert seen_revoked <= gone
        seen_revoked = gone
    member = register.members.get("bank-017")
    if member is not None and member.heard:
        assert member.approved_by
    if member is not None and member.keys_in_force(LATER):
        assert any(
            not step.flaw and getattr(step.body, "approved", False) for step in register.steps
        )
    if member is not None and member.state is MemberState.REVOKED:
        assert not member.keys_in_force(LATER)
