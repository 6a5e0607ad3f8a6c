"""Of each place it is said whether what was sealed is locked: asked of the place, never assumed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from panshi.errors import StoreError
from panshi.node.resilience.vault.retention import Hold, retentions
from panshi.resilience.vault.layout import entry_name
from panshi.store.vault.directory import DirectoryPlace
from panshi.store.vault.place import Lock


class LockedFolder(DirectoryPlace):
    """A directory that says of its objects what a bucket with object lock would."""

    said: Lock | StoreError | None = None

    def lock(self, name):
        self.asked = name
        if isinstance(self.said, StoreError):
            raise self.said
        return self.said


def asked_of(vault, said):
    """Give what is said of a vault whose first place says this of its newest entry."""
    place = LockedFolder(vault.places[0].label)
    place.said = said
    found = retentions(replace(vault, places={**vault.places, 0: place}))
    assert not hasattr(place, "asked") or place.asked == entry_name(vault.head.sequence)
    assert [each.hold for each in found[1:]] == [Hold.ABSENT] * 5
    return found[0]


def test_a_directory_holds_no_lock(small):
    small.seal()
    with small.open(2) as vault:
        found = retentions(vault)
    assert len(found) == 5
    assert {each.hold for each in found} == {Hold.ABSENT}
    assert {each.until for each in found} == {None}


@pytest.mark.parametrize(
    ("mode", "days", "hold"),
    [
        ("COMPLIANCE", 0, Hold.PROVEN),
        ("COMPLIANCE", 9, Hold.PROVEN),
        ("COMPLIANCE", -1, Hold.UNPROVEN),
        ("GOVERNANCE", 9, Hold.UNPROVEN),
    ],
)
def test_a_lock_proves_where_nobody_lifts_it_and_it_lasts(small, mode, days, hold):
    # Given a vault with its newest entry locked for its retention and some days
    small.seal()
    with small.open() as vault:
        until = vault.head.time + vault.terms.retention + timedelta(days=days)
        found = asked_of(vault, Lock(mode=mode, until=until))
    assert (found.hold, found.mode, found.until) == (hold, mode, until)


@pytest.mark.parametrize("said", [None, StoreError("no answer", place="s3://b", remedy="look")])
def test_what_shows_no_lock_is_not_believed(small, said):
    small.seal()
    with small.open() as vault:
        found = asked_of(vault, said)
    assert (found.hold, found.mode, found.until) == (Hold.UNPROVEN, "", None)
    assert ("no answer" in found.why_en) == isinstance(said, StoreError)
