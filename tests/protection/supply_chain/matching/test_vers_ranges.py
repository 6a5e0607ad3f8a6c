"""Intervals of a vers expression hold what the expression contains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.supply_chain.matching.vers_ranges import intervals_of
from panshi.protection.supply_chain.vers import parse
from panshi.protection.supply_chain.versions.sortable import sortable

SIGNS = st.sampled_from(["<", "<=", "", "!=", ">=", ">"])
VERSIONS = st.sampled_from([f"{major}.{minor}" for major in range(4) for minor in range(3)])


@given(
    st.lists(st.tuples(SIGNS, VERSIONS), min_size=1, max_size=5, unique_by=lambda each: each[1]),
    VERSIONS,
)
def test_intervals_hold_what_the_expression_contains(
    constraints: list[tuple[str, str]], version: str
) -> None:
    expression = "vers:pypi/" + "|".join(sign + bound for sign, bound in constraints)
    lost: list[str] = []
    spans = intervals_of("PyPI", expression, lost)
    place = sortable("PyPI", version)
    assert place is not None
    inside = any(each.low <= place < each.high for each in spans)
    assert inside == parse(expression).contains(version), expression
    assert not lost


def test_everything_nothing_and_what_has_no_place() -> None:
    lost: list[str] = []
    assert len(intervals_of("PyPI", "vers:pypi/*", lost)) == 1
    assert intervals_of("PyPI", "no range", lost) == []
    assert intervals_of("PyPI", "vers:pypi/<not~one", lost) == []
    assert lost == ["no range", "not~one"]
