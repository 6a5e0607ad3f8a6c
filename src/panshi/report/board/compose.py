"""Compose the board pack: at most eight pages, each beginning with its answer."""

from __future__ import annotations

from panshi.report.annex import annex
from panshi.report.board.blind import blind
from panshi.report.board.decisions import decisions
from panshi.report.board.disaster import disaster
from panshi.report.board.exceptions import exceptions
from panshi.report.board.facts import BoardFacts
from panshi.report.board.failing import failing
from panshi.report.board.indicators import indicators
from panshi.report.board.path import path
from panshi.report.board.standing import standing
from panshi.report.paper.document import Document, Say


def board_pack(facts: BoardFacts, *, chinese: bool) -> Document:
    """Lay out a board pack in one language."""
    say = Say(chinese=chinese)
    return Document(
        id="board",
        chinese=chinese,
        title=say("董事會資安韌性報告", "Cyber resilience: report to the board"),
        subtitle=say(
            "級別由封存的證據計算，不由人填寫。", "The grade is computed from sealed evidence."
        ),
        institution=facts.institution_zh if chinese else facts.institution_en,
        as_of=facts.main.assessment.as_of,
        demo=facts.demo,
        source=facts.source,
        sections=(
            standing(facts, say),
            failing(facts, say),
            exceptions(facts, say),
            path(facts, say),
            indicators(facts, say),
            decisions(facts, say),
            blind(facts, say),
            *disaster(facts, say),
            annex(facts.source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )
