"""Sudo rules: includes, aliases, continued lines, comments, tags and defaults."""

import pytest

from panshi.errors import PanshiError
from panshi.observe.this_machine.sudoers import sudo_rules


def test_rules_are_counted_across_includes_and_leftovers_are_passed_over(machine):
    rules = sudo_rules(machine)

    assert rules.rules == 4
    assert rules.without_password == 1
    assert rules.users == {"root", "%sudo", "OPS", "#1000"}


def test_root_without_a_password_is_not_counted(machine, tree):
    (tree / "etc/sudoers").write_text("root ALL=(ALL) NOPASSWD: ALL\n")

    assert sudo_rules(machine).without_password == 0


@pytest.mark.parametrize(
    ("text", "without_password"),
    [
        ("Defaults !authenticate\nlin ALL = ALL\n", 1),
        ("Defaults env_reset, !authenticate\nlin ALL = ALL\nchen ALL = ALL\n", 2),
        ("Defaults:lin !authenticate\nlin ALL = ALL\n", 1),
        ("lin, chen ALL = (ALL) NOPASSWD : ALL\n", 1),
        ("lin ALL = PASSWD: ALL\n", 0),
    ],
)
def test_a_password_may_be_waived_in_several_ways(machine, tree, text, without_password):
    (tree / "etc/sudoers").write_text(text)

    assert sudo_rules(machine).without_password == without_password


def test_without_sudo_there_are_no_rules(machine, tree):
    (tree / "etc/sudoers").unlink()

    assert sudo_rules(machine).rules == 0


def test_unreadable_rules_are_an_error_and_not_no_rules(machine, tree):
    (tree / "etc/sudoers").unlink()
    (tree / "etc/sudoers").mkdir()

    with pytest.raises(PanshiError):
        sudo_rules(machine)


def test_files_that_include_each_other_end(machine, tree):
    (tree / "etc/sudoers").write_text("#include /etc/sudoers\n")

    with pytest.raises(PanshiError, match="files are included"):
        sudo_rules(machine)
