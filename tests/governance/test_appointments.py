"""No one person can appoint anybody, by whatever records they manage to put into the log."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.appointments import (
    APPOINTMENT_KIND,
    OPEN_DAYS,
    PROPOSAL_KIND,
    Appointments,
)
from panshi.model.bodies.offices import Appointment, AppointmentProposal
from panshi.model.observation import Observation, ObservationId, Sealed

THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)
TERMS = {"person": "lin.yating", "office": "ciso", "since": date(2026, 3, 2)}


def sealed(number, body, at=THEN):
    kind = PROPOSAL_KIND if isinstance(body, AppointmentProposal) else APPOINTMENT_KIND
    return Sealed(
        id=ObservationId(f"{number:032x}"),
        position=number,
        received_at=at,
        observation=Observation(
            kind=kind, subject="institution:x", observed_at=at, collector="t", body=body
        ),
    )


def proposed(number=1, by="he.peishan", at=THEN, **more):
    return sealed(number, AppointmentProposal(**TERMS | more, appointed_by=by, seconded_by=""), at)


def appointed(number=2, by="he.peishan", second="xu.wenbin", at=THEN, proposal=1, **more):
    body = Appointment(
        **TERMS | more, appointed_by=by, seconded_by=second, proposal=f"{proposal:032x}"
    )
    return sealed(number, body, at)


def test_what_two_people_made_stands_from_then_on():
    known = Appointments.of([appointed(at=THEN + timedelta(days=1))], [proposed()])
    assert known.holders("ciso", THEN + timedelta(days=1)) == ("lin.yating",)
    assert known.holds("lin.yating", "ciso", THEN + timedelta(days=400))
    # It counts from when it was received, not from the day it claims.
    assert not known.holders("ciso", THEN)
    assert known.waiting(THEN)
    assert not known.waiting(THEN + timedelta(days=1))


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (appointed(second="he.peishan"), "the same person"),
        (appointed(second="He Peishan"), "the same person"),
        (appointed(second="lin.yating"), "the appointed seconds"),
        (appointed(by="lin.yating"), "the appointed and who appoints"),
        (appointed(by="mallory"), "says something else"),
        (appointed(proposal=9), "nobody proposed it"),
        (appointed(office="board_chair"), "says something else"),
        (appointed(since=date(2020, 1, 1)), "says something else"),
        (appointed(at=THEN - timedelta(days=1)), "nobody proposed it"),
        (appointed(at=THEN + timedelta(days=OPEN_DAYS)), "more than"),
        (appointed(second=""), "nobody is named"),
    ],
)
def test_a_record_that_breaks_a_rule_counts_for_nothing(record, told):
    known = Appointments.of([record], [proposed()])
    assert told in known.made[0].void
    assert not known.holders("ciso", THEN + timedelta(days=365))


def test_a_void_record_leaves_what_stood_before_it():
    forged = appointed(
        number=3, second="he.peishan", at=THEN + timedelta(days=2), until=date(2026, 3, 3)
    )
    known = Appointments.of([appointed(), forged], [proposed()])
    assert known.holders("ciso", THEN + timedelta(days=30)) == ("lin.yating",)


def test_an_office_is_held_until_the_day_it_ends():
    ends = date(2026, 4, 1)
    records = [appointed(), appointed(number=4, proposal=3, until=ends)]
    known = Appointments.of(records, [proposed(), proposed(number=3, until=ends)])
    assert known.holders("ciso", datetime(2026, 3, 31, 15, tzinfo=UTC))
    assert not known.holders(
        "ciso", datetime(2026, 3, 31, 16, tzinfo=UTC)
    )  # Taipei's first of April


NAMES = ("ana", "Ana", "bo", "cy", "", "token:x", "аna")


@given(st.lists(st.tuples(*[st.sampled_from(NAMES)] * 3, st.integers(1, 4)), max_size=12))
def test_nobody_ever_holds_an_office_by_less_than_two_others(records):
    """Whatever is appended: each holder was appointed by two people, neither of them the holder."""
    proposals = [proposed(number=n, by=by, person="ana") for n, by in enumerate(NAMES, 1)]
    made = [
        appointed(number=20 + n, by=by, second=second, proposal=proposal, person=person)
        for n, (person, by, second, proposal) in enumerate(records)
    ]
    known = Appointments.of(made, proposals)
    for each in known.held(THEN + timedelta(days=9)):
        people = {name.casefold() for name in (each.terms.person, each.terms.appointed_by)}
        people.add(each.terms.seconded_by.casefold())
        assert len(people) == 3
        assert "" not in people
        assert replace(each.terms, seconded_by="", proposal="") in [
            replace(Appointment(**_plain(p)), seconded_by="", proposal="") for p in proposals
        ]


def _plain(each):
    body = each.observation.body
    return {name: getattr(body, name) for name in Appointment.__dataclass_fields__}
