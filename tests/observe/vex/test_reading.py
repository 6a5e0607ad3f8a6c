"""Documents from outside, hostile ones too: read or refused, never anything else."""

import json
import random
from base64 import b64encode

import pytest

from panshi.errors import BadInputError
from panshi.observe.vex.reading import LIMITS, read_vex
from tests.observe.vex.csaf_documents import document, packed
from tests.observe.vex.test_cyclonedx import XML, bom
from tests.observe.vex.test_openvex import openvex

SEEDS = {
    "csaf": packed(document()),
    "cyclonedx": json.dumps(bom()).encode(),
    "openvex": openvex(),
    "xml": XML.encode(),
}
STATUSES = ("affected", "not_affected", "fixed", "under_investigation")


@pytest.mark.parametrize("kind", SEEDS)
def test_three_hundred_mutations_of_each_are_read_or_refused(kind):
    # Given a document and chance that is the same each time
    chance = random.Random(f"{kind}-1")
    raw, parsed = SEEDS[kind], None if kind == "xml" else json.loads(SEEDS[kind])
    for _ in range(300):
        mutated = bytes_of(raw, chance) if parsed is None or chance.random() < 0.4 else None
        if mutated is None:
            mutated = json.dumps(shape_of(parsed, chance)).encode()
        # When it is read, then what comes is a document with places, or a refusal with one
        try:
            found = read_vex(mutated, name="mutated")
        except BadInputError:
            continue
        for each in found.statements:
            assert each.status in STATUSES
            assert each.vulnerability
            assert each.products
        if found.refused:
            assert found.statements == ()


def bytes_of(raw, chance):
    made = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made))
        match chance.randrange(4):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = bytes(chance.choices(b'{}[]",:\\<>&;0e', k=chance.randint(1, 6)))
            case _:
                made[at:at] = made[: chance.randint(1, 200)]
        if not made:
            made = bytearray(b"{")
    return bytes(made)


def shape_of(value, chance):
    """Give the same with a few values of another shape."""
    strange = (None, True, 0, -1, 1e300, "", "x" * 5_000, [], {}, [[]], [None], {"": {}}, "\u0000")
    if chance.random() < 0.03:
        return chance.choice(strange)
    if isinstance(value, dict):
        made = {key: shape_of(each, chance) for key, each in value.items()}
        if made and chance.random() < 0.05:
            made.pop(chance.choice(list(made)))
        return made
    if isinstance(value, list):
        made = [shape_of(each, chance) for each in value]
        return made * 2 if chance.random() < 0.05 else made
    return value


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"bomFormat": "CycloneDX"',
        b'{"@context": 7, "statements": []}',
        b"\xff\xfe\x00",
        b"PK\x03\x04zip",
        b'<?xml version="1.0"?><!DOCTYPE bom [<!ENTITY a "b">]><bom>&a;</bom>',
        b"<html/>",
    ],
)
def test_what_is_no_document_is_refused_with_its_place(hostile):
    with pytest.raises(BadInputError) as refused:
        read_vex(hostile, name="hostile.json")
    assert "hostile.json" in refused.value.place


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path):
    place = tmp_path / "large.json"
    with place.open("wb") as file:
        file.truncate(LIMITS.max_bytes + 1)
    with pytest.raises(BadInputError, match="larger than"):
        read_vex(place)


def test_an_envelope_is_opened_once_and_its_signatures_kept():
    wrapped = {
        "payloadType": "application/vnd.openvex+json",
        "payload": b64encode(openvex()).decode(),
        "signatures": [{"keyid": "k", "sig": b64encode(b"s").decode()}],
    }
    found = read_vex(json.dumps(wrapped).encode())
    assert len(found.statements) == 1
    assert found.envelope.signatures == (("k", b"s"),)
    # An envelope in an envelope is a trick
    twice = wrapped | {"payload": b64encode(json.dumps(wrapped).encode()).decode()}
    with pytest.raises(BadInputError, match="envelope in an envelope"):
        read_vex(json.dumps(twice).encode())
    with pytest.raises(BadInputError, match="no base64"):
        read_vex(json.dumps(wrapped | {"payload": "***"}).encode())
