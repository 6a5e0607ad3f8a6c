"""Collections of a hub, step by step."""

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.collections import Change, ask, collection, collections, decide, shelf
from panshi.node.alliance.hub import prepare_hub
from panshi.node.home import Home
from panshi.node.node import Node


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        prepare_hub(node, actor="lin.yating", name="Hub")
        yield node


def test_a_collection_opens_by_two_people_and_closes_by_one(hub):
    # Given a wish for a collection of a community
    wanted = Change(title="Cloud", readers=("community:cloud",), unmarked=Tlp.AMBER)
    waiting = ask(hub, "cloud", wanted, actor="cli:lin.yating", why="asked for")
    assert waiting.by == "lin.yating"
    # When its author approves it under another name of hers
    with pytest.raises(ForbiddenError):
        decide(hub, "cloud", approved=True, actor="lin.yating")
    with pytest.raises(MissingError):
        collection(hub, "cloud")
    # And then another person
    decide(hub, "cloud", approved=True, actor="chen.weiting")
    # Then it is there, and what takes away counts at once
    assert collection(hub, "cloud").readers == ("community:cloud",)
    assert ask(hub, "cloud", Change(readers=()), actor="lin.yating", why="less") is None
    assert collection(hub, "cloud").readers == ()
    ask(hub, "cloud", Change(retired=True), actor="lin.yating", why="over")
    assert "cloud" not in {each.alias for each in collections(hub)}


@pytest.mark.parametrize(
    ("alias", "change", "why"),
    [
        ("Cloud!", Change(), "x"),
        ("feed-bank-017-1", Change(), "x"),
        ("cloud", Change(), " "),
        ("cloud", Change(readers=("everybody at all",)), "x"),
        ("cloud", Change(title="x" * 300), "x"),
    ],
)
def test_a_wish_that_says_nothing_is_refused(hub, alias, change, why):
    with pytest.raises(UsageError):
        ask(hub, alias, change, actor="lin.yating", why=why)
    assert shelf(hub).waiting == {}


def test_a_token_asks_for_nothing(hub):
    with pytest.raises(ForbiddenError):
        ask(hub, "cloud", Change(), actor="token:robot", why="x")


def test_what_does_not_wait_is_not_decided(hub):
    with pytest.raises(MissingError):
        decide(hub, "cloud", approved=True, actor="chen.weiting")
