"""SHA256SUMS: both spellings, one digest a file, and the release it belongs to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.observe.port import Look
from panshi.observe.secure_development.checksums import OBSERVER
from tests.observe.hostile import NOW, mutations

GOLDEN = Path(__file__).parents[2] / "golden" / "artifacts" / "SHA256SUMS"
ONE = "ab" * 32


def look(path, **options):
    return Look(path=path, now=NOW, subject="system:core", options={"release": "1"} | options)


def read(path, **options):
    return list(OBSERVER.observe(look(path, **options)))


def test_files_of_a_release_by_digest():
    (seen,) = read(GOLDEN, release="2.4.1", released="2026-11-01")

    assert [each.name for each in seen.body.artifacts] == ["deposit-2.4.1.tar.gz", "notes.txt"]
    assert seen.body.release == "2.4.1"
    assert seen.observed_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_spelling_with_a_tag_is_taken_too(tmp_path):
    path = tmp_path / "sums"
    path.write_text(f"SHA256 (a b.zip) = {ONE.upper()}\n")

    assert read(path)[0].body.artifacts[0].sha256 == ONE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{ONE}  a\n{'cd' * 32}  a\n", "two digests"),
        ("abc  a\n", "no line of a SHA256SUMS"),
        ("# nothing\n", "lists no file"),
    ],
)
def test_what_is_none_is_refused(text, problem, tmp_path):
    path = tmp_path / "sums"
    path.write_text(text)

    with pytest.raises(BadInputError, match=problem):
        read(path)


def test_the_release_must_be_named():
    with pytest.raises(UsageError, match="which release"):
        read(GOLDEN, release="")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([GOLDEN.read_bytes()]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    path = tmp_path / "sums"
    path.write_bytes(raw)
    try:
        found = read(path)
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- either way of ending is right
        return
    assert all(len(each.sha256) == 64 for each in found[0].body.artifacts)
