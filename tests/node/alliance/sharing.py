"""Members that share indicators and sightings at a hub, for tests."""

import json
import uuid

from panshi.node.alliance.collections import collection
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import Party, objects_in

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
BANKS = tuple(f"bank-{number:03}" for number in range(1, 8))


def indicator(node, name):
    """Give the parts of an indicator of a domain."""
    return {
        "pattern": f"[domain-name:value = '{name}']",
        "pattern_type": "stix",
        "valid_from": now(node),
        "indicator_types": ["unknown"],
    }


def now(node):
    """Give the moment as STIX writes it."""
    return node.clock().strftime("%Y-%m-%dT%H:%M:%S.000Z")


def add(node, name, kind, **parts):
    """Add an object as a member; gives its id."""
    made = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid4()}",
        "created": now(node),
        "modified": now(node),
        "object_marking_refs": [GREEN],
    } | parts
    party = Party(reader=reader_of(member(node, name)), actor=name)
    status = objects_in(node, collection(node, "sharing"), [json.dumps(made).encode()], party)
    assert status.objects[0].outcome == "success", status.objects[0].message
    return made["id"]


def shared_among(node):
    """The first bank tells a domain, four others see it, the last tells it anew; gives its id."""
    told = add(node, BANKS[0], "indicator", **indicator(node, "evil.example"))
    for each in BANKS[1:5]:
        add(node, each, "sighting", sighting_of_ref=told, count=1)
    add(node, BANKS[6], "indicator", **indicator(node, "www.evil.example"))
    return told
