"""Findings about offices are facts of the register on a day; they never void an appointment."""

from datetime import UTC, datetime

import pytest

from panshi.governance.accountability.office import load_offices
from panshi.governance.accountability.register import FindingCode, register
from panshi.governance.appointments import Appointments
from panshi.store import library
from tests.governance.test_appointments import appointed, proposed

OFFICES = load_offices(library.offices()[1], source="offices.yaml")
NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
SOUND = {
    "rank": "vice_president",
    "reports_to": "general_manager",
    "security_background": True,
    "training_hours": 20,
    "authority": "授權表",
    "budget_twd": 1,
    "staff": 1,
}


def findings(**terms):
    known = Appointments.of([appointed(**terms)], [proposed(**terms)])
    found = register(known, OFFICES, NOW)
    assert found.holders("ciso") == ("lin.yating",)
    return [each.code for each in found.standing("ciso").findings]


def test_a_sound_ciso_has_no_finding():
    assert findings(**SOUND) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rank": "manager"}, FindingCode.RANK_TOO_LOW),
        ({"rank": ""}, FindingCode.RANK_UNKNOWN),
        ({"reports_to": "cio"}, FindingCode.REPORTS_ELSEWHERE),
        ({"concurrent_posts": ("資訊長",)}, FindingCode.CONFLICTING_POST),
        ({"concurrent_posts": ("Head of IT Operations",)}, FindingCode.CONFLICTING_POST),
        ({"security_background": False}, FindingCode.NO_BACKGROUND),
        ({"training_hours": 3}, FindingCode.TRAINING_SHORT),
        ({"authority": ""}, FindingCode.NO_AUTHORITY),
        ({"staff": 0}, FindingCode.NO_RESOURCES),
    ],
)
def test_each_thing_missing_is_one_finding(change, code):
    assert findings(**SOUND | change) == [code]


def test_vacancies_are_found_and_conflicting_offices_of_one_person():
    other = {**SOUND, "office": "cio"}
    known = Appointments.of(
        [appointed(**SOUND), appointed(number=4, proposal=3, **other)],
        [proposed(**SOUND), proposed(number=3, **other)],
    )
    found = register(known, OFFICES, NOW)
    assert FindingCode.CONFLICTING_OFFICE in [e.code for e in found.standing("ciso").findings]
    assert FindingCode.VACANT in [e.code for e in found.standing("board_chair").findings]
    assert set(found.offices_of("lin.yating")) == {"ciso", "cio"}
    assert all(each.references for each in found.findings)
