"""Pictures of exceptions: when each counts, and how far one has come; pure geometry and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionRegister, ExceptionView, quarter_ends
from panshi.report.exception_words import state_word
from panshi.web.words import chinese, say

BACK, AHEAD = timedelta(days=60), timedelta(days=180)
LEFT, WIDTH, ROW, TOP = 130, 760, 26, 30
MOST = 30
"Rows of one picture; the table below it has all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exception as a bar."""

    number: str
    control: str
    tone: str
    "`counts`, `idle`, `coming` or `over`."
    y: int
    x: int
    width: int
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day that is named."""

    x: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The whole picture."""

    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    height: int
    spoken: str
    left: int = LEFT
    right: int = LEFT + WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop on the way of an exception."""

    word: str
    reached: bool
    here: bool
    x: int


def timeline(register: ExceptionRegister) -> Timeline | None:
    """Draw the exceptions that count, will count or counted lately, the first to lapse on top."""
    begin, end = register.day - BACK, register.day + AHEAD
    shown = [
        each
        for each in register.exceptions
        if (each.state.live or each.state is ExceptionState.LAPSED)
        and each.flaw is None
        and begin < each.expires
        and each.effective < end
    ]
    shown.sort(key=lambda each: (each.expires, each.number))
    if not shown:
        return None
    rows = tuple(_row(each, place, begin, end) for place, each in enumerate(shown[:MOST]))
    quarter = quarter_ends(register.day) - timedelta(days=1)
    marks = (
        Mark(x=_x(register.day, begin, end), word=say("今日", "today")),
        Mark(x=_x(quarter, begin, end), word=say("季末", "quarter ends")),
    )
    close = abs(marks[0].x - marks[1].x) < LEFT
    spoken = say("各例外的期間：", "Periods of exceptions: ") + say("；", "; ").join(
        f"{each.number} {each.effective} – {each.expires}" for each in shown[:MOST]
    )
    return Timeline(
        rows=rows,
        marks=marks[:1] if close else marks,
        height=TOP + ROW * len(rows) + 6,
        spoken=spoken,
    )


def stops(view: ExceptionView) -> tuple[Stop, ...]:
    """Draw how far an exception has come; how it ended stands in the last place."""
    way = [
        ExceptionState.REQUESTED,
        ExceptionState.UNDER_REVIEW,
        ExceptionState.APPROVED,
        ExceptionState.ACTIVE,
    ]
    reached = _reached(view)
    ended = view.state not in way
    last = view.state if ended else ExceptionState.LAPSED
    words = [state_word(each, chinese=chinese()) for each in (*way, last)]
    words[2] = say("已核准", "approved")
    here = len(way) if ended else way.index(view.state)
    return tuple(
        Stop(
            word=word,
            reached=place < reached or place == here,
            here=place == here,
            x=70 + place * 180,
        )
        for place, word in enumerate(words)
    )


def _reached(view: ExceptionView) -> int:
    """Give how many stops it passed, however it ended."""
    if view.approvals and not view.missing and not view.state.open:
        return 4 if view.state is not ExceptionState.APPROVED else 3
    return 2 if view.reviewed_by else 1


def _row(view: ExceptionView, place: int, begin: date, end: date) -> Row:
    first, last = _x(view.effective, begin, end), _x(view.expires, begin, end)
    match view.state:
        case ExceptionState.ACTIVE:
            tone = "counts" if view.counts else "idle"
        case ExceptionState.APPROVED:
            tone = "coming"
        case _:
            tone = "over"
    return Row(
        number=view.number,
        control=view.control,
        tone=tone,
        y=TOP + ROW * place,
        x=first,
        width=max(last - first, 4),
        until=view.expires.isoformat(),
    )


def _x(day: date, begin: date, end: date) -> int:
    part = (day - begin) / (end - begin)
    return LEFT + round(WIDTH * min(max(part, 0.0), 1.0))
