"""Content files are read strictly: whatever is wrong, the message names file and line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.governance.frameworks.reading import MOST_BYTES, parsed


def test_an_id_that_looks_like_a_number_stays_as_written():
    # Given an id that YAML would read as the number 2.1
    part = parsed(b"id: 2.10", source="f.yaml").keys(required="id")["id"]
    # Then the text is kept
    assert part.text() == "2.10"


def test_an_unknown_key_names_its_line_and_the_keys_allowed():
    with pytest.raises(ContentError) as caught:
        parsed(b"id: a\ntitel: b\n", source="f.yaml").keys(required="id", optional="title")
    assert caught.value.place == "f.yaml:2"
    assert "titel" in caught.value.problem
    assert "id, title" in caught.value.remedy


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (b"id: a\nid: b", "f.yaml:2", "occurs twice"),
        (b"a: 1", "f.yaml:1", "'id' is missing"),
        (b"- id", "f.yaml:1", "a mapping is expected"),
        (b"a: &x 1\nb: *x", "f.yaml:2", "alias"),
        (b"a: [1", "f.yaml:2", "not YAML"),
        (b"---\na: 1\n---\nb: 1", "f.yaml:3", "not YAML"),
        (b"", "f.yaml", "empty"),
        (b"\xff", "f.yaml", "byte 0 is not UTF-8"),
        (b"[" * 100_000, "f.yaml:1", "nested deeper"),
        (b"- " * 100_000, "f.yaml:1", "nested deeper"),
        (b"#" * (MOST_BYTES + 1), "f.yaml", "bytes"),
    ],
)
def test_a_malformed_or_hostile_file_is_refused(raw, place, words):
    with pytest.raises(ContentError) as caught:
        parsed(raw, source="f.yaml").keys(required="id", optional="a b")
    assert caught.value.place == place
    assert words in caught.value.problem


@pytest.mark.parametrize(
    "written", ["yes", "0x10", "1_000", "010", ".inf", ".nan", "1e9", "2026-01-01", "9" * 30]
)
def test_values_yaml_would_reinterpret_are_refused(written):
    part = parsed(f"x: {written}".encode(), source="f.yaml").keys(required="x")["x"]
    if written == "1e9":
        # YAML 1.1 calls this text, and text it stays
        assert part.scalar() == "1e9"
        return
    with pytest.raises(ContentError, match=r"f\.yaml:1: .*not written plainly"):
        part.scalar()


@pytest.mark.parametrize(
    ("written", "value"), [("true", True), ("-3", -3), ("0.95", 0.95), ('"3"', "3"), ("x", "x")]
)
def test_plain_values_are_typed(written, value):
    found = parsed(f"x: {written}".encode(), source="f.yaml").keys(required="x")["x"].scalar()
    assert (type(found), found) == (type(value), value)


@given(st.binary(max_size=400))
def test_no_bytes_escape_as_another_exception(raw):
    with suppress(ContentError):
        parsed(raw, source="f.yaml").keys(optional="a")
