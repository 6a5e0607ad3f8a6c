"""Attestations: who signs, in which order, and which one speaks for a control."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from panshi.governance.attestations.folding import Attestations
from panshi.governance.attestations.story import AttestationFlaw, AttestationState
from panshi.model.bodies.attestations import (
    COUNTERSIGNATURE,
    MADE,
    REEXAMINATION,
    WITHDRAWAL,
    AttestationMade,
    AttestationReexamination,
    AttestationWithdrawal,
    Countersignature,
)
from panshi.model.control import Attesting, Strength
from panshi.model.verdict import ReasonCode, Status
from tests.governance.assessment.worlds import (
    TODAY,
    River,
    assessor,
    attested,
    control,
    estate,
    framework,
)

ALONE, BOTH = attested("a"), attested("b", strength=Strength.MUST)
CONTROLS = {each.key: each for each in (ALONE, BOTH, control("c"))}


def made(river, number="a", *, facet="AT-2026-001", **changes):
    values = {
        "framework": "f",
        "control": number,
        "attested_by": "Chen",
        "scope": "whole bank",
        "period_start": TODAY - timedelta(days=90),
        "period_end": TODAY,
        "expires": TODAY + timedelta(days=100),
        "statement": "it is done",
        "attachment": "policy.pdf",
        "attachment_sha256": "ab" * 32,
        "attachment_bytes": 7,
    }
    return river.add(MADE, AttestationMade(**(values | changes)), facet=facet)


def countersigned(river, about, by="Lin"):
    body = Countersignature(attestation=about.id, countersigned_by=by)
    return river.add(COUNTERSIGNATURE, body, facet="AT-2026-001")


def withdrawn(river, about, by="Chen", why="wrong"):
    body = AttestationWithdrawal(attestation=about.id, withdrawn_by=by, why=why)
    return river.add(WITHDRAWAL, body, facet="AT-2026-001")


def reexamined(river, about, *, upheld, by="Wu", finding="looked"):
    body = AttestationReexamination(
        attestation=about.id,
        reexamined_by=by,
        quarter="2026Q4",
        drawn_from="00",
        upheld=upheld,
        finding=finding,
    )
    return river.add(REEXAMINATION, body, facet="AT-2026-001")


def kept(river):
    found = Attestations(CONTROLS)
    for sealed in river.sealed:
        found.add(sealed)
    return found


def verdict(river, key="f/a"):
    return assessor(estate(1), river, framework(ALONE, BOTH, control("c"))).verdict(key)


def test_one_that_needs_one_person_counts_when_it_is_sealed():
    river = River()
    made(river)
    assert verdict(river).status is Status.ATTESTED


def test_a_binding_clause_counts_only_when_countersigned():
    river = River()
    first = made(river, "b")
    assert verdict(river, "f/b").status is Status.NOT_ATTESTED
    assert [each.code for each in verdict(river, "f/b").reasons] == [
        ReasonCode.ATTESTATION_INCOMPLETE
    ]
    second = countersigned(river, first)
    found = verdict(river, "f/b")
    assert found.status is Status.ATTESTED
    assert set(found.evidence_ids) == {first.id, second.id}


@pytest.mark.parametrize(
    "by", ["Chen", " ｃｈｅｎ ", "CHEN", "", "Ch\N{CYRILLIC SMALL LETTER IE}n"]
)
def test_nobody_countersigns_their_own(by):
    river = River()
    first = made(river, "b")
    countersigned(river, first, by)
    assert kept(river).find("AT-2026-001").steps[-1].flaw is AttestationFlaw.SAME_PERSON
    assert verdict(river, "f/b").status is Status.NOT_ATTESTED


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"attested_by": " "}, AttestationFlaw.NOBODY),
        ({"scope": " "}, AttestationFlaw.NO_SCOPE),
        ({"statement": ""}, AttestationFlaw.NO_STATEMENT),
        ({"attachment_sha256": "zz"}, AttestationFlaw.NO_ATTACHMENT),
        ({"attachment_bytes": 0}, AttestationFlaw.NO_ATTACHMENT),
        ({"period_start": TODAY + timedelta(days=1)}, AttestationFlaw.BACKWARDS),
        ({"expires": TODAY - timedelta(days=5)}, AttestationFlaw.BACKWARDS),
        ({"expires": TODAY + timedelta(days=400)}, AttestationFlaw.TOO_LONG),
        ({"control": "c"}, AttestationFlaw.NOT_ATTESTED),
        ({"control": "none"}, AttestationFlaw.UNKNOWN_CONTROL),
    ],
)
def test_what_lacks_something_is_void(changes, flaw):
    river = River()
    made(river, **changes)
    assert kept(river).find("AT-2026-001").flaw is flaw
    assert verdict(river).status is Status.NOT_ATTESTED


def test_a_number_is_given_once():
    river = River()
    made(river)
    made(river, statement="another")
    first, second = kept(river).all()
    assert (first.flaw, second.flaw) == (None, AttestationFlaw.NUMBER_TAKEN)


def test_one_dated_apart_is_void():
    river = River()
    first = made(river)
    moved = replace(first.observation, observed_at=first.received_at - timedelta(days=3))
    river.sealed[-1] = replace(first, observation=moved)
    assert kept(river).all()[0].flaw is AttestationFlaw.DATED_APART


def test_one_that_waits_leaves_the_older_one_speaking():
    river = River()
    older = river.attestation("b", countersigned_by="Lin", days_ago=3)
    made(river, "b")
    assert kept(river).current("f/b").sealed == older
    assert verdict(river, "f/b").status is Status.ATTESTED


@pytest.mark.parametrize("how", ["withdrawn", "refuted"])
def test_nothing_older_takes_the_place_of_one_that_ended(how):
    river = River()
    river.attestation("a", days_ago=3)
    first = made(river)
    step = withdrawn(river, first) if how == "withdrawn" else reexamined(river, first, upheld=False)
    found = verdict(river)
    assert found.status is Status.NOT_ATTESTED
    assert [each.code for each in found.reasons] == [ReasonCode.ATTESTATION_VOIDED]
    assert step.id in found.evidence_ids


def test_one_that_is_upheld_stands_and_an_earlier_version_can_be_refuted_too():
    river = River()
    first = made(river)
    reexamined(river, first, upheld=True)
    assert verdict(river).status is Status.ATTESTED
    legacy = River()
    reexamined(legacy, legacy.attestation("a"), upheld=False)
    assert verdict(legacy).status is Status.NOT_ATTESTED


@pytest.mark.parametrize(
    ("step", "flaw"),
    [
        (lambda r, a: withdrawn(r, a, by="Lin"), AttestationFlaw.NOT_THE_OWNER),
        (lambda r, a: withdrawn(r, a, why=" "), AttestationFlaw.NO_WHY),
        (lambda r, a: reexamined(r, a, upheld=False, by="Chen"), AttestationFlaw.SAME_PERSON),
        (lambda r, a: reexamined(r, a, upheld=False, by="Lin"), AttestationFlaw.SAME_PERSON),
        (lambda r, a: reexamined(r, a, upheld=False, finding=" "), AttestationFlaw.NO_WHY),
        (lambda r, a: countersigned(r, a, by="Wu"), AttestationFlaw.COUNTERSIGNED_ALREADY),
    ],
)
def test_a_step_that_breaks_a_rule_changes_nothing(step, flaw):
    river = River()
    first = made(river)
    countersigned(river, first)
    step(river, first)
    assert kept(river).find("AT-2026-001").steps[-1].flaw is flaw
    assert verdict(river).status is Status.ATTESTED


def test_an_acknowledgement_needs_nobody_else():
    river = River()
    river.attestation("b", countersigned_by="Lin", days_ago=3)
    made(river, "b", fulfilled=False)
    assert [each.code for each in verdict(river, "f/b").reasons] == [ReasonCode.ACKNOWLEDGED]


def test_it_expires():
    river = River()
    made(river, expires=TODAY + timedelta(days=1))
    machine = assessor(estate(1), river, framework(ALONE))
    assert machine.verdict("f/a").expires_on == TODAY + timedelta(days=1)
    later = machine.at(machine.as_of + timedelta(days=1)).verdict("f/a")
    assert [each.code for each in later.reasons] == [ReasonCode.ATTESTATION_EXPIRED]


def test_an_attestation_needs_what_its_control_asks_for():
    asks = attested("b", attesting=Attesting(evidence=("policy_doc",), countersigned=True))
    river = River()
    made(river, "b")
    assert assessor(estate(1), river, framework(asks)).verdict("f/b").status is Status.NOT_ATTESTED


def test_events_in_any_order_say_the_same():
    river = River()
    first = made(river, "b")
    countersigned(river, first, "Chen")
    countersigned(river, first)
    made(river, "b", facet="AT-2026-002")
    told = set()
    for order in permutations(river.sealed):
        found = Attestations(CONTROLS)
        for sealed in order:
            found.add(sealed)
        current = found.current("f/b")
        told.add((current.number, current.countersigned, found.pending("f/b").number))
    assert len(told) == 1


def test_only_what_it_changes_is_told():
    river = River()
    found = Attestations(CONTROLS)
    first = made(river, "b")
    assert found.add(first) == {"f/b"}
    assert found.add(first) == set()
    assert found.add(countersigned(river, first, "Chen")) == {"f/b"}
    assert found.add(river.look(0)) == set()
    assert AttestationState.PENDING.value == "pending"
