"""Frameworks seen as norms."""

from panshi.governance.norms.clauses import norm_of
from panshi.node.library import Library

FRAMEWORKS = Library().frameworks


def test_every_control_is_a_clause_under_its_headings():
    for framework in FRAMEWORKS.values():
        norm = norm_of(framework)
        assert [clause.id for clause in norm.clauses] == [each.id for each in framework.controls]
        assert all(clause.context[0] and clause.context[1] for clause in norm.clauses)


def test_limits_of_checks_come_along():
    clause = norm_of(FRAMEWORKS["zt36"]).by_id["1-1"]
    (limit,) = clause.thresholds
    assert (limit.field, limit.at_least, limit.value) == (
        "account.authenticators/1.factors",
        True,
        2.0,
    )
    assert clause.evidence == ("account.authenticators/1",)


def test_a_version_that_is_a_day_begins_on_it():
    assert str(norm_of(FRAMEWORKS["emerging"]).valid_from) == "2024-12-27"
