"""Reading below a root: bounded, and honest about what is missing and what is forbidden."""

import os

import pytest

from panshi.errors import PanshiError
from panshi.observe.this_machine.machine import Machine, day_number


def test_the_name_comes_from_the_kernel_then_from_etc(machine, tree):
    assert machine.host == "host:branch-07"
    (tree / "proc/sys/kernel/hostname").unlink()
    assert machine.hostname == "localhost"
    (tree / "etc/hostname").write_text("teller\n")
    assert machine.hostname == "teller"


def test_a_missing_file_and_a_pipe_are_errors_with_the_machine_s_own_path(machine, tree):
    os.mkfifo(tree / "etc/pipe")

    for name in ("/etc/none", "/etc/pipe"):
        with pytest.raises(PanshiError) as caught:
            machine.text(name)
        assert caught.value.place == name


def test_what_is_missing_is_not_there(machine):
    assert not machine.has("/etc/none")
    assert not machine.has("/etc/passwd/below")
    assert machine.has("/etc")


def test_a_folder_that_is_none_has_no_names(machine):
    assert machine.names("/etc/none") == ()
    assert machine.entries("/etc/passwd") == ()


def test_commands_are_not_run_for_a_foreign_root(machine):
    with pytest.raises(PanshiError, match="live system"):
        machine.run("/bin/true")


def test_a_command_that_fails_hangs_or_is_missing_says_so():
    machine = Machine(patience=0.2)

    assert machine.run("/bin/sh", "-c", "echo yes") == "yes\n"
    with pytest.raises(PanshiError, match="status 3: no"):
        machine.run("/bin/sh", "-c", "echo no >&2; exit 3")
    with pytest.raises(PanshiError, match=r"longer than 0\.2 s"):
        machine.run("/bin/sh", "-c", "sleep 5")
    with pytest.raises(PanshiError, match="cannot be run"):
        machine.run("/no/such/program")


def test_days_are_counted_from_1970():
    assert day_number("20000").isoformat() == "2024-10-04"
    assert day_number("") is None
    assert day_number("99999999999") is None
