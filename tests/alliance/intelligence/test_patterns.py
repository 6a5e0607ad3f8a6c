"""Patterns: what logs can hold is looked for, the rest is told, however hostile it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.intelligence.patterns import MOST_ALTERNATIVES, wanted
from panshi.alliance.stix.pattern import comparisons
from panshi.errors import BadInputError


def values(pattern):
    return [
        tuple(f"{one.kind} {one.value}" for one in each) for each in wanted(pattern).alternatives
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[domain-name:value = 'Evil.Example.']", [("domain evil.example",)]),
        (
            "[ipv4-addr:value = '203.0.113.7' OR url:value = 'HTTP://Evil.example/A']",
            [("ipv4 203.0.113.7",), ("url http://evil.example/A",)],
        ),
        (
            f"[domain-name:value = 'a.example' AND file:hashes.MD5 = '{'ABCDEF01' * 4}']",
            [("domain a.example", "md5 abcdef01abcdef01abcdef01abcdef01")],
        ),
        (
            (
                "[(ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2')"
                " AND domain-name:value = 'a.example']"
            ),
            [
                ("domain a.example", "ipv4 192.0.2.1"),
                ("domain a.example", "ipv4 192.0.2.2"),
            ],
        ),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", [("ipv4-cidr 198.51.100.0/24",)]),
        (
            "[domain-name:value IN ('a.example', 'b.example')]",
            [("domain a.example",), ("domain b.example",)],
        ),
        ("[url:value = 'http://e.example/it\\'s']", [("url http://e.example/it's",)]),
        (
            "[network-traffic:dst_ref.value = '2001:DB8::1'] OR [email-addr:value = 'A@B.example']",
            [("ipv6 2001:db8::1",), ("email A@b.example",)],
        ),
    ],
)
def test_values_are_read_into_normal_form(pattern, expected):
    assert sorted(values(pattern)) == sorted(expected)
    assert not wanted(pattern).left_out


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[file:name MATCHES '(a+)+$']", "MATCHES"),
        ("[domain-name:value NOT = 'a.example']", "NOT"),
        (
            "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.2']",
            "FOLLOWEDBY",
        ),
        ("[ipv4-addr:value = '192.0.2.1'] REPEATS 5 TIMES WITHIN 60 SECONDS", "REPEATS"),
        ("[ipv4-addr:value = '192.0.2.1' AND network-traffic:dst_port = 443]", "dst_port"),
        ("[process:pid EXISTS", "not a pattern"),
        ("", "not a pattern"),
    ],
)
def test_what_is_not_looked_for_is_told(pattern, reason):
    found = wanted(pattern)
    assert not found.alternatives
    assert any(reason in each for each in found.left_out), found.left_out


def test_other_languages_are_told():
    assert wanted("alert tcp any any", "snort").left_out == ("pattern of type snort",)


def test_a_product_of_choices_is_bounded():
    part = "(" + " OR ".join(f"ipv4-addr:value = '192.0.2.{n}'" for n in range(100)) + ")"
    found = wanted(f"[{part} AND {part} AND {part}]")
    assert len(found.alternatives) <= MOST_ALTERNATIVES
    assert found.left_out


@given(st.text(alphabet="[]()'= ANDORINdomain-name:value.\\0", max_size=200))
def test_whatever_is_written_is_answered(pattern):
    found = wanted(pattern)
    assert found.alternatives or found.left_out


@given(st.lists(st.from_regex(r"\A[a-z]{1,10}\.example\Z"), min_size=1, max_size=5))
def test_what_the_standard_takes_is_read_alike(names):
    """Both readers agree: the one that judges objects, and the one that looks for them."""
    pattern = "[" + " OR ".join(f"domain-name:value = '{each}'" for each in names) + "]"
    judged = {value for each in comparisons(pattern) for value in each.values}
    assert {one.value for each in wanted(pattern).alternatives for one in each} == judged


def test_what_the_standard_refuses_is_not_looked_for():
    for pattern in ("[domain-name:value = 'a.example'", "domain-name:value = 'a'", "[a = ]"):
        with pytest.raises(BadInputError):
            comparisons(pattern)
        assert not wanted(pattern).alternatives
