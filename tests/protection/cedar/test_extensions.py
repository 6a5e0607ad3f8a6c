"""The extension types against Cedar itself: which texts it takes, and what it says of them."""

import json

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.instants import Datetime, Duration

PARSERS = {
    "decimal": Decimal.parse,
    "ip": IpAddress.parse,
    "datetime": Datetime.parse,
    "duration": Duration.parse,
}
REQUEST = {
    "principal": {"type": "U", "id": "a"},
    "action": {"type": "Action", "id": "a"},
    "resource": {"type": "U", "id": "a"},
}


def cedar(expression: str, **context: str) -> bool | None:
    """What Cedar says of an expression; None where it errs."""
    text = f"permit(principal, action, resource) when {{ {expression} }};"
    answer = cedarpy.is_authorized({**REQUEST, "context": context}, text, [])
    return None if answer.diagnostics.errors else answer.allowed


def ours(kind: str, text: str):
    """What we read; None where we refuse."""
    try:
        return PARSERS[kind](text)
    except EvaluationError:
        return None


digits = st.text("0123456789", min_size=0, max_size=5)
parts = {
    "decimal": st.lists(st.sampled_from("0123456789.-+ e٣"), max_size=9).map("".join),
    "ip": st.one_of(
        st.lists(st.sampled_from("0123456789.:/abfF%"), max_size=16).map("".join),
        st.builds(
            lambda octets, prefix: ".".join(map(str, octets)) + prefix,
            st.lists(st.integers(0, 300), min_size=3, max_size=5),
            st.sampled_from(["", "/0", "/8", "/32", "/33", "/08", "/-1", "/"]),
        ),
        st.builds(
            lambda address, prefix: f"{address}{prefix}",
            st.ip_addresses(v=6),
            st.sampled_from(["", "/0", "/64", "/128", "/129", "/064"]),
        ),
    ),
    "datetime": st.builds(
        "{}-{}-{}{}".format,
        st.sampled_from(["2024", "1900", "0000", "9999", "24", "2023"]),
        st.sampled_from(["01", "02", "12", "13", "00", "1"]),
        st.sampled_from(["01", "28", "29", "30", "31", "32", "00"]),
        st.sampled_from(
            [
                *("", "T", "T00:00:00Z", "T23:59:59Z", "T23:59:60Z", "T24:00:00Z", "T12:60:00Z"),
                *("T12:00:00.123Z", "T12:00:00.1Z", "T12:00:00+0800", "T12:00:00.999-2359"),
                *("T12:00:00-2400", "T12:00:00+0060", "T12:00:00+08:00", "T12:00:00", "Z"),
            ]
        ),
    ),
    "duration": st.lists(
        st.builds(
            "{}{}".format,
            st.one_of(digits, st.just(str(2**63))),
            st.sampled_from(["d", "h", "m", "s", "ms"]),
        ),
        max_size=6,
    ).flatmap(lambda units: st.sampled_from(["", "-", "+"]).map(lambda s: s + "".join(units))),
}


@pytest.mark.parametrize("kind", PARSERS)
def test_exactly_the_texts_cedar_takes_are_taken(kind):
    @given(parts[kind])
    def agree(text):
        quoted = json.dumps(text)
        assert (ours(kind, text) is None) == (
            cedar(f"{kind}({quoted}) == {kind}({quoted})") is None
        )

    agree()


@pytest.mark.parametrize("kind", PARSERS)
def test_exactly_the_values_cedar_holds_equal_are_equal(kind):
    @given(parts[kind], parts[kind])
    def agree(left, right):
        a, b = ours(kind, left), ours(kind, right)
        said = cedar(f"{kind}({json.dumps(left)}) == {kind}({json.dumps(right)})")
        assert said == (None if a is None or b is None else a == b)

    agree()


def test_the_last_number_of_each_type_is_taken_and_the_next_is_not():
    assert Decimal.parse("922337203685477.5807").scaled == 2**63 - 1
    assert ours("decimal", "922337203685477.5808") is None
    assert Duration.parse("-9223372036854775808ms").milliseconds == -(2**63)
    assert ours("duration", "9223372036854775808ms") is None
    assert ours("decimal", "9" * 10_000 + ".0") is None
    assert ours("duration", "9" * 10_000 + "d") is None


def test_each_value_prints_a_text_that_reads_as_itself():
    for kind, text in (("decimal", "-0.5"), ("ip", "10.0.0.1/8"), ("duration", "-1d2h")):
        value = PARSERS[kind](text)
        assert PARSERS[kind](str(value)) == value
