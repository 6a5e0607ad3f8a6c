"""Pictures of a disaster: services over time, and services by recovery layers; geometry only.

Time runs on a scale that gives the first hours as much room as the later days. What lies within
the promised time is hatched, what lies beyond is crossed; each has its words beside it and a table
below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from panshi.model.resilience.graph import Graph, LayerKind, NodeId
from panshi.report.disaster_words import FATES, LAYERS, duration_words, name_of
from panshi.resilience.story.tale import Course, Fate, LayerTale, ServiceTale
from panshi.web.words import chinese, pick, say

WIDTH, LEFT, RIGHT = 980, 168, 190
TOP, ROW, BAR, THIN = 44, 44, 13, 8
SCALE = 45.0
"Minutes after which the scale begins to shorten."
TICKS = (0.0, 60.0, 240.0, 720.0, 1_440.0, 4_320.0, 10_080.0, 20_160.0, 43_200.0)
SHORTEST = 1_440.0
CELL, LINE, GAP, HEAD = 88, 46, 5, 30
SIGNS = "①②③④⑤⑥⑦⑧⑨"
NEAR = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of an outage."""

    x: float
    width: float
    over: bool
    "Beyond what was promised."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service over time, as it is and with the remedy."""

    name: str
    y: int
    text_y: int
    now: tuple[Piece, ...]
    then: tuple[Piece, ...]
    then_y: int
    said: str
    said_then: str
    late: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place on the scale."""

    x: float
    word: str
    y: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Services over time."""

    lines: tuple[Line, ...]
    ticks: tuple[Mark, ...]
    blows: tuple[Mark, ...]
    height: int
    spoken: str
    after: bool
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bar: int = BAR
    thin: int = THIN
    said_x: int = WIDTH - RIGHT + 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One layer of one service."""

    x: int
    y: int
    tone: str
    word: str
    time: str
    told: str
    added: bool = False
    middle: int = 0
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One service with its cells."""

    name: str
    y: int
    said: str
    late: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMap:
    """Services by layers."""

    rows: tuple[MapRow, ...]
    heads: tuple[Mark, ...]
    height: int
    spoken: str
    width: int
    said_x: int
    cell: int = CELL - GAP
    line: int = LINE - GAP


def time_line(graph: Graph, course: Course, after: Course | None = None) -> TimeLine:
    """Draw critical services over time, the worst first."""
    shown = ordered(course)
    later = {each.node.id: each for each in after.services} if after is not None else {}
    ends = [
        min(end, course.scenario.horizon)
        for each in (*shown, *later.values())
        for _begin, end in each.down
    ]
    longest = max((SHORTEST, *ends))
    lines = tuple(
        _line(graph, each, later.get(each.node.id), place, longest)
        for place, each in enumerate(shown)
    )
    height = TOP + ROW * len(lines) + 6
    return TimeLine(
        lines=lines,
        ticks=tuple(
            Mark(x=_x(each, longest), word=_tick(each)) for each in TICKS if each <= longest
        ),
        blows=tuple(_blow_marks(moments(course), longest)),
        height=height,
        spoken=say("關鍵服務的中斷時間", "Outages of critical services"),
        after=after is not None,
    )


def ordered(course: Course) -> tuple[ServiceTale, ...]:
    """Give critical services, those that are late first, then by how much."""
    late = [each for each in course.late if each.node.critical]
    rest = [each for each in course.services if each.node.critical and not each.late]
    rest.sort(key=lambda each: (not each.lost, -(each.outage or 0.0), each.node.id))
    return (*late, *rest)


def moments(course: Course) -> tuple[float, ...]:
    """Give the moments at which something falls."""
    return tuple(sorted({each.at for each in course.scenario.shocks}))


def _blow_marks(at: Sequence[float], longest: float) -> Iterable[Mark]:
    before = -float(NEAR)
    for number, moment in enumerate(at[: len(SIGNS)]):
        x = max(_x(moment, longest), before + NEAR)
        before = x
        yield Mark(x=x, word=SIGNS[number])


def _line(
    graph: Graph, tale: ServiceTale, later: ServiceTale | None, place: int, longest: float
) -> Line:
    y = TOP + ROW * place + 8
    rto = tale.node.rto
    promised = say("未訂", "nothing") if rto is None else duration_words(rto, chinese=chinese())
    took = duration_words(tale.outage, chinese=chinese()) if tale.lost else say("不中斷", "kept up")
    said = say("{}／承諾 {}", "{} / promised {}").format(took, promised)
    name = name_of(graph, tale.node.id, chinese=chinese())
    then = ""
    if later is not None:
        took = duration_words(later.outage, chinese=chinese()) if later.lost else ""
        then = say("補救後 {}", "then {}").format(took or say("不中斷", "kept up"))
    return Line(
        name=name,
        y=y,
        text_y=y + 11,
        now=tuple(_pieces(tale, longest)),
        then=tuple(_pieces(later, longest)) if later is not None else (),
        then_y=y + BAR + 5,
        said=said,
        said_then=then,
        late=tale.late,
        told=f"{name}{say('：', ': ')}{said}",
    )


def _pieces(tale: ServiceTale, longest: float) -> Iterable[Piece]:
    for begin, end in tale.down:
        limit = begin + (tale.node.rto or longest)
        for low, high, over in ((begin, min(end, limit), False), (limit, end, True)):
            if high > low:
                x = _x(low, longest)
                yield Piece(x=x, width=max(1.5, round(_x(high, longest) - x, 1)), over=over)


def _x(minutes: float, longest: float) -> float:
    share = log1p(min(minutes, longest) / SCALE) / log1p(longest / SCALE)
    return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)


def _tick(minutes: float) -> str:
    return "0" if not minutes else duration_words(minutes, chinese=chinese())


# -- the layered map ------------------------------------------------------------------------


def layer_map(
    graph: Graph,
    course: Course,
    kinds: Sequence[LayerKind],
    added: Iterable[NodeId] = (),
    order: Mapping[NodeId, int] | None = None,
) -> LayerMap:
    """Draw critical services by kinds of layers, in the same order as the time line."""
    new, shown = frozenset(added), ordered(course)
    if order is not None:
        shown = tuple(sorted(shown, key=lambda each: order.get(each.node.id, len(order))))
    rows = tuple(_row(graph, each, place, kinds, new) for place, each in enumerate(shown))
    heads = [Mark(x=LEFT + CELL // 2, word=say("主要作業", "Primary"))]
    heads += [
        Mark(x=LEFT + CELL * place + CELL // 2, word=pick(LAYERS[kind]))
        for place, kind in enumerate(kinds, start=1)
    ]
    said_x = LEFT + CELL * (len(kinds) + 1) + 8
    return LayerMap(
        rows=rows,
        heads=tuple(heads),
        height=HEAD + LINE * len(rows) + 4,
        spoken=say("關鍵服務與備援層", "Critical services by recovery layers"),
        width=said_x + 96,
        said_x=said_x,
    )


def kinds_of(graphs: Iterable[Graph]) -> tuple[LayerKind, ...]:
    """Give the kinds of layers there are, nearest first."""
    found = {layer.kind for graph in graphs for layer in graph.layers}
    return tuple(kind for kind in LayerKind if kind in found)


def _row(
    graph: Graph,
    tale: ServiceTale,
    place: int,
    kinds: Sequence[LayerKind],
    new: frozenset[NodeId],
) -> MapRow:
    y = HEAD + LINE * place
    by_kind: dict[LayerKind, list[LayerTale]] = {}
    for each in tale.layers:
        by_kind.setdefault(each.layer.kind, []).append(each)
    cells = [_primary(tale, y)]
    cells += [
        _cell(by_kind[kind], LEFT + CELL * at, y, new, tale.served)
        for at, kind in enumerate(kinds, start=1)
        if kind in by_kind
    ]
    return MapRow(
        name=name_of(graph, tale.node.id, chinese=chinese()),
        y=y + 24,
        said=_said(tale),
        late=tale.late,
        cells=tuple(cells),
    )


def _said(tale: ServiceTale) -> str:
    if not tale.lost:
        return say("不中斷", "kept up")
    return duration_words(tale.outage, chinese=chinese())


def _primary(tale: ServiceTale, y: int) -> Cell:
    word = say("失去", "lost") if tale.lost else say("運作", "up")
    return _placed(LEFT, y, "urgent" if tale.lost else "root", word, "", word)


TONES: Mapping[Fate, str] = {
    Fate.STANDBY: "unknown",
    Fate.READY: "root",
    Fate.LATE: "open",
    Fate.GONE: "urgent",
    Fate.POISONED: "urgent",
    Fate.NO_CLEAN_COPY: "urgent",
    Fate.CROWDED: "open",
    Fate.TOO_SHORT: "open",
}
RANK = (
    Fate.READY,
    Fate.LATE,
    Fate.TOO_SHORT,
    Fate.CROWDED,
    Fate.POISONED,
    Fate.NO_CLEAN_COPY,
    Fate.GONE,
    Fate.STANDBY,
)


def _cell(
    tales: Sequence[LayerTale], x: int, y: int, new: frozenset[NodeId], served: Sequence[NodeId]
) -> Cell:
    """Show the layer that served, else the one that came closest."""
    acted = frozenset(e.layer.id for e in tales if e.fate is Fate.READY and e.layer.id in served)
    best = min(
        tales,
        key=lambda e: (e.layer.id not in acted, e.layer.id not in new, RANK.index(e.fate)),
    )
    word = say("接手", "serves") if best.layer.id in acted else pick(FATES[best.fate])
    shown = best.fate in {Fate.READY, Fate.LATE}
    time = duration_words(best.ready, chinese=chinese()) if shown else ""
    added = best.layer.id in new
    name = best.layer.name_zh if chinese() else best.layer.name_en or best.layer.name_zh
    told = f"{name}{say('：', ': ')}{word} {time}".strip()
    return _placed(x, y, TONES[best.fate], ("＋ " if added else "") + word, time, told, added=added)


def _placed(
    x: int, y: int, tone: str, word: str, time: str, told: str, *, added: bool = False
) -> Cell:
    inner = LINE - GAP
    return Cell(
        x=x,
        y=y,
        tone=tone,
        word=word,
        time=time,
        told=told,
        added=added,
        middle=x + (CELL - GAP) // 2,
        first=y + (17 if time else inner // 2 + 5),
        second=y + 33,
    )
