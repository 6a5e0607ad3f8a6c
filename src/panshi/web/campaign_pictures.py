"""Pictures of a campaign: what joins its tickets, and how it went on; geometry and words.

The graph has three columns: members, their tickets, and the values that tickets share; only a
value that two drawn tickets share is drawn, at most two hundred boxes in all. The course has a row
per position of the kill chain and a dot per ticket. The tables below them say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from panshi.report.threat.words import TACTICS
from panshi.web.words import pick, say

MOST_TICKETS, MOST_VALUES = 80, 60
COLUMN, ROW, GAP = 320, 30, 12
WIDTH, HEIGHT, EDGE = 240, 23, 4
LETTERS = 30
LEFT, SPAN, TALL, TOP = 130, 780, 30, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTicket:
    """One ticket as far as pictures need it."""

    id: str
    label: str
    member: str
    member_name: str
    at: datetime
    phase: str
    "Short name of an ATT&CK tactic; empty where none is known."
    severity: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedValue:
    """What several tickets have in common."""

    key: str
    label: str
    tickets: tuple[str, ...]
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of the graph."""

    x: int
    y: int
    label: str
    title: str
    tone: str
    "`member`, `ticket` or `value`."
    url: str = ""

    @property
    def text_x(self) -> int:
        """Where its words begin."""
        return self.x + 8

    @property
    def text_y(self) -> int:
        """Where its words stand."""
        return self.y + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPicture:
    """The graph of a campaign."""

    boxes: tuple[Box, ...]
    edges: tuple[str, ...]
    width: int
    height: int
    left_out: int
    "Tickets for which there was no room."
    spoken: str
    box_width: int = WIDTH
    box_height: int = HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One ticket on the course."""

    x: int
    y: int
    title: str
    heavy: bool
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One position of the kill chain."""

    y: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The course of a campaign."""

    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    marks: tuple[tuple[int, str], ...]
    height: int
    spoken: str
    left: int = LEFT
    right: int = LEFT + SPAN


def campaign_picture(
    tickets: Sequence[DrawnTicket], values: Iterable[SharedValue]
) -> CampaignPicture:
    """Lay out members, tickets and what the tickets share."""
    drawn = sorted(tickets, key=lambda each: (each.at, each.id))[:MOST_TICKETS]
    members = dict.fromkeys(each.member for each in drawn)
    drawn.sort(key=lambda each: (list(members).index(each.member), each.at, each.id))
    rows, places, heads = _tickets(drawn)
    kept = _shared(values, places)
    right, ends = _values(kept, places)
    edges = [
        _curve(heads[each.member][0] + WIDTH, heads[each.member][1], *places[each.id])
        for each in drawn
    ]
    for value in kept:
        edges.extend(
            _curve(places[each][0] + WIDTH, places[each][1], *ends[value.key])
            for each in value.tickets
        )
    boxes = (*_member_boxes(drawn, heads), *rows, *right)
    return CampaignPicture(
        boxes=boxes,
        edges=tuple(edges),
        width=EDGE + 2 * COLUMN + WIDTH,
        height=max((each.y for each in boxes), default=0) + HEIGHT + EDGE,
        left_out=len(tickets) - len(drawn),
        spoken=say(
            f"{len(members)} 家會員的 {len(drawn)} 張事件單，由 {len(kept)} 個共有值連結；"
            "內容同下表",
            f"{len(drawn)} tickets of {len(members)} members joined by {len(kept)} shared values; "
            "the table below says the same",
        ),
    )


def _tickets(
    drawn: Sequence[DrawnTicket],
) -> tuple[list[Box], dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Place tickets one below the other; a member stands beside the first of its own."""
    boxes: list[Box] = []
    places: dict[str, tuple[int, int]] = {}
    heads: dict[str, tuple[int, int]] = {}
    y = EDGE // 2
    for each in drawn:
        if each.member not in heads:
            y += GAP if heads else 0
            heads[each.member] = (EDGE // 2, y)
        places[each.id] = (EDGE // 2 + COLUMN, y)
        boxes.append(_box(places[each.id], each.label, "ticket", each.url))
        y += ROW
    return boxes, places, heads


def _member_boxes(
    drawn: Iterable[DrawnTicket], heads: dict[str, tuple[int, int]]
) -> tuple[Box, ...]:
    names = {each.member: each.member_name for each in drawn}
    return tuple(_box(place, names[member], "member") for member, place in heads.items())


def _shared(values: Iterable[SharedValue], places: dict[str, tuple[int, int]]) -> list[SharedValue]:
    """Keep values that two drawn tickets share, the heaviest; order them beside their tickets."""
    found = []
    for each in values:
        held = tuple(one for one in dict.fromkeys(each.tickets) if one in places)
        if len(held) > 1:
            found.append(
                SharedValue(key=each.key, label=each.label, tickets=held, weight=each.weight)
            )
    found.sort(key=lambda each: (-each.weight, each.key))
    kept = found[:MOST_VALUES]
    kept.sort(key=lambda each: sum(places[one][1] for one in each.tickets) / len(each.tickets))
    return kept


def _values(
    kept: Sequence[SharedValue], places: dict[str, tuple[int, int]]
) -> tuple[list[Box], dict[str, tuple[int, int]]]:
    tall = max((y for _x, y in places.values()), default=0)
    step = max(ROW, min(2 * ROW, (tall + ROW) // max(len(kept), 1)))
    ends = {
        each.key: (EDGE // 2 + 2 * COLUMN, EDGE // 2 + row * step) for row, each in enumerate(kept)
    }
    return [_box(ends[each.key], each.label, "value") for each in kept], ends


def _box(place: tuple[int, int], label: str, tone: str, url: str = "") -> Box:
    return Box(x=place[0], y=place[1], label=_short(label), title=label, tone=tone, url=url)


def _curve(begin: int, up: int, end: int, down: int) -> str:
    up, down = up + HEIGHT // 2, down + HEIGHT // 2
    middle = (begin + end) // 2
    return f"M{begin} {up}C{middle} {up} {middle} {down} {end} {down}"


def _short(label: str) -> str:
    """Cut a label to its box; a letter of Chinese is as wide as two."""
    wide = 0
    for place, letter in enumerate(label):
        wide += 1 + (letter > "\u2e7f")
        if wide > LETTERS:
            return label[:place] + "…"
    return label


def course(tickets: Sequence[DrawnTicket]) -> Course | None:
    """Draw tickets by time and position of the kill chain; None where there is none."""
    if not tickets:
        return None
    order = [*TACTICS, ""]
    shown = sorted(
        {each.phase if each.phase in TACTICS else "" for each in tickets}, key=order.index
    )
    rows = {phase: TOP + TALL * place for place, phase in enumerate(shown)}
    first, last = min(each.at for each in tickets), max(each.at for each in tickets)
    length = max(last - first, timedelta(minutes=1))
    dots = tuple(
        Dot(
            x=LEFT + 14 + round((SPAN - 28) * ((each.at - first) / length)),
            y=rows[each.phase if each.phase in TACTICS else ""] + TALL // 2,
            title=f"{each.member_name} {each.label} {_when(each.at)}",
            heavy=each.severity in {"high", "critical"},
            url=each.url,
        )
        for each in sorted(tickets, key=lambda each: (each.at, each.id))[:MOST_TICKETS]
    )
    lanes = tuple(Lane(y=y, word=phase_word(phase)) for phase, y in rows.items())
    marks = ((LEFT + 14, _when(first)), (LEFT + SPAN - 14, _when(last)))
    return Course(
        lanes=lanes,
        dots=dots,
        marks=marks if first != last else marks[:1],
        height=TOP + TALL * len(lanes) + 22,
        spoken=say("依時間與攻擊階段排列的事件單：", "Tickets by time and position: ")
        + say("；", "; ").join(
            f"{_when(each.at)} {phase_word(each.phase)} {each.member_name}"
            for each in sorted(tickets, key=lambda each: (each.at, each.id))[:MOST_TICKETS]
        ),
    )


def phase_word(phase: str) -> str:
    """Name a position of the kill chain."""
    return pick(TACTICS[phase]) if phase in TACTICS else say("未載明", "not stated")


def _when(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"
