"""Lists are bounded, export harmlessly, and cost the same queries at any length."""

import csv
import io
from datetime import timedelta
from weakref import WeakKeyDictionary

import pytest

from panshi.protection.access.roles import Role
from panshi.web.exporting import harmless
from tests.web.small_bank import NOW

LISTS = (
    "/",
    "/inbox/",
    "/notices/",
    "/evidence/",
    "/activity/",
    "/search/?q=staff",
    "/search/suggest/?q=staff",
    "/e/small-bank/",
    "/e/small-bank/assets/",
    "/e/small-bank/owners/",
    "/e/small-bank/unseen/",
    "/e/small-bank/decisions/",
    "/e/small-bank/frameworks/zt36/",
    "/e/small-bank/controls/zt36/1-1/",
    "/accounts/",
)
EXPORTS = (
    "/evidence/export/",
    "/activity/export/",
    "/e/small-bank/assets/export/?kind=account",
    "/e/small-bank/owners/export/?framework=zt36",
    "/e/small-bank/unseen/export/",
)


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_a_cell_that_would_run_gets_an_apostrophe(value):
    assert harmless(value) == f"'{value}"


@pytest.mark.parametrize("value", ["a=1", "host:a", "", 5, -3, 0.5, None, True])
def test_other_cells_stay(value):
    assert harmless(value) == value


@pytest.mark.parametrize("place", EXPORTS)
def test_a_list_is_taken_away_whole_as_csv(person, place):
    answer = person(Role.CISO).get(place)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert rows
    assert {len(row) for row in rows} == {len(header)}


def test_an_export_keeps_to_the_filter(person):
    answer = person(Role.CISO).get("/e/small-bank/assets/export/?kind=host")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("\n") == 7


def test_owners_are_not_named_to_those_outside(person, bank):
    from panshi.node.ownership import assign

    assign(bank, [("zt36/2-1", "wang")], actor="tests", estate_id="small-bank")
    for role, seen in ((Role.CISO, True), (Role.SUPERVISOR, False)):
        client = person(role)
        listed = client.get("/e/small-bank/owners/?q=zt36/2-1").content.decode()
        taken = b"".join(
            client.get("/e/small-bank/owners/export/?q=zt36/2-1").streaming_content
        ).decode()
        assert ("wang" in listed) == seen
        assert ("wang" in taken) == seen


def test_no_page_asks_more_of_the_database_when_there_is_more(person, bank):
    """The console's own tables: the same number of statements with forty times the rows."""
    from django.contrib.auth.models import Group, User
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from panshi.node.comments import comment
    from panshi.node.notify import register_of
    from panshi.store.notices import Notice

    client = person(Role.CISO, Role.ADMINISTRATOR)

    def counted():
        counts = {}
        for place in LISTS:
            client.get(place)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(place).status_code == 200
            counts[place] = len(queries)
        return counts

    few = counted()
    group = Group.objects.get(name="analyst")
    for number in range(40):
        user = User.objects.create_user(f"many-{number}")
        user.groups.add(group)
    for number in range(40):
        comment(
            bank,
            "control/zt36/1-1",
            f"@{client.user.username} {number}",
            actor="someone",
            exists=lambda _name: True,
        )
        bank.audit("someone", f"thing.{number}", "x")
    register_of(bank).tell(
        [
            Notice(
                person=client.user.username,
                key=f"k{number}",
                occasion="mention",
                about="control/zt36/1-1",
                title_zh="x",
                title_en="x",
                at=NOW + timedelta(seconds=number),
            )
            for number in range(40)
        ],
        [],
    )
    assert counted() == few


def test_no_page_asks_more_of_the_log_when_there_is_more(person, bank, monkeypatch):
    """The evidence log: the same number of reading transactions with many more entries."""
    client = person(Role.CISO, Role.ADMINISTRATOR)
    opened = []
    database = bank.log._database
    reading = database.reading

    def counted_reading():
        opened.append(1)
        return reading()

    def counted():
        counts = {}
        for place in LISTS:
            client.get(place)
            opened.clear()
            assert client.get(place).status_code == 200
            counts[place] = len(opened)
        return counts

    monkeypatch.setattr(database, "reading", counted_reading)
    monkeypatch.setattr("panshi.node.remembered._kept", WeakKeyDictionary())  # not full midway
    few = counted()
    for number in range(200):
        bank.audit("somebody", f"more.{number}", "x")
    assert counted() == few
