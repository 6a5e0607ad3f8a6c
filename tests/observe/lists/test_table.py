"""Tables of text in the encodings and shapes people save them in."""

import codecs

import pytest

from panshi.errors import BadInputError, UsageError
from panshi.observe.lists.table import open_tables

TEXT = '帳號,備註\r\n林,會議室\r\n\r\n"陳\n二",x\r\n'


def lines(path, encoding=""):
    with open_tables(path, encoding) as tables:
        return [(line.number, line.cells) for table in tables for line in table.lines]


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("cp950"),
    ],
)
def test_encodings_are_found_and_line_numbers_are_those_of_the_file(tmp_path, raw):
    path = tmp_path / "list.csv"
    path.write_bytes(raw)

    assert lines(path) == [
        (1, {1: "帳號", 2: "備註"}),
        (2, {1: "林", 2: "會議室"}),
        (4, {1: "陳\n二", 2: "x"}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_heading_shows_the_delimiter(tmp_path, delimiter):
    path = tmp_path / "list.csv"
    path.write_text(f"# kind: x\n\na{delimiter}b\n1{delimiter}2\n")

    assert lines(path) == [(1, {1: "# kind: x"}), (3, {1: "a", 2: "b"}), (4, {1: "1", 2: "2"})]


def test_a_place_is_named_as_users_do(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("a\n")
    with open_tables(path) as tables:
        (table,) = tables
        assert table.place(17, 3) == "list.csv:17:3"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xd0\xcf\x11\xe0old", "old kind"),
        (b"PK\x03\x04", "compressed"),
        (b"a,b\n\xff\xfe\xfd\xff,1\n", "neither UTF-8 nor Big5"),
        (b'a,b\n"open', "no valid CSV"),
        (b'a,b\n"x"y,1\n', "no valid CSV"),
        (b"a," + b"x" * 40_000, "cell of more than"),
        (b"x" * (1 << 20) + b"y" * 99_999, "line of more than"),
        (b",".join(b"x" for _ in range(201)), "columns"),
    ],
)
def test_files_that_are_no_list_are_refused_with_their_place(tmp_path, raw, said):
    path = tmp_path / "list.csv"
    path.write_bytes(raw)

    with pytest.raises(BadInputError, match=said) as caught:
        lines(path)
    assert "list.csv" in caught.value.place


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("panshi.observe.lists.table.MOST_ROWS", 3)
    path = tmp_path / "list.csv"
    path.write_text("a\n" * 4)

    with pytest.raises(BadInputError, match="more than 3 rows"):
        lines(path)


def test_an_encoding_may_be_stated_and_must_be_known(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("帳號\n".encode("cp950"))

    assert lines(path, "Big5") == [(1, {1: "帳號"})]
    with pytest.raises(BadInputError):
        lines(path, "utf-8")
    with pytest.raises(UsageError):
        lines(path, "klingon")


def test_an_empty_file_has_no_rows(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"")

    assert lines(path) == []
