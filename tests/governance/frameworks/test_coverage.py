"""How each control is judged is counted from the content."""

from __future__ import annotations

from panshi.governance.frameworks.coverage import Count, coverage
from panshi.governance.frameworks.load import load_framework
from panshi.model.control import Basis
from panshi.store import library


def covered(name: str):
    source, raw = library.framework(name)
    return coverage(load_framework(raw, source=source))


def test_all_zero_trust_controls_are_judged_from_evidence():
    found = covered("zt36")
    assert found.count == Count(evidence=36)
    assert {group.id: group.count.total for group in found.groups} == {
        "identity": 7,
        "device": 7,
        "network": 7,
        "application": 7,
        "data": 8,
    }


def test_obligations_leave_out_definitions_and_permissions():
    # When the guideline is counted
    found = covered("emerging")
    # Then 188 of its 220 entries oblige, each judged, and at least 60 from evidence
    assert found.count.total == 220
    assert found.obligations.total == 188
    assert found.obligations.evidence >= 60
    assert found.obligations.evidence + found.obligations.attested == 188
    assert found.obligations.not_yet == found.obligations.not_judged == 0


def test_a_group_counts_what_lies_below_it():
    found = covered("blueprint")
    groups = {group.id: group for group in found.groups}
    below = [each for each in found.groups if each.parent == "protection"]
    assert groups["protection"].count.total == sum(each.count.total for each in below) == 11
    assert sum(found.count.of(basis) for basis in Basis) == found.count.total == 29


def test_an_entry_tells_what_it_is_judged_by():
    entries = {each.id: each for each in covered("zt36").entries}
    assert entries["5-4"].observation == "backup.status/1"
    assert entries["5-4"].contradicted_by == ("backup.restore_drill/1", "incident.finding/1")
    by_board = {each.id: each for each in covered("blueprint").entries}["BP-01"]
    assert by_board.countersigned
    assert "board_minutes" in by_board.attested_by
