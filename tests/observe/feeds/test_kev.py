"""The catalogue of known exploited vulnerabilities, by the rules of its schema."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.feeds.kev import decode_kev
from tests.simulators.advisories import damaged, kev_catalogue, kev_entry


def decode(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return decode_kev(raw, place="kev.json")


def test_entries_are_taken_with_dates_and_use_by_ransomware():
    found = decode(kev_catalogue([kev_entry(), kev_entry("CVE-2026-0002", cwes=[])]))
    first = found.entries[0]
    assert (first.cve, str(first.added), str(first.due)) == (
        "CVE-2026-0001",
        "2026-06-02",
        "2026-06-23",
    )
    assert first.ransomware
    assert first.product == "Acme Gateway"
    assert found.refused == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cveID": "CVE-26-1"}, "vulnerabilities/0"),
        ({"dateAdded": "2026-02-30"}, "CVE-2026-0001"),
        ({"dueDate": ""}, "CVE-2026-0001"),
        ({"cwes": ["79"]}, "CVE-2026-0001"),
        ({"requiredAction": None}, "CVE-2026-0001"),
    ],
)
def test_an_entry_against_the_schema_is_refused_and_the_others_taken(change, named):
    found = decode(kev_catalogue([kev_entry(**change), kev_entry("CVE-2026-0002")]))
    assert [each.cve for each in found.entries] == ["CVE-2026-0002"]
    assert [each.name for each in found.refused] == [named]


def test_each_required_member_is_required():
    for name in ("cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded"):
        entry = kev_entry()
        del entry[name]
        assert len(decode(kev_catalogue([entry])).refused) == 1


def test_an_entry_twice_is_refused_once():
    found = decode(kev_catalogue([kev_entry(), kev_entry(product="Other")]))
    assert [each.product for each in found.entries] == ["Acme Gateway"]
    assert "twice" in found.refused[0].problem


@pytest.mark.parametrize(
    "value",
    [
        kev_catalogue([kev_entry()], count=2),
        kev_catalogue([kev_entry()], dateReleased="soon"),
        {"vulnerabilities": []},
        b"[" * 100_000,
        b"",
    ],
)
def test_a_catalogue_that_is_cut_or_none_is_refused_whole(value):
    with pytest.raises(BadInputError):
        decode(value)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw):
    with pytest.raises(BadInputError):
        decode(raw)


def test_a_thousand_damaged_catalogues_are_refused_or_taken_without_the_bad_entry():
    entries = [kev_entry(f"CVE-2026-{number:04}") for number in range(1, 6)]
    raw = json.dumps(kev_catalogue(entries)).encode()
    taken, places = 0, set()
    for seed in range(1_000):
        try:
            found = decode(damaged(raw, seed))
        except BadInputError as error:
            places.add(error.place)
        else:
            taken += 1
            assert len(found.entries) + len(found.refused) >= 1
    assert taken > 10
    assert places == {"kev.json"}
