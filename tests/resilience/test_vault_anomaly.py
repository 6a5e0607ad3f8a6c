"""Ordinary days pass, what an intruder leaves is stopped, the last good copy is chosen."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.resilience.mark import CheckValue, Mark, Seen, SourceKind
from panshi.resilience.vault_anomaly import Candidate, Code, Passed, facts_of, judged, last_good

AT = datetime(2026, 11, 21, tzinfo=UTC)


def mark(**seen):
    usual = Seen(files=100, octets=10**8, opaque_share=0.02, changed_share=0.04, compared=True)
    return Mark(
        source="papers",
        method=SourceKind.FILES,
        marked_at=AT,
        position="",
        seen=replace(usual, **seen),
    )


def history(days=30, seed=1):
    luck = random.Random(seed)
    return [
        facts_of(
            mark(changed_share=luck.uniform(0.02, 0.07), opaque_share=luck.uniform(0.01, 0.03))
        )
        for _ in range(days)
    ]


def codes(found):
    return {each.code for each in found}


@pytest.mark.parametrize("seed", range(20))
def test_ordinary_days_pass(seed):
    luck = random.Random(seed)
    today = mark(changed_share=luck.uniform(0.02, 0.07), opaque_share=luck.uniform(0.01, 0.03))

    assert judged(today, history(seed=seed)) == ()


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"opaque_share": 0.2}, Code.OPAQUE),
        ({"opaque_share": 0.9}, Code.OPAQUE),
        ({"changed_share": 0.5}, Code.CHANGED),
        ({"gone_share": 0.3}, Code.GONE),
        ({"canaries_wrong": ("bait",)}, Code.CANARY),
        ({"torn": ("a.db",)}, Code.TORN),
        ({"files": 0}, Code.EMPTY),
    ],
)
def test_what_an_intruder_leaves_is_stopped_with_its_reason(seen, code):
    found = judged(mark(**seen), history())

    assert codes(found) == {code}
    assert str(code) in found[0].told


@pytest.mark.parametrize(
    ("seen", "code"), [({"changed_share": 0.9}, Code.CHANGED), ({"gone_share": 0.6}, Code.GONE)]
)
def test_the_worst_is_stopped_without_any_history(seen, code):
    assert codes(judged(mark(**seen), ())) == {code}


def test_sudden_encryption_is_stopped_on_the_second_day():
    assert codes(judged(mark(opaque_share=0.6), history(1))) == {Code.OPAQUE}


def test_an_institution_that_encrypts_its_own_files_is_not_stopped():
    always = [facts_of(mark(opaque_share=0.95)) for _ in range(10)]

    assert judged(mark(opaque_share=0.96), always) == ()


def test_a_few_bad_days_in_history_do_not_move_what_is_usual():
    spoilt = [*history(), *(facts_of(mark(changed_share=0.9)) for _ in range(5))]

    assert codes(judged(mark(changed_share=0.5), spoilt)) == {Code.CHANGED}


def test_a_control_total_off_is_a_reason_by_itself():
    off = replace(mark(), checks=(CheckValue(name="balanced", value="7.00", holds=False),))

    (reason,) = judged(off, history())

    assert (reason.code, reason.seen) == (Code.CHECK, "balanced = 7.00")


def at(days, *, quarantined=False, **more):
    return Candidate(
        snapshot=f"s{days}",
        marked_at=AT - timedelta(days=days),
        quarantined=quarantined,
        **more,
    )


def test_without_an_intruder_the_newest_good_copy_is_chosen():
    choice = last_good([at(3), at(1), at(2), at(0, quarantined=True)], lost_at=AT)

    assert choice.chosen.snapshot == "s1"
    assert choice.loss == timedelta(days=1)
    assert [(each.snapshot, each.why) for each in choice.passed_over] == [
        ("s0", Passed.QUARANTINED)
    ]


def test_nothing_younger_than_the_suspected_entry_is_trusted():
    # Given daily copies, one of them quarantined, and somebody inside for a fortnight
    copies = [at(day, quarantined=day == 14) for day in range(30)]

    # When the last good one is chosen
    choice = last_good(copies, lost_at=AT, dwell=timedelta(days=14))

    # Then it is the first before the entry that nothing speaks against
    assert choice.chosen.snapshot == "s15"
    assert {each.why for each in choice.passed_over} == {Passed.AFTER_ENTRY, Passed.QUARANTINED}


def test_a_copy_a_drill_could_not_bring_back_is_passed_over_and_none_may_be_left():
    choice = last_good([at(1, unreadable=True), at(-1)], lost_at=AT)

    assert choice.chosen is None
    assert [each.why for each in choice.passed_over] == [Passed.AFTER_LOSS, Passed.UNREADABLE]
