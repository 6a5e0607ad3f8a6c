"""One request, one name: whatever two readers could read differently has none."""

from pathlib import PurePosixPath
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.enforcement.target import (
    Refused,
    Target,
    host_of,
    segments_of,
    target_of,
)

ALPHABET = "ab/.%2eEfF5cC;\\?#\x00 \t\r\nÀ磐／．A_~-+"


def readings(uri):
    """How careless programs would read a path: each a way that has been seen in the wild."""
    path = uri.partition("?")[0]
    once = unquote(path)
    yield once
    yield unquote(once)
    yield str(PurePosixPath(once))
    yield once.replace("\\", "/")
    yield once.replace("//", "/")
    yield "/".join(each.partition(";")[0] for each in once.split("/"))
    yield "/".join(each.rstrip(". ") for each in once.split("/"))
    yield once.partition("\x00")[0]


def resolved(path):
    """Walk the segments as a file system does."""
    found = []
    for each in path.split("/"):
        if each == "..":
            found = found[:-1]
        elif each not in {"", "."}:
            found.append(each)
    return tuple(found)


@given(st.text(ALPHABET, max_size=30))
def test_every_careless_reader_of_an_accepted_path_reads_the_same(tail):
    uri = "/" + tail
    segments = segments_of(uri)
    if isinstance(segments, Refused):
        return
    assert {resolved(each) for each in readings(uri)} == {segments}


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6))
def test_an_accepted_segment_survives_encoding(parts):
    uri = "/" + "/".join(quote(each, safe="") for each in parts)
    segments = segments_of(uri)
    assert isinstance(segments, Refused) or segments == tuple(parts)


@pytest.mark.parametrize(
    ("uri", "segments"),
    [
        ("/", ()),
        ("/a", ("a",)),
        ("/a/", ("a",)),
        ("/a/b?c=/../d", ("a", "b")),
        ("/%E7%A3%90%E7%9F%B3/~x", ("磐石", "~x")),
        ("/a%20b", ("a b",)),
        ("/a:b@c,d=e+f&g!", ("a:b@c,d=e+f&g!",)),
    ],
)
def test_plain_paths_keep_their_name(uri, segments):
    assert segments_of(uri) == segments


@pytest.mark.parametrize(
    "uri",
    ["", "a", "*", "http://h/a", "/a//b", "//a", "/a//", "/./a", "/a/..", "/a/%2e%2e/b", "/%61",
     "/a%2Fb", "/a%5Cb", "/a\\b", "/a;b", "/a%3Bb", "/a%00", "/a%0d%0ab", "/a%", "/a%zz", "/a.",
     "/a%20", "/%20a", "/%c0%af", "/%ff", "/a#b", "/é", "/%EF%BC%8F", "/%EF%BC%8E%EF%BC%8E",
     "/a%E2%80%AE", "/a%25", "/*", "/e%CC%81", "/" + "a" * 5000, "/a" * 70],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_has_no_name(uri):
    assert isinstance(segments_of(uri), Refused)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Pay.Test:8443", "pay.test"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:80", "[::1]"),
        ("pay.test.", None),
        ("pay..test", None),
        ("a@pay.test", None),
        ("pay.test/x", None),
        ("磐.test", None),
        ("", None),
        ("-a.test", None),
    ],
)
def test_a_host_is_one_plain_name(host, name):
    assert host_of(host) == name


@pytest.mark.parametrize("method", ["get", "TRACE", "CONNECT", "GET ", "", "PROPFIND"])
def test_only_known_methods_are_asked_about(method):
    assert isinstance(target_of(method, "a.test", "/"), Refused)


def test_a_header_that_replaces_the_method_makes_it_unknown():
    assert isinstance(target_of("GET", "a.test", "/", headers=["x-http-method-override"]), Refused)
    found = target_of("GET", "a.test", "/", headers=["accept"])
    assert found == Target(method="GET", host="a.test", segments=())
