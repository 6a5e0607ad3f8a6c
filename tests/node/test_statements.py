"""The form of a statement follows from the evidence; two sign; later finds change nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.accountability.statement import Form, Remedy, StatementState
from panshi.node import statements
from tests.simulators.institution import Clock, appoint, open_institution, see_accounts
from tests.web.small_bank import BANK

THEN = datetime(2026, 2, 10, 4, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock(datetime(2025, 12, 20, 4, tzinfo=UTC))


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path, clock) as opened:
        see_accounts(opened, passing=12)
        appoint(opened, "ciso", "lin")
        appoint(opened, "general_manager", "chen")
        clock.to(THEN)
        yield opened


def remedies(node, **change):
    return [
        Remedy(
            **{"control": e.control, "text": "mend", "owner": "ciso", "due": date(2026, 9, 1)}
            | change
        )
        for e in statements.outlook(node, 2025, BANK).binding.unmet
    ]


def drafted(node):
    return statements.draft(
        node, 2025, Form.ACKNOWLEDGEMENT, remedies(node), actor="guo", estate_id=BANK
    )


def test_compliance_is_refused_while_a_binding_clause_is_unmet(node):
    found = statements.outlook(node, 2025, BANK)
    assert found.form is Form.ACKNOWLEDGEMENT
    before = node.log.size()
    with pytest.raises(UsageError, match="cannot be stated as compliance") as refused:
        statements.draft(node, 2025, Form.COMPLIANCE, (), actor="guo", estate_id=BANK)
    assert "emerging/" in refused.value.place
    assert node.log.size() == before


@pytest.mark.parametrize(
    "change", [{"text": " "}, {"due": date(2026, 2, 10)}, {"control": "emerging/4.3"}]
)
def test_every_unmet_clause_needs_its_dated_remedy(node, change):
    with pytest.raises(UsageError, match="lack a remedy"):
        statements.draft(
            node, 2025, Form.ACKNOWLEDGEMENT, remedies(node, **change), actor="guo", estate_id=BANK
        )


def test_a_year_that_has_not_ended_is_not_stated(node):
    with pytest.raises(UsageError, match="has not ended"):
        statements.outlook(node, 2026, BANK)
    with pytest.raises(MissingError):
        statements.statement(node, "2025", BANK)


def test_two_officers_sign_under_offices_they_hold(node, clock):
    number = drafted(node)
    with pytest.raises(UsageError, match="still to be signed"):
        drafted(node)
    for actor, office in (
        ("token:ci", "ciso"),
        ("mallory", "ciso"),
        ("lin", "general_manager"),
        ("lin", "cio"),
    ):
        with pytest.raises(ForbiddenError):
            statements.sign(node, number, office, actor=actor, estate_id=BANK)
    statements.sign(node, number, "ciso", actor="lin", estate_id=BANK)
    with pytest.raises(ForbiddenError, match="signed already"):
        statements.sign(node, number, "ciso", actor="cli:lin", estate_id=BANK)
    assert statements.statement(node, number, BANK).state is StatementState.PARTLY_SIGNED
    statements.sign(node, number, "general_manager", actor="chen", estate_id=BANK)
    # Then it goes to the board, which somebody else records.
    clock.to(THEN + timedelta(days=20))
    statements.take_step(node, number, "submit", actor="guo", estate_id=BANK)
    with pytest.raises(UsageError, match="does not record"):
        statements.take_step(node, number, "receive", actor="guo", minute="1", estate_id=BANK)
    statements.take_step(node, number, "receive", actor="he", minute="18-22", estate_id=BANK)
    assert statements.statement(node, number, BANK).state is StatementState.RECEIVED
    assert drafted(node) == "2025-2"


def test_later_finds_change_what_stands_now_not_what_was_stated(node, clock):
    number = drafted(node)
    stated = statements.statement(node, number, BANK).body
    # When accounts lose their second factor half a year later
    clock.to(datetime(2026, 10, 1, 4, tzinfo=UTC))
    see_accounts(node, passing=0)
    # Then the statement is the same, verifies, and the page tells what is overdue now
    assert statements.statement(node, number, BANK).body == stated
    found = statements.verify(node, number, BANK)
    assert (found.root_holds, found.assessment_holds, found.problem) == (True, True, "")
    since = statements.since(node, number, BANK)
    assert all(each.overdue for each in since.clauses if not each.met_now)
    assert since.log_size_now > stated.log_size


def test_a_withdrawn_draft_makes_room(node):
    number = drafted(node)
    with pytest.raises(UsageError, match="no reason"):
        statements.take_step(node, number, "withdraw", actor="guo", estate_id=BANK)
    statements.take_step(node, number, "withdraw", actor="guo", why="a typo", estate_id=BANK)
    with pytest.raises(ForbiddenError, match="withdrawn"):
        statements.sign(node, number, "ciso", actor="lin", estate_id=BANK)
    assert drafted(node) == "2025-2"
