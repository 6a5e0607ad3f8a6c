"""Two inventories over one population: set differences and Chapman's estimate."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.model.inventory import Caution, compare, inventories_of, unseen

NOW = datetime(2026, 9, 30, tzinfo=UTC)


def _estate(*claims: tuple[str, ...]) -> Estate:
    return Estate(
        id="e",
        name_zh="甲",
        name_en="A",
        version=1,
        as_of=NOW,
        assets=tuple(
            Asset(
                id=AssetId(f"host:{number}"),
                kind=AssetKind.HOST,
                name=str(number),
                inventories=claimed,
            )
            for number, claimed in enumerate(claims)
        ),
    )


def test_worked_example() -> None:
    # Given 90 hosts in the CMDB, 80 in the EDR, 72 of them in both
    estate = _estate(*[("cmdb", "edr")] * 72, *[("cmdb",)] * 18, *[("edr",)] * 8, ("scan",))
    # When compared
    found = compare(estate, AssetKind.HOST, "cmdb", "edr")
    # Then Chapman's formula gives the whole: 91 * 81 / 73 - 1
    assert found.estimated_total == pytest.approx(91 * 81 / 73 - 1)
    assert found.estimated_unseen == pytest.approx(18 * 8 / 73)
    assert (len(found.only_a), len(found.only_b), len(found.both)) == (18, 8, 72)
    assert found.elsewhere == (AssetId("host:98"),)
    assert not found.agree
    assert found.cautions == ()


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_estimate_is_chapmans_in_whole_numbers(only_a: int, only_b: int, both: int) -> None:
    n1, n2 = only_a + both, only_b + both
    chapman = Fraction((n1 + 1) * (n2 + 1), both + 1) - 1
    assert unseen(only_a, only_b, both) == pytest.approx(float(chapman - (n1 + n2 - both)))


_CLAIMS = st.lists(st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple), max_size=40)


@given(_CLAIMS)
def test_the_four_parts_are_the_population_and_the_order_of_the_two_does_not_matter(
    claims: list[tuple[str, ...]],
) -> None:
    estate = _estate(*claims)
    one, other = (
        compare(estate, AssetKind.HOST, "a", "b"),
        compare(estate, AssetKind.HOST, "b", "a"),
    )
    parts = (*one.only_a, *one.only_b, *one.both, *one.elsewhere)
    # Then every item is in exactly one part
    assert sorted(parts) == sorted(estate.by_id)
    assert one.known + len(one.elsewhere) == len(estate.assets)
    assert (one.only_a, one.only_b) == (other.only_b, other.only_a)
    assert one.estimated_unseen == other.estimated_unseen
    # And the estimate never says less than what is known
    assert one.estimated_total is None or one.estimated_total >= one.known


@given(_CLAIMS)
def test_inventories_that_agree_leave_nothing_unseen(claims: list[tuple[str, ...]]) -> None:
    estate = _estate(*[("a", "b") for _ in claims], ("a", "b"))
    found = compare(estate, AssetKind.HOST, "a", "b")
    assert found.agree
    assert found.estimated_unseen == 0


def test_a_common_source_is_called_out() -> None:
    estate = _estate(("cmdb", "nac"), ("cmdb",), ("nac",))
    fed_by = {"cmdb": "discovery-scan", "nac": "discovery-scan"}
    found = compare(estate, AssetKind.HOST, "cmdb", "nac", fed_by=fed_by)
    assert found.cautions == (Caution.SAME_SOURCE,)
    # An inventory may also be fed by the other one directly
    found = compare(estate, AssetKind.HOST, "cmdb", "nac", fed_by={"nac": "cmdb"})
    assert found.cautions == (Caution.SAME_SOURCE,)


def test_an_empty_inventory_gives_no_estimate_and_no_overlap_a_caution() -> None:
    found = compare(_estate(("a",)), AssetKind.HOST, "a", "b")
    assert found.estimated_total is None
    assert found.cautions == (Caution.EMPTY,)
    found = compare(_estate(("a",), ("b",)), AssetKind.HOST, "a", "b")
    assert found.cautions == (Caution.NO_OVERLAP,)
    assert found.estimated_total == pytest.approx(3)


def test_an_inventory_is_not_compared_with_itself() -> None:
    with pytest.raises(UsageError):
        compare(_estate(), AssetKind.HOST, "a", "a")


def test_inventories_are_listed_per_kind() -> None:
    estate = _estate(("edr", "cmdb"), ())
    assert inventories_of(estate, AssetKind.HOST) == ("cmdb", "edr")
    assert inventories_of(estate, AssetKind.DEVICE) == ()
