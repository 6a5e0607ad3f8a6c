"""What a live exception may do, and what it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from panshi.governance.exceptions.authority import Condition, Rule
from panshi.model.observation import Outcome
from panshi.model.verdict import ReasonCode, Status
from tests.governance.assessment.worlds import (
    CHECK,
    CISO_ALONE,
    NOW,
    TODAY,
    River,
    assessor,
    attested,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
)


def judged(river, *controls, key="f/c", as_of=NOW):
    content = framework(*(controls or (control(),)))
    return assessor(estate(10), river, content, as_of=as_of).verdict(key)


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


def test_it_forgives_failing_items_and_evidences_nothing():
    # Given nine hosts that pass and one that fails, which nine of ten do not satisfy.
    river = River()
    river.looks(9, 1)
    bare = judged(river)
    river.exception(scope=(host(9),))
    verdict = judged(river)
    assert (bare.status, verdict.status) == (Status.NOT_MET, Status.MET)
    assert verdict.met
    assert not verdict.met_without_exceptions
    assert verdict.tally.excepted == 1
    assert (verdict.evidenced, verdict.possible) == (bare.evidenced, bare.possible) == (0.9, 0.9)
    assert verdict.probability == bare.probability
    assert ReasonCode.EXCEPTIONS_USED in codes(verdict)


def test_it_says_nothing_of_unseen_items():
    # Given one failing host under an exception and nine unseen: still nothing is known of them.
    river = River()
    river.looks(0, 1)
    river.exception(scope=())
    verdict = judged(river)
    assert verdict.tally.excepted == 1
    assert not verdict.met


def test_it_lapses_the_same_day():
    river = River()
    river.looks(9, 1)
    river.exception(expires=TODAY + timedelta(days=1))
    machine = assessor(estate(10), river, framework(control()))
    verdict = machine.verdict("f/c")
    assert verdict.met
    assert verdict.expires_on == TODAY + timedelta(days=1)
    lapsed = machine.at(NOW + timedelta(days=1)).verdict("f/c")
    assert not lapsed.met
    assert lapsed.tally.excepted == 0
    assert ReasonCode.EXCEPTION_LAPSED in codes(lapsed)


@pytest.mark.parametrize(
    "changes",
    [
        {"approved_by": "CHEN"},
        {"expires": TODAY},
        {"effective": TODAY + timedelta(days=1)},
        {"reason": ""},
        {"compensating": ()},
        {"scope": (host(0),)},
        {"compensating": ("f/other",)},
        {"compensating": ("f/c",)},
        {"compensating": ("f/a",)},
        {"compensating": ("nowhere/1",)},
    ],
)
def test_what_is_no_exception_changes_nothing(changes):
    # Given a self-approved, lapsed, future, unfounded, misplaced or uncompensated exception.
    other = control("other", check=type(CHECK)(observation="x/1", passes=CHECK.passes))
    river = River()
    river.looks(9, 1)
    river.attestation()
    river.exception(**changes)
    verdict = judged(river, control(), other, attested())
    assert not verdict.met
    assert verdict.tally.excepted == 0


def test_one_that_was_closed_counts_no_longer():
    river = River()
    river.looks(9, 1)
    river.exception()
    assert judged(river).met
    river.close()
    assert not judged(river).met


def test_it_counts_no_longer_where_it_covers_more_than_was_approved():
    # Given a table in which more than 100 of a thousand take the board, and one of ten excepted.
    table = replace(
        CISO_ALONE,
        levels=(*CISO_ALONE.levels, replace(CISO_ALONE.levels[0], id="board", needs=("board",))),
        rules=(Rule(lifts_to="board", when=Condition(permille_over=100), why_zh="", why_en=""),),
    )
    river = River()
    river.looks(9, 1)
    river.exception(scope=(host(9),))
    whole = assessor(estate(10), river, framework(control()), authority=table)
    assert whole.verdict("f/c").met
    # When five of the hosts leave the estate, the share doubles: the CISO may not let it pass.
    left = tuple(each for each in estate(10).assets if each.id not in map(host, range(5)))
    fewer = replace(estate(10), assets=left, relations=())
    small = assessor(fewer, river, framework(control()), authority=table)
    assert not small.verdict("f/c").met
    proof = small.proof("f/c")
    told = next(each for each in proof.children if each.rule == "exception")
    assert (told.conclusion, told.parameters["offices_missing"]) == ("over_authority", "board")


def test_compensating_controls_must_be_evidenced():
    # Given an exception that leans on a control which another tool speaks for.
    other = control(
        "other",
        population=control().population,
        check=type(CHECK)(observation="lynis.report/1", passes=CHECK.passes, absent_passes=True),
    )
    river = River()
    river.looks(9, 1)
    river.exception(compensating=("f/other",))
    for number in range(10):
        river.add("lynis.report/1", None, host(number), outcome=Outcome.ABSENT)
    verdict = judged(river, control(), other)
    assert verdict.met
    # When the compensating control loses its evidence, the exception counts no longer.
    looks = river.sealed[-10:]
    lesser = judged(River(river.without(*looks)), control(), other)
    assert not lesser.met
    assert {sealed.id for sealed in looks} <= set(verdict.evidence_ids)


def test_it_does_not_lift_a_contradiction():
    river = River()
    river.looks(10)
    river.drill(host(0), passed=False)
    river.exception()
    verdict = judged(river, contradicted_by_drills())
    assert verdict.status is Status.NOT_MET
    assert verdict.tally.excepted == 0


def test_a_whole_exception_stands_in_for_an_attestation():
    river = River()
    river.exception("a")
    verdict = judged(river, attested(), key="f/a")
    assert verdict.status is Status.NOT_ATTESTED
    assert (verdict.met, verdict.met_without_exceptions) == (True, False)
    partial = River()
    partial.exception("a", scope=(host(1),))
    assert not judged(partial, attested(), key="f/a").met
