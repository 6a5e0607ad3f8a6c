"""Files that stand as they did are not read again; whatever changed is."""

import os
import time

import lmdb
import pytest

from panshi.node.resilience.vault import sources
from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.sources import Stamp
from panshi.node.resilience.vault.unchanged import Streamed, recalled, remembered
from panshi.resilience.vault.manifest import Extent
from tests.node.resilience.vault.conftest import contents, founded

SEALED = Streamed(size=9, sha256="ab" * 32, extents=(Extent(b"s" * 16, 3, 9),))
STAMP = Stamp(1, 2, 9, 10**18, 10**18)
LATER = 10**18 + 10 * 10**9


@pytest.fixture
def read(monkeypatch):
    """Give the names of the files that were opened."""
    seen = []
    unbuffered = sources._unbuffered

    def opened(path):
        seen.append(path.name)
        return unbuffered(path)

    monkeypatch.setattr(sources, "_unbuffered", opened)
    return seen


def settled(small):
    """Wait until no file was changed within the last two seconds."""
    newest = max(path.lstat().st_ctime for path in small.source.rglob("*"))
    time.sleep(max(0, newest + 2.1 - time.time()))


@pytest.mark.slow
def test_only_what_changed_is_read_again_and_databases_always(small, read):
    # Given a source that was sealed when it had come to rest
    settled(small)
    small.seal()
    assert "noise.bin" in read
    # When a byte changes without the size, and the time of writing is set back
    path = small.source / "ledger.csv"
    facts = path.stat()
    with path.open("r+b") as file:
        file.write(b"9")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    read.clear()
    again = small.seal()
    # Then it is read, the database too, and nothing else
    assert sorted(read) == ["core.sqlite", "ledger.csv"]
    assert 0 < again.new_bytes < 1 << 20
    read.clear()
    small.seal(reread=True)
    assert "noise.bin" in read
    # And what was not read comes back all the same
    with small.open() as vault:
        from panshi.node.resilience.vault.restoring import restore

        restore(vault, small.keys(vault), small.root / "out")
    assert contents(small.root / "out/core") == small.content()


def test_a_flipped_bit_in_the_index_costs_space_and_no_content(tmp_path):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=100_000)
    small.seal()
    index = next(small.home.rglob("index.lmdb"))
    with lmdb.open(str(index), subdir=False, map_size=1 << 38) as store, store.begin() as reading:
        values = [bytes(value) for key, value in reading.cursor() if len(key) == 32]
    content = bytearray(index.read_bytes())
    for value in values[:3]:
        content[content.index(value) + 19] ^= 1  # of the offset
    index.write_bytes(content)

    again = small.seal(reread=True)

    assert again.new_bytes
    with small.open() as vault:
        assert verify(vault, small.keys(vault)).files


def test_what_is_remembered_is_recalled_for_the_same_file_only():
    name, content = remembered(STAMP, STAMP, SEALED, LATER)

    assert recalled(content, STAMP) == SEALED
    assert recalled(content, Stamp(1, 2, 9, 10**18, 10**18 + 1)) is None
    assert recalled(content[:-1], STAMP) is None
    assert len(name) == 16


@pytest.mark.parametrize(
    ("after", "sealed", "began"),
    [
        (Stamp(1, 2, 9, 10**18, 10**18 + 1), SEALED, LATER),
        (STAMP, Streamed(size=8, sha256="ab" * 32, extents=()), LATER),
        (STAMP, Streamed(size=9, sha256="ab" * 32, extents=(), paged=True), LATER),
        (STAMP, SEALED, 10**18 + 10**9),
    ],
    ids=["changed meanwhile", "another size", "a database", "changed just before"],
)
def test_what_is_not_to_be_trusted_is_not_remembered(after, sealed, began):
    assert remembered(STAMP, after, sealed, began) is None
