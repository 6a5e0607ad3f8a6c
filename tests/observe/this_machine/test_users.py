"""Who may enter: the host's accounts as a whole, and each account's ways to sign in."""

import pytest

from panshi.errors import PanshiError
from panshi.model.observation import Outcome
from panshi.observe.this_machine import users


def test_the_host_s_accounts_and_rules_are_told(only):
    body = only(users.look).body

    assert body.superusers == ("root", "toor")
    assert body.login_accounts == ("root", "lin", "chen", "guest", "toor")
    assert (body.empty_passwords, body.duplicate_ids) == (1, 1)
    assert (body.sudo_rules, body.sudo_without_password) == (4, 1)


def test_without_shadow_the_look_fails_instead_of_finding_no_empty_password(machine, tree, now):
    (tree / "etc/shadow").unlink()
    (tree / "etc/shadow").mkdir()

    with pytest.raises(PanshiError, match="empty passwords cannot be told"):
        list(users.look(machine, now))
    outcomes = {each.outcome for each in users.look_at_authenticators(machine, now)}
    assert outcomes == {Outcome.FAILED}


def test_each_account_s_ways_to_sign_in_are_told(machine, now):
    bodies = {each.subject: each.body for each in users.look_at_authenticators(machine, now)}

    lin = bodies["account:lin@branch-07"]
    assert (lin.enabled, lin.factors, lin.authenticators) == (True, 1, ("password", "ssh-key"))
    chen = bodies["account:chen@branch-07"]
    assert (chen.enabled, chen.privileged) == (False, True)
    assert chen.authenticators == ("password",)
    guest = bodies["account:guest@branch-07"]
    assert (guest.enabled, guest.factors) == (True, 0)
    root = bodies["account:root@branch-07"]
    assert (root.enabled, root.privileged, root.factors) == (False, True, 0)
