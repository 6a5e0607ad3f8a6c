"""Trust adds up, ages, and never gains from worse or older evidence."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.trust.signal import WITHDRAWN, SignalState
from panshi.protection.zero_trust.trust.standing import stand
from tests.protection.zero_trust.trust.models import MODEL, SUBJECTS, said

GRADED = tuple(each for each in MODEL.families.values() if each.grades)


def trust(*signals, now=0.0, lost=None):
    return stand(MODEL, signals, subjects=SUBJECTS, lost=lost or {}, now=now)


@st.composite
def some_signal(draw):
    family = draw(st.sampled_from(tuple(MODEL.families.values())))
    source = draw(st.sampled_from(["a", "b", "c"]))
    at = draw(st.floats(-10_000, 0))
    if not family.grades:
        return said(family.id, at=at, source=source, value=draw(st.floats(-5, 5)))
    return said(family.id, draw(st.sampled_from(sorted(family.grades))), at=at, source=source)


some_signals = st.lists(some_signal(), max_size=8, unique_by=lambda each: (each.kind, each.source))
some_losses = st.dictionaries(
    st.sampled_from(["a", "b"]), st.just(frozenset(MODEL.families)), max_size=2
)


def test_nothing_known_is_the_prior_and_required_kinds_are_missing():
    standing = trust()

    assert standing.level(0.0) == 50
    assert standing.in_state(SignalState.MISSING) == {"authenticator", "device.compliance"}


def test_a_session_without_a_device_misses_no_compliance():
    standing = stand(MODEL, (), subjects=SUBJECTS[:2], lost={}, now=0.0)

    assert standing.in_state(SignalState.MISSING) == {"authenticator"}


def test_what_is_said_of_others_does_not_count():
    other = SUBJECTS[2]._replace(id="other")

    standing = trust(said("device.compliance", "compliant", about=other))

    assert standing.log_odds(0.0) == 0.0
    assert standing.states["device.compliance"] is SignalState.MISSING


def test_favour_halves_in_its_half_life_and_ends_when_stale():
    # Given compliance seen at 0: half-life 500 s, fresh for 1,000 s
    standing = trust(said("device.compliance", "compliant"))

    # Then it counts less and less, and not at all once it is stale
    assert standing.log_odds(500.0) == pytest.approx(0.5)
    assert standing.until == 1_000.0
    later = trust(said("device.compliance", "compliant"), now=1_000.0)
    assert later.log_odds(1_000.0) == 0.0
    assert later.states["device.compliance"] is SignalState.STALE


def test_a_source_may_shorten_how_long_its_word_counts_and_never_lengthen_it():
    assert trust(said("device.compliance", "compliant", fresh_for=10.0)).until == 10.0
    assert trust(said("device.compliance", "compliant", fresh_for=1e9)).until == 1_000.0


def test_disfavour_holds_until_it_is_taken_back():
    bad = said("device.compliance", "not_compliant")

    assert trust(bad, now=1e7).log_odds(1e7) == -3.0
    assert trust(bad, now=1e7).states["device.compliance"] is SignalState.FALSE
    assert trust(replace(bad, weight_class=WITHDRAWN)).log_odds(0.0) == 0.0


def test_disfavour_fades_where_the_model_lets_it():
    assert trust(said("behaviour", "odd")).log_odds(300.0) == pytest.approx(-1.0)


def test_sources_that_disagree_conflict_and_the_worse_one_counts():
    standing = trust(
        said("device.compliance", "compliant", source="mdm"),
        said("device.compliance", "not_compliant", source="edr"),
    )

    assert standing.states["device.compliance"] is SignalState.CONFLICTING
    assert standing.log_odds(0.0) == -3.0


def test_a_silent_feed_takes_its_favour_back_and_not_its_disfavour():
    lost = {"mdm": frozenset({"device.compliance"})}
    good = said("device.compliance", "compliant", source="mdm")
    bad = said("device.compliance", "not_compliant", source="mdm")

    assert trust(good, lost=lost).log_odds(0.0) == 0.0
    assert trust(good, lost=lost).states["device.compliance"] is SignalState.UNAVAILABLE
    assert trust(bad, lost=lost).log_odds(0.0) == -3.0


def test_a_silent_feed_that_never_spoke_is_told_as_unavailable():
    standing = trust(lost={"siem": frozenset({"behaviour"})})

    assert standing.states["behaviour"] is SignalState.UNAVAILABLE


def test_what_the_model_does_not_know_counts_as_its_worst():
    assert trust(said("device.compliance", "wonderful")).log_odds(0.0) == -3.0
    assert trust(said("place", value=float("nan"))).log_odds(0.0) == -3.0


def test_every_level_explains_itself():
    # Given one favourable, one unfavourable and one stale word
    standing = trust(
        said("authenticator", "aal3"),
        said("account", "odd", source="idp"),
        said("device.compliance", "compliant", at=-5_000.0, source="mdm"),
    )

    # Then the lines add up to the level, the weightiest first, each with source, age and state
    lines = standing.explained(0.0)
    assert sum(line.log_odds for line in lines if line.counted) == pytest.approx(
        standing.log_odds(0.0) - MODEL.prior
    )
    assert [line.family for line in lines] == ["authenticator", "account", "device.compliance"]
    assert lines[2].state is SignalState.STALE
    assert lines[2].age_s == 5_000.0
    assert lines[1].source == "idp"


def test_what_is_missing_is_a_line_of_the_explanation():
    states = {line.family: line.state for line in trust().explained(0.0)}

    assert states["authenticator"] is SignalState.MISSING


@given(signals=some_signals, lost=some_losses, data=st.data())
def test_worse_evidence_never_raises_trust(signals, lost, data):
    # Given any evidence, and one word of it replaced by a worse one of the same age and source
    if not signals:
        return
    chosen = data.draw(st.sampled_from(signals))
    family = MODEL.families[chosen.kind]
    if family.grades:
        weights = {name: grade.weight for name, grade in family.grades.items()}
        worse = [name for name in weights if weights[name] < weights[chosen.weight_class]]
        if not worse:
            return
        grade = data.draw(st.sampled_from(sorted(worse)))
        changed = replace(chosen, weight_class=grade, value=grade)
    else:
        changed = replace(chosen, value=chosen.value - data.draw(st.floats(0, 5)))
    others = [each for each in signals if each is not chosen]

    # Then trust is not higher, at any time from now on
    now = data.draw(st.floats(0, 20_000))
    before = trust(*signals, now=now, lost=lost).log_odds(now)
    assert trust(*others, changed, now=now, lost=lost).log_odds(now) <= before + 1e-9


@given(signals=some_signals, lost=some_losses, data=st.data())
def test_more_unfavourable_evidence_never_raises_trust(signals, lost, data):
    extra = said("account", data.draw(st.sampled_from(["odd", "bad"])), source="another")

    assert trust(*signals, extra, lost=lost).log_odds(0.0) <= trust(*signals, lost=lost).log_odds(
        0.0
    )


@given(signals=some_signals, data=st.data())
def test_older_evidence_never_strengthens(signals, data):
    # Given evidence of which one favourable word is made older
    favour = [
        each
        for each in signals
        if (MODEL.families[each.kind].weight_of(each.weight_class, each.value) or 0) > 0
    ]
    if not favour:
        return
    chosen = data.draw(st.sampled_from(favour))
    older = replace(chosen, observed_at=chosen.observed_at - data.draw(st.floats(0, 5_000)))
    others = [each for each in signals if each is not chosen]

    # Then trust is not higher
    assert trust(*others, older).log_odds(0.0) <= trust(*signals).log_odds(0.0) + 1e-9


@given(signals=some_signals, lost=some_losses)
def test_losing_a_feed_never_raises_trust(signals, lost):
    assert trust(*signals, lost=lost).log_odds(0.0) <= trust(*signals).log_odds(0.0) + 1e-9


@given(signals=some_signals, times=st.lists(st.floats(0, 30_000), min_size=2, max_size=6))
def test_favour_alone_only_falls_with_time(signals, times):
    favour = [
        each
        for each in signals
        if (MODEL.families[each.kind].weight_of(each.weight_class, each.value) or 0) >= 0
    ]
    found = [trust(*favour, now=now).log_odds(now) for now in sorted(times)]

    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(found))


@given(signals=some_signals, times=st.lists(st.floats(0, 30_000), min_size=1, max_size=8))
def test_a_remembered_level_is_the_level_worked_out_anew(signals, times):
    # Given one standing read again and again as time passes, also backwards
    standing = trust(*signals)

    # Then each reading equals that of evidence weighed anew at that time
    for now in times:
        if now < standing.until:
            assert standing.level(now) == trust(*signals, now=now).level(now)
