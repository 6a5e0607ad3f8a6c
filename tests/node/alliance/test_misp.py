"""MISP feeds through a hub: in, and out as far as the markings allow."""

import csv
import hashlib
import json

import pytest

from panshi.errors import BadInputError
from panshi.node.alliance.collections import collection
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.misp import export_feed, import_feed
from panshi.node.home import Home
from panshi.node.node import Node
from tests.alliance.misp.events import SAMPLE, UUID, event


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path / "home")) as node:
        prepare_hub(node, actor="lin.yating", name="Hub")
        yield node


@pytest.fixture
def feed(tmp_path):
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({UUID: {"info": "made up"}}))
    (folder / f"{UUID}.json").write_bytes(event(*SAMPLE))
    return folder


def test_a_feed_comes_in_and_leaves_as_its_markings_allow(hub, feed, tmp_path):
    # Given a feed with a red attribute among green ones
    sharing = collection(hub, "sharing")
    told = import_feed(hub, sharing, feed, actor="lin.yating")
    assert (told.events, told.failures, told.unread) == (1, [], [])
    # When it leaves for everybody and for members
    nothing = export_feed(hub, sharing, tmp_path / "public", to="public", actor="x")
    for_members = export_feed(hub, sharing, tmp_path / "members", to="members", actor="x")
    # Then nobody outside gets anything, members what is green, nobody what is red
    assert (nothing.events, nothing.attributes) == (0, 0)
    assert for_members.events == 1
    written = b"".join(each.read_bytes() for each in (tmp_path / "members").iterdir())
    assert b"198.51.100.7" in written
    assert b"2001:db8::7" not in written
    manifest = json.loads((tmp_path / "members" / "manifest.json").read_bytes())
    ((known, about),) = manifest.items()
    assert about["Tag"] == [{"name": "tlp:green", "colour": "#339900"}]
    # And its values are found by digest, and it can be read again
    rows = csv.reader((tmp_path / "members" / "hashes.csv").open())
    assert [hashlib.md5(b"evil.example").hexdigest(), known] in list(rows)
    again = import_feed(hub, sharing, tmp_path / "members", actor="x")
    assert (again.events, again.failures) == (1, [])


def test_an_event_that_cannot_be_read_is_told_and_the_others_taken(hub, feed):
    other = "00000000-0000-4000-8000-000000000001"
    (feed / "manifest.json").write_text(json.dumps({other: {}, UUID: {}}))
    (feed / f"{other}.json").write_text("{")
    told = import_feed(hub, collection(hub, "sharing"), feed, actor="x")
    assert told.events == 1
    assert len(told.unread) == 1


def test_a_manifest_names_events_not_places(hub, feed):
    (feed / "manifest.json").write_text(json.dumps({"../../etc/passwd": {}}))
    with pytest.raises(BadInputError):
        import_feed(hub, collection(hub, "sharing"), feed, actor="x")
