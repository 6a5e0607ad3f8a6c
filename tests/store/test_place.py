"""The state directory: made, or refused with the reason and the remedy."""

from pathlib import Path

import pytest

from panshi.errors import StoreError
from panshi.store.place import ready_directory, write_new_file


def test_a_missing_directory_is_made_for_its_owner_only(tmp_path):
    made = ready_directory(tmp_path / "a" / "home")

    assert made.is_dir()
    assert made.stat().st_mode & 0o777 == 0o700
    assert ready_directory(made) == made


def test_a_file_in_its_place_is_told(tmp_path):
    (tmp_path / "home").write_text("a letter")

    with pytest.raises(StoreError, match=r"file where a directory.*PANSHI_HOME"):
        ready_directory(tmp_path / "home")
    with pytest.raises(StoreError, match="cannot be made"):
        ready_directory(tmp_path / "home" / "below")


def test_a_directory_open_to_everybody_is_refused(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o777)

    with pytest.raises(StoreError, match=r"everybody.*chmod o-w"):
        ready_directory(tmp_path / "home")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a directory nobody may write")
def test_a_directory_that_cannot_be_written_is_told():
    with pytest.raises(StoreError):
        ready_directory(Path("/proc/self/panshi"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_new_file(tmp_path / "key", b"one")

    with pytest.raises(FileExistsError):
        write_new_file(tmp_path / "key", b"two")

    assert (tmp_path / "key").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    with pytest.raises(StoreError, match="cannot write"):
        write_new_file(tmp_path / "no" / "key", b"three")
