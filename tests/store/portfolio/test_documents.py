"""Originals by content: kept once, hashed anew whenever they are read."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import IntegrityError, MissingError
from panshi.store.portfolio import Documents


@given(st.lists(st.binary(max_size=2_000), max_size=5))
def test_what_is_kept_is_read_back(tmp_path_factory: pytest.TempPathFactory, every: list[bytes]):
    documents = Documents(tmp_path_factory.mktemp("home"))
    digests = [documents.keep(each) for each in (*every, *every)]
    assert digests == [sha256(each).hexdigest() for each in (*every, *every)]
    assert [documents.read(each) for each in digests] == [*every, *every]
    kept = {each.stem for each in documents.place("0" * 64).parents[1].rglob("*.zst")}
    assert kept == set(digests)


def test_what_was_changed_on_disk_is_found_out_and_kept_anew(tmp_path: Path):
    documents = Documents(tmp_path)
    digest = documents.keep(b"as it came")
    # Given another document in its place, or bytes that are none
    other = documents.keep(b"another")
    for wrong in (documents.place(other).read_bytes(), b"no zstandard"):
        documents.place(digest).write_bytes(wrong)
        with pytest.raises(IntegrityError, match="changed on disk"):
            documents.read(digest)
    # When it is delivered again, then it stands again
    assert documents.keep(b"as it came") == digest
    assert documents.read(digest) == b"as it came"


@pytest.mark.parametrize("name", ["", "0" * 63, "../" + "0" * 61, "G" * 64])
def test_a_name_that_is_no_digest_reaches_no_file(tmp_path: Path, name: str):
    with pytest.raises(MissingError):
        Documents(tmp_path).read(name)
