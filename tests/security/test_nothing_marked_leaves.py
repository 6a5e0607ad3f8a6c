"""What is marked for fewer than the reader never leaves, by any way there is.

Objects with any marking (TLP 2.0 and 1.0, PAP, statements, recipients, of parts, unknown ones) are
sent by members to a real hub; then every reader goes every way out. Who may see what is judged by a
table of this test's own, not by the function under test. Each object bears words that occur nowhere
else; where one of them stands in bytes that left to a reader who may not see it, something leaked.
"""

import json
import logging
from hashlib import sha256
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.ticket import Observable, Taking, Ticket
from panshi.node.alliance.tickets import accept_tickets
from tests.security.hub_trial import MEMBERS, hub_in_process, is_partner
from tests.security.ways_out import ANY_PARTNER, NOBODY, WAYS

pytestmark = pytest.mark.slow

TLP = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "white-1.0": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "red-1.0": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
NARROW = ("clear", "green", "amber", "amber+strict", "red")
NAMED = ("bank-a", "bank-b", "fund-c", "isac-x", "community:banks", "community:swift", "nobody-1")
RECIPIENTS_EXTENSION = "extension-definition--3f4e5d0f-46d9-5f38-9e6d-1c7a2d3b8a60"

colours = st.sampled_from(sorted(TLP))
objects = st.fixed_dictionaries(
    {
        "sender": st.sampled_from(sorted(MEMBERS)),
        "kind": st.sampled_from(("indicator", "report", "identity", "ipv4-addr", "sighting")),
        "whole": st.lists(colours, max_size=2),
        "parts": st.lists(colours, max_size=2),
        "recipients": st.lists(st.sampled_from(NAMED), max_size=2, unique=True),
        "unknown": st.sampled_from((False, False, False, True)),
        "confidence": st.integers(0, 100),
    }
)


def may_see(spec, reader, hub):
    """Say by the table of TLP 2.0 whether a reader may have it."""
    if reader == spec["sender"]:
        return True
    if spec["unknown"]:
        return False
    said = [*spec["whole"], *spec["parts"]]
    plain = [each.removesuffix("-1.0").replace("white", "clear") for each in said]
    narrowest = max(plain, key=NARROW.index) if plain else ""
    circles = {f"community:{each}" for each in MEMBERS.get(reader, {}).get("communities", ())}
    named = not spec["recipients"] or reader in spec["recipients"] or (
        bool(circles & set(spec["recipients"])) and narrowest not in {"red", "amber+strict"}
    )  # fmt: skip
    if not narrowest:
        narrowest = "clear" if spec["recipients"] else "amber+strict"
    if not named:
        return False
    partner = reader == ANY_PARTNER or (reader in MEMBERS and is_partner(hub, reader))
    match narrowest:
        case "clear":
            return True
        case "green":
            return reader != NOBODY
        case "amber":
            return reader != NOBODY and not partner
        case _:
            return reader in MEMBERS and not partner and reader in spec["recipients"]


def made(hub, spec):
    """Make the object and what it needs; gives all that is to be sent, the object last."""
    hub.sent += 1
    word = f"canary{hub.sent}x{uuid4().hex}"
    stamp = "2026-11-01T00:00:00.000Z"
    refs = [TLP[each] for each in spec["whole"]]
    needed = []
    if spec["recipients"]:
        extension = {"extension_type": "property-extension", "recipients": spec["recipients"]}
        needed.append(
            {
                "type": "marking-definition", "spec_version": "2.1",
                "id": f"marking-definition--{uuid4()}", "created": stamp,
                "extensions": {RECIPIENTS_EXTENSION: extension},
            }
        )  # fmt: skip
        refs.append(needed[0]["id"])
    if spec["unknown"]:
        refs.append(f"marking-definition--{uuid4()}")
    thing = {"type": spec["kind"], "spec_version": "2.1", "id": f"{spec['kind']}--{uuid4()}"}
    if spec["kind"] == "ipv4-addr":
        octets = uuid4().bytes
        thing["value"] = word = ".".join(map(str, (198, *octets[:3])))
    else:
        thing |= {"created": stamp, "modified": stamp, "confidence": spec["confidence"]}
        thing |= {"labels": ["sector:banking", f"supplier:{word}"]}
    match spec["kind"]:
        case "indicator":
            thing |= {
                "name": word, "pattern": f"[domain-name:value = '{word}.example']",
                "pattern_type": "stix", "valid_from": stamp,
            }  # fmt: skip
        case "report":
            other = f"indicator--{uuid4()}"
            thing |= {"name": word, "description": word, "published": stamp, "object_refs": [other]}
        case "identity":
            thing |= {"name": word, "identity_class": "organization", "sectors": ["banking"]}
        case "sighting":
            thing |= {"sighting_of_ref": f"indicator--{uuid4()}", "description": word}
    if refs:
        thing["object_marking_refs"] = refs
    part = "value" if spec["kind"] == "ipv4-addr" else "labels"
    if spec["parts"]:
        thing["granular_markings"] = [
            {"marking_ref": TLP[each], "selectors": [part]} for each in spec["parts"]
        ]
    return [*needed, thing], word


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with (
        pytest.MonkeyPatch.context() as patch,
        hub_in_process(tmp_path_factory.mktemp("hub"), patch) as made_hub,
    ):
        yield made_hub


tickets = st.fixed_dictionaries(
    {
        "sender": st.sampled_from(("bank-a", "bank-b", "fund-c")),
        "whole": st.tuples(st.sampled_from(NARROW)),
        "parts": st.just(()),
        "recipients": st.lists(st.sampled_from(NAMED), max_size=2, unique=True),
        "unknown": st.just(False),
    }
)


def ticketed(hub, spec, common):
    """Have a ticket accepted that bears its word wherever a ticket holds text.

    What all tickets of a round have in common makes one campaign of them.
    """
    hub.sent += 1
    word = f"canary{hub.sent}x{uuid4().hex}"
    ticket = Ticket(
        number=f"T-{hub.sent}",
        title=f"{word} 勒索軟體",
        text=f"主機 {word} 連往 {word}.example",
        reported_at=hub.node.clock(),
        indicators=(
            Observable(kind="domain", value=f"{word}.example"),
            Observable(kind="domain", value=f"{common}.example"),
            Observable(kind="sha256", value=sha256(common.encode()).hexdigest()),
        ),
        assets=(word,),
        suppliers=(word, common),
        contact=f"{word}@bank.example",
        actions=(word,),
        cause=word,
        marking=Marking(tlp=Tlp(spec["whole"][0]), recipients=tuple(spec["recipients"])),
    )
    receipt = accept_tickets(hub.node, spec["sender"], [ticket])[0]
    assert receipt.taking == Taking.ACCEPTED, receipt
    return {"id": receipt.ticket, "type": "incident"}, word


def _sent(hub, specs):
    """Send objects and tickets; gives each with its word."""
    common = f"common{uuid4().hex}"
    hub.common.append(common)
    for spec in specs:
        if "kind" in spec:
            things, word = made(hub, spec)
            hub.add(spec["sender"], things)
            yield spec, things[-1], word
        else:
            yield spec, *ticketed(hub, spec, common)


@pytest.mark.parametrize("way", WAYS, ids=lambda each: each.name)
def test_a_way_lets_nothing_out_that_its_reader_may_not_see(way, hub, caplog):
    caplog.set_level(logging.DEBUG)

    @settings(
        max_examples=way.examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(objects | tickets, min_size=2, max_size=6))
    def goes(specs):
        # Given objects and tickets with markings of every sort, sent by members
        sent = list(_sent(hub, specs))
        for reader in way.readers:
            hidden = [(one, word) for spec, one, word in sent if not may_see(spec, reader, hub)]
            # When a reader goes this way out
            gone = way.leave(hub, reader, [one for one, _word in hidden]).decode("utf-8", "replace")
            # Then nothing of what it may not see is in what left, not even that it exists
            for one, word in hidden:
                assert word not in gone, (way.name, reader, one)
                assert one["id"] not in gone, (way.name, reader, one)
        # And nothing at all of it is in the application's logs
        for _spec, _one, word in sent:
            assert word not in caplog.text

    goes()


def test_the_harness_sees_what_readers_may_see(hub):
    """What a test never finds it cannot miss: the same words are found where they may be read."""
    # Given one object for members and one for the sender alone
    spec = {"sender": "bank-a", "kind": "indicator", "parts": [], "recipients": [],
            "unknown": False, "confidence": 80}  # fmt: skip
    open_things, open_word = made(hub, spec | {"whole": ["green"]})
    shut_things, shut_word = made(hub, spec | {"whole": ["red"]})
    hub.add("bank-a", [*open_things, *shut_things])
    # When members read
    read = {
        name: WAYS[0].leave(hub, name, []).decode("utf-8", "replace") for name in (*MEMBERS, NOBODY)
    }
    # Then each finds what is its own to find, in the shared collection and in its feeds
    assert all(read[name].count(open_word) > 3 for name in MEMBERS)
    assert shut_word in read["bank-a"]
    assert all(shut_word not in read[name] for name in read if name != "bank-a")
    assert open_word not in read[NOBODY]


def test_a_warning_tells_what_its_member_may_see_and_no_more(hub):
    """The way of warnings is no empty one: a member is warned, of what it may see."""
    # Given a campaign of two members' tickets, and one in it that is for its sender alone
    spec = {"sender": "bank-a", "whole": ("green",), "recipients": []}
    common = f"common{uuid4().hex}"
    hub.common.append(common)
    for name in ("bank-a", "bank-b"):
        ticketed(hub, spec | {"sender": name}, common)
    shut = ticketed(hub, spec | {"whole": ("red",)}, common)[1]
    # When a third, which has the same supplier, asks what it is warned of
    way = next(each for each in WAYS if "own warnings" in each.name)
    gone = way.leave(hub, "fund-c", []).decode("utf-8", "replace")
    # Then it is warned by what it shares, and of the RED tickets hears no word
    assert common in gone
    assert shut not in gone


def test_a_member_that_is_let_go_reads_nothing_any_more(hub):
    # Given a member with a feed
    from panshi.node.alliance.members import MemberDesk

    # When it is suspended
    MemberDesk(hub.node, actor="chen.yiru").suspend("fund-c", why="trial")
    # Then every address of the server is closed to it
    for path in ("", "sector/", "sector/collections/", "sector/collections/sharing/objects/"):
        assert hub.taxii("GET", path, "fund-c").status in {401, 403}
    listed = json.loads(hub.taxii("GET", "sector/collections/", "bank-a").body)["collections"]
    assert not [each for each in listed if "fund-c" in each["alias"]]
