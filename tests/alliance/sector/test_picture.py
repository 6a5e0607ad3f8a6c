"""The sector's picture: figures of a period from what may be told."""

from datetime import UTC, datetime, timedelta

import pytest

from panshi.alliance.sector.picture import FEWEST, picture
from panshi.alliance.sector.told import Told, ToldCampaign, ToldTicket, ToldWarning

BEGINS = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = timedelta(days=7)


def ticket(key, reporter="a", *, after=timedelta(hours=1), **given):
    return ToldTicket(
        key=str(key),
        reporter=reporter,
        reported_at=BEGINS + after,
        **{"sector": "banking", "severity": "high", "category": "intrusions"} | given,
    )


def campaign(name, first, last, reporters=("a",)):
    return ToldCampaign(
        id=name,
        name=name,
        first_at=BEGINS + first,
        last_at=BEGINS + last,
        tickets=len(reporters),
        reporters=frozenset(reporters),
        sectors=("banking",),
        severity="high",
        category="intrusions",
    )


def seen(*tickets, **more):
    return picture(Told(tickets=tickets, campaigns=(), **more), BEGINS, BEGINS + WEEK)


def test_a_ticket_belongs_to_the_period_in_which_it_was_reported():
    # Given tickets at the first instant, at the excluded end, and in the week before
    told = seen(
        ticket(1, after=timedelta(0)),
        ticket(2, after=WEEK),
        ticket(3, after=-WEEK),
        ticket(4, after=-WEEK - timedelta(seconds=1)),
    )
    # Then each counts once, in its own period
    assert (told.tickets, told.tickets_before) == (1, 1)


def test_members_are_counted_once_however_much_they_send():
    told = seen(ticket(1), ticket(2), ticket(3, "b"))
    assert (told.tickets, told.reporters) == (3, 2)


def test_few_members_behind_a_figure_are_few():
    many = [ticket(n, f"m{n}", techniques=("T1566",)) for n in range(FEWEST)]
    one = ticket("x", "m0", techniques=("T1059",))
    told = seen(*many, one)
    assert [(each.name, each.few) for each in told.techniques] == [
        ("T1566", False),
        ("T1059", True),
    ]


def test_a_name_a_ticket_repeats_counts_once():
    told = seen(ticket(1, cves=("CVE-2026-0001", "CVE-2026-0001")))
    assert [(each.name, each.tickets) for each in told.cves] == [("CVE-2026-0001", 1)]


def test_a_small_sector_is_not_told_apart_even_with_nought():
    told = seen(ticket(1), members=(("banking", FEWEST), ("insurance", FEWEST - 1)))
    assert [(each.sector, each.few) for each in told.sectors] == [
        ("banking", True),
        ("insurance", True),
    ]
    wide = seen(*(ticket(n, f"m{n}") for n in range(FEWEST)), members=(("banking", FEWEST),))
    assert not wide.sectors[0].few


def test_a_sector_without_a_ticket_is_told_with_nought():
    told = seen(ticket(1), members=(("banking", 4), ("insurance", 2)))
    assert [(s.sector, s.tickets, s.members) for s in told.sectors] == [
        ("banking", 1, 4),
        ("insurance", 0, 2),
    ]
    assert told.members == 6


@pytest.mark.parametrize(
    ("first", "last", "active", "new"),
    [
        (timedelta(days=-9), timedelta(days=-8), False, False),
        (timedelta(days=-9), timedelta(days=1), True, False),
        (timedelta(days=1), timedelta(days=30), True, True),
        (WEEK, WEEK, False, False),
    ],
)
def test_campaigns_are_active_where_they_meet_the_period(first, last, active, new):
    told = picture(Told(tickets=(), campaigns=(campaign("c", first, last),)), BEGINS, BEGINS + WEEK)
    assert bool(told.campaigns) is active
    assert bool(told.new) is new


def test_the_widest_campaign_comes_first():
    narrow = campaign("a-narrow", timedelta(), timedelta(), ("a",))
    wide = campaign("b-wide", timedelta(), timedelta(), ("a", "b"))
    told = picture(Told(tickets=(), campaigns=(narrow, wide)), BEGINS, BEGINS + WEEK)
    assert [each.id for each in told.campaigns] == ["b-wide", "a-narrow"]


def test_time_to_report_is_the_median_of_tickets_that_tell_it():
    at = BEGINS + timedelta(hours=9)
    told = seen(
        *(
            ticket(n, after=timedelta(hours=9), detected_at=at - timedelta(hours=n))
            for n in (1, 2, 8)
        ),
        ticket("silent"),
        ticket("clock ahead", detected_at=at),
    )
    assert (told.hours_to_report, told.timed) == (2, 3)


def test_weeks_sum_up_to_the_tickets():
    told = picture(
        Told(
            tickets=tuple(ticket(n, after=timedelta(days=n)) for n in range(0, 30, 3)), campaigns=()
        ),
        BEGINS,
        BEGINS + timedelta(days=30),
    )
    assert len(told.weeks) == 5
    assert sum(told.weeks) == told.tickets == 10


def test_answers_to_warnings_are_counted():
    warning = ToldWarning(campaign="c", at=BEGINS, answered=True, exposed=True)
    silent = ToldWarning(campaign="c", at=BEGINS, answered=False, exposed=False)
    told = seen(warnings=(warning, silent))
    assert (len(told.warnings), told.answered, told.exposed) == (2, 1, 1)
