"""Differences between snapshots, canonical order, and what keeps a snapshot out."""

from __future__ import annotations

from datetime import UTC, datetime

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.changes import changes, ordered, problems
from panshi.model.estate import Estate

NOW = datetime(2026, 9, 30, tzinfo=UTC)


def _host(name: str, **more: object) -> Asset:
    return Asset(
        id=AssetId(f"host:{name}"),
        kind=AssetKind.HOST,
        name=name,
        **more,  # type: ignore[arg-type]
    )


def _estate(*assets: Asset, relations: tuple[Relation, ...] = ()) -> Estate:
    return Estate(
        id="e", name_zh="甲", name_en="A", version=1, as_of=NOW, assets=assets, relations=relations
    )


def _runs(source: str, target: str) -> Relation:
    return Relation(kind=RelationKind.RUNS_ON, source=AssetId(source), target=AssetId(target))


def test_a_change_names_what_differs() -> None:
    before = _estate(
        _host("a", attributes={"os": "Debian 12", "cloud": True}), _host("b"), _host("c")
    )
    after = _estate(
        _host("a", attributes={"os": "Debian 13", "role": "vm"}, inventories=("cmdb",)),
        _host("c"),
        _host("d"),
        relations=(_runs("host:c", "host:d"),),
    )
    found = changes(before, after)
    assert [asset.id for asset in found.added] == ["host:d"]
    assert [asset.id for asset in found.removed] == ["host:b"]
    assert [change.what for change in found.changed] == [("inventories", "cloud", "os", "role")]
    assert found.unchanged == 1
    assert found.relations_added == (_runs("host:c", "host:d"),)
    # And the way back is the mirror image
    back = changes(after, before)
    assert (back.added, back.removed) == (found.removed, found.added)
    assert back.relations_removed == found.relations_added


def test_without_a_snapshot_before_all_is_added() -> None:
    estate = _estate(_host("a"))
    assert changes(None, estate).added == estate.assets
    assert changes(estate, estate).nothing


def test_order_is_canonical() -> None:
    system = Asset(id=AssetId("system:z"), kind=AssetKind.SYSTEM, name="z")
    estate = _estate(_host("b"), system, _host("a"))
    assert [a.id for a in ordered(estate).assets] == ["system:z", "host:a", "host:b"]


def test_a_name_claimed_twice_keeps_the_snapshot_out() -> None:
    # Given an address claimed by two hosts, and one host that goes by another's id
    estate = _estate(
        _host("a", identifiers=("host:10.0.0.1",)),
        _host("b", identifiers=("host:10.0.0.1", "host:a")),
    )
    assert [str(found) for found in problems(estate)] == [
        f"host:b: identifiers: {name} already stands for host:a (an identifier names one asset)"
        for name in ("host:10.0.0.1", "host:a")
    ]


def test_relations_given_twice_and_bad_values_keep_it_out() -> None:
    runs = _runs("host:a", "host:a")
    estate = _estate(_host("a", attributes={"cloud": 1}), relations=(runs, runs))
    assert [found.about for found in problems(estate)] == ["host:a", runs]
