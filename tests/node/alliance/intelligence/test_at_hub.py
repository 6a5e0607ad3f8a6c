"""At a hub: members are voices of one score, and subscriptions file what each needs and may see."""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest

from panshi.errors import MissingError
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.node.alliance.collections import collection
from panshi.node.alliance.intelligence.answers import open_to
from panshi.node.alliance.intelligence.known import known_values
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import Party, objects_in, page, remove
from panshi.node.alliance.subscribing import Subscribing, end_subscription, subscribe, subscriptions
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store.stix_objects.reading import Wanted
from tests.node.alliance.intelligence.test_pulling import AMBER, thing
from tests.node.alliance.members_at_hub import member_of, prepared

RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


@pytest.fixture
def hub(tmp_path):
    with closing(Node.open(Home(path=tmp_path), clock=lambda: datetime.now(UTC))) as node:
        prepared(node)
        for name in ("bank-a", "bank-b", "bank-c"):
            member_of(node, name)
        yield node


def party(hub, name):
    return Party(reader=reader_of(member(hub, name)), actor=f"member:{name}")


def send(hub, name, *things):
    status = objects_in(
        hub,
        collection(hub, "sharing"),
        json.dumps({"objects": things}).encode(),
        party(hub, name),
    )
    assert all(each.outcome == "success" for each in status.objects), status


def feed(hub, name, alias):
    found = page(hub, collection(hub, alias), Wanted(), party(hub, name))
    return {each.id for each in found.objects}


def sighting(number, about):
    one = thing(f"s{number}", type="sighting", sighting_of_ref=about, count=1)
    gone = ("pattern", "pattern_type", "valid_from", "name")
    return {key: value for key, value in one.items() if key not in gone} | {
        "id": one["id"].replace("indicator", "sighting")
    }


def score(hub):
    return known_values(hub, "domain", "evil.example")[0].worth.score


def test_each_member_is_one_voice_however_often_it_speaks(hub):
    # Given an indicator of one member
    send(hub, "bank-a", thing(1, "evil.example", confidence=60))
    alone = score(hub)
    # When another sees it once, and then ten times
    send(hub, "bank-b", sighting(1, thing(1)["id"]))
    once = score(hub)
    send(hub, "bank-b", *(sighting(n, thing(1)["id"]) for n in range(2, 12)))
    # Then only the first counted; a third member's counts again
    assert alone < once == score(hub)
    send(hub, "bank-c", sighting(20, thing(1)["id"]))
    assert score(hub) > once


def test_what_members_sent_is_weighed_for_those_who_act_on_it_only(hub):
    send(hub, "bank-a", thing(1, "evil.example"))
    found = known_values(hub, "domain", "evil.example")[0]
    assert open_to(found.marking, red=True)
    assert not open_to(found.marking, red=False)


def test_a_subscription_files_what_is_there_and_what_comes(hub):
    # Given what is there before, and a subscription by supplier and technique
    wanted = {"labels": ["supplier:Acme", "technique:T1195.002"]}
    send(hub, "bank-a", thing(1, **wanted), thing(2, labels=["supplier:Acme"]))
    made = subscribe(
        hub, "bank-b", Subscribing(suppliers=("ACME",), techniques=("T1195",)), actor="lin.wei"
    )
    # When more comes, some of it not for this member
    send(hub, "bank-a", thing(3, **wanted), thing(4, **wanted, object_marking_refs=[RED]))
    # Then its feed holds what meets the need and it may see
    assert feed(hub, "bank-b", made.alias) == {thing(1)["id"], thing(3)["id"]}
    with pytest.raises(Exception, match="not open"):
        feed(hub, "bank-c", made.alias)


def test_what_is_removed_is_gone_from_feeds_and_an_ended_feed_is_none(hub):
    made = subscribe(hub, "bank-b", Subscribing(), actor="lin.wei")
    send(hub, "bank-a", thing(1), thing(2))
    wanted = Wanted(ids=(thing(1)["id"],))
    remove(hub, collection(hub, "sharing"), thing(1)["id"], wanted, party(hub, "bank-a"))
    assert feed(hub, "bank-b", made.alias) == {thing(2)["id"]}
    end_subscription(hub, made.id, actor="lin.wei")
    assert not subscriptions(hub, "bank-b")
    with pytest.raises(MissingError):
        collection(hub, made.alias)


def test_nobody_else_reads_a_feed(hub):
    made = subscribe(hub, "bank-b", Subscribing(), actor="lin.wei")
    send(hub, "bank-a", thing(1, object_marking_refs=[AMBER]))
    outsider = Party(reader=Reader(member=None, role=ReaderRole.PUBLIC), actor="nobody")
    with pytest.raises(Exception, match="not open"):
        page(hub, collection(hub, made.alias), Wanted(), outsider)
