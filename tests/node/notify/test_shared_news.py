"""People are told once that intelligence touches the institution, and only as far as they may see.

At a hub, of what the feeds of its members got.
"""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.collections import collection
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import Party, objects_in
from panshi.node.alliance.subscribing import Subscribing, subscribe
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.notify import Occasion, Recipient, deliver, register_of, turn
from panshi.node.notify.telling import MOST_APART
from panshi.protection.access.roles import ROLES, Role
from panshi.store.notices import DeliveryState
from tests.node.alliance.intelligence.pulling_by_hand import (
    OURS,
    Clock,
    bank_with_names,
    came,
    named,
)
from tests.node.alliance.intelligence.test_pulling import AMBER, thing
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.node.notify.test_notify import settings
from tests.simulators.mail_server import mailbox
from tests.simulators.webhook_receiver import receiver

ANALYST = Recipient(name="ana", roles=(Role.ANALYST,), email="ana@example.org")
AUDIT = Recipient(name="aud", roles=(Role.INTERNAL_AUDIT,), email="aud@example.org")
BOARD = Recipient(name="bo", roles=(Role.BOARD_READER,), email="bo@example.org")
ALL = (ANALYST, AUDIT, BOARD)


@pytest.fixture
def bank(tmp_path):
    with closing(bank_with_names(Home(path=tmp_path))) as node:
        yield node


def told(node, people=ALL, chosen=None):
    """Turn once; give what is new of intelligence, by person."""
    found = turn(node, people, chosen or settings()).notices
    ours = {Occasion.INTELLIGENCE, Occasion.FEED}
    return [(each.person, each.about, each.title_en) for each in found if each.occasion in ours]


def test_a_touch_is_told_once_to_those_who_may_see_it(bank):
    # Given intelligence of which one object meets a name of ours
    came(bank, OURS[0], "elsewhere.example")
    # When people are told, twice
    first, second = told(bank), told(bank)
    # Then whoever defends knows, once; who has no part does not
    about = f"intelligence/{named(OURS[0])}"
    title = f"Intelligence touches an address or name of ours: {OURS[0]}"
    assert first == [("ana", about, title), ("aud", about, title)]
    assert second == []


def test_another_object_on_the_same_thing_and_another_thing_are_news(bank):
    came(bank, OURS[0])
    told(bank)
    later = named("another object")
    came(bank, OURS[0], id=later)
    came(bank, OURS[1])
    assert {about for _who, about, _title in told(bank)} == {
        f"intelligence/{later}",
        f"intelligence/{named(OURS[1])}",
    }
    # And the same object in a newer version is none
    newer = (bank.clock() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    came(bank, OURS[1], modified=newer)
    assert told(bank) == []


def test_what_is_red_is_told_without_a_word_and_leaves_by_no_webhook(bank):
    with mailbox() as box, receiver() as there:
        chosen = settings(box, there)
        told(bank, chosen=chosen)
        # When something RED and something AMBER touch us
        came(bank, OURS[0], tlp=Tlp.RED)
        came(bank, OURS[1])
        found = told(bank, chosen=chosen)
        deliver(bank, chosen)
    # Then only who may read RED hears of it, and no more than that it is there
    red = [each for each in found if each[1].endswith(named(OURS[0]))]
    assert red == [("ana", f"intelligence/{named(OURS[0])}", "Intelligence marked RED touches us")]
    left = [str(each["Subject"]) + each.get_content() for each in box.messages]
    posts = [body.decode() for _path, _headers, body in there.posts]
    assert sorted(each["To"] for each in box.messages) == [
        "ana@example.org", "ana@example.org", "aud@example.org",
    ]  # fmt: skip
    assert [json.loads(each)["about"] for each in posts] == [f"intelligence/{named(OURS[1])}"]
    for each in (*left, *posts):
        assert OURS[0] not in each
        assert named(OURS[0]) not in each
        assert "words on" not in each


def test_many_touches_at_once_are_one_mail(bank):
    with mailbox() as box:
        chosen = settings(box)
        told(bank, chosen=chosen)
        for number in range(MOST_APART + 5):
            came(bank, OURS[0], id=named(f"object {number}"))
        found = told(bank, [ANALYST], chosen)
        told(bank, [ANALYST], chosen)
        deliver(bank, chosen)
    assert len(found) == MOST_APART + 5
    (mail,) = box.messages
    assert mail.get_content().count("- ") == MOST_APART + 5


def test_what_is_found_in_telemetry_is_told_once(bank, tmp_path):
    came(bank, "evil.example")
    assert told(bank) == []
    log = tmp_path / "teller.log"
    log.write_text("2026-09-29T10:00:00Z mail.evil.example\n")
    # When an extract is searched twice
    for _ in range(2):
        list(match(bank, (log,), actor="ana"))
    # Then it is told once, without the value, the line or the file
    (one, other) = told(bank)
    assert {one[0], other[0]} == {"ana", "aud"}
    assert one[1] == f"intelligence/{named('evil.example')}"
    assert one[2] == "Intelligence was found in telemetry, lines: 1"
    assert told(bank) == []


def test_who_muted_intelligence_hears_nothing_of_it(bank):
    came(bank, OURS[0])
    deaf = Recipient(name="ana", roles=(Role.ANALYST,), muted=(Occasion.INTELLIGENCE,))
    assert told(bank, [deaf]) == []


def test_a_node_that_pulls_nothing_opens_no_store(tmp_path):
    with closing(Node.open(Home(path=tmp_path))) as node:
        told(node)
        assert not (tmp_path / "intelligence").exists()


@pytest.fixture
def hub(tmp_path):
    with closing(Node.open(Home(path=tmp_path), clock=Clock(datetime.now(UTC)))) as node:
        prepared(node)
        for name in ("bank-a", "bank-b"):
            member_of(node, name)
        subscribe(node, "bank-b", Subscribing(title="秘密的標題"), actor="lin.wei")
        yield node


def send(hub, *things):
    party = Party(reader=reader_of(member(hub, "bank-a")), actor="member:bank-a")
    raw = json.dumps({"objects": things}).encode()
    status = objects_in(hub, collection(hub, "sharing"), raw, party)
    assert all(each.outcome == "success" for each in status.objects), status


EVERYBODY = tuple(Recipient(name=role, roles=(role,)) for role in ROLES)


def test_a_feed_is_told_of_once_a_day_to_those_at_work_with_collections(hub):
    assert told(hub, EVERYBODY) == []
    # When objects come that meet a subscription
    send(hub, thing(1), thing(2))
    found = told(hub, EVERYBODY)
    # Then those of the hub who read its collections are told whose feed it is, once
    assert {who for who, _about, _title in found} == {
        Role.CISO, Role.APPROVER, Role.ANALYST, Role.INTERNAL_AUDIT, Role.MEMBER_LIAISON,
        Role.ADMINISTRATOR,
    }  # fmt: skip
    assert {each[1:] for each in found} == {
        ("member/bank-b", "Subscription bank-b-1 of member bank-b has new intelligence")
    }
    send(hub, thing(3))
    assert told(hub, EVERYBODY) == []
    # And the next day only if there is something new
    hub.clock.now += timedelta(days=1)
    assert told(hub, EVERYBODY) == []
    send(hub, thing(4))
    assert len(told(hub, EVERYBODY)) == len(found)


def test_what_only_one_member_may_see_goes_to_no_webhook(hub):
    with receiver() as there:
        chosen = settings(None, there)
        told(hub, EVERYBODY, chosen)
        recipients = {
            "type": "marking-definition", "spec_version": "2.1",
            "id": "marking-definition--11111111-1111-4111-8111-111111111111",
            "created": "2026-11-01T00:00:00.000Z",
            "extensions": {
                "extension-definition--3f4e5d0f-46d9-5f38-9e6d-1c7a2d3b8a60": {
                    "extension_type": "property-extension", "recipients": ["bank-b"],
                }
            },
        }  # fmt: skip
        send(hub, recipients, thing(1, object_marking_refs=[AMBER, recipients["id"]]))
        assert told(hub, EVERYBODY, chosen)
        assert register_of(hub).deliveries(DeliveryState.WAITING) == ()
        # When something for every member comes the next day
        hub.clock.now += timedelta(days=1)
        send(hub, thing(2))
        told(hub, EVERYBODY, chosen)
        deliver(hub, chosen)
    (post,) = there.posts
    assert "秘密" not in post[2].decode()
