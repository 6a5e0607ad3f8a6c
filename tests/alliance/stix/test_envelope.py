"""Envelopes opened: whatever comes is judged, never fallen over."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.stix.envelope import MAX_OBJECT, enveloped, head_of, opened
from panshi.alliance.stix.markings import definition_of, marking_of
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.validating import validator
from tests.alliance.stix.samples import NOW, RIGHT, broken, domain


def read(*values):
    return opened(json.dumps({"objects": values}).encode(), validator(), most=5_000)


def test_objects_keep_their_bytes():
    raw = b'{"objects": [ {"type" :"x"}, 5 ]}'
    assert [each.body for each in opened(raw, validator(), most=9)] == [b'{"type" :"x"}', b""]
    assert enveloped([b"1", b"2"]) == b"1,2"


def test_the_head_tells_what_a_store_must_know():
    (one,) = read(domain("tool", name="x"))
    head = head_of(one, marking_of(one.value, {}, unmarked=Tlp.GREEN, originator="a"))
    assert (head.id, head.type, head.marking.tlp) == (one.id, "tool", Tlp.GREEN)
    assert head.version.isoformat() == "2026-01-01T00:00:00+00:00"


def test_what_has_no_moment_of_its_own_has_no_version():
    for parts in ({}, {"modified": 5}, {"modified": ["x"]}, {"created": "then"}):
        (one,) = read({**RIGHT[0], **parts})
        assert (
            head_of(one, marking_of(one.value, {}, unmarked=Tlp.RED, originator="")).version is None
        )


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"objects":{}}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_envelope_is_refused(raw):
    with pytest.raises(BadInputError):
        opened(raw, validator(), most=5)


def test_more_or_larger_than_may_be_is_refused():
    with pytest.raises(BadInputError):
        opened(b'{"objects":[1,2,3]}', validator(), most=2)
    (one,) = read({**domain("tool", name="x"), "description": "x" * MAX_OBJECT})
    assert "larger" in one.flaws[0].problem


@pytest.mark.parametrize("spec", ["2.0", "3.0"])
def test_other_versions_of_stix_are_refused(spec):
    assert read(domain("tool", name="x", spec_version=spec, modified=NOW))[0].flaws


def test_objects_broken_in_any_way_are_judged_and_read():
    for one in read(*broken(random.Random(11), 4_000)):
        if not one.flaws:
            head_of(one, marking_of(one.value, {}, unmarked=Tlp.AMBER, originator="a"))
            if one.value["type"] == "marking-definition":
                definition_of(one.value)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=12,
)


PLACES = (
    *("type", "id", "extensions", "granular_markings", "object_marking_refs", "objects", "lang"),
    *("pattern", "languages", "contents", "hashes", "cpe", "mime_type", "created", "modified"),
)


@given(st.sampled_from(RIGHT), st.dictionaries(st.sampled_from(PLACES), values))
def test_any_values_in_any_place_are_judged(right, parts):
    for one in read({**right, **parts}):
        if not one.flaws:
            head_of(one, marking_of(one.value, {}, unmarked=Tlp.AMBER, originator="a"))
