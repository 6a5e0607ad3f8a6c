"""What a value stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.reward.values import key_of, parents


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("url", "https://WWW.evil.example/a/?x=1"), ("url", "http://evil.example/a")),
        (("url", "https://evil.example:443/A"), ("url", "evil.example/a/")),
        (("domain-name", "www.Evil.example."), ("domain-name", "evil.example")),
        (("email-addr", "Pay+1@www.evil.example"), ("email-addr", "pay@evil.example")),
        (("ipv4-addr", "192.0.2.7/32"), ("ipv4-addr", "192.0.2.7")),
        (("sha256", "AB" * 32), ("sha256", "ab" * 32)),
    ],
)
def test_trivial_changes_stand_for_the_same_thing(one, other):
    assert key_of(*one) == key_of(*other)


def test_what_differs_stays_apart():
    assert key_of("url", "https://evil.example/a") != key_of("url", "https://evil.example/b")
    assert key_of("url", "https://evil.example:8443/a") != key_of("url", "https://evil.example/a")
    assert key_of("domain-name", "a.evil.example") != key_of("domain-name", "evil.example")
    # A registered name that merely begins like a prefix is left whole.
    assert key_of("domain-name", "www.example") == ("domain-name", "www.example")


def test_a_page_is_derived_from_its_host_and_the_domains_above():
    assert list(parents(key_of("url", "https://a.evil.example/x"))) == [
        ("domain-name", "a.evil.example"),
        ("ip", "a.evil.example"),
        ("domain-name", "evil.example"),
    ]


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_has_a_key_and_a_key_is_stable(kind, value):
    found = key_of(kind, value)

    assert isinstance(list(parents(found)), list)
    assert key_of(found[0], value) == found or found[0] == "ip"
