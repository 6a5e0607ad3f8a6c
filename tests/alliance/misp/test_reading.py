"""MISP events read into STIX 2.1."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.misp.reading import read_event
from panshi.alliance.stix.markings import marking_of
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.validating import validator
from tests.alliance.misp.events import SAMPLE, UUID, attribute, event


def colours(objects):
    return {
        each["id"]: marking_of(each, {}, unmarked=Tlp.AMBER, originator="").tlp for each in objects
    }


def test_every_object_is_right_by_stix():
    found = read_event(event(*SAMPLE), place="x")
    assert {each["id"]: validator().flaws(each) for each in found.objects} == {
        each["id"]: () for each in found.objects
    }


def test_attributes_for_detection_become_indicators_and_the_event_a_report():
    found = read_event(event(*SAMPLE), place="x")
    patterns = {each["pattern"] for each in found.objects if each["type"] == "indicator"}
    assert patterns == {
        "[ipv4-addr:value = '198.51.100.7']",
        "[file:name = 'a\\'b\\\\c.exe']",
        "[file:hashes.'SHA-256' = '" + "ab" * 32 + "']",
        "[ipv6-addr:value = '2001:db8::7']",
    }
    assert dict(found.left_out) == {"text": 1}
    report = found.objects[-1]
    assert report["id"] == f"report--{UUID}"
    held = [each["id"] for each in found.objects if each["type"] not in {"report", "identity"}]
    assert report["object_refs"] == held


def test_reading_again_gives_the_same():
    assert read_event(event(*SAMPLE), place="x") == read_event(event(*SAMPLE), place="x")


def test_an_attribute_is_no_less_restricted_than_its_event():
    found = read_event(event(*SAMPLE), place="x")
    told = {each.get("pattern"): colours([each])[each["id"]] for each in found.objects}
    assert told["[ipv4-addr:value = '198.51.100.7']"] is Tlp.GREEN
    assert told["[ipv6-addr:value = '2001:db8::7']"] is Tlp.RED


@pytest.mark.parametrize(
    ("parts", "tlp"),
    [
        ({"tags": ("tlp:white",)}, Tlp.CLEAR),
        ({"tags": ()}, Tlp.AMBER),
        ({"tags": ("tlp:green", "tlp:amber+strict")}, Tlp.AMBER_STRICT),
        ({"tags": ("tlp:ex:chr",)}, Tlp.RED),
        ({"tags": ("tlp:clear",), "distribution": "0"}, Tlp.AMBER_STRICT),
        ({"tags": ("tlp:clear",), "distribution": 4}, Tlp.RED),
    ],
)
def test_tags_and_distribution_say_how_far_it_travels(parts, tlp):
    found = read_event(event(SAMPLE[0], **parts), place="x")
    assert set(colours(found.objects).values()) == {tlp}


def test_what_was_deleted_is_left_out():
    raw = event(attribute(1, "ip-dst", "198.51.100.7", deleted=True))
    assert [each["type"] for each in read_event(raw, place="x").objects] == ["identity"]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b"[" * 10_000, event(uuid="x"), event(date="then"), event(Tag=5)]
)
def test_what_is_no_event_is_refused(raw):
    with pytest.raises(BadInputError):
        read_event(raw, place="x")


TYPES = ("ip-dst", "domain|ip", "filename|md5", "AS", "regkey", "url", "mutex", "x", "email", "md5")


@given(st.lists(st.tuples(st.sampled_from(TYPES), st.text(max_size=30), st.booleans()), max_size=5))
def test_any_values_give_objects_that_can_be_judged(values):
    # Given attributes of any values
    made = [attribute(n, kind, text, to_ids=ids) for n, (kind, text, ids) in enumerate(values)]
    found = read_event(event(*made), place="x")
    # Then patterns can be read whatever stands in them, and JSON carries everything
    for each in found.objects:
        json.dumps(each)
        if each["type"] == "indicator":
            flaws = [flaw.problem for flaw in validator().flaws(each)]
            assert [flaw for flaw in flaws if "cannot be read" in flaw] == []
