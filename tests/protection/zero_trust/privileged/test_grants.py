"""A grant lets in one person, to one system, for a while, after another person approved it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.persons import pair_defect
from panshi.model.bodies.privileged import PrivilegedDecision, PrivilegedEnd, PrivilegedRequest
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.protection.zero_trust.privileged.grants import (
    GRANT_WORDS,
    GrantState,
    fold,
    in_force,
    request_defect,
)

T0 = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def asked(**changes):
    parts = {
        "requested_by": "amy", "for_person": "amy", "system": "system:core", "ways": ("shell",),
        "begins": T0, "ends": T0 + 2 * HOUR, "ticket": "CHG-1", "why": "patch",
    }  # fmt: skip
    return PrivilegedRequest(**(parts | changes))


def sealed(position, body, at=T0, number="PG-2026-001"):
    made = Observation(
        kind="x/1", subject="institution:x", facet=number, observed_at=at, collector="t", body=body
    )
    name = ObservationId(f"{position:032x}")
    return Sealed(id=name, position=position, received_at=at, observation=made)


REQUEST = sealed(1, asked())


def decision(by="bob", *, approved=True, position=2, at=T0, request=REQUEST.id):
    body = PrivilegedDecision(request=request, decided_by=by, approved=approved)
    return sealed(position, body, at)


def end(by="bob", *, at=T0 + HOUR, position=3):
    body = PrivilegedEnd(request=REQUEST.id, ended_by=by, why="incident")
    return sealed(position, body, at)


def only(*steps):
    (grant,) = fold(steps, two_people=pair_defect)
    return grant


def lets_in(grants, at, **changes):
    wanted = {"person": "amy", "system": "system:core", "way": "shell"} | changes
    return in_force(grants, at=at, **wanted) is not None


def test_a_grant_goes_from_request_to_its_end():
    assert only(REQUEST).state(T0) is GrantState.REQUESTED
    grant = only(REQUEST, decision())
    assert grant.state(T0 - HOUR) is GrantState.APPROVED
    assert grant.state(T0 + HOUR) is GrantState.IN_FORCE
    assert grant.state(T0 + 2 * HOUR) is GrantState.ENDED


@pytest.mark.parametrize("approver", ["amy", "AMY", "a m y", "\u0430my", ""])
def test_whoever_asks_does_not_approve_under_any_spelling(approver):
    grant = only(REQUEST, decision(approver))

    assert grant.state(T0) is GrantState.REQUESTED
    assert "does not approve" in grant.flaws[0]


def test_neither_who_asked_nor_who_uses_approves():
    request = sealed(1, asked(requested_by="cho"))

    for approver in ("amy", "cho"):
        assert only(request, decision(approver)).state(T0) is GrantState.REQUESTED
    assert only(request, decision("bob")).state(T0) is GrantState.IN_FORCE


def test_it_lets_in_nobody_else_nowhere_else_and_no_other_way():
    grants = fold((REQUEST, decision()), two_people=pair_defect)

    assert lets_in(grants, T0 + HOUR)
    assert not lets_in(grants, T0 + HOUR, person="bob")
    assert not lets_in(grants, T0 + HOUR, person="Amy")
    assert not lets_in(grants, T0 + HOUR, system="system:other")
    assert not lets_in(grants, T0 + HOUR, way="sftp")


def test_taking_it_back_holds_from_that_moment():
    grants = fold((REQUEST, decision(), end()), two_people=pair_defect)

    assert lets_in(grants, T0 + HOUR - timedelta(seconds=1))
    assert not lets_in(grants, T0 + HOUR)
    assert grants[0].state(T0 + HOUR) is GrantState.REVOKED


def test_a_refusal_and_silence_let_nobody_in():
    assert only(REQUEST, decision(approved=False)).state(T0) is GrantState.REFUSED
    assert only(REQUEST).state(T0 + 2 * HOUR) is GrantState.LAPSED
    late = only(REQUEST, decision(at=T0 + 3 * HOUR))
    assert late.state(T0 + 3 * HOUR) is GrantState.LAPSED
    assert late.flaws


def test_a_decision_on_another_request_counts_for_nothing():
    assert only(REQUEST, decision(request="other")).state(T0) is GrantState.REQUESTED


def test_a_request_sealed_again_under_its_number_changes_nothing():
    wider = sealed(3, asked(system="system:everything"))

    assert only(REQUEST, decision(), wider).asked.system == "system:core"


@pytest.mark.parametrize(
    "changes",
    [
        {"ways": ()},
        {"ways": ("root",)},
        {"ticket": " "},
        {"why": ""},
        {"system": ""},
        {"ends": T0},
        {"ends": T0 + 13 * HOUR},
        {"begins": T0 + timedelta(days=8), "ends": T0 + timedelta(days=8, hours=1)},
    ],
)
def test_a_request_without_bounds_does_not_stand(changes):
    assert request_defect(asked(**changes), T0)
    assert not fold((sealed(1, asked(**changes)),), two_people=pair_defect)


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["approve", "refuse", "end"]),
            st.sampled_from(["amy", "bob", "cho"]),
            st.integers(0, 5),
        ),
        max_size=6,
    ),
    at=st.integers(0, 6),
)
def test_in_force_only_between_an_approval_by_another_and_the_first_end(steps, at):
    made, moment = [REQUEST], T0 + at * HOUR / 2
    for number, (what, who, hours) in enumerate(sorted(steps, key=lambda each: each[2]), 2):
        when = T0 + hours * HOUR / 2
        step = end(who, at=when, position=number)
        if what != "end":
            step = decision(who, approved=what == "approve", at=when, position=number)
        made.append(step)

    grants = fold(made, two_people=pair_defect)

    if lets_in(grants, moment):
        decided = [each for each in made[1:] if each.observation.observed_at <= moment]
        assert grants[0].approved_by in {"bob", "cho"}
        assert not any(isinstance(each.observation.body, PrivilegedEnd) for each in decided[:0])
        assert T0 <= moment < T0 + 2 * HOUR


def test_every_state_has_its_words():
    assert set(GRANT_WORDS) == set(GrantState)
