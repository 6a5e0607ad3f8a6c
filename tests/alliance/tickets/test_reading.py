"""Tickets as members say them: strict, bounded, and bound to what was written."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.tickets.reading import MOST_BATCH, batch, pieces, said, written
from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Channel
from tests.simulators.tickets import NOW, spoken


def test_the_digest_is_of_what_was_written_however_it_was_laid_out():
    # Given
    raw = spoken()
    value = json.loads(raw)
    spread = json.dumps(dict(reversed(value.items())), indent=3).encode()
    # When
    one, other = said(raw, "bank-a", NOW), said(spread, "bank-a", NOW)
    # Then
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert one.canonical == other.canonical == plain.encode()
    assert one.ticket.digest == sha256(plain.encode()).hexdigest()


def test_the_hub_fills_what_only_it_knows():
    ticket = said(spoken(), "bank-a", NOW, channel=Channel.MAIL).ticket
    assert (ticket.member, ticket.accepted_at, ticket.channel) == ("bank-a", NOW, Channel.MAIL)
    assert ticket.id.startswith("ticket--")


@pytest.mark.parametrize(
    ("fields", "place", "told"),
    [
        ({"titel": "x"}, "titel", "no field"),
        ({"member": "bank-b"}, "member", "hub's to say"),
        ({"accepted_at": "2026-01-01T00:00:00Z"}, "accepted_at", "hub's to say"),
        ({"marking": {"tlp": "red", "originator": "bank-b"}}, "marking.originator", "hub's"),
        ({"impact": {"custmers": 1}}, "impact.custmers", "no field"),
        ({"indicators": [{"kind": "ipv4", "value": "1", "x": 1}]}, "indicators[].x", "no field"),
        ({"severity": "bad"}, "severity", "Invalid enum"),
        ({"version": 1.5}, "version", "Expected"),
        ({"title": None}, "title", "Expected"),
        ({"reported_at": "yesterday"}, "reported_at", "Invalid"),
        ({"reported_at": "2026-09-30T10:00:00"}, "reported_at", "no time zone"),
        ({"reported_at": "2026-10-01T10:00:00+08:00"}, "reported_at", "in the future"),
        ({"techniques": ["PowerShell"]}, "techniques", "is none"),
    ],
)
def test_what_does_not_fit_is_told_with_its_field(fields, place, told):
    with pytest.raises(BadInputError, match=told) as refused:
        said(spoken(**fields), "bank-a", NOW)
    assert refused.value.place == place


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b'"x"',
        b"{",
        b'{"number":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_ticket_at_all_is_bad_input(raw):
    with pytest.raises(BadInputError):
        said(raw, "bank-a", NOW)
    with pytest.raises(BadInputError):
        pieces(raw)


def test_one_long_line_is_refused_before_it_is_parsed():
    with pytest.raises(BadInputError, match="bytes"):
        said(b'{"number":"' + b"x" * 3_000_000 + b'"}', "bank-a", NOW)


def test_a_batch_is_taken_apart_without_judging_its_tickets():
    parts = (spoken("1"), b'{"number": 7}')
    assert pieces(batch(parts)) == parts
    with pytest.raises(BadInputError, match="at most"):
        pieces(batch((b"{}",) * (MOST_BATCH + 1)))
    with pytest.raises(BadInputError):
        pieces(b'{"tickets":[],"more":1}')


def test_a_ticket_written_again_is_the_same_ticket():
    first = said(spoken(impact={"customers": 3}), "bank-a", NOW).ticket
    again = said(written(first), "bank-a", NOW).ticket
    assert written(again) == written(first)
    assert (again.impact, again.marking, again.indicators) == (
        first.impact,
        first.marking,
        first.indicators,
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["number", "title", "reported_at", "impact", "marking", "indicators", "techniques", "version"]
)


@given(st.dictionaries(FIELDS | st.text(max_size=12), VALUES, max_size=8))
def test_any_json_is_a_ticket_or_bad_input(value):
    raw = json.dumps({"number": "1", "title": "t"} | value).encode(errors="replace")
    try:
        found = said(raw, "bank-a", NOW)
    except BadInputError:
        return
    assert sha256(found.canonical).hexdigest() == found.ticket.digest


@given(st.binary(max_size=200))
def test_any_bytes_are_a_batch_or_bad_input(raw):
    try:
        found = pieces(raw)
    except BadInputError:
        return
    assert all(isinstance(each, bytes) for each in found)
