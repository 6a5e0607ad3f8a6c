"""The watchlist finds in blocks exactly what a plain reading of each line finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.intelligence.watchlist import MOST_SOUGHT, Scan, Watched, Watchlist
from panshi.model.alliance.ticket import Observable

DIGEST = "0123456789abcdef" * 4


def watched(*values):
    return Watched(
        values=tuple(Observable(kind=kind, value=value) for kind, value in values), about=("x",)
    )


def lines_hit(found, text):
    scan = Scan(Watchlist.compiled(found))
    return [each.line for each in scan.block(1, text.encode())]


@pytest.mark.parametrize(
    ("kind", "value", "line"),
    [
        ("domain", "evil.example", "query www.EVIL.example. A"),
        ("domain", "evil.example", '{"host":"evil.example"}'),
        ("domain", "evil.example", "GET https://evil.example:8443/a?b=c"),
        ("domain", "evil.example", "from <who@mail.evil.example>"),
        ("ipv4", "203.0.113.7", "203.0.113.7:443 -> 10.0.0.1"),
        ("ipv4", "203.0.113.7", "src=203.0.113.7,dst=10.0.0.1"),
        ("ipv4-cidr", "198.51.100.0/24", "10.0.0.1\t198.51.100.77\t443"),
        ("ipv6", "2001:db8::1", "host 2001:DB8::1 up"),
        ("ipv6-cidr", "2001:db8:1::/48", "host 2001:db8:1:2::9 up"),
        ("url", "http://evil.example/a.php", "GET http://evil.example/a.php 200"),
        ("url", "http://evil.example/a.php?x=1", "evil.example\tGET\t/a.php?x=1"),
        ("url", "http://evil.example/a.php", '{"url":"http:\\/\\/evil.example\\/a.php"}'),
        ("sha256", DIGEST, f"file {DIGEST.upper()} seen"),
        ("email", "who@evil.example", "MAIL FROM:<who@evil.example>"),
        ("file", "invoice 2026.exe", 'wrote "invoice 2026.exe" to disk'),
    ],
)
def test_a_value_is_found_as_tools_write_it(kind, value, line):
    assert lines_hit([watched((kind, value))], f"nothing\n{line}\nnothing") == [2]


@pytest.mark.parametrize(
    ("kind", "value", "line"),
    [
        ("domain", "evil.example", "notevil.example"),
        ("domain", "evil.example", "evil.example.org"),
        ("ipv4", "203.0.113.7", "203.0.113.77"),
        ("ipv4", "203.0.113.7", "1203.0.113.7"),
        ("ipv4-cidr", "198.51.100.0/24", "198.51.101.1"),
        ("url", "http://evil.example/a.php", "GET http://evil.example/b.php"),
        ("sha256", DIGEST, DIGEST[:-1]),
        ("bitcoin", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1boatslrhtknngkdxeeobr76b53lettpyt"),
    ],
)
def test_what_only_looks_alike_is_not_found(kind, value, line):
    assert lines_hit([watched((kind, value))], line) == []


def test_values_that_belong_together_must_stand_in_one_line():
    both = watched(("domain", "a.example"), ("ipv4", "192.0.2.1"))
    assert lines_hit([both], "a.example\n192.0.2.1\na.example 192.0.2.1") == [3]


names = st.sampled_from([f"{a}.{b}.example" for a in ("www", "a", "evil") for b in "abcde"])
addresses = st.integers(0, 40).map(lambda n: f"192.0.2.{n}")
lines = st.lists(st.lists(names | addresses, max_size=4).map(" ".join), max_size=40)


@given(st.sets(names, max_size=4), st.sets(addresses, max_size=4), lines)
def test_blocks_find_what_lines_hold(domains, hosts, text):
    # Given what is looked for and lines of any kind
    found = [watched(("domain", each)) for each in sorted(domains)]
    found += [watched(("ipv4", each)) for each in sorted(hosts)]
    # When they are read as a block
    hit = sorted(set(lines_hit(found, "\n".join(text))))
    # Then the lines are those a plain look finds
    plain = [
        number
        for number, line in enumerate(text, 1)
        if any(re.search(rf"(?<!\S)(?:\S+\.)?{re.escape(each)}(?!\S)", line) for each in domains)
        or set(line.split()) & hosts
    ]
    assert hit == plain


def test_more_signs_than_are_sought_singly_are_found_too():
    found = [watched(("domain", f"n{n}.example")) for n in range(MOST_SOUGHT * 2)]
    text = "\n".join(f"x n{n}.example y" for n in range(MOST_SOUGHT * 2))
    assert lines_hit(found, text) == list(range(1, MOST_SOUGHT * 2 + 1))
