"""The newest word of a source counts, and feeds fall silent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.protection.zero_trust.trust.ledger import MOST_SOURCES, Feed, Ledger
from panshi.protection.zero_trust.trust.signal import WITHDRAWN
from tests.protection.zero_trust.trust.models import MODEL, SUBJECTS, said

DEVICE = SUBJECTS[2]


def feed(**changes):
    made = Feed(source="mdm", families=("device.compliance",), interval_s=60.0, heard_at=0.0)
    return replace(made, **changes)


def test_an_older_word_does_not_replace_a_newer_one():
    ledger = Ledger(MODEL)
    ledger.put(said("device.compliance", "not_compliant", at=10.0))

    assert not ledger.put(said("device.compliance", "compliant", at=9.0))
    assert [each.weight_class for each in ledger.about([DEVICE])] == ["not_compliant"]


@given(order=st.permutations(["compliant", "not_compliant"]))
def test_of_two_words_at_once_the_worse_one_counts_in_whatever_order(order):
    ledger = Ledger(MODEL)
    for grade in order:
        ledger.put(said("device.compliance", grade, at=5.0))

    assert [each.weight_class for each in ledger.about([DEVICE])] == ["not_compliant"]


@pytest.mark.parametrize(
    "signal",
    [
        said("device.compliance", "wonderful"),
        replace(said("account", "odd"), kind="unheard.of"),
        replace(said("account", "odd"), subject=DEVICE),
        replace(said("account", "odd"), source=""),
        said("place", value=float("nan")),
        replace(said("place"), value="far"),
        replace(said("account", "odd"), observed_at=1_000.0),
    ],
)
def test_what_cannot_be_weighed_is_refused_and_changes_nothing(signal):
    ledger = Ledger(MODEL)

    with pytest.raises(BadInputError):
        ledger.put(signal)

    assert not list(ledger)


def test_a_clock_a_little_ahead_is_taken_for_now():
    ledger = Ledger(MODEL)
    ledger.put(replace(said("account", "odd"), observed_at=30.0))

    assert next(iter(ledger)).observed_at == 0.0


def test_sources_of_one_subject_are_bounded():
    ledger = Ledger(MODEL)
    for number in range(MOST_SOURCES):
        ledger.put(said("account", "fine", source=f"s{number}"))

    with pytest.raises(BadInputError, match="sources"):
        ledger.put(said("account", "fine", source="one more"))


def test_a_withdrawn_word_may_be_said_of_any_kind():
    ledger = Ledger(MODEL)

    assert ledger.put(said("account", "bad"))
    assert ledger.put(said("account", WITHDRAWN, at=1.0))


def test_a_lost_feed_names_what_it_covered_until_it_is_heard_again():
    ledger = Ledger(MODEL)
    ledger.beat(feed())
    ledger.lose("mdm")
    assert ledger.lost == {"mdm": frozenset({"device.compliance"})}

    ledger.beat(feed(heard_at=500.0))

    assert ledger.lost == {}
    assert feed(heard_at=500.0).overdue_at(3) == 680.0


@pytest.mark.parametrize(
    "bad",
    [
        feed(families=()),
        feed(families=("nonsense",)),
        feed(interval_s=0.0),
        feed(interval_s=float("nan")),
        feed(interval_s=1e9),
        feed(source=""),
    ],
)
def test_a_feed_of_nothing_is_refused(bad):
    with pytest.raises(BadInputError):
        Ledger(MODEL).beat(bad)


def test_a_retired_feed_is_not_lost():
    ledger = Ledger(MODEL)
    ledger.beat(feed())
    ledger.lose("mdm")
    ledger.retire("mdm")

    assert ledger.lost == {}
    assert ledger.retire("mdm") is None
