"""Page 8: one compound disaster: which critical services are late, why, and the cheapest remedy."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.report.board.facts import BoardFacts, DisasterStanding
from panshi.report.paper.document import (
    Block,
    Cell,
    Column,
    Mark,
    Money,
    Say,
    Section,
    Table,
    Tone,
)

PRINTED = 8


def disaster(facts: BoardFacts, say: Say) -> Iterator[Section]:
    """Give the section; nothing where no scenario can be told."""
    told = facts.disaster
    if told is None:
        return
    blocks: tuple[Block, ...] = (_services(told, say),)
    if told.remedy:
        blocks = (*blocks, _remedy(told, say))
    yield Section(
        id="disaster",
        title=say("八、複合災難下的關鍵服務", "8. Critical services in a compound disaster"),
        lead=say(told.zh, told.en),
        blocks=blocks,
    )


def _services(told: DisasterStanding, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            say(each.name_zh, each.name_en),
            say(each.promised_zh, each.promised_en),
            Mark(say(each.back_zh, each.back_en), Tone.FAIL if each.late else Tone.GOOD),
            say(each.then_zh, each.then_en) or "—",
            say(each.why_zh, each.why_en),
        )
        for each in told.lines
    ]
    return Table(
        id="disaster",
        title=say("來不及的服務，與為什麼", "Services that are late, and why"),
        columns=(
            Column(key="service", title=say("服務", "service"), width=1.3),
            Column(key="promised", title=say("承諾", "promised"), width=0.8),
            Column(key="back", title=say("恢復", "back after"), width=0.9),
            Column(key="then", title=say("補救後", "with the remedy"), width=0.9),
            Column(key="why", title=say("原因", "why"), width=4.6),
        ),
        rows=tuple(rows),
        limit=PRINTED,
        empty=say("關鍵服務都來得及。", "All critical services are in time."),
    )


def _remedy(told: DisasterStanding, say: Say) -> Table:
    return Table(
        id="disaster-remedy",
        title=say("最省的補救", "The cheapest remedy"),
        columns=(
            Column(key="layer", title=say("新增的備援層", "layer to add"), width=4),
            Column(key="cost", title=say("每年千元", "NT$ thousand a year"), width=1.2, total=True),
        ),
        rows=tuple((say(zh, en), Money(cost)) for zh, en, cost in told.remedy),
    )
