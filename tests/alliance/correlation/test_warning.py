"""Warnings go to who shares an exposure and has not reported; who reported is never in them."""

from panshi.alliance.correlation.traits import Trait
from panshi.alliance.correlation.warning import Exposure, count_told, usual, warnings

ACME = Trait(kind="supplier", value="acme")
RARE = Trait(kind="sha256", value="only-one-saw-it")
COMMON = Trait(kind="domain", value="c2.example.org")
REPORTED = {
    ACME: frozenset({"a", "b", "c"}),
    COMMON: frozenset({"a", "b", "c"}),
    RARE: frozenset({"a"}),
}


def test_only_the_exposed_that_have_not_reported_are_warned():
    # Given a reporter and another member that both have the supplier
    exposures = [Exposure(member=each, trait=ACME, detail="erp") for each in ("a", "z")]
    # When warnings are made
    (found,) = warnings(REPORTED, "abc", exposures, least=3)
    # Then only the other is warned, of what it shares
    assert found.member == "z"
    assert found.shared == (ACME,)


def test_a_value_few_saw_is_not_told():
    # Given a value only one member reported
    # When another is warned
    (found,) = warnings(REPORTED, "abc", [Exposure(member="z", trait=ACME, detail="")], least=3)
    # Then it learns the value three reported, not that one, and no member's name
    assert found.values == (COMMON,)
    assert not {"a", "b", "c"} & {found.member, *(each.value for each in found.values)}


def test_what_is_usual_is_told_by_more_than_one():
    # Given a supplier three of three told and a flaw one told
    flaw = Trait(kind="cve", value="CVE-2026-1")
    # When the exposures of the campaign are named
    # Then only the supplier is
    assert usual({**REPORTED, flaw: frozenset({"b"})}, 3) == (ACME,)


def test_few_reporters_are_not_counted_exactly():
    # Given two reporters where three hide who
    # When their number is told
    # Then it is not
    assert count_told(2, 3) == "<3"
    assert count_told(7, 3) == "7"
