"""Every golden file is recognised as its source; what is not, is not guessed."""

from pathlib import Path

import pytest

from panshi.observe.recognise import recognise
from panshi.observe.sources import TABLE

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = sorted(
    path
    for name in TABLE
    for path in (GOLDEN / name).glob("*")
    if path.is_file() and path.suffix != ".md"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_golden_file_is_recognised_as_its_source(path):
    assert recognise(path) == path.parent.name


def test_there_are_files_of_every_source_that_reads_them():
    assert {path.parent.name for path in FILES} == set(TABLE) - {"list", "this-machine"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"{}",
        b"[]",
        b"<html/>",
        b"subject,observed_at\n",
        b'{"bomFormat":"CycloneDX","spdxVersion":"SPDX-2.3"}',
        b"<!-- <nmaprun> -->",
        b"<" * 70_000,
    ],
)
def test_what_is_none_or_might_be_two_is_not_guessed(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)

    assert recognise(path) == ""
