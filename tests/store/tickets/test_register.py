"""What every register of tickets promises, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from panshi.errors import StoreError
from panshi.model.alliance.ticket import Category, Channel, Severity
from panshi.store.tickets import Chosen
from tests.simulators.tickets import NOW, arrival


def test_a_version_is_given_back_as_it_was_said(tickets):
    # Given
    put = arrival("2026-001")
    # When
    (placed,) = tickets.append([put])
    # Then
    ((position, found),) = tickets.since(0)
    assert (position, placed.position) == (1, 1)
    assert placed.new
    assert placed.accepted_at == NOW
    assert found.digest == put.ticket.digest == placed.digest
    assert found.member == found.marking.originator == "bank-a"
    assert (found.number, found.text, found.indicators) == (
        put.ticket.number,
        put.ticket.text,
        put.ticket.indicators,
    )


def test_the_same_again_keeps_its_first_place(tickets):
    # Given
    first = tickets.append([arrival("1"), arrival("2")])
    # When
    again = tickets.append([arrival("2"), arrival("3"), arrival("3")])
    # Then
    assert [each.position for each in first] == [1, 2]
    assert [(each.position, each.new) for each in again] == [(2, False), (3, True), (3, False)]
    assert len(tickets.since(0)) == 3


def test_another_content_under_a_version_changes_nothing(tickets):
    # Given
    tickets.append([arrival("1")])
    # When
    (placed,) = tickets.append([arrival("1", title="改過")])
    # Then
    assert placed.conflict
    assert placed.position == 0
    ((_, found),) = tickets.since(0)
    assert found.title == "網銀伺服器可疑登入"


def test_members_do_not_share_numbers(tickets):
    placed = tickets.append([arrival("1", member="bank-a"), arrival("1", member="bank-b")])
    assert [each.position for each in placed] == [1, 2]


def test_the_newest_version_is_listed_and_all_are_kept(tickets):
    # Given versions that arrive out of order
    tickets.append([arrival("1", version=1), arrival("1", version=3, severity="low")])
    tickets.append([arrival("1", version=2)])
    # When
    ((position, newest),) = tickets.listed(Chosen())
    # Then
    assert (position, newest.version, newest.severity) == (2, 3, Severity.LOW)
    assert [each.version for _, each in tickets.versions(newest.id)] == [1, 2, 3]
    assert [each.version for _, each in tickets.numbered("bank-a", "1")] == [1, 2, 3]
    assert len(tickets.listed(Chosen(newest=False))) == 3
    assert tickets.versions("ticket--nowhere") == ()


def test_a_list_is_chosen_and_paged(tickets):
    # Given
    tickets.append(
        [arrival(str(n), member=f"bank-{n % 2}", severity=("low", "high")[n % 2]) for n in range(9)]
    )
    tickets.append([arrival("mal", category="malicious-code")])
    # When / Then
    assert len(tickets.listed(Chosen(member="bank-1"))) == 4
    assert len(tickets.listed(Chosen(severity=Severity.MEDIUM))) == 5
    assert len(tickets.listed(Chosen(category=Category.MALICIOUS_CODE))) == 1
    assert tickets.listed(Chosen(channel=Channel.MAIL)) == ()
    first = tickets.listed(Chosen(), limit=4)
    second = tickets.listed(Chosen(), before=first[-1][0], limit=4)
    assert [position for position, _ in (*first, *second)] == [10, 9, 8, 7, 6, 5, 4, 3]


def test_a_cursor_reads_on_from_where_it_was(tickets):
    tickets.append([arrival(str(n)) for n in range(5)])
    assert [position for position, _ in tickets.since(0, 2)] == [1, 2]
    assert [position for position, _ in tickets.since(2, 10)] == [3, 4, 5]
    assert tickets.since(5) == ()


def test_another_process_finds_everything(place):
    # Given
    first = place.open()
    first.append([arrival(str(n)) for n in range(3)])
    end = first.chain()
    first.close()
    # When
    second = place.open()
    # Then
    assert second.chain() == end
    assert end.position == 3
    assert list(second.verify()) == []
    second.close()


def test_those_who_wait_share_a_commit_and_none_is_lost(tickets):
    # Given
    def send(sender):
        return [
            tickets.append([arrival(f"{sender}-{batch}-{n}") for n in range(4)])
            for batch in range(5)
        ]

    # When
    with ThreadPoolExecutor(8) as pool:
        placed = [each for sent in pool.map(send, range(8)) for batch in sent for each in batch]
    # Then every position is given once and without gaps
    assert sorted(each.position for each in placed) == list(range(1, 161))
    assert all(each.new for each in placed)
    assert list(tickets.verify()) == []


def test_a_group_that_fails_tells_all_and_writes_nothing(tickets, monkeypatch):
    # Given
    tickets.append([arrival("1")])

    def broken():
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(tickets.database), "writing", lambda _self: broken())
        # When
        with pytest.raises(StoreError, match="disk is full"):
            tickets.append([arrival("2")])
    # Then
    assert len(tickets.since(0)) == 1
    assert tickets.append([arrival("2")])[0].position == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE ticket SET body = digest WHERE position = 2", "position 2: what stands"),
        ("DELETE FROM ticket WHERE position = 2", "position 2 is missing"),
        ("DELETE FROM ticket WHERE position > 2", "speaks of position 4"),
        ("UPDATE ticket SET version = 9 WHERE position = 3", "chain is broken"),
        ("DELETE FROM chain WHERE position = 4", "no link of the chain"),
    ],
)
def test_what_was_altered_shows(tickets, change, told):
    # Given
    tickets.append([arrival("1"), arrival("2")])
    tickets.append([arrival("3"), arrival("4")])
    # When
    with tickets.database.writing() as connection:
        connection.run_each(change, [()])
    # Then
    assert any(told in each for each in tickets.verify())


def test_an_empty_register_holds(tickets):
    assert list(tickets.verify()) == []
    assert tickets.append([]) == ()
    assert tickets.chain().position == 0
