"""Who shares a campaign's exposure is warned; nothing marked for fewer leaves, nobody is named."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.ticket import Observable, Ticket
from panshi.node.alliance.campaign_answers import campaign_detail, campaign_list, why_together
from panshi.node.alliance.campaign_warnings import (
    ExtractItem,
    answer_warning,
    feedback,
    give_extract,
    warn,
    warnings_listed,
)
from panshi.node.alliance.correlating import campaigns_store, correlate
from panshi.node.alliance.members import consent, member
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared

START = datetime(2026, 3, 1, tzinfo=UTC)
ACME = ExtractItem(kind="supplier", value="Acme", detail="總帳系統")


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        prepared(node)
        member_of(node, "bank-z")
        consent(node, member(node, "bank-z"), key_of(node), granted=True)
        yield node


def key_of(node: Node) -> str:
    return member(node, "bank-z").keys[0].id


def reported(node: Node, *members: str, marking: Marking | None = None) -> list[str]:
    ids = []
    for at, name in enumerate(members):
        one = Ticket(
            number=f"N-{name}",
            title="供應商更新遭竄改",
            reported_at=START + timedelta(days=at),
            indicators=(
                Observable(kind="sha256", value="e1" * 32),
                Observable(kind="domain", value=f"own-{name}.example.net"),
            ),
            suppliers=("Acme",),
            **({"marking": marking} if marking else {}),
        )
        ids.append(accept_tickets(node, name, (one,))[0].ticket)
    correlate(node)
    return ids


def numbers(node: Node) -> list[int]:
    return [each.number for each in campaigns_store(node).campaigns()]


def test_a_member_that_shares_the_supplier_is_warned_once(hub):
    # Given a member that gave its suppliers, and three others that report one supplier's compromise
    assert give_extract(hub, "bank-z", [ACME], actor="bank-z") == 1
    reported(hub, "bank-a", "bank-b", "bank-c")
    # When warnings go out, twice
    assert warn(hub, numbers(hub)) == 1
    assert warn(hub, numbers(hub)) == 0
    # Then it learns what it shares and what three saw, in its own words, and nobody's name
    (found,) = warnings_listed(hub, member="bank-z")
    assert [each.value for each in found.shared] == ["acme"]
    assert found.details == ("總帳系統",)
    assert "e1" * 32 in {each.value for each in found.values}
    told = msgspec.json.encode(found).decode()
    assert not any(name in told for name in ("bank-a", "bank-b", "bank-c"))
    # And the desk does not see where it has it
    assert warnings_listed(hub)[0].details == ()


def test_what_is_red_warns_nobody(hub):
    # Given tickets for the hub's eyes only
    give_extract(hub, "bank-z", [ACME], actor="bank-z")
    reported(hub, "bank-a", "bank-b", "bank-c", marking=Marking(tlp=Tlp.RED))
    # When warnings go out
    # Then there is none
    assert warn(hub, numbers(hub)) == 0


def test_an_extract_given_later_finds_what_is_there(hub):
    # Given a campaign that is known
    reported(hub, "bank-a", "bank-b", "bank-c")
    # When a member gives its extract
    give_extract(hub, "bank-z", [ACME], actor="bank-z")
    # Then it is warned at once, and its answer is kept
    (found,) = warnings_listed(hub, member="bank-z")
    assert answer_warning(hub, "bank-z", found.number, "exposed").answer == "exposed"
    with pytest.raises(MissingError):
        answer_warning(hub, "bank-a", found.number, "exposed")
    with pytest.raises(BadInputError):
        answer_warning(hub, "bank-z", found.number, "perhaps")


def test_without_consent_nothing_is_compared(hub):
    # Given a member that did not agree
    member_of(hub, "bank-y")
    # When it gives an extract
    # Then it is refused
    with pytest.raises(ForbiddenError):
        give_extract(hub, "bank-y", [ACME], actor="bank-y")
    # And once consent is taken back, an extract that stands warns no more
    give_extract(hub, "bank-z", [ACME], actor="bank-z")
    consent(hub, member(hub, "bank-z"), key_of(hub), granted=False)
    reported(hub, "bank-a", "bank-b", "bank-c")
    assert warn(hub, numbers(hub)) == 0


@pytest.mark.parametrize(
    "item",
    [
        ExtractItem(kind="ipv4", value="203.0.113.1"),
        ExtractItem(kind="supplier", value=" "),
        ExtractItem(kind="supplier", value="x" * 301),
    ],
)
def test_what_is_no_exposure_is_refused(hub, item):
    # Given an item that is none
    # When it is given
    # Then nothing of the extract is kept
    with pytest.raises(BadInputError):
        give_extract(hub, "bank-z", [ACME, item], actor="bank-z")
    with campaigns_store(hub).reading() as turn:
        assert turn.extracts() == 0


def test_a_reporter_learns_what_others_saw(hub):
    # Given a member among those that reported
    ids = reported(hub, "bank-a", "bank-z", "bank-b", "bank-c")
    # When it asks
    found = feedback(hub, member(hub, "bank-z"), "N-bank-z")
    # Then it learns of its campaign, how many, and nobody's own value
    assert found.ticket == ids[1]
    assert found.campaign
    assert found.reporters == "4"
    assert not any("own-bank" in each.value for each in found.values)


def test_command_line_and_api_say_why(hub):
    # Given a campaign
    ids = reported(hub, "bank-a", "bank-b", "bank-c")
    # When it is listed, shown, and two of it asked about
    (row,) = campaign_list(hub).campaigns
    detail = campaign_detail(hub, row.id)
    pair = why_together(hub, ids[0], ids[2])
    # Then each ticket but the first says why, and the pair what both hold
    assert [bool(each.why) for each in detail.tickets] == [False, True, True]
    assert detail.tickets[1].like == ids[0]
    assert ("sha256", "e1" * 32) in {(each.kind, each.value) for each in pair.shared}
