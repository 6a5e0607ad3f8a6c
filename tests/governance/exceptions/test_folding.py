"""Each step is put to the rules with what was sealed before it; what breaks one stays seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from panshi.governance.exceptions.authority import AuthorityTable, Condition, Rule
from panshi.governance.exceptions.basis import differences, digest, seen_digest
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.folding import Rules, fold
from panshi.governance.exceptions.register import Exceptions
from panshi.governance.exceptions.story import ExceptionState, standing
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import (
    CLOSURE,
    DECISION,
    REQUEST,
    REVIEW,
    WITHDRAWAL,
    ExceptionClosure,
    ExceptionDecision,
    ExceptionReview,
    ExceptionWithdrawal,
    Ruling,
)
from panshi.model.bodies.records import ExceptionGrant
from tests.governance.assessment.worlds import (
    BANK,
    CISO_ALONE,
    NOW,
    SOUND,
    TODAY,
    River,
    attested,
    control,
    host,
)

CONTROLS = {each.key: each for each in (control(), attested(), control("other"))}
COMMITTEE = replace(CISO_ALONE.levels[0], id="committee", needs=("ciso", "risk_committee"))


def table(*rules: Rule) -> AuthorityTable:
    return replace(CISO_ALONE, levels=(*CISO_ALONE.levels, COMMITTEE), rules=rules)


def lifted(**when: object) -> AuthorityTable:
    condition = Condition(**when)  # type: ignore[arg-type]
    return table(Rule(lifts_to="committee", when=condition, why_zh="", why_en=""))


def stories(river, authority=CISO_ALONE):
    rules = Rules(table=authority, controls=CONTROLS)
    found = fold([(each, AssetId(BANK)) for each in river.sealed], rules)
    return {each.number: each for each in found}


def state(river, authority=CISO_ALONE, number="#1"):
    return standing(stories(river, authority)[number], TODAY).state


def flaws(river, number="#1", authority=CISO_ALONE):
    return [each.flaw for each in stories(river, authority)[number].steps]


def test_the_way_it_goes():
    river = River()
    river.exception()
    story = stories(river)["#1"]
    assert standing(story, TODAY).state is ExceptionState.ACTIVE
    assert [each.flaw for each in story.steps] == [None] * 4
    assert (story.reviewed_by, [each.person for each in story.approvals]) == ("Lin", ["Lin"])
    # the grounds name the steps, and the appointment it rests on with its proposal
    assert len(story.grounds) == 6


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"requested_by": " "}, Flaw.NOBODY),
        ({"requested_by": "L\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}n"}, Flaw.NOBODY),
        ({"reason": " "}, Flaw.NO_REASON),
        ({"residual_risk": ""}, Flaw.NO_RISK),
        ({"compensating": ()}, Flaw.NO_COMPENSATION),
        ({"compensating": ("f/c",)}, Flaw.COMPENSATES_ITSELF),
        ({"expires": TODAY - timedelta(days=10)}, Flaw.BACKWARDS),
        ({"effective": TODAY + timedelta(days=20)}, Flaw.BACKWARDS),
        ({"expires": TODAY + timedelta(days=366)}, Flaw.TOO_LONG),
        (
            {"effective": TODAY + timedelta(91), "expires": TODAY + timedelta(99)},
            Flaw.STARTS_LATE,
        ),
        ({"renews": "EX-none"}, Flaw.RENEWS_NOTHING),
    ],
)
def test_a_request_that_breaks_a_rule_is_void_and_so_is_what_follows(changes, flaw):
    river = River()
    river.exception(**changes)
    assert flaws(river) == [flaw, Flaw.ENDED, Flaw.ENDED, Flaw.ENDED]
    assert state(river) is ExceptionState.VOID


def test_a_void_request_keeps_no_number_from_others():
    # Given a request without a reason, and a sound one of the same number after it
    river = River()
    river.exception(reason=" ")
    river.exception()
    assert flaws(river) == [Flaw.NO_REASON, *[Flaw.ENDED] * 3, *[None] * 4]
    assert state(river) is ExceptionState.ACTIVE


def test_an_unknown_control_and_a_part_of_what_has_no_parts():
    river = River()
    river.exception("nowhere", facet="#1")
    river.exception("a", facet="#2", scope=(host(1),))
    assert flaws(river, "#1")[0] is Flaw.UNKNOWN_CONTROL
    assert flaws(river, "#2")[0] is Flaw.NOT_WHOLE


@pytest.mark.parametrize(
    "asker",
    ["Lin", " ｌｉｎ ", "L i\N{ZERO WIDTH SPACE}n", "LIN"],
    ids=["same", "wide", "gap", "case"],
)
def test_nobody_reviews_or_approves_what_they_asked_for(asker):
    river = River()
    river.exception(requested_by=asker)
    assert flaws(river) == [None, Flaw.SAME_PERSON, None, Flaw.SAME_PERSON]
    assert state(river) is ExceptionState.REQUESTED


def test_a_name_in_look_alike_letters_is_nobody():
    river = River()
    asked = river.exception(approved_by="L\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}n")
    assert flaws(river)[-1] is Flaw.NOBODY
    assert asked.id not in stories(river)["#1"].grounds


def test_an_office_must_be_held_on_the_day_and_before_in_the_log():
    # Given somebody who is appointed only after they approved
    river = River()
    river.exception(approved_by="Wang")
    river.appointed("Wang")
    assert flaws(river)[-1] is Flaw.NO_OFFICE
    # and somebody who approves in an office they do not hold
    other = River()
    asked = other.exception(approved_by="Wang")
    assert asked is other.sealed[-1]
    assert state(other) is ExceptionState.UNDER_REVIEW


def test_an_office_that_the_table_does_not_know():
    river = River()
    river.appointed("Wang", "cook")
    river.exception(approved_by="Wang")
    last = river.sealed[-1]
    body = replace(last.observation.body, office="cook")
    river.sealed[-1] = replace(last, observation=replace(last.observation, body=body))
    assert flaws(river)[-1] is Flaw.OFFICE_WITHOUT_AUTHORITY


def test_steps_out_of_order_change_nothing():
    # Given a decision before its review, and a review before its request
    river = River()
    river.exception()
    asked, review, basis, decision = (each.observation for each in river.sealed[-4:])
    again = River(river.sealed[:-4])
    for made in (review, asked, basis, decision, review, decision):
        again.add(made.kind, made.body, facet="#1")
    story = stories(again)["#1"]
    # Then only what comes in its order counts; the basis was of another request
    assert [each.flaw for each in story.steps] == [
        None,
        None,
        Flaw.NOT_REVIEWED,
        None,
        Flaw.ANOTHER_BASIS,
    ]
    assert standing(story, TODAY).state is ExceptionState.UNDER_REVIEW


def test_a_step_sealed_twice_counts_once():
    river = River()
    river.exception()
    for sealed in river.sealed[-4:]:
        made = sealed.observation
        river.add(made.kind, made.body, facet="#1")
    assert flaws(river)[4:] == [
        Flaw.NUMBER_TAKEN,
        Flaw.REVIEWED_ALREADY,
        None,
        Flaw.DECIDED_ALREADY,
    ]
    assert len(stories(river)["#1"].approvals) == 1


@pytest.mark.parametrize("days", [2, -2])
def test_a_step_dated_apart_from_its_receipt_is_void(days):
    river = River()
    river.exception()
    last = river.sealed[-1]
    moved = replace(last.observation, observed_at=last.received_at - timedelta(days=days))
    river.sealed[-1] = replace(last, observation=moved)
    assert flaws(river)[-1] is Flaw.DATED_APART
    assert state(river) is ExceptionState.UNDER_REVIEW


def test_a_clock_set_back_between_steps_moves_nothing_back():
    # Given an approval received, by a clock set back, before the request was
    river = River()
    river.exception(expires=TODAY)
    last = river.sealed[-1]
    early = last.received_at - timedelta(days=100)
    moved = replace(last.observation, observed_at=early)
    river.sealed[-1] = replace(last, observation=moved, received_at=early)
    story = stories(river)["#1"]
    assert story.approved_on == story.requested_on


def test_a_decision_needs_its_basis_and_its_why():
    river = River()
    river.exception()
    last = river.sealed[-1]
    body = last.observation.body
    assert isinstance(body, ExceptionDecision)
    for changes, flaw in (({"basis_sha256": "00"}, Flaw.NO_BASIS), ({"why": " "}, Flaw.NO_WHY)):
        made = replace(last.observation, body=replace(body, **changes))
        river.sealed[-1] = replace(last, observation=made)
        assert flaws(river)[-1] is flaw


def test_a_basis_that_says_the_compensation_fails_approves_nothing():
    river = River()
    river.exception()
    asked = river.sealed[-4]
    short = River(river.sealed[:-2])
    short.approve(asked, compensating_met=())
    assert flaws(short)[-1] is Flaw.UNCOMPENSATED


def test_several_offices_are_several_people():
    # Given a table that asks for the risk committee too, and somebody who holds both offices
    both = lifted(days_over=1)
    river = River()
    river.appointed("Lin")
    river.appointed("Lin", "risk_committee")
    river.appointed("Wu", "risk_committee")
    river.exception()
    asked = next(each for each in river.sealed if each.observation.kind == REQUEST)
    assert state(river, both) is ExceptionState.UNDER_REVIEW
    river.approve(asked, by="Lin")
    again = river.sealed[-1]
    body = replace(again.observation.body, office="risk_committee")
    river.sealed[-1] = replace(again, observation=replace(again.observation, body=body))
    assert flaws(river, authority=both)[-1] is Flaw.DECIDED_ALREADY
    # When another person of the committee agrees, it is approved
    river.approve(asked, by="Wu")
    last = river.sealed[-1]
    body = replace(last.observation.body, office="risk_committee")
    river.sealed[-1] = replace(last, observation=replace(last.observation, body=body))
    assert state(river, both) is ExceptionState.ACTIVE


def test_many_small_ones_take_the_authority_of_a_large_one():
    # Given a table in which the third of one control takes the committee
    many = lifted(same_control_over=2)
    river = River()
    for number in range(3):
        river.exception(facet=f"#{number}", scope=(host(number),))
    river.exception("other", facet="#other", scope=(host(1),))
    found = {number: standing(each, TODAY).state for number, each in stories(river, many).items()}
    assert found == {
        "#0": ExceptionState.ACTIVE,
        "#1": ExceptionState.ACTIVE,
        "#2": ExceptionState.UNDER_REVIEW,
        "#other": ExceptionState.ACTIVE,
    }
    # and what they cover counts together
    sizes = lifted(items_over=2)
    assert state(river, sizes, "#2") is ExceptionState.UNDER_REVIEW
    # When an earlier one was closed before, it is not counted
    fewer = River()
    fewer.exception(facet="#0")
    fewer.close("#0")
    fewer.exception(facet="#1")
    fewer.exception(facet="#2")
    assert state(fewer, many, "#2") is ExceptionState.ACTIVE


def test_many_in_the_institution_count_whatever_their_control():
    river = River()
    river.exception("c", facet="#0")
    river.exception("other", facet="#1")
    assert state(river, lifted(institution_over=1), "#1") is ExceptionState.UNDER_REVIEW


def test_a_renewal_is_a_review_of_its_own_and_counts_how_often():
    river = River()
    river.exception(facet="#1")
    river.exception(facet="#2", renews="#1")
    river.exception(facet="#3", renews="#2")
    river.exception("other", facet="#4", renews="#1")
    found = stories(river)
    assert [found[number].renewals for number in ("#1", "#2", "#3")] == [0, 1, 2]
    assert flaws(river, "#4")[0] is Flaw.RENEWS_NOTHING
    assert state(river, lifted(renewals_over=0), "#2") is ExceptionState.UNDER_REVIEW
    # the one it prolongs is not counted beside it
    assert state(river, lifted(same_control_over=1), "#2") is ExceptionState.ACTIVE


def test_rejected_withdrawn_and_closed():
    rejected = River()
    rejected.exception()
    last = rejected.sealed[-1]
    body = replace(last.observation.body, ruling=Ruling.REJECT)
    rejected.sealed[-1] = replace(last, observation=replace(last.observation, body=body))
    assert state(rejected) is ExceptionState.REJECTED
    # Given one that is not approved: its requester takes it back, nobody else
    asked = River(rejected.sealed[:-2])
    asked.add(WITHDRAWAL, ExceptionWithdrawal(withdrawn_by="Wang"), facet="#1")
    asked.add(CLOSURE, ExceptionClosure(closed_by="Lin", why="done"), facet="#1")
    assert flaws(asked)[-2:] == [Flaw.NOT_THE_REQUESTER, Flaw.NOT_APPROVED]
    asked.add(WITHDRAWAL, ExceptionWithdrawal(withdrawn_by="Chen"), facet="#1")
    assert state(asked) is ExceptionState.WITHDRAWN
    # Given one that is approved: it is closed, and cannot be taken back or rejected any more
    closed = River()
    closed.exception()
    closed.add(WITHDRAWAL, ExceptionWithdrawal(withdrawn_by="Chen"), facet="#1")
    assert flaws(closed)[-1] is Flaw.APPROVED_ALREADY
    closed.close()
    assert state(closed) is ExceptionState.CLOSED
    closed.add(REVIEW, ExceptionReview(reviewed_by="Lin"), facet="#1")
    assert flaws(closed)[-1] is Flaw.ENDED


def test_a_decision_after_its_last_day_is_void():
    river = River()
    river.exception(expires=TODAY + timedelta(days=1))
    last = river.sealed[-1]
    late = NOW + timedelta(days=3)
    made = replace(last.observation, observed_at=late)
    river.sealed[-1] = replace(last, observation=made, received_at=late)
    assert flaws(river)[-1] is Flaw.PAST


def test_steps_of_nothing_are_kept_from_counting():
    river = River()
    made = ExceptionDecision(
        ruling=Ruling.APPROVE, decider="Lin", office="ciso", why="w", basis_sha256=""
    )
    river.add(DECISION, made, facet="#9")
    assert stories(river) == {}


def test_an_approval_of_an_earlier_version_counts_for_nothing_and_is_shown():
    river = River()
    body = ExceptionGrant(
        framework="f",
        control="c",
        scope=(),
        reason="r",
        residual_risk="low",
        requested_by="Chen",
        approved_by="Lin",
        effective=TODAY,
        expires=TODAY + timedelta(days=9),
        compensating=(SOUND,),
    )
    river.add("record.exception/1", body, facet="f/c#1")
    story = stories(river)["f/c#1"]
    assert (story.flaw, standing(story, TODAY).state) == (Flaw.LEGACY, ExceptionState.VOID)
    assert standing(story, TODAY + timedelta(days=9)).state is ExceptionState.LAPSED


def test_what_is_tried_is_not_kept():
    river = River()
    river.exception()
    kept = Exceptions(Rules(table=CISO_ALONE, controls=CONTROLS))
    for sealed in river.sealed[:-2]:
        kept.add(sealed, AssetId(BANK))
    before = kept.all()
    steps, story = kept.tried(*river.sealed[-2:], institution=AssetId(BANK))
    assert [each.flaw for each in steps] == [None, None]
    assert story is not None
    assert story.approved_on is not None
    assert kept.all() == before


def test_a_basis_has_one_digest_and_says_what_differs():
    river = River()
    river.exception()
    basis = stories(river)["#1"].basis
    assert basis is not None
    later = replace(basis, log_size=9, log_root="ff")
    other = replace(later, failing=3)
    assert digest(basis) != digest(later)
    assert seen_digest(basis) == seen_digest(later) != seen_digest(other)
    assert differences(basis, later) == ()
    assert differences(basis, other) == ("failing",)
