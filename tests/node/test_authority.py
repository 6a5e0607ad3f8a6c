"""The packaged console policies give each role its duty and no more."""

from datetime import UTC, datetime

import pytest

from panshi.node.authority import decided, permitted, roles_for, token_permitted
from panshi.node.tokens import Token
from panshi.protection.access.roles import ACTIONS, ROLE_NAMES, ROLES, Role

READING = {
    "attestation.reexamine",
    "evidence.personal",
    "log.verify",
    "soc.report",
    "taxii.read",
}
"What audit does too: a re-examination finds, it changes nothing that was attested."
CHANGES = {
    action
    for action in ACTIONS
    if not action.endswith((".view", ".self")) and action not in READING
}


def test_nobody_without_a_role_sees_anything_but_their_account():
    allowed = {action for action in ACTIONS if decided((), action).allowed}
    assert allowed == {"account.self", "help.view", "home.view"} & set(ACTIONS)


def test_someone_not_signed_in_may_do_nothing():
    assert not any(decided((), action, signed_in=False).allowed for action in ACTIONS)


def test_internal_audit_reads_all_and_changes_nothing():
    allowed = {action for action in ACTIONS if permitted(Role.INTERNAL_AUDIT, action)}
    assert allowed == set(ACTIONS) - CHANGES


def test_internal_audit_changes_nothing_even_with_a_second_role():
    # Given an auditor who also holds every other role
    # When they ask for a change, the forbid decides
    for action in CHANGES:
        decision = decided(tuple(ROLES), action)
        assert not decision.allowed
        assert "audit-changes-nothing" in decision.reasons


def test_every_action_has_someone_and_every_role_a_name():
    assert all(roles_for(action) for action in ACTIONS)
    assert set(ROLE_NAMES) == set(Role)


EVERYBODY = tuple(role for role in ROLES if role is not Role.INTERNAL_AUDIT)
DECISIONS = {
    action for action in ACTIONS if not decided(EVERYBODY, action, in_person=False).allowed
}


def token(role, *scopes, person=""):
    moment = datetime(2026, 9, 30, tzinfo=UTC)
    return Token(
        name="t", role=role, sha256="", created=moment, expires=moment, scopes=scopes, person=person
    )


def test_what_takes_a_person_is_written_down():
    assert {
        "parameter.change",
        "account.manage",
        "token.manage",
        "not_applicable.sign",
    } <= DECISIONS
    assert not any(action.endswith(".view") for action in DECISIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_token_never_does_more_than_its_role(role):
    # Given tokens of a service and of a person, whole and with every action as a scope
    tokens = [
        token(role),
        token(role, *ACTIONS),
        token(role, person="a"),
        token(role, *ACTIONS, person="a"),
    ]
    # Then none does what a person with the role may not
    for each in tokens:
        assert all(permitted(role, action) for action in ACTIONS if token_permitted(each, action))


def test_a_scope_narrows_and_does_not_widen():
    narrow = token(Role.ANALYST, "evidence.view", "account.manage")
    assert {a for a in ACTIONS if token_permitted(narrow, a)} == {"evidence.view"}


def test_a_service_decides_nothing_in_person():
    for role in ROLES:
        for each in (token(role), token(role, *ACTIONS)):
            assert not any(token_permitted(each, action) for action in DECISIONS)


def test_a_person_s_token_decides_only_what_its_scopes_name():
    assert not token_permitted(token(Role.APPROVER, person="ana"), "parameter.change")
    named = token(Role.APPROVER, "parameter.change", person="ana")
    assert token_permitted(named, "parameter.change")


def test_what_is_forbidden_to_the_person_is_forbidden_to_their_token():
    # Given an auditor who is CISO too, and a token with the role CISO
    named = token(Role.CISO, "parameter.change", person="ana")
    # Then the auditor's duty to change nothing holds for it
    assert not token_permitted(named, "parameter.change", (Role.CISO, Role.INTERNAL_AUDIT))
    assert token_permitted(named, "parameter.change", (Role.CISO,))


@pytest.mark.parametrize("role", [*ROLES, "nobody", ""])
def test_an_action_nobody_named_is_denied(role):
    assert not permitted(role, "evidence.erase-everything")


def test_administrators_keep_accounts_but_see_no_personal_data():
    assert permitted(Role.ADMINISTRATOR, "account.manage")
    assert not permitted(Role.ADMINISTRATOR, "evidence.personal")
