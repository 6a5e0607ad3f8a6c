"""What cannot be named is told why; any text may stand where a purl should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.supply_chain.matching import Subject, Unmatchable, package_key, subject
from panshi.protection.supply_chain.matching.package_keys import OWN_PURL, PLAIN, versioned
from panshi.protection.supply_chain.purl import parse


@pytest.mark.parametrize(
    ("purl", "reason"),
    [
        ("", "no_purl"),
        ("openssl 1.1", "bad_purl"),
        ("pkg:pypi/%C3%28@1", "bad_purl"),
        ("pkg:sid/x@1", "type:sid"),
        ("pkg:deb/mint/x@1", "distribution:mint"),
        ("pkg:rpm/x@1", "distribution:rpm"),
    ],
)
def test_what_nobody_judges_says_why(purl: str, reason: str) -> None:
    found = package_key(purl)
    assert isinstance(found, Unmatchable)
    assert found.reason == reason
    assert found.why


def test_types_without_an_ecosystem_go_by_their_purl() -> None:
    found = subject("pkg:generic/openssl@1.1.1")
    assert isinstance(found, Subject)
    assert found.keys[0] == (OWN_PURL, "generic/openssl")
    assert found.place is not None


@given(st.from_regex(PLAIN, fullmatch=True))
def test_the_short_way_reads_what_the_parser_reads(purl: str) -> None:
    # Given a purl nothing of which is encoded
    short = subject(purl)
    # When its qualifiers make the parser read it
    long = subject(f"{purl}?a=b")
    # Then both are the same package at the same version
    assert short == long


@given(st.text(max_size=40).map(lambda text: f"pkg:{text}") | st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(subject(text), Subject | Unmatchable)


@given(st.sampled_from(["", "?a=b", "#sub", "?a=b#sub"]), st.text(min_size=1, max_size=12))
def test_a_version_is_written_in_front_of_what_follows(tail: str, version: str) -> None:
    purl = versioned(f"pkg:cargo/x{tail}", version)
    assert parse(purl).version == version.strip() or parse(purl).version == version
    assert purl.endswith(tail)
