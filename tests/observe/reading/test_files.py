"""Foreign files are opened safely, whatever the path points at."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.reading.files import begins_with_markup, open_source, text_lines, utf8_chunks
from panshi.observe.reading.limits import Limits


def written(tmp_path, raw):
    path = tmp_path / "file"
    path.write_bytes(raw)
    return path


def whole(path, limits=Limits()):  # noqa: B008 -- frozen
    with open_source(path, limits) as source:
        return b"".join(utf8_chunks(source))


def lines(path, limits=Limits(), **how):  # noqa: B008 -- frozen
    with open_source(path, limits) as source:
        return list(text_lines(source, **how))


def test_a_file_below_the_limit_is_read_and_one_above_is_not(tmp_path):
    path = written(tmp_path, b"x" * 1000)

    assert whole(path, Limits(max_bytes=1000)) == b"x" * 1000
    with pytest.raises(BadInputError, match="larger than 999 bytes"):
        whole(path, Limits(max_bytes=999))


def test_a_file_that_grows_while_it_is_read_is_still_bounded(tmp_path):
    path = written(tmp_path, b"x" * 100)

    with open_source(path, Limits(max_bytes=150_000)) as source:
        source.read(10)
        with path.open("ab") as file:
            file.write(b"y" * 200_000)
        with pytest.raises(BadInputError, match="larger than"):
            list(utf8_chunks(source))


@pytest.mark.parametrize("kind", ["folder", "pipe", "absent", "nul", "device"])
def test_what_is_no_plain_file_is_refused_at_once(kind, tmp_path):
    path = tmp_path / kind
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "nul":
            path = tmp_path / "a\0b"
        case "device":
            path.symlink_to("/dev/zero")

    with pytest.raises(BadInputError) as caught:
        whole(path)

    assert caught.value.place


def test_a_file_of_nobody_s_is_refused(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("the superuser may read every file")
    path = written(tmp_path, b"secret")
    path.chmod(0)

    with pytest.raises(BadInputError, match="Permission denied"):
        whole(path)


@pytest.mark.parametrize(
    ("magic", "packing"),
    [(b"\x1f\x8b\x08", "gzip"), (b"PK\x03\x04", "ZIP"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\0", "xz")],
)
def test_a_packed_file_is_not_unpacked(magic, packing, tmp_path):
    with pytest.raises(BadInputError, match=rf"compressed \({packing}\)"):
        whole(written(tmp_path, magic + bytes(100)))


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le"]


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\r"), max_size=50),
    encoding=st.sampled_from(ENCODINGS),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_unicode_encoding_comes_out_as_utf_8(text, encoding, tmp_path):
    # Without a mark the encoding shows by its first characters, as in JSON.
    document = f'{{"{text}":1}}'

    assert whole(written(tmp_path, document.encode(encoding))) == document.encode()


def test_half_a_character_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="not valid UTF-16"):
        whole(written(tmp_path, "磐石".encode("utf-16")[:-1]))


def test_lines_are_numbered_and_bounded(tmp_path):
    path = written(tmp_path, b"one\r\ntwo\n\nfour")

    assert lines(path) == [(1, "one"), (2, "two"), (3, ""), (4, "four")]
    with pytest.raises(BadInputError, match="more than 2 lines"):
        lines(path, Limits(max_items=2))
    with pytest.raises(BadInputError, match=r"file:1: a line of more than 3 bytes"):
        lines(path, Limits(max_text=3))


def test_a_line_that_is_no_utf_8_is_refused_or_forgiven(tmp_path):
    path = written(tmp_path, b"one\ntw\xff\n")

    with pytest.raises(BadInputError, match="file:2: is not valid UTF-8"):
        lines(path)
    assert lines(path, forgiving=True) == [(1, "one"), (2, "tw\ufffd")]


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_are_the_file_split_at_line_feeds(text, tmp_path):
    expected = text.removesuffix("\n").split("\n") if text else []

    path = written(tmp_path, b"\xef\xbb\xbf" + text.encode())

    assert [line for _, line in lines(path)] == expected


@pytest.mark.parametrize(
    ("raw", "markup"),
    [
        (b" \n<a/>", True),
        ("<a/>".encode("utf-16"), True),
        (b"\xef\xbb\xbf<a/>", True),
        (b'{"a": "<"}', False),
        (b"", False),
    ],
)
def test_markup_is_told_by_the_first_character(raw, markup, tmp_path):
    with open_source(written(tmp_path, raw)) as source:
        assert begins_with_markup(source) is markup
        assert source.read() == raw
