"""Orders are total, keys agree with comparisons, and no text makes them fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.protection.supply_chain.versions import (
    ALIASES,
    FAMILIES,
    Order,
    compare,
    family,
    key,
)
from panshi.protection.supply_chain.versions.keys import LONGEST

PIECES = st.sampled_from(
    [
        "0", "1", "2", "10", "01", "00", ".", ".", ".", "-", "_", "+", "~", "^", ":", "a", "b",
        "rc", "alpha", "beta", "dev", "pre", "post", "p", "r", "ga", "sp", "final", "snapshot", "x",
        "#", "v", "T", "Z", "*", "α",
    ]
)  # fmt: skip
VERSIONS = st.lists(PIECES, min_size=1, max_size=9).map("".join)
INSTANTS = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}Z")
NAMES = st.sampled_from(sorted(FAMILIES))
MIRRORED = {"<": ">", ">": "<", "=": "=", "?": "?"}


@given(NAMES, VERSIONS | INSTANTS, VERSIONS | INSTANTS)
def test_turning_a_pair_round_turns_the_answer_round(name: str, left: str, right: str) -> None:
    assert compare(name, right, left) == MIRRORED[compare(name, left, right)]


@given(NAMES, st.lists(VERSIONS, min_size=3, max_size=6))
def test_sorting_by_keys_agrees_with_every_comparison(name: str, versions: list[str]) -> None:
    # Given versions that have a place
    placed = sorted((v for v in versions if key(name, v) is not None), key=lambda v: key(name, v))
    # When any two of the sorted row are compared, then the earlier one is never greater
    for at, left in enumerate(placed):
        for right in placed[at:]:
            assert compare(name, left, right) in {Order.LESS, Order.EQUAL}


@given(NAMES, VERSIONS)
def test_a_version_is_itself_or_has_no_place(name: str, version: str) -> None:
    wanted = Order.UNKNOWN if key(name, version) is None else Order.EQUAL
    assert compare(name, version, version) == wanted


@given(NAMES, st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_answered(name: str, left: str, right: str) -> None:
    assert compare(name, left, right) in set(Order)
    assert hash(key(name, left)) is not None


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_what_says_nothing_has_no_place(name: str) -> None:
    for version in ("", " ", "NA", "(devel)", "NOASSERTION", "${project.version}", "latest"):
        assert key(name, version) is None
    assert key(name, "1" * (LONGEST + 1)) is None


@pytest.mark.parametrize("name", sorted({*FAMILIES} - {"datetime"}))
def test_numbers_order_as_numbers(name: str) -> None:
    wanted = Order.GREATER if name == "lexicographic" else Order.LESS
    assert compare(name, "1.9", "1.10") == wanted


def test_ecosystems_are_known_by_all_their_names() -> None:
    assert {ALIASES[name] for name in ALIASES} <= set(FAMILIES)
    assert family("crates.io") == family("cargo") == "semver"
    assert family("Debian:12") == family("deb") == "debian"
    assert family("Red Hat:enterprise_linux:9") == "redhat"
    assert family("no-such") is None
    with pytest.raises(UsageError, match="no order is known"):
        key("no-such", "1")


@pytest.mark.parametrize(
    ("ecosystem", "line"),
    [
        ("PyPI", "1.0.post1 > 1.0"),
        ("PyPI", "1!0.1 > 2024.1"),
        ("npm", "1.0.0-alpha.2 < 1.0.0-alpha.10"),
        ("Go", "v1.2.3+incompatible = v1.2.3"),
        ("Go", "v0.0.0-20190101000000-abcdef < v0.0.1"),
        ("Maven", "1.0-alpha-1 < 1.0"),
        ("Maven", "1.0.RELEASE = 1"),
        ("NuGet", "1.0.0.1-BETA = 1.0.0.1-beta"),
        ("crates.io", "1.0.0-rc.1 < 1.0.0"),
        ("RubyGems", "1.a > 1.a.0.b"),
        ("RubyGems", "1.0.0 = 1"),
        ("Packagist", "1.0.0-RC1 < 1.0.0"),
        ("Debian", "1.0~rc1-1 < 1.0-1"),
        ("Debian", "2:1.0 > 9.0"),
        ("RPM", "1.0^git1 > 1.0"),
        ("RPM", "1.0~rc1 < 1.0"),
        ("Alpine", "1.2.3_rc1-r0 < 1.2.3-r0"),
        ("Alpine", "1.2.3-r1 < 1.2.3-r10"),
        ("alpm", "1.0rc < 1.0"),
        ("generic", "3.0.3-NA < 3.0.3"),
    ],
)
def test_what_everybody_knows(ecosystem: str, line: str) -> None:
    left, sign, right = line.split()
    assert compare(ecosystem, left, right) == sign
