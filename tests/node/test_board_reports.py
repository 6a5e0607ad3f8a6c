"""The report has its six contents from evidence; the CISO submits it; then it does not change."""

from datetime import UTC, date, datetime

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.accountability.board_report import CONTENTS, Content, ReportState
from panshi.node import board_reports
from tests.simulators.institution import Clock, appoint, open_institution, see_accounts
from tests.web.small_bank import BANK

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture
def clock():
    return Clock(datetime(2025, 12, 20, 4, tzinfo=UTC))


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path, clock) as opened:
        see_accounts(opened, passing=10)
        appoint(opened, "ciso", "lin", authority="授權表", budget_twd=5, staff=2)
        clock.to(datetime(2026, 1, 20, 4, tzinfo=UTC))
        yield opened


def drafted(node, **more):
    return board_reports.draft(node, *YEAR, actor="yang", estate_id=BANK, **more)


def test_the_six_named_contents_and_the_mandate_stand_in_both_languages(node):
    found = board_reports.report(node, drafted(node), BANK)
    assert [each.id for each in found.body.sections] == list(Content)
    sources = [CONTENTS[each][2] for each in Content]
    assert [f"500.4(b)({n})" in source for n, source in enumerate(sources[:6], 1)] == [True] * 6
    for section in found.body.sections:
        assert section.lines
        assert all(line.zh and line.en for line in section.lines)
    assert "授權表" in found.body.sections[-1].lines[0].zh


def test_a_person_adds_and_the_facts_stay(node):
    number = drafted(node)
    before = board_reports.report(node, number, BANK).body
    board_reports.comment(node, number, "risks", "the outlook", actor="lin", estate_id=BANK)
    after = board_reports.report(node, number, BANK)
    assert after.versions == 2
    assert [s.lines for s in after.body.sections] == [s.lines for s in before.sections]
    assert [s.comment for s in after.body.sections if s.id == "risks"] == ["the outlook"]
    with pytest.raises(MissingError):
        board_reports.comment(node, number, "weather", "x", actor="lin", estate_id=BANK)


def test_the_ciso_submits_and_someone_else_records_the_receipt(node):
    number = drafted(node)
    with pytest.raises(ForbiddenError, match="is not the CISO"):
        board_reports.take_step(node, number, "submit", actor="yang", estate_id=BANK)
    board_reports.take_step(node, number, "submit", actor="lin", estate_id=BANK)
    with pytest.raises(UsageError, match="does not change"):
        board_reports.comment(node, number, "risks", "late", actor="lin", estate_id=BANK)
    with pytest.raises(UsageError, match="special report"):
        drafted(node)
    for actor, minute in (("lin", "1"), ("yang", "1"), ("he", "")):
        with pytest.raises(ForbiddenError):
            board_reports.take_step(
                node, number, "receive", actor=actor, minute=minute, estate_id=BANK
            )
    board_reports.take_step(node, number, "receive", actor="he", minute="18-3", estate_id=BANK)
    assert board_reports.report(node, number, BANK).state is ReportState.RECEIVED


def test_special_reports_are_counted_within_their_year(node):
    assert drafted(node, subject="credential stuffing") == "2025-S1"
    assert drafted(node, subject="another") == "2025-S2"
    assert drafted(node) == "2025"
    with pytest.raises(UsageError, match="no period"):
        board_reports.draft(node, YEAR[1], YEAR[0], actor="yang", estate_id=BANK)
