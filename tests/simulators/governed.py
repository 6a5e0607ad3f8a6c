"""A small institution a year on: offices, frozen quarters, reviews, a statement, a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from panshi.governance.accountability.statement import Form, Remedy
from panshi.governance.indicators.quarter import Quarter
from panshi.node import board_reports, statements
from panshi.node.accountability import propose
from panshi.node.indicators import body_of, define, definitions, freeze
from panshi.node.node import Node
from panshi.node.reviews import close_review, decide, open_review, set_action
from tests.simulators.institution import (
    BEGAN,
    Clock,
    appoint,
    open_institution,
    see_accounts,
    terms,
)
from tests.web.small_bank import BANK

FIRST, QUARTERS = Quarter.read("2025Q4"), 4
NOW = datetime(2026, 10, 20, 4, tzinfo=UTC)
SIGN_IN = """
share: passing
looks: {kind: account.authenticators/1, population: {kind: account}}
passes: {field: factors, at_least: 2}
"""
OFFICES = (
    ("board_chair", "zhang"),
    ("general_manager", "chen"),
    ("ciso", "lin"),
    ("continuity_head", "deng"),
)


def open_governed(folder: Path) -> tuple[Node, Clock]:
    """Open the institution on 20 October 2026 with its year behind it."""
    clock = Clock(BEGAN + timedelta(days=10))
    node = open_institution(folder, clock)
    for office, person in OFFICES:
        appoint(node, office, person)
    for step in range(QUARTERS):
        quarter = FIRST.after(step)
        clock.to(quarter.ends - timedelta(days=3))
        see_accounts(node, passing=3 + 2 * step)
        if step == 1:
            now = definitions(node, BANK)["phishing-resistant"].now
            body = replace(body_of(now), formula=SIGN_IN, why="any second factor for everybody")
            define(node, body, actor="lin", estate_id=BANK)
        clock.to(quarter.ends + timedelta(days=6))
        freeze(node, quarter, actor="he", estate_id=BANK)
    clock.to(datetime(2026, 2, 3, 4, tzinfo=UTC))
    _review(node, Quarter.read("2025Q4"), close=True)
    _papers(node)
    clock.to(NOW)
    _review(node, Quarter.read("2026Q3"), close=False)
    propose(node, terms("cio", "zhou", NOW.date()), actor="he", estate_id=BANK)
    node.checkpoint()
    return node, clock


def _review(node: Node, quarter: Quarter, *, close: bool) -> None:
    day = node.clock().date()
    open_review(node, quarter, day, actor="he", estate_id=BANK)
    decide(
        node,
        str(quarter),
        "繼續",
        actor="lin",
        about="indicator/phishing-resistant",
        estate_id=BANK,
    )
    set_action(
        node,
        str(quarter),
        "重測備份",
        owner="continuity_head",
        due=day + timedelta(days=60),
        actor="he",
        about="control/zt36/5-4",
        estate_id=BANK,
    )
    if close:
        close_review(
            node,
            str(quarter),
            chair="chen",
            attendance=("general_manager:chen", "ciso:lin"),
            minutes="本季已檢討。",
            actor="he",
            estate_id=BANK,
        )


def _papers(node: Node) -> None:
    unmet = statements.outlook(node, 2025, BANK).binding.unmet
    remedies = [
        Remedy(control=e.control, text="補正", owner="ciso", due=date(2026, 9, 1)) for e in unmet
    ]
    number = statements.draft(
        node, 2025, Form.ACKNOWLEDGEMENT, remedies, actor="guo", estate_id=BANK
    )
    statements.sign(node, number, "ciso", actor="lin", estate_id=BANK)
    year = (date(2025, 1, 1), date(2025, 12, 31))
    report = board_reports.draft(node, *year, actor="yang", estate_id=BANK)
    board_reports.comment(node, report, "risks", "明年展望", actor="lin", estate_id=BANK)
