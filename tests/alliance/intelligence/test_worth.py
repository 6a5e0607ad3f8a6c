"""Worth: independent voices add up in log-odds, copies do not, age takes away."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.intelligence.worth import Said, Voice, worth
from panshi.node.alliance.intelligence.content import worths

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KINDS = sorted(worths().curves)
voices = st.builds(
    Voice,
    source=st.sampled_from("abcdef"),
    at=st.integers(0, 2_000).map(lambda days: NOW - timedelta(days=days)),
    said=st.sampled_from(Said),
    origin=st.sampled_from(("", "", "x", "y")),
    confidence=st.none() | st.integers(0, 100),
    reliability=st.sampled_from("ABCDEF"),
)


def voice(**about):
    return Voice(**({"source": "a", "at": NOW, "confidence": 80, "reliability": "B"} | about))


def score(*said, kind="ipv4", now=NOW):
    return worth(kind, said, worths(), now).score


def test_without_a_voice_a_value_is_what_its_kind_is_before():
    assert score() == 10


def test_what_nobody_can_judge_says_nothing_either_way():
    assert score(voice(reliability="F", confidence=100)) == 10


def test_two_sources_are_believed_more_than_one_and_a_copy_is_not():
    # Given one report, the same of another origin, and a copy of the first
    one, other, copy = voice(origin="x"), voice(source="b"), voice(source="b", origin="x")
    # Then the second voice adds, the copy does not
    assert score(one, other) > score(one)
    assert score(one, copy) == score(one)
    assert worth("ipv4", (one, copy), worths(), NOW).repeated == 1


def test_a_denial_lowers_and_a_sighting_raises():
    report = voice(confidence=60, reliability="C")
    assert score(report, voice(source="b", said=Said.DENIAL)) < score(report)
    assert score(report, voice(source="b", said=Said.SIGHTING)) > score(report)


def test_after_its_lifetime_a_voice_weighs_nothing_and_a_new_sighting_brings_its_own():
    old = voice(at=NOW - timedelta(days=31))
    assert score(old) == 10
    assert score(old, voice(source="b", said=Said.SIGHTING)) > 25


def test_confidence_of_appendix_a_is_read_as_the_standard_says():
    scales = {name: dict(scale.words) for name, scale in worths().scales.items()}
    assert scales["admiralty"] == {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
    assert scales["none-low-med-high"] == {"none": 0, "low": 15, "medium": 50, "high": 85}


@given(st.sampled_from(KINDS), st.lists(voices, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_voices_means_nothing(kind, said, random):
    shuffled = list(said)
    random.shuffle(shuffled)
    assert score(*said, kind=kind) == score(*shuffled, kind=kind)


@given(st.sampled_from(KINDS), st.lists(voices, max_size=8))
def test_said_twice_is_said_once(kind, said):
    assert score(*said, *said, kind=kind) == score(*said, kind=kind)


@given(st.sampled_from(KINDS), voices, st.integers(0, 100), st.integers(0, 100))
def test_more_confidence_never_lowers(kind, one, low, high):
    low, high = sorted((low, high))
    less, more = (
        Voice(source=one.source, at=one.at, confidence=each, reliability=one.reliability)
        for each in (low, high)
    )
    assert score(less, kind=kind) <= score(more, kind=kind)


@given(st.sampled_from(KINDS), st.integers(11, 100), st.integers(0, 2_000), st.integers(0, 2_000))
def test_a_report_only_loses_with_time(kind, confidence, one, other):
    earlier, later = sorted((one, other))
    said = voice(confidence=confidence)
    scores = [score(said, kind=kind, now=NOW + timedelta(days=days)) for days in (earlier, later)]
    assert scores[0] >= scores[1]
