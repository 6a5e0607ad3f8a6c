"""The chain, the manifest and the cuts: what is read is what was written, or refused."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import IntegrityError
from panshi.resilience.vault import chain, manifest
from panshi.resilience.vault.chunking import Cutter
from panshi.resilience.vault.history import Terms, releasable, standing
from panshi.resilience.vault.keys import public_of
from panshi.resilience.vault.layout import Spread

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEED, VAULT = bytes(range(32)), b"v" * 16
TERMS = Terms(
    vault=VAULT,
    spread=Spread(k=4, n=6),
    retention=timedelta(days=30),
    keep=2,
    signer=public_of(SEED),
    reader=b"",
)


def history(days):
    entries = [chain.sign(SEED, vault=VAULT, after=None, kind=chain.BEGIN, now=NOW)]
    for day in days:
        now = NOW + timedelta(days=day)
        entries.append(
            chain.sign(
                SEED, vault=VAULT, after=entries[-1], kind=chain.SNAPSHOT, now=now,
                retain_until=chain.instant(now + TERMS.retention),
            )
        )  # fmt: skip
    return entries


def test_an_entry_is_read_as_it_was_signed_and_no_other_way():
    entry = history([0])[1]
    read = {"vault": VAULT, "signer": TERMS.signer, "sequence": 1}

    assert chain.read(entry.content, **read) == entry
    altered = entry.content.replace(b'"snapshot"', b'"snapshoT"')
    for content, options in (
        (altered, {}),
        (b"", {}),
        (entry.content[:-10], {}),
        (entry.content, {"sequence": 2}),
        (entry.content, {"vault": b"w" * 16}),
        (entry.content, {"signer": public_of(bytes(32))}),
    ):
        with pytest.raises(IntegrityError):
            chain.read(content, **{**read, **options})


@given(st.lists(st.integers(0, 90), max_size=12).map(sorted), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_nothing_goes_before_its_retention_nor_of_the_newest(days, later):
    entries = history(days)
    now = NOW + timedelta(days=later)

    going = releasable(entries, TERMS, now=now)

    newest = standing(entries)[-TERMS.keep :]
    assert not set(map(id, going)) & set(map(id, newest))
    assert all(each.time + TERMS.retention <= now for each in going)


def sealed(*series, held=(), later=365):
    """What goes of snapshots of these series; capitals are suspect."""
    entries = [chain.sign(SEED, vault=VAULT, after=None, kind=chain.BEGIN, now=NOW)]
    for day, name in enumerate(series):
        now = NOW + timedelta(days=day)
        said = {"suspect": True} if name.isupper() else {}
        entries.append(
            chain.sign(
                SEED, vault=VAULT, after=entries[-1], kind=chain.SNAPSHOT, now=now,
                retain_until=chain.instant(now), series=name.lower(), **said,
            )
        )  # fmt: skip
    named = [entries[number].snapshot_id() for number in held]
    return [
        each.sequence
        for each in releasable(entries, TERMS, now=NOW + timedelta(days=later), held=named)
    ]


def test_the_newest_of_each_source_stay_and_the_newest_good_ones():
    # One source does not push out another
    assert sealed(*"abbbb") == [2, 3]
    # However many poisoned copies follow, the last good ones stay, and the newest of all
    assert sealed(*"aaa" + "A" * 30) == [1, *range(4, 32)]
    # Where all are suspect, the newest stay all the same
    assert sealed(*"AAAA") == [1, 2]
    # And what is held stays, whatever its age
    assert sealed(*"aaaaa", held=[2]) == [1, 3]


paths = st.text(st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1).filter(
    lambda name: name not in {".", ".."}
)


@given(
    st.lists(paths, min_size=1, max_size=4),
    st.integers(0, 2**40),
    st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(0, 9), st.integers(0, 9))),
)
@settings(max_examples=80, deadline=None)
def test_a_record_comes_back_whatever_its_name(parts, size, extents):
    record = manifest.Record(
        path="/".join(parts),
        size=size,
        sha256="ab",
        extents=tuple(manifest.Extent(*each) for each in extents),
    )

    assert manifest.Record.parse(record.line()) == record


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "", "a\0b"])
def test_a_path_that_leaves_is_refused(path):
    line = replace(manifest.Record(path="x"), path=path).line()

    with pytest.raises(IntegrityError):
        manifest.Record.parse(line)


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_hostile_lines_are_refused_in_words(line):
    for read in (manifest.Record.parse, manifest.Trunk.parse):
        with suppress(IntegrityError):  # anything else fails the test
            read(line)


def test_databases_are_cut_at_their_pages_and_text_by_content():
    sqlite = b"SQLite format 3\0" + (4096).to_bytes(2) + bytes(100)
    large = b"SQLite format 3\0" + (1).to_bytes(2) + bytes(100)
    heap = bytes(18) + (8192 | 4).to_bytes(2, "little") + bytes(100)

    assert Cutter.for_start(sqlite).page == 8192
    assert Cutter.for_start(large).page == 65536
    assert Cutter.for_start(heap).page == 8192
    assert Cutter.for_start(b"txid,amount\n").page == 0


@given(st.binary(max_size=200_000), st.booleans())
@settings(max_examples=20, deadline=None)
def test_cuts_cover_the_block(content, paged):
    cutter = Cutter(page=8192 if paged else 0)

    assert sum(cutter.cuts(memoryview(content), last=True)) == len(content)
    assert sum(cutter.cuts(memoryview(content), last=False)) <= len(content)
