"""Ranges survive writing and reading, agree with plain comparisons, and never fail on text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.protection.supply_chain.vers import (
    Comparator,
    Constraint,
    VersionRange,
    from_native,
    parse,
    parse_canonical,
)
from panshi.protection.supply_chain.vers.native import READERS

NUMBERS = st.tuples(st.integers(0, 3), st.integers(0, 3))
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)


def _version(number: tuple[int, int]) -> str:
    return f"{number[0]}.{number[1]}"


@given(st.sets(NUMBERS, max_size=6), NUMBERS, st.sampled_from(["pypi", "npm", "deb", "maven"]))
def test_pairs_of_bounds_are_half_open_intervals(
    edges: set[tuple[int, int]], version: tuple[int, int], scheme: str
) -> None:
    # Given intervals [a, b) that do not touch, the last one without an end
    row = sorted(edges)
    signs = [Comparator.FROM if at % 2 == 0 else Comparator.BELOW for at in range(len(row))]
    bounds = [Constraint(sign, _version(edge)) for sign, edge in zip(signs, row, strict=True)]
    # When a version is looked for, in whatever order the bounds were given
    told = VersionRange.build(scheme, reversed(bounds)).contains(_version(version))
    # Then it is inside exactly if an odd number of edges lies at or before it
    assert told == (sum(edge <= version for edge in row) % 2 == 1)


@given(
    st.sampled_from(["npm", "deb", "pypi", "x-own", "lexicographic"]),
    st.lists(st.builds(Constraint, st.sampled_from(Comparator), TEXTS), min_size=1, max_size=5),
)
def test_what_is_written_is_read_back(scheme: str, constraints: list[Constraint]) -> None:
    built = VersionRange.build(scheme, constraints)
    assert str(parse(str(built))) == str(built)
    assert parse(str(built)) == parse(str(parse(str(built))))


@given(st.text(max_size=50) | st.text(max_size=40).map(lambda text: f"vers:npm/{text}"), TEXTS)
def test_no_text_is_fatal(text: str, version: str) -> None:
    for read in (parse, parse_canonical):
        with contextlib.suppress(BadInputError):
            assert read(text).contains(version) in {True, False, None}


@given(
    st.sampled_from(sorted(READERS)),
    st.text(max_size=30) | st.text("0123456789.xX*^~<>=|,+-[]() abv", max_size=30),
)
def test_no_native_range_is_fatal(scheme: str, text: str) -> None:
    with contextlib.suppress(BadInputError):
        str(from_native(scheme, text))


def test_what_cannot_be_told_is_told_so() -> None:
    found = parse("vers:golang/>=v1.0.0|<v2.0.0")
    assert found.contains("(devel)") is None
    assert parse("vers:no-such-scheme/>=1").contains("2") is None
    assert parse("vers:no-such-scheme/1|2").contains("2") is True
    # an unreadable bound leaves the others in force
    assert parse("vers:golang/>=v1.0.0|<v2.0.0|>=main").contains("v1.5.0") is True
    assert parse("vers:golang/>=v1.0.0|<v2.0.0|>=main").contains("v3.0.0") is None


def test_an_exclusion_alone_leaves_all_others() -> None:
    assert parse("vers:pypi/!=1.0").contains("2.0") is True
    assert parse("vers:pypi/!=1.0").contains("1.0.0") is False


@pytest.mark.parametrize("text", ["", "vers:", "vers:npm", "vers:npm/>", "vers:npm/>>1", "npm/1"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        parse(text)


@pytest.mark.parametrize(
    ("scheme", "native", "wanted"),
    [
        ("npm", "^0.0.3", "vers:npm/>=0.0.3|<0.0.4"),
        ("npm", "1.x || >=2.5.0", "vers:npm/>=1.0.0|<2.0.0|>=2.5.0"),
        ("pypi", "~=2.2", "vers:pypi/>=2.2|<3"),
        ("pypi", "==1.4.*", "vers:pypi/>=1.4|<1.5"),
        ("gem", "~> 1.2", "vers:gem/>=1.2|<2"),
        ("nuget", "(1.0,2.0]", "vers:nuget/>1.0|<=2.0"),
        ("nuget", "[1.0]", "vers:nuget/1.0"),
    ],
)
def test_own_notations(scheme: str, native: str, wanted: str) -> None:
    assert str(from_native(scheme, native)) == wanted


def test_an_unknown_notation_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="not known"):
        from_native("cobol", "1")
