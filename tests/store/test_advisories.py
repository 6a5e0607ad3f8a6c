"""The advisory snapshot: batches, aliases, journal, scores, several processes, crashes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import lmdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import StoreError, UsageError
from panshi.model.supply_chain.advisory import (
    Advisory,
    Affected,
    AffectedRange,
    KnownExploited,
    Withdrawn,
)
from panshi.model.supply_chain.compiled import PackageKey
from panshi.node.supply_chain.advisories import open_advisories
from panshi.protection.supply_chain.matching import compile_advisory
from panshi.store.advisories import PLACE, AdvisoryStore
from panshi.store.alias_groups import alias_groups

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
FOO = PackageKey("PyPI", "foo")


def record(
    name: str, *, aliases: tuple[str, ...] = (), fixed: str = "2.0", package: str = "foo",
    modified: str = "2026-01-01T00:00:00Z", withdrawn: str = "",
) -> Advisory:  # fmt: skip
    span = AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", fixed)))
    return Advisory(
        id=name,
        aliases=aliases,
        modified=modified,
        withdrawn=withdrawn,
        affected=(Affected("PyPI", package, ranges=(span,)),),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AdvisoryStore]:
    with open_advisories(tmp_path) as opened:
        yield opened


def apply(
    store: AdvisoryStore, *changes: Advisory | Withdrawn, feed: str = "osv"
) -> tuple[int, ...]:
    return store.apply(changes, feed=feed, at=NOW)[:4]


def names(store: AdvisoryStore, key: PackageKey = FOO) -> list[tuple[str, str]]:
    return [(each.told.advisory, each.told.vulnerability) for each in store.lookup(key)]


def test_new_changed_unchanged_stale_and_withdrawn_are_told_apart(store: AdvisoryStore) -> None:
    # Given one record
    assert apply(store, record("A-1")) == (1, 0, 0, 0)
    before = store.fingerprint()
    # When it comes again, and an older edition of it
    assert apply(store, record("A-1")) == (0, 0, 1, 0)
    assert apply(store, record("A-1", fixed="9", modified="2025-01-01T00:00:00Z")) == (0, 0, 1, 0)
    # Then nothing changed, and the journal has one line
    assert store.fingerprint() == before
    assert [(each.kind, each.id) for each in store.changes(0)] == [("advisory", "A-1")]
    # When a newer edition comes, then a withdrawn one
    assert apply(store, record("A-1", fixed="3", modified="2026-02-01T00:00:00Z")) == (0, 1, 0, 0)
    assert store.lookup(FOO)[0].told.fixed == ("3",)
    gone = record("A-1", modified="2026-03-01T00:00:00Z", withdrawn="2026-03-01T00:00:00Z")
    assert apply(store, gone) == (0, 1, 0, 0)
    # Then it speaks of nothing, its text is still here, and its first day with it
    assert store.lookup(FOO) == ()
    assert store.ecosystems() == {}
    assert store.advisory("A-1") == gone._replace(source="osv")
    assert store.reached("A-1") == int(NOW.timestamp())
    assert store.sequence() == 3


def test_a_record_leaves_only_with_its_own_feed(store: AdvisoryStore) -> None:
    apply(store, record("A-1"), feed="osv")
    assert apply(store, Withdrawn("A-1"), feed="other") == (0, 0, 0, 0)
    assert names(store)
    assert apply(store, Withdrawn("A-1"), feed="osv") == (0, 0, 0, 1)
    assert names(store) == []
    assert store.advisory("A-1") is None
    assert store.by_alias("A-1") is None


def test_aliases_join_and_part_again(store: AdvisoryStore) -> None:
    # Given two records without a CVE, of two packages
    apply(store, record("B-1", aliases=("G-1",)), record("A-9", package="bar"))
    assert names(store) == [("B-1", "B-1")]
    # When a third says they are one, and names a CVE
    apply(store, record("C-1", aliases=("G-1", "A-9", "CVE-2026-7"), package="bar"))
    # Then all go by the CVE, in packages that were not touched themselves too
    assert names(store) == [("B-1", "CVE-2026-7")]
    assert names(store, PackageKey("PyPI", "bar")) == [("A-9", "CVE-2026-7"), ("C-1", "CVE-2026-7")]
    group = store.by_alias("G-1")
    assert group is not None
    assert group.advisories == ("A-9", "B-1", "C-1")
    assert {each.id for each in store.changes(2)} == {"A-9", "B-1", "C-1"}
    # When it leaves
    apply(store, Withdrawn("C-1"))
    # Then they part again
    assert names(store) == [("B-1", "B-1")]
    assert store.by_alias("CVE-2026-7") is None


LINKS = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.sets(st.sampled_from("abcdef"), max_size=3))
)


@given(LINKS)
def test_groups_are_connected_components(links: list[tuple[str, set[str]]]) -> None:
    named = [{name, *others} for name, others in links]
    found = alias_groups(named)
    assert sum(map(len, found)) == len(set().union(*named) if named else set())
    for names_ in named:
        assert any(names_ <= group for group in found)
    for group in found:
        inside = [each for each in named if each & group]
        assert all(each <= group for each in inside)
        joined = set(inside[0])
        while more := [each for each in inside if each & joined and not each <= joined]:
            joined |= set().union(*more)
        assert joined == group


RECORDS = st.builds(
    record,
    st.sampled_from([f"A-{n}" for n in range(6)]),
    aliases=st.sets(st.sampled_from(["G-1", "G-2", "CVE-2026-1", "CVE-2026-2"]), max_size=2).map(
        lambda each: tuple(sorted(each))
    ),
    fixed=st.sampled_from(["1.0", "2.0", "odd bound"]),
    package=st.sampled_from(["foo", "bar"]),
    modified=st.sampled_from([f"2026-01-0{n}T00:00:00Z" for n in range(1, 8)]),
    withdrawn=st.sampled_from(["", "", "", "2026-01-09T00:00:00Z"]),
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(RECORDS, unique_by=lambda each: (each.id, each.modified), max_size=12), st.randoms()
)
def test_any_order_of_batches_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, records: list[Advisory], draw: object
) -> None:
    # Given editions of records, in two orders and cut into batches differently
    shuffled = list(records)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    seen = []
    for given_, size in ((records, 12), (shuffled, 1 + draw.randrange(4))):  # type: ignore[attr-defined]
        with open_advisories(tmp_path_factory.mktemp("home")) as store:
            for start in range(0, len(given_), size):
                apply(store, *given_[start : start + size])
            # Then content, names, groups and counts are the same
            seen.append(
                (
                    store.fingerprint(),
                    store.ecosystems(),
                    [store.lookup(PackageKey("PyPI", name)) for name in ("foo", "bar")],
                    [store.by_alias(name) for name in ("G-1", "G-2", "CVE-2026-1", "A-1")],
                    [store.advisory(name) for name in store.ids()],
                )
            )
    assert seen[0] == seen[1]


def test_kev_and_epss_are_journaled_where_they_matter(store: AdvisoryStore) -> None:
    apply(store, record("A-1", aliases=("CVE-2026-1",)))
    entry = KnownExploited("CVE-2026-1", date(2026, 9, 1), ransomware=True)
    # When the catalogue and a day's scores come
    assert store.put_kev([entry], NOW) == 1
    assert store.put_kev([entry], NOW) == 0
    first = [("CVE-2026-1", 0.2, 0.9), ("CVE-1999-1", 0.5, 0.9)]
    assert store.put_epss(first, date(2026, 9, 1), NOW) == 2
    assert store.put_epss([("CVE-2026-1", 0.6, 0.95)], date(2026, 9, 2), NOW) == 2
    # Then both answer, the score of before is kept, and only what has a record is journaled
    assert store.kev("CVE-2026-1") == entry
    estimate = store.epss("CVE-2026-1")
    assert estimate is not None
    assert (estimate.score, estimate.previous) == (0.6, 0.2)
    assert store.epss("CVE-1999-1") is None
    kinds = [(each.kind, each.id) for each in store.changes(1)]
    assert kinds == [("kev", "CVE-2026-1"), ("epss", "CVE-2026-1"), ("epss", "CVE-2026-1")]
    # and an earlier day changes nothing
    assert store.put_epss([("CVE-2026-1", 0.1, 0.1)], date(2026, 8, 1), NOW) == 0
    assert store.put_kev([], NOW) == 1
    assert store.kev("CVE-2026-1") is None


def test_feeds_remember(store: AdvisoryStore) -> None:
    store.put_feed_state("osv", {"etag": "x", "count": 3})
    assert store.feed_state("osv") == {"etag": "x", "count": 3}
    assert store.feeds() == ("osv",)
    store.put_feed_state("osv", None)
    assert store.feed_state("osv") is None


def test_the_map_grows_by_itself(tmp_path: Path) -> None:
    # Given a map far too small for what comes
    with AdvisoryStore.open(tmp_path, compiler=compile_advisory, size=1 << 18) as store:
        long = [record(f"A-{n}", package=f"p{n}")._replace(details="x" * 4000) for n in range(500)]
        # Then all of it is taken in one transaction
        assert apply(store, *long) == (500, 0, 0, 0)
        assert store.count() == 500


def _fill(home: Path, begin: int, ready: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    with open_advisories(home) as store:
        for n in range(begin, begin + 20):
            apply(store, record(f"A-{n}", aliases=("CVE-2026-1",)))


def _die_within(home: Path) -> None:
    with open_advisories(home) as store:

        def work() -> None:
            apply(store, *(record(f"D-{n}") for n in range(50)))
            os.kill(os.getpid(), signal.SIGKILL)

        store.together(work)


def test_several_processes_write_and_read(tmp_path: Path) -> None:
    # Given two processes that write at once while this one reads
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    writers = [context.Process(target=_fill, args=(tmp_path, n, ready)) for n in (100, 200)]
    with open_advisories(tmp_path) as store:
        for each in writers:
            each.start()
        ready.set()
        while any(each.is_alive() for each in writers):
            seen = names(store)
            assert seen == sorted(set(seen))
            assert len({name for _, name in seen}) < 2
        for each in writers:
            each.join()
        # Then nothing is lost, and every record stands in the journal
        assert store.count() == 40
        assert {name for _, name in names(store)} == {"CVE-2026-1"}
        assert [each.sequence for each in store.changes(0, 10_000)][-1] == store.sequence()


def test_a_process_that_dies_within_a_write_leaves_what_was(tmp_path: Path) -> None:
    with open_advisories(tmp_path) as store:
        apply(store, record("A-1"))
        before = store.fingerprint()
    # When a process is killed between writing and committing
    child = multiprocessing.get_context("spawn").Process(target=_die_within, args=(tmp_path,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    # Then the snapshot is as before, and can be written
    with open_advisories(tmp_path) as store:
        assert store.fingerprint() == before
        assert apply(store, record("A-2")) == (1, 0, 0, 0)


def test_nothing_imported_is_no_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no advisories have been imported"):
        AdvisoryStore.open(tmp_path, readonly=True)


def test_another_format_says_what_to_do(tmp_path: Path) -> None:
    with open_advisories(tmp_path) as store:
        apply(store, record("A-1"))
    with lmdb.open(str(tmp_path / PLACE), max_dbs=16) as raw, raw.begin(write=True) as txn:
        txn.put(b"format", b"0", db=raw.open_db(b"meta", txn=txn))
    with pytest.raises(StoreError, match="has format 0") as caught:
        AdvisoryStore.open(tmp_path)
    assert "panshi feeds import" in caught.value.remedy


def test_writing_needs_a_compiler(tmp_path: Path) -> None:
    with AdvisoryStore.open(tmp_path) as store, pytest.raises(UsageError, match="compiler"):
        apply(store, record("A-1"))


def test_long_names_have_their_places(store: AdvisoryStore) -> None:
    # Given names longer than the store's keys may be
    long, other = "x" * 3000, "x" * 2999 + "y"
    apply(store, record("A-1", package=long), record("A-2" * 400, package=other))
    assert len(store.lookup(PackageKey("PyPI", long))) == 1
    assert [each.told.advisory for each in store.lookup(PackageKey("PyPI", other))] == ["A-2" * 400]
