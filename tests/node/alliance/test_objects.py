"""What leaves a collection is exactly what `may_see` allows, whoever asks and however."""

import json
import random

import pytest

from panshi.alliance.intelligence.release import may_see
from panshi.alliance.stix.markings import PAP_IDS, RECIPIENTS_EXTENSION, TLP_2_IDS
from panshi.model.alliance.marking import NOBODY, Marking, Reader, ReaderRole, Tlp
from panshi.node.alliance.collections import collection
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.objects import Party, objects_in, page, status_of
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store.stix_objects.reading import ALL, Wanted
from tests.alliance.stix.samples import NOW, domain, ref

MEMBERS = ("bank-a", "bank-b", "insurer-c")
UNKNOWN = ref("marking-definition", "nobody knows")
READERS = (
    Reader(member=None, role=ReaderRole.PUBLIC),
    Reader(member=None, role=ReaderRole.HUB),
    Reader(member="isac", role=ReaderRole.PARTNER, communities=frozenset({"cloud"})),
    *(Reader(member=each, role=ReaderRole.MEMBER) for each in MEMBERS),
    Reader(member="bank-d", role=ReaderRole.MEMBER, communities=frozenset({"cloud"})),
)


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        prepare_hub(node, actor="lin.yating", name="Hub")
        yield node


def sender(name):
    return Party(reader=Reader(member=name, role=ReaderRole.MEMBER), actor=f"member:{name}")


def recipients(*names):
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": ref("marking-definition", "/".join(names)),
        "created": NOW,
        "extensions": {
            RECIPIENTS_EXTENSION: {
                "extension_type": "property-extension",
                "recipients": list(names),
            }
        },
    }


CIRCLES = (recipients("bank-b"), recipients("community:cloud"), recipients("bank-b", "insurer-c"))


def sent(chance, number):
    """An object, and how it is to be read."""
    marking = Marking(tlp=Tlp.CLEAR)
    made = {**domain("tool", name=f"t{number}"), "id": ref("tool", str(number))}
    whole, parts = [], []
    coloured = False
    for refs in (whole, parts):
        if chance.random() < 0.6:
            tlp = chance.choice(list(Tlp))
            refs.append(TLP_2_IDS[tlp])
            marking, coloured = marking.together(Marking(tlp=tlp)), True
    if chance.random() < 0.3:
        circle = chance.choice(CIRCLES)
        whole.append(circle["id"])
        named = tuple(circle["extensions"][RECIPIENTS_EXTENSION]["recipients"])
        marking = marking.together(Marking(tlp=Tlp.CLEAR, recipients=tuple(sorted(named))))
    if chance.random() < 0.1:
        whole.append(UNKNOWN)
        marking, coloured = marking.together(Marking(tlp=Tlp.RED, recipients=(NOBODY,))), True
    if chance.random() < 0.2:
        whole.append(chance.choice(list(PAP_IDS)))
    if not coloured:
        marking = marking.together(Marking(tlp=Tlp.AMBER_STRICT))
    if whole:
        made["object_marking_refs"] = whole
    if parts:
        made["granular_markings"] = [{"selectors": ["name"], "marking_ref": each} for each in parts]
    return made, marking


def test_pages_hold_exactly_what_each_reader_may_see(hub):
    # Given objects of three members with markings of every kind, circles defined by each for itself
    sharing, chance, known = collection(hub, "sharing"), random.Random(3), {}
    for name in MEMBERS:
        bodies = []
        for number in range(40):
            made, marking = sent(chance, f"{name}/{number}")
            narrow = Marking(tlp=marking.tlp, recipients=marking.recipients, originator=name)
            known[made["id"]] = narrow
            bodies.append(json.dumps(made).encode())
        own = [
            {**each, "id": ref("marking-definition", f"{name}/{each['id']}")} for each in CIRCLES
        ]
        renamed = {each["id"]: mine["id"] for each, mine in zip(CIRCLES, own, strict=True)}
        text = b"\n".join(bodies).decode()
        for old, new in renamed.items():
            text = text.replace(old, new)
        bodies = [each.encode() for each in text.split("\n")]
        bodies += [json.dumps(each).encode() for each in own]
        status = objects_in(hub, sharing, bodies, sender(name))
        assert all(each.outcome == "success" for each in status.objects)
        assert status_of(hub, status.id, sender(name)) == status
    # Then each reader gets what may_see allows, in one page or many, by type or by id
    for reader in READERS:
        allowed = {each for each, marking in known.items() if may_see(marking, reader)}
        party = Party(reader=reader, actor="x")
        if reader.role == ReaderRole.PUBLIC:
            continue
        for wanted in (
            Wanted(limit=1_000),
            Wanted(types=("tool",)),
            Wanted(ids=tuple(known)),
            Wanted(versions=(ALL,)),
        ):
            found = {each.id for each in page(hub, sharing, wanted, party).objects}
            assert {each for each in found if each.startswith("tool--")} == allowed
    assert len({frozenset(marking.recipients) for marking in known.values()}) > 2


def test_nobody_else_s_definition_makes_a_marking_harmless(hub):
    # Given a member that defines another's marking first, as a mere statement
    sharing = collection(hub, "sharing")
    harmless = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": UNKNOWN,
        "created": NOW,
        "definition_type": "statement",
        "definition": {"statement": "do as you like"},
    }
    objects_in(hub, sharing, [json.dumps(harmless).encode()], sender("bank-b"))
    # When the other sends an object that bears it and TLP:CLEAR
    marks = {"object_marking_refs": [UNKNOWN, TLP_2_IDS[Tlp.CLEAR]]}
    secret = {**domain("tool", name="secret"), **marks}
    objects_in(hub, sharing, [json.dumps(secret).encode()], sender("bank-a"))
    # Then it is read as RED
    seen = page(hub, sharing, Wanted(types=("tool",)), sender("bank-b")).objects
    assert seen == ()
    assert len(page(hub, sharing, Wanted(types=("tool",)), sender("bank-a")).objects) == 1
