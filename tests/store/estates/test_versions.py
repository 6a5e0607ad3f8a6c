"""Versions of estates, on both databases: immutable, in time, whole or not at all."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.changes import ordered
from panshi.model.estate import Estate
from panshi.store.estates import FILE_NAME, EstateStore, open_estates
from panshi.store.estates.snapshot import assets_of, packed, relations_of
from tests.simulators.estates import estates

T0 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _host(name: str, **attributes: object) -> Asset:
    return Asset(
        id=AssetId(f"host:{name}"),
        kind=AssetKind.HOST,
        name=f"主機 {name}",
        attributes=attributes,
        identifiers=(f"host:10.0.0.{name}",),
        inventories=("cmdb", "edr"),
    )


def _estate(*assets: Asset, as_of: datetime = T0, **more: object) -> Estate:
    return Estate(
        id="bank",
        name_zh="銀行",
        name_en="Bank",
        version=0,
        as_of=as_of,
        assets=assets,
        **more,
    )


@pytest.fixture
def store(estates_address, tmp_path) -> Iterator[EstateStore]:
    opened = open_estates(tmp_path / "home", estates_address)
    yield opened
    opened.close()


def test_nothing_is_there_at_first(store):
    assert store.list() == ()
    assert store.head("bank") is None
    assert store.at("bank", T0) is None
    assert store.version("bank", 1) is None
    assert store.history("bank") == ()
    with pytest.raises(UsageError, match="no version 1"):
        store.digest("bank", 1)


def test_a_version_comes_back_as_it_was(store):
    # Given an estate with every type of value
    runs = Relation(kind=RelationKind.RUNS_ON, source=AssetId("host:2"), target=AssetId("host:1"))
    site = Asset(
        id=AssetId("site:s"),
        kind=AssetKind.SITE,
        name="s",
        attributes={"latitude": 25.033, "since": date(2020, 2, 29), "fields": (), "demo": True},
    )
    estate = _estate(_host("2", cloud=True), site, _host("1"), relations=(runs,), demo=True)
    # When it is committed and read by another process, so to speak
    committed = store.commit(estate, by="王小明", at=T0 + DAY)
    store.close()
    found = store.head("bank")
    # Then it is the same in canonical order, with its number
    assert found == committed == ordered(replace(estate, version=1))
    assert found is not None
    assert type(found.by_id[AssetId("site:s")].attributes["since"]) is date
    (note,) = store.history("bank")
    assert (note.committed_by, note.committed_at) == ("王小明", T0 + DAY)
    assert (note.assets, note.relations, note.as_of) == (3, 1, T0)
    assert note.sha256 == store.digest("bank", 1) == packed(estate).digest.hex()


def test_the_estate_of_a_moment_is_the_newest_version_not_after_it(store):
    for day in range(3):
        store.commit(
            _estate(*[_host(str(n)) for n in range(day + 1)], as_of=T0 + 10 * day * DAY),
            by="x",
            at=T0,
        )
    assert store.at("bank", T0 - DAY) is None
    for day, expected in ((0, 1), (9, 1), (10, 2), (19, 2), (20, 3), (999, 3)):
        found = store.at("bank", T0 + day * DAY)
        assert found is not None
        assert found.version == expected == len(found.assets)
    first = store.version("bank", 1)
    assert first is not None
    assert len(first.assets) == 1
    assert store.head("bank") == store.version("bank", 3)
    assert [note.version for note in store.history("bank")] == [1, 2, 3]


def test_the_same_content_is_no_new_version(store):
    first = store.commit(_estate(_host("1"), _host("2")), by="x", at=T0)
    again = store.commit(_estate(_host("2"), _host("1"), as_of=T0 + DAY), by="y", at=T0)
    assert again == first
    assert len(store.history("bank")) == 1
    # But what was, and is again after a change, is one
    store.commit(_estate(_host("1"), as_of=T0 + DAY), by="x", at=T0)
    third = store.commit(_estate(_host("1"), _host("2"), as_of=T0 + 2 * DAY), by="x", at=T0)
    assert third.version == 3
    assert store.digest("bank", 1) == store.digest("bank", 3)


def test_problems_keep_a_snapshot_out_whole(store):
    bad = _estate(_host("1"), _host("2", cluod=True), _host("3", cloud="yes"))
    with pytest.raises(BadInputError) as caught:
        store.commit(bad, by="x", at=T0)
    assert "2 problems" in caught.value.problem
    assert "did you mean cloud?" in caught.value.problem
    assert store.list() == ()


def test_versions_follow_one_another_in_time(store):
    store.commit(_estate(_host("1")), by="x", at=T0)
    for earlier in (T0 - DAY, T0):
        with pytest.raises(UsageError, match="follow one another"):
            store.commit(_estate(_host("2"), as_of=earlier), by="x", at=T0)
    assert len(store.history("bank")) == 1


def test_what_was_committed_later_was_not_known_then(store):
    # Given a version about day 1 that was committed on day 5, after one of day 0
    store.commit(_estate(_host("1")), by="x", at=T0)
    store.commit(_estate(_host("1"), _host("2"), as_of=T0 + DAY), by="x", at=T0 + 5 * DAY)
    # Then day 3 is judged by what was known on day 3
    for day, expected in ((3, 1), (5, 2)):
        found = store.at("bank", T0 + day * DAY)
        assert found is not None
        assert found.version == expected


def _tampered(home: Path, address: str | None, sql: str, *arguments: object) -> None:
    """Change what rests, as the database's owner can."""
    if address is None:
        with closing(sqlite3.connect(home / FILE_NAME)) as raw, raw:
            raw.execute(sql, arguments)
    else:
        with psycopg.connect(address, options="-c search_path=panshi_estates") as server:
            server.execute(sql.replace("?", "%s"), arguments)


def test_untouched_versions_verify(store):
    assert store.verify() == ()
    for day in range(3):
        hosts = [_host(str(n)) for n in range(day + 1)]
        store.commit(_estate(*hosts, as_of=T0 + day * DAY), by="x", at=T0)
    assert store.verify() == ()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE snapshot SET assets = 7 WHERE version = 2", "it says it has 7 assets"),
        ("UPDATE snapshot SET relations = 7 WHERE version = 2", "7 relations"),
        ("DELETE FROM snapshot WHERE version = 1", "follows version 0"),
        ("UPDATE snapshot SET as_of = 0 WHERE version = 2", "not after the version before"),
        ("UPDATE snapshot SET head = asset_chunks WHERE version = 2", "not what was committed"),
        ("UPDATE snapshot SET digest = head WHERE version = 2", "not what was committed"),
        ("DELETE FROM chunk", "a part of an estate is not what was stored"),
    ],
)
def test_what_is_changed_by_hand_is_found_with_its_version(
    store, estates_address, tmp_path, sql, told
):
    for day in range(2):
        hosts = [_host(str(n)) for n in range(day + 1)]
        store.commit(_estate(*hosts, as_of=T0 + day * DAY), by="x", at=T0)
    _tampered(tmp_path / "home", estates_address, sql)
    found = [each.problem for each in store.verify() if each.place == "estate bank version 2"]
    assert told in "\n".join(found)


def test_the_digest_is_that_of_the_content_not_the_one_beside_it(store, estates_address, tmp_path):
    """Somebody redoes a version whole, stored digests and all: the sealed digest tells."""
    # Given a version whose digest was sealed elsewhere
    store.commit(_estate(_host("1")), by="x", at=T0)
    sealed = store.digest("bank", 1)
    # When its content is replaced by that of another estate, with all that fits it
    forged = packed(_estate(_host("2")))
    chunk = sha256(forged.assets[0]).digest()
    where = (tmp_path / "home", estates_address)
    insert = "INSERT INTO chunk (digest, content) VALUES (?, ?)"
    _tampered(*where, insert, chunk, zlib.compress(forged.assets[0]))
    _tampered(*where, "UPDATE snapshot SET asset_chunks = ?, digest = ?", chunk, forged.digest)
    # Then the store agrees with itself, and its digest is another
    assert store.verify() == ()
    assert store.digest("bank", 1) == forged.digest.hex() != sealed
    # And one who forgot the digest beside it is told apart from the content too
    _tampered(*where, "UPDATE snapshot SET digest = ?", bytes.fromhex(sealed))
    assert [each.place for each in store.verify()] == ["estate bank version 1"]
    assert store.digest("bank", 1) != sealed


def test_several_estates_share_one_store(store):
    store.commit(_estate(_host("1")), by="x", at=T0)
    store.commit(replace(_estate(_host("1")), id="this-machine"), by="x", at=T0)
    assert store.list() == ("bank", "this-machine")
    assert store.digest("bank", 1) != store.digest("this-machine", 1)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(estates())
def test_packing_keeps_everything(estate):
    rest = packed(estate)
    expected = ordered(estate)
    assert assets_of(rest.assets) == expected.assets
    assert relations_of(rest.relations) == expected.relations
    # And the order in which things were given leaves no trace
    backwards = replace(
        estate, assets=estate.assets[::-1], relations=estate.relations[::-1], version=9
    )
    assert packed(backwards) == rest


def test_one_change_among_many_assets_touches_one_chunk():
    # Given 5,000 hosts
    hosts = [_host(str(n)) for n in range(5_000)]
    before = set(packed(_estate(*hosts)).assets)
    # When one is changed, or one is added
    changed = set(packed(_estate(_host("77", cloud=True), *hosts[:77], *hosts[78:])).assets)
    added = set(packed(_estate(*hosts, _host("77b"))).assets)
    # Then nearly all chunks are the ones that are stored already
    assert len(before) > 5
    assert len(changed - before) == 1
    assert len(added - before) <= 2
