"""Tickets as others write them become sketches, whatever their shape."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.alliance.correlation.foreign import in_order, sketch_of_record
from panshi.alliance.correlation.traits import Sketch, Trait
from panshi.errors import BadInputError
from panshi.node.alliance.intelligence.content import allow_list


def read(record: object) -> Sketch:
    return sketch_of_record(record, place="t:1", fallback="line-1", allowed=allow_list(), most=400)


def traits(record: object) -> set[tuple[str, str]]:
    return {(each.kind, each.value) for group in read(record).groups for each in group}


@pytest.mark.parametrize(
    "record",
    [
        {"indicators": [{"kind": "ipv4", "value": "203.0.113.9"}]},
        {"iocs": ["203.0.113.9"]},
        {"observables": {"ip": ["203[.]0[.]113[.]9"]}},
        {"src_ip": "203.0.113.9"},
        {"evidence": {"network": {"dst_ip": "203.0.113.9"}}},
        {"description": "連線至 203[.]0[.]113[.]9，已封鎖"},
        {"whatever": "203.0.113.9"},
        {"indicators": [{"type": "ipv4-addr", "value": "203.0.113.9", "id": "i-1"}]},
        {"indicators": [{"ioc": "203.0.113.9", "ioc_type": "ip"}]},
    ],
)
def test_an_address_is_found_wherever_it_stands(record):
    # Given an address in some shape
    # When it is read
    # Then it is the address, and its network
    assert {("ipv4", "203.0.113.9"), ("network", "203.0.113.0/24")} <= traits(record)


@pytest.mark.parametrize(
    ("record", "trait"),
    [
        ({"mitre": [{"id": "T1059.001", "name": "x"}]}, ("technique", "T1059.001")),
        ({"ttps": "T1059.001, T1105"}, ("chain", "T1059.001 T1105")),
        ({"cve": "cve-2024-3094"}, ("cve", "CVE-2024-3094")),
        ({"vendor": {"name": "Acme"}}, ("supplier", "acme")),
        ({"supplier": ["Acme"]}, ("supplier", "acme")),
        ({"malware_family": "Emotet"}, ("malware", "emotet")),
        ({"ja3": "a" * 32}, ("fingerprint", "a" * 32)),
        ({"sha256": "ab12" * 16}, ("sha256", "ab12" * 16)),
        ({"iocs": [{"type": "certificate", "value": "ab12" * 10}]}, ("certificate", "ab12" * 10)),
        ({"asn": 64500}, ("asn", "AS64500")),
        ({"odd_field": "Some Value"}, ("other", "oddfield=some value")),
        ({"url": "hxxp://a.evil.example.org/x"}, ("registered-domain", "example.org")),
    ],
)  # fmt: skip
def test_fields_are_known_by_other_names(record, trait):
    # Given a field by one of its names
    # When it is read
    # Then it is what it says
    assert trait in traits(record)


@pytest.mark.parametrize("name", ["campaign", "label", "truth", "is_noise", "severity", "status"])
def test_what_gives_the_answer_away_is_not_read(name):
    # Given a record with the answer in it
    # When it is read
    # Then it is not there
    assert traits({name: "APT-99"}) == set()


def test_what_everybody_uses_is_left_out():
    # Given addresses everybody uses
    # When they are read
    found = read({"ips": ["8.8.8.8", "10.1.2.3"], "domains": ["www.google.com"]})
    # Then nothing is left to compare, and that is told
    assert found.groups == ()
    assert found.left_out == 3


@pytest.mark.parametrize(
    ("record", "seconds"),
    [
        ({"timestamp": "2026-01-02T00:00:00Z"}, 1_767_312_000),
        ({"ts": 1_767_312_000}, 1_767_312_000),
        ({"time": 1_767_312_000_000}, 1_767_312_000),
        ({"reported_at": "2026-01-05", "occurred_at": "2026-01-02T08:00:00+08:00"}, 1_767_312_000),
    ],
)
def test_times_are_read_as_they_are_told(record, seconds):
    # Given a time in some form
    # When it is read
    # Then it is seconds since 1970; what happened counts before what was reported
    assert read(record).at == seconds


def test_bare_days_become_times():
    # Given a file that counts days
    found = in_order([read({"id": str(day), "day": day}) for day in (40, 3, 300)])
    # When it is put in order
    # Then days are days, oldest first
    assert [each.id for each in found] == ["3", "40", "300"]
    assert found[1].at - found[0].at == 37 * 86_400


def test_what_is_no_object_is_refused():
    # Given a line that is no object
    # When it is read
    # Then it is refused with its place
    with pytest.raises(BadInputError, match="t:1"):
        read(["a"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=25,
)
names = st.sampled_from(
    ["id", "member", "time", "indicators", "techniques", "cve", "asn", "text", "type", "value", "x"]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names | st.text(max_size=10), json_values, max_size=6))
def test_any_object_is_read(record):
    # Given any JSON object
    # When it is read
    found = read(record)
    # Then it is a sketch with an id and nothing but traits
    assert found.id
    assert all(isinstance(each, Trait) for group in found.groups for each in group)
