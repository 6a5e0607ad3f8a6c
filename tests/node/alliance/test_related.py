"""Tickets related to one: what they share, heaviest first, and nothing its reader may not see."""

from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.alliance.marking import Marking, Reader, ReaderRole, Tlp
from panshi.model.alliance.ticket import Observable, Ticket
from panshi.node.alliance.correlating import correlate
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.related import MOST, related
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.home import Home
from panshi.node.node import Node

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
RARE, COMMON = "c2.evil.example.net", "198.51.100.7"


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path), clock=lambda: NOW) as node:
        prepare_hub(node, actor="chen.yiru")
        yield node


def accept(node, member, number, *values, version=1, tlp=Tlp.AMBER):
    told = Ticket(
        number=number,
        version=version,
        title=f"通報 {number}",
        reported_at=NOW,
        occurred_at=NOW - timedelta(hours=1),
        indicators=tuple(Observable(kind=kind, value=value) for kind, value in values),
        marking=Marking(tlp=tlp),
    )
    return accept_tickets(node, member, (told,))[0].ticket


def test_who_shares_the_rarer_value_comes_first_with_the_reason(hub):
    # Given a ticket that shares a domain with one other and an address with many
    asked = accept(hub, "bank-1", "A", ("domain", RARE), ("ipv4", COMMON))
    near = accept(hub, "bank-2", "B", ("domain", RARE), ("ipv4", COMMON))
    for number in range(30):
        accept(hub, f"bank-{number + 3}", f"C{number}", ("ipv4", COMMON))
    apart = accept(hub, "bank-50", "D", ("domain", "quiet.example.org"))
    correlate(hub)

    found = related(hub, asked)

    # Then that one comes first, by the domain before the address; no more than the bound
    assert found[0].ticket.id == near
    first = found[0].parts[0]
    assert (first.en, first.value) == ("domain", RARE)
    assert COMMON in {each.value for each in found[0].parts}
    weights = [each.weight for each in found[0].parts]
    assert weights == sorted(weights, reverse=True)
    assert found[0].total == pytest.approx(sum(weights))
    assert found[0].total > found[1].total
    assert len(found) == MOST
    # And neither the ticket itself nor one that shares nothing
    assert {asked, apart}.isdisjoint(each.ticket.id for each in found)


def test_what_the_reader_may_not_see_is_left_out_whole(hub):
    asked = accept(hub, "bank-1", "A", ("domain", RARE))
    told = {tlp: accept(hub, f"bank-{tlp}", f"B-{tlp}", ("domain", RARE), tlp=tlp) for tlp in Tlp}
    correlate(hub)

    def seen_by(reader):
        return {each.ticket.id for each in related(hub, asked, reader)}

    assert seen_by(Reader(member=None, role=ReaderRole.HUB)) == set(told.values())
    assert seen_by(Reader(member="bank-1", role=ReaderRole.MEMBER)) == {
        told[each] for each in (Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)
    }
    assert seen_by(Reader(member=None, role=ReaderRole.PUBLIC)) == {told[Tlp.CLEAR]}


def test_only_the_newest_version_of_a_ticket_is_related(hub):
    asked = accept(hub, "bank-1", "A", ("domain", RARE))
    other = accept(hub, "bank-2", "B", ("domain", RARE))
    accept(hub, "bank-2", "B", ("domain", "elsewhere.example.org"), version=2)
    correlate(hub)

    assert other not in {each.ticket.id for each in related(hub, asked)}
    # And a ticket that was renewed itself is compared by what it says now
    accept(hub, "bank-1", "A", ("domain", "elsewhere.example.org"), version=2)
    correlate(hub)
    (found,) = related(hub, asked)
    assert (found.ticket.id, found.parts[0].value) == (other, "elsewhere.example.org")


def test_what_was_not_correlated_yet_is_related_to_nothing(hub):
    asked = accept(hub, "bank-1", "A", ("domain", RARE))
    accept(hub, "bank-2", "B", ("domain", RARE))

    assert related(hub, asked) == ()
    assert related(hub, "ticket--nowhere") == ()
