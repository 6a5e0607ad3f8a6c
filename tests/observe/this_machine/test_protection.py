"""Protective agents: what runs counts, and a container cannot speak for its host."""

import pytest

from panshi.errors import PanshiError
from panshi.observe.this_machine import protection


def test_running_agents_are_told_and_nothing_is_assumed(only):
    body = only(protection.look).body

    assert body.malware_protection
    assert not body.detection_response
    assert not body.file_integrity
    assert body.changes_recorded
    assert not body.managed
    assert body.last_scan is None
    assert body.critical_open_days is None
    assert body.time_synchronised is None


def test_aide_counts_with_its_database_only(only, tree):
    status = tree / "var/lib/dpkg/status"
    status.write_text(
        status.read_text() + "\nPackage: aide\nStatus: install ok installed\nVersion: 0.18\n"
    )
    assert not only(protection.look).body.file_integrity

    (tree / "var/lib/aide").mkdir()
    (tree / "var/lib/aide/aide.db").write_text("")
    assert only(protection.look).body.file_integrity


def test_a_container_without_agents_is_a_failed_look(machine, tree, now):
    for number in (412, 413):
        (tree / f"proc/{number}/comm").write_text("sh\n")
    (tree / ".dockerenv").write_text("")

    with pytest.raises(PanshiError, match="container"):
        list(protection.look(machine, now))


def test_hidden_processes_are_a_failed_look(machine, tree, now):
    (tree / "proc/1/comm").unlink()

    with pytest.raises(PanshiError, match="hidden"):
        list(protection.look(machine, now))
