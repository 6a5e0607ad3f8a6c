"""The story of a compound disaster as the board pack prints it: services that are late, remedy."""

from __future__ import annotations

from panshi.node.node import Node
from panshi.node.resilience.story import Story, scenarios_of, story_of
from panshi.report.board.facts import DisasterLine, DisasterStanding
from panshi.report.disaster_words import (
    duration_words,
    lead_words,
    name_of,
    remedy_words,
    service_words,
)
from panshi.resilience.story.tale import ServiceTale


def disaster_standing(node: Node, estate_id: str) -> DisasterStanding | None:
    """Tell the institution's first scenario; None where it has none."""
    if not scenarios_of(node, estate_id):
        return None
    found = story_of(node, estate_id)
    later = {e.node.id: e for e in found.remedy.course.services} if found.remedy else {}
    late = [each for each in found.course.late if each.node.critical]
    return DisasterStanding(
        zh=sentence(found, chinese=True),
        en=sentence(found, chinese=False),
        lines=tuple(_line(found, each, later.get(each.node.id)) for each in late),
        remedy=_remedy(found),
    )


def _remedy(found: Story) -> tuple[tuple[str, str, int], ...]:
    """Give the layers critical services get one by one, and those of all others together."""
    added = found.remedy.added if found.remedy is not None else ()
    named = [each for each in added if found.graph.by_id[each.serves].critical]
    others = [each for each in added if each not in named]
    rest = (f"其他服務的 {len(others)} 層", f"{len(others)} layers of other services")
    return (
        *((each.name_zh, each.name_en or each.name_zh, each.cost) for each in named),
        *([(*rest, sum(each.cost for each in others))] if others else []),
    )


def sentence(found: Story, *, chinese: bool) -> str:
    """Say which services are late and what the cheapest remedy is."""
    said = lead_words(found.course, found.graph, chinese=chinese)
    if found.remedy is None:
        return said
    remedy = remedy_words(
        len(found.remedy.added),
        found.remedy.cost,
        len(found.remedy.course.late),
        proven=found.remedy.proven and found.current,
        chinese=chinese,
    )
    return said + ("" if chinese else " ") + remedy


def _line(found: Story, tale: ServiceTale, later: ServiceTale | None) -> DisasterLine:
    def both(tale: ServiceTale | None) -> tuple[str, str]:
        if tale is None:
            return "", ""
        if not tale.lost:
            return "不中斷", "kept up"
        return (
            duration_words(tale.outage, chinese=True),
            duration_words(tale.outage, chinese=False),
        )

    back, then = both(tale), both(later)
    graph, rto = found.graph, tale.node.rto
    return DisasterLine(
        name_zh=name_of(graph, tale.node.id, chinese=True),
        name_en=name_of(graph, tale.node.id, chinese=False),
        late=tale.late,
        promised_zh=duration_words(rto, chinese=True),
        promised_en=duration_words(rto, chinese=False),
        back_zh=back[0],
        back_en=back[1],
        then_zh=then[0],
        then_en=then[1],
        why_zh=service_words(graph, tale, chinese=True),
        why_en=service_words(graph, tale, chinese=False),
    )
