"""The packaged console policies give each role its duty and no more."""

import pytest

from panshi.node.authority import decided, permitted, roles_for
from panshi.protection.access.roles import ACTIONS, ROLE_NAMES, ROLES, Role

CHANGES = {"observer.run", "parameter.change", "account.manage"}


def test_nobody_without_a_role_sees_anything_but_their_account():
    allowed = {action for action in ACTIONS if decided((), action).allowed}
    assert allowed == {"account.self", "help.view"}


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
        assert decision.reasons == ("audit-changes-nothing",)


def test_every_action_has_someone_and_every_role_a_name():
    assert all(roles_for(action) for action in ACTIONS)
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize("role", [*ROLES, "nobody", ""])
def test_an_action_nobody_named_is_denied(role):
    assert not permitted(role, "evidence.erase-everything")


def test_administrators_keep_accounts_but_see_no_personal_data():
    assert permitted(Role.ADMINISTRATOR, "account.manage")
    assert not permitted(Role.ADMINISTRATOR, "evidence.personal")
