"""The index forgets what is damaged rather than saying something else."""

import lmdb
import pytest

from panshi.store.vault.index import Index

SECRET = bytes(range(32))
CHUNK, SEGMENT = b"c" * 32, b"s" * 16


def rows(path):
    with lmdb.open(str(path), subdir=False, map_size=1 << 30) as store, store.begin() as reading:
        return [(bytes(key), bytes(value)) for key, value in reading.cursor()]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "index.lmdb"
    with Index(path, SECRET) as index:
        index.learn([(CHUNK, SEGMENT, 7, 9)], [(b"name", b"what is said")])
    return path


def test_what_was_learnt_is_found_again(path):
    with Index(path, SECRET) as index:
        assert index.find(CHUNK) == (SEGMENT, 7, 9)
        assert index.file(b"name") == b"what is said"
        assert index.find(b"d" * 32) is None
        assert index.file(b"") is None


def test_a_row_with_any_flipped_bit_is_unknown(path):
    for key, value in rows(path):
        content = path.read_bytes()
        at = content.index(value)
        for n in range(len(value)):
            with path.open("r+b") as file:
                file.seek(at + n)
                file.write(bytes([value[n] ^ 1 << n % 8]))
            with Index(path, SECRET) as index:
                assert index.find(CHUNK) is None or key != CHUNK
                assert index.file(b"name") is None or key == CHUNK
            path.write_bytes(content)


def test_rows_are_bound_to_their_keys_and_to_the_vault(path):
    store = lmdb.open(str(path), subdir=False, map_size=1 << 30)
    with store, store.begin(write=True) as writing:
        writing.put(b"d" * 32, writing.get(CHUNK))
        writing.put(b"e" * 32, b"short")
    with Index(path, SECRET) as index:
        assert index.find(b"d" * 32) is None
        assert index.find(b"e" * 32) is None
    with Index(path, bytes(32)) as index:
        assert index.find(CHUNK) is None
