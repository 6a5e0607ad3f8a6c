"""Places compare as keys do, for every published vector and whatever else can be written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from panshi.protection.supply_chain.versions import FAMILIES, key
from panshi.protection.supply_chain.versions.sortable import (
    HIGHEST,
    LOWEST,
    after,
    packed,
    sortable,
)

NUMBERS = st.integers(-(10**40), 10**40) | st.integers(-300, 300)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.text("\0\1ab", max_size=4)
PLAIN = st.lists(st.integers(0, 12_000), min_size=1, max_size=6).map(
    lambda numbers: ".".join(map(str, numbers))
)
VERSIONS = st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|b|rc|\.dev|\.post|-|\+|~|_p|-r)[0-9a-z.]{1,6})?",
    fullmatch=True,
)


@pytest.mark.data
def test_published_lines_keep_their_order(vectors: Callable[[str], dict[str, str]]) -> None:
    # Given every published pair of versions that has keys
    compared = 0
    for name, text in vectors("version-ordering.zip").items():
        ecosystem = name.partition("-")[0]
        for line in text.splitlines():
            words = line.split()
            if len(words) != 3 or words[0].startswith(("#", "//")):
                continue
            left, right = key(ecosystem, words[0]), key(ecosystem, words[2])
            here, there = sortable(ecosystem, words[0]), sortable(ecosystem, words[2])
            # Then one has a place exactly where it has a key, and places compare as keys
            assert (left is None, right is None) == (here is None, there is None)
            if here is None or there is None or left is None or right is None:
                continue
            compared += 1
            assert (here < there, here == there) == (left < right, left == right), line
            assert LOWEST < here < HIGHEST
    assert compared > 71_000


@given(
    st.tuples(NUMBERS, TEXTS, st.lists(NUMBERS).map(tuple)),
    st.tuples(NUMBERS, TEXTS, st.lists(NUMBERS).map(tuple)),
)
def test_any_row_keeps_its_order(left: tuple[object, ...], right: tuple[object, ...]) -> None:
    here, there = packed(left), packed(right)
    assert (here < there) == (left < right)
    assert (here == there) == (left == right)
    # and nothing lies between a place and the next
    assert here < after(here)
    assert not here < there < after(here)


@pytest.mark.parametrize("family", sorted({*FAMILIES} - {"datetime"}))
@given(left=VERSIONS | PLAIN, right=VERSIONS | PLAIN)
def test_every_family_keeps_its_order(family: str, left: str, right: str) -> None:
    first, second = key(family, left), key(family, right)
    here, there = sortable(family, left), sortable(family, right)
    assert (first is None, second is None) == (here is None, there is None)
    if first is not None and second is not None and here is not None and there is not None:
        assert (here < there, here == there) == (first < second, first == second)


TAILS = st.from_regex(r"((a|b|rc)[0-9]{1,4})?(\.post[0-9]{1,4})?(\.dev[0-9]{1,8})?", fullmatch=True)


@given(PLAIN, TAILS)
def test_the_short_way_of_pep_440_is_the_long_way(release: str, tail: str) -> None:
    found = key("pypi", release + tail)
    assert found is not None
    assert sortable("pypi", release + tail) == packed(found)


@pytest.mark.parametrize("family", ["pypi", "semver"])
@given(version=PLAIN)
def test_the_short_way_is_the_long_way(family: str, version: str) -> None:
    # Given a plain release, which is written without parsing it
    found = key(family, version)
    # Then it is what its key packs to
    assert found is not None
    assert sortable(family, version) == packed(found)


def test_instants_and_strangers() -> None:
    assert sortable("datetime", "2026-01-01T00:00:00Z") < sortable(
        "datetime", "2026-01-01T00:00:00.5Z"
    )
    assert sortable("nowhere", "1.0") is None
    assert sortable("PyPI", "(devel)") is None
    with pytest.raises(TypeError):
        packed((object(),))
    assert packed((Version("1.0"),)) == packed((Version("1"),))
