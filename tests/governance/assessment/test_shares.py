"""Means that silence does not raise."""

from __future__ import annotations

from panshi.governance.assessment.shares import mean
from panshi.model.control import Basis
from panshi.model.verdict import Status, Verdict


def verdict(status, basis=Basis.EVIDENCE, **changes):
    return Verdict(control="f/c", basis=basis, status=status, stage=0, **changes)


SEEN = verdict(Status.MET, evidenced=0.8, possible=0.9, claimed=1.0)


def test_the_unseen_count_as_nothing_evidenced_and_all_possible():
    unseen = verdict(Status.UNKNOWN, possible=1.0)
    empty = verdict(Status.NO_POPULATION)
    found = mean((SEEN, unseen, empty))
    assert found.evidenced == 0.8 / 3
    assert found.possible == 2.9 / 3
    assert (found.claimed, found.claims, found.judged) == (1.0, 1, 3)


def test_what_is_attested_or_not_applicable_is_left_out():
    attested = verdict(Status.ATTESTED, Basis.ATTESTED, met=True)
    away = verdict(Status.NOT_APPLICABLE)
    assert mean((SEEN, attested, away)) == mean((SEEN,))


def test_derived_ones_count_where_they_have_figures():
    derived = verdict(Status.UNKNOWN, Basis.DERIVED, evidenced=0.2, possible=0.5)
    silent = verdict(Status.ATTESTED, Basis.DERIVED)
    assert mean((SEEN, derived, silent)).judged == 2
