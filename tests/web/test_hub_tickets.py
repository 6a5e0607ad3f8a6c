"""A ticket's page at the hub: its campaign, and the related tickets with what they share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from panshi.model.alliance.ticket import Observable, Ticket
from panshi.node.alliance.correlating import correlate
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.web import nodes
from tests.node.alliance.members_at_hub import member_of, prepared

RARE = "c2.evil.example.net"


@pytest.fixture(scope="module")
def tickets(bank, tmp_path_factory):  # noqa: ARG001 -- the console has to be set up first
    """Three tickets of three members: two share a domain and a digest, the third is another's."""
    with Node.open(Home(path=tmp_path_factory.mktemp("hub"))) as node:
        prepared(node)
        values = (("domain", RARE), ("sha256", "ab" * 32))
        told = [
            said(node, "bank-1", "主機連往可疑網域", *values),
            said(node, "bank-2", "<b>同一網域</b>", *values),
            said(node, "bank-3", "遺失筆電", ("domain", "quiet.example.org")),
        ]
        correlate(node)
        nodes.hand_in(node)
        yield told
        nodes._handed_in.remove(node)


def said(node, member, title, *values):
    member_of(node, member)
    told = Ticket(
        number="N1",
        title=title,
        reported_at=timezone.now(),
        occurred_at=timezone.now() - timedelta(hours=1),
        indicators=tuple(Observable(kind=kind, value=value) for kind, value in values),
    )
    return accept_tickets(node, member, (told,))[0].ticket


def test_a_ticket_names_its_campaign_and_who_shares_what(tickets, person):
    page = person("analyst").get(f"/hub/tickets/{tickets[0]}/").content.decode()

    # Then the first sentence counts them, and the table says who and why, with weights
    assert "與 1 張事件單相關" in page
    block = page.partition('id="h-related"')[2].partition("</section>")[0]
    assert f"/hub/tickets/{tickets[1]}/" in block
    assert "&lt;b&gt;同一網域&lt;/b&gt;" in block
    assert "會員 bank-2" in block
    assert RARE in block
    assert "ab" * 32 in block
    assert tickets[2] not in block
    # And the campaign both belong to
    campaign = page.partition('id="h-campaign"')[2].partition("</section>")[0]
    assert "C-0001" in campaign
    assert "2 張事件單、2 家會員" in campaign


def test_a_ticket_that_shares_nothing_says_nothing_of_others(tickets, person):
    page = person("analyst").get(f"/hub/tickets/{tickets[2]}/").content.decode()

    assert 'id="h-related"' not in page
    assert 'id="h-campaign"' not in page


def test_who_is_not_at_the_desk_sees_no_ticket(tickets, person):
    assert person("board_reader").get(f"/hub/tickets/{tickets[0]}/").status_code == 403
    assert person("analyst").get("/hub/tickets/ticket--nowhere/").status_code == 404
