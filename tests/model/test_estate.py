"""The estate refuses what would make two readings possible."""

from datetime import UTC, datetime

import pytest

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate


def host(name: str, *identifiers: str) -> Asset:
    return Asset(
        id=AssetId(f"host:{name}"), kind=AssetKind.HOST, name=name, identifiers=identifiers
    )


def estate(*assets: Asset, relations: tuple[Relation, ...] = ()) -> Estate:
    return Estate(
        id="e",
        name_zh="測試",
        name_en="test",
        version=1,
        as_of=datetime(2026, 9, 30, tzinfo=UTC),
        assets=assets,
        relations=relations,
    )


def test_an_identifier_resolves_to_its_asset() -> None:
    made = estate(host("a", "host:10.0.0.1"), host("b"))
    assert made.resolve("host:10.0.0.1") == "host:a"
    assert made.resolve("host:b") == "host:b"
    assert made.resolve("host:10.0.0.2") is None
    assert made.subjects_of(AssetId("host:a")) == ("host:a", "host:10.0.0.1")


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(BadInputError, match="occurs twice"):
        estate(host("a"), host("a"))


def test_an_identifier_of_two_assets_is_refused() -> None:
    made = estate(host("a", "host:10.0.0.1"), host("b", "host:10.0.0.1"))
    with pytest.raises(BadInputError, match="claimed by"):
        made.resolve("host:10.0.0.1")


def test_a_dangling_relation_is_refused() -> None:
    to_nowhere = Relation(
        kind=RelationKind.RUNS_ON, source=AssetId("host:a"), target=AssetId("host:z")
    )
    with pytest.raises(BadInputError, match="unknown asset host:z"):
        estate(host("a"), relations=(to_nowhere,))


@pytest.mark.parametrize("identity", ["a", "device:a", "host:"])
def test_an_id_that_does_not_begin_with_its_kind_is_refused(identity: str) -> None:
    with pytest.raises(BadInputError, match="does not begin with its kind"):
        Asset(id=AssetId(identity), kind=AssetKind.HOST, name="a")


def test_relations_are_found_from_both_ends() -> None:
    edge = Relation(
        kind=RelationKind.DEPENDS_ON, source=AssetId("host:a"), target=AssetId("host:b")
    )
    made = estate(host("a"), host("b"), relations=(edge,))
    assert list(made.relations_of(AssetId("host:a"))) == [edge]
    assert list(made.relations_of(AssetId("host:b"))) == [edge]
