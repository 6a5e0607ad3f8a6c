"""What a CSAF provider says of where its documents are and what changed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.feeds.csaf_places import read_changes, read_hash, read_provider, read_rolie

BASE = "https://acme.example/csaf/"


def test_open_feeds_and_folders_are_found_and_closed_ones_left():
    raw = json.dumps(
        {
            "publisher": {"name": "Acme", "category": "vendor"},
            "distributions": [
                {"directory_url": "https://acme.example/csaf/white"},
                {
                    "rolie": {
                        "feeds": [
                            {"url": f"{BASE}white.json", "tlp_label": "WHITE", "summary": "x"},
                            {"url": f"{BASE}amber.json", "tlp_label": "AMBER"},
                        ]
                    }
                },
            ],
        }
    ).encode()
    found = read_provider(raw, url=f"{BASE}provider-metadata.json")
    assert found.publisher == "Acme"
    assert found.rolie == (f"{BASE}white.json",)
    assert found.directories == ("https://acme.example/csaf/white/",)


def test_entries_of_a_feed_oldest_change_first_with_their_hash():
    def entry(number, updated):
        own = f"{BASE}2026/acme-{number}.json"
        links = [{"rel": "self", "href": own}, {"rel": "hash", "href": f"{own}.sha256"}]
        return {"id": f"ACME-{number}", "updated": updated, "link": links, "title": "x"}

    raw = {"feed": {"entry": [entry(2, "2026-07-02T00:00:00Z"), entry(1, "2026-07-01T00:00:00Z")]}}
    found = read_rolie(json.dumps(raw).encode(), url=f"{BASE}white.json")
    assert [each.url[-6:] for each in found] == ["1.json", "2.json"]
    assert found[0].hash_url == f"{BASE}2026/acme-1.json.sha256"


def test_changes_of_a_folder():
    raw = b'"2026/a.json","2026-07-02T00:00:00Z"\r\n2025/b.json,2026-07-01T00:00:00Z\r\n'
    found = read_changes(raw, url=f"{BASE}changes.csv")
    assert [each.url for each in found] == [f"{BASE}2025/b.json", f"{BASE}2026/a.json"]


@pytest.mark.parametrize(
    "raw",
    [b"../../etc/x.json,2026-07-01T00:00:00Z", b"https://evil.example/a.json,2026-07-01T00:00:00Z"],
)
def test_a_list_cannot_point_elsewhere(raw):
    with pytest.raises(BadInputError):
        read_changes(raw, url=f"{BASE}changes.csv")


def test_hashes_are_read_as_sha256sum_writes_them():
    assert read_hash(b"AB" * 32 + b"  a.json\n", url="x") == "ab" * 32
    with pytest.raises(BadInputError):
        read_hash(b"not a hash", url="x")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(raw):
    for read in (read_provider, read_rolie):
        with pytest.raises(BadInputError):
            read(raw, url=BASE)
    with suppress(BadInputError):
        assert all(each.url.startswith(BASE) for each in read_changes(raw, url=BASE))
