"""A hub accepts tickets each by itself, durably, and can prove what it holds."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from panshi.alliance.tickets.receipts import holds
from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.ticket import Severity, Taking, Ticket
from panshi.model.bodies.hub_tickets import CHAIN
from panshi.node.alliance.ticket_forms import (
    OutForm,
    accept_document,
    check_document,
    exported,
    schema,
)
from panshi.node.alliance.tickets import (
    SEALED_EVERY,
    accept_tickets,
    damage,
    numbered,
    tickets_listed,
    tickets_of,
    tickets_since,
    versions_of,
)
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.observe.tickets import Form
from panshi.store.tickets import Chosen
from tests.simulators.tickets import spoken

START = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(tmp_path, clock):
    with Node.open(Home(path=tmp_path), clock=clock) as node:
        yield node


def test_each_ticket_of_a_batch_is_answered_by_itself(hub):
    # Given
    batch = [spoken("1"), b"{", spoken("2", titel="x"), spoken("1"), spoken("1", title="other")]
    # When
    receipts = accept_tickets(hub, "bank-a", batch)
    # Then
    assert [each.taking for each in receipts] == [
        Taking.ACCEPTED,
        Taking.REFUSED,
        Taking.REFUSED,
        Taking.KNOWN,
        Taking.REFUSED,
    ]
    assert [each.number for each in receipts] == ["1", "", "2", "1", "1"]
    assert receipts[2].place == "titel"
    assert "version 2" in receipts[4].remedy
    assert [each.number for _, each in tickets_since(hub)] == ["1"]


def test_a_receipt_is_signed_by_the_hub_and_binds_what_was_sent(hub):
    receipts = accept_tickets(hub, "bank-a", [spoken("1"), b"{}"])
    assert all(holds(each, hub.signer.key.verifies) for each in receipts)
    ((position, ticket),) = tickets_since(hub)
    assert (receipts[0].position, receipts[0].digest) == (position, ticket.digest)
    assert str(hub.signer.key).startswith(receipts[0].key + "+")


def test_a_batch_too_large_is_refused_whole(hub):
    with pytest.raises(BadInputError, match="at most"):
        accept_tickets(hub, "bank-a", [spoken()] * 5_001)
    assert tickets_since(hub) == ()


def test_versions_are_kept_and_listed_by_the_newest(hub):
    accept_tickets(hub, "bank-a", [spoken("1", severity="low")])
    accept_tickets(hub, "bank-a", [spoken("1", version=2, severity="critical")])
    ((_, newest),) = tickets_listed(hub, Chosen(severity=Severity.HIGH))
    assert newest.version == 2
    assert [each.version for each in versions_of(hub, newest.id)] == [1, 2]
    assert [each.version for each in numbered(hub, "bank-a", "1")] == [1, 2]
    with pytest.raises(MissingError):
        versions_of(hub, "ticket--nowhere")
    with pytest.raises(MissingError):
        numbered(hub, "bank-b", "1")


def test_a_ticket_made_here_is_accepted_as_one_that_was_sent(hub):
    made = Ticket(number="7", title="由分析師登錄", reported_at=START)
    (receipt,) = accept_tickets(hub, "bank-a", [made])
    assert receipt.taking is Taking.ACCEPTED


def test_the_chain_is_sealed_while_tickets_come_in(hub, clock):
    # Given
    accept_tickets(hub, "bank-a", [spoken("1")])
    accept_tickets(hub, "bank-a", [spoken("2")])
    assert hub.log.kinds()[CHAIN] == 1
    # When
    clock.now += SEALED_EVERY + timedelta(seconds=1)
    accept_tickets(hub, "bank-a", [spoken("3")])
    # Then
    assert hub.log.kinds()[CHAIN] == 2
    assert list(damage(hub)) == []


def test_a_register_written_anew_does_not_fit_what_was_sealed(hub):
    # Given a register whose own chain holds, but is another one
    accept_tickets(hub, "bank-a", [spoken("1")])
    with tickets_of(hub).database.writing() as connection:
        for table in ("ticket", "newest", "chain"):
            connection.run_each(f"DELETE FROM {table}", [()])
    accept_tickets(hub, "bank-a", [spoken("2")])
    # Then
    assert list(tickets_of(hub).verify()) == []
    assert any("sealed at position 1" in each for each in damage(hub))


def test_a_document_is_checked_without_being_kept_and_then_taken(hub, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"tickets": [json.loads(spoken("1")), {"number": "2"}]}))
    good, bad = check_document(Form.TICKET, path, START)
    assert (good.good, bad.good) == (True, False)
    assert {each.item for each in good.lacking} == {17, 18, 19, 20, 21}
    assert tickets_since(hub) == ()
    taken, refused = accept_document(hub, "bank-a", Form.TICKET, path)
    assert (taken.taking, refused.taking) == (Taking.ACCEPTED, Taking.REFUSED)
    assert taken.digest == good.digest


def test_a_ticket_goes_out_in_every_form(hub):
    accept_tickets(hub, "bank-a", [spoken("1")])
    ((_, ticket),) = tickets_since(hub)
    for form in OutForm:
        assert exported((ticket,), form)
    assert schema()["$id"] == "urn:panshi:ticket:1"
