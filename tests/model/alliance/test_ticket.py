"""The ticket refuses what no reader could use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Impact, Observable, Ticket, ticket_id

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
GOOD = Ticket(number="1", title="登入", reported_at=NOW)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"number": ""}, "number"),
        ({"number": "n" * 129}, "number"),
        ({"title": "\x00"}, "title"),
        ({"text": "a\x1b[31m"}, "text"),
        ({"text": "x" * (256 * 1024 + 1)}, "text"),
        ({"techniques": ("T15",)}, "techniques"),
        ({"cves": ("CVE-1",)}, "cves"),
        ({"assets": ("",)}, "assets"),
        ({"assets": tuple(map(str, range(5_001)))}, "assets"),
        ({"occurred_at": NOW.replace(tzinfo=None)}, "occurred_at"),
        ({"occurred_at": NOW.replace(year=1970)}, "occurred_at"),
        ({"occurred_at": NOW, "detected_at": NOW - timedelta(hours=1)}, "detected_at"),
    ],
)
def test_what_no_reader_could_use_is_refused_by_its_field(change, place):
    with pytest.raises(BadInputError) as refused:
        replace(GOOD, **change)
    assert refused.value.place == place


@pytest.mark.parametrize("change", [{"version": 0}, {"schema": "panshi.ticket/2"}])
def test_versions_nobody_knows_are_refused(change):
    with pytest.raises(BadInputError):
        replace(GOOD, **change)


def test_parts_refuse_what_counts_or_names_nothing():
    with pytest.raises(BadInputError):
        Impact(customers=-1)
    with pytest.raises(BadInputError):
        Observable(kind="ipv4", value="")


def test_times_that_are_not_known_do_not_order():
    assert replace(GOOD, occurred_at=NOW, closed_at=NOW + timedelta(days=1))


def test_an_id_is_of_member_and_number_and_cannot_be_guessed_without_the_secret():
    secret = b"s" * 32
    assert ticket_id("a", "1", secret) == ticket_id("a", "1", secret)
    assert ticket_id("a", "1", secret) != ticket_id("a", "1", b"t" * 32)
    assert UUID(ticket_id("a", "1", secret).removeprefix("ticket--")).version == 5
    # A member's name cannot run into the number.
    assert ticket_id("a", "b:1", secret) != ticket_id("a:b", "1", secret)
