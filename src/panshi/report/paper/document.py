"""The nouns of a report: cells that keep their value, blocks of cells, sections, the document.

Texts are data and never markup: the writers escape them. Each block stands in every rendering,
each cell is shown by `shown` alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Choose the language of a document: `say("中文", "English")`."""

    chinese: bool

    def __call__(self, zh: str, en: str) -> str:
        """Give one text of two."""
        return zh if self.chinese else en


class Tone(StrEnum):
    """What a mark says beside its word; colour never stands alone."""

    PLAIN = "plain"
    GOOD = "good"
    FAIL = "fail"
    "Red: only what fails."
    WARN = "warn"
    "Amber: only what expires."
    UNKNOWN = "unknown"
    "Hatched grey: not seen."
    ATTESTED = "attested"


# -- cells -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1; None where nothing is known."""

    value: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference of two shares as they are shown, in percentage points."""

    of: float | None
    less: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things; `unit` follows it in words."""

    value: float | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the words it is shown in, where others say how it reads."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Money:
    """New Taiwan dollars, shown in thousands."""

    twd: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or none."""

    day: date | None


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of a control, an observation or another thing to follow."""

    id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with its tone."""

    word: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An evidence bar: solid evidenced, hatched possible but unseen, crossed failing, a mark."""

    evidenced: float | None = None
    possible: float | None = None
    claimed: float | None = None
    target: float | None = None
    spoken: str = ""
    "The bar in words, for whoever does not see it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A line through time; None where nothing is known of a period."""

    points: tuple[float | None, ...]
    target: float | None = None
    spoken: str = ""
    text: str = ""
    "First and last in words, where nothing is drawn."


type Cell = str | Share | Gap | Count | Figure | Money | Day | Ref | Mark | Bar | Trend


# -- blocks ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Prose."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The one answer of a report, large, with its bar."""

    label: str
    word: str
    sentence: str
    bar: Bar
    figures: tuple[tuple[str, Cell], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    key: str
    "Machine name, the same in both languages."
    title: str
    width: float = 1.0
    "Share of the page's width beside the others."
    total: bool = False
    "Numbers of the column are summed below it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under a heading."""

    id: str
    "Machine name within the document."
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""
    "What is said where there is no row."
    limit: int = 0
    "So many rows are printed, 0 for all; workbook, page and answer hold every one."

    @property
    def printed(self) -> tuple[tuple[Cell, ...], ...]:
        """Rows that paper has room for."""
        return self.rows[: self.limit] if self.limit else self.rows

    @property
    def left_out(self) -> int:
        """How many rows are not printed."""
        return len(self.rows) - len(self.printed)

    def __post_init__(self) -> None:
        """Refuse rows that do not fit their columns."""
        wrong = [row for row in self.rows if len(row) != len(self.columns)]
        if wrong:
            raise ValueError(f"table {self.id}: a row of {len(wrong[0])} cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names with their values."""

    id: str
    title: str
    facts: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of a Gantt picture."""

    ref: str
    name: str
    starts: float
    "In periods, counted from 0 at the begin of the first."
    ends: float
    "Where it ends, in periods; the end of the third is 3."
    value: Cell
    tone: Tone = Tone.GOOD
    "Good is drawn solid, unknown hatched, fail crossed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """What is done when."""

    id: str
    title: str
    periods: tuple[str, ...]
    tasks: tuple[Task, ...]
    name_title: str
    value_title: str
    summed: bool = False
    "The values are summed below."
    now: float | None = None
    "Today, in periods."
    limit: int = 0
    "So many tasks are drawn on paper, 0 for all."

    @property
    def drawn(self) -> tuple[Task, ...]:
        """Tasks that paper has room for."""
        return self.tasks[: self.limit] if self.limit else self.tasks

    @property
    def left_out(self) -> int:
        """How many tasks are not drawn."""
        return len(self.tasks) - len(self.drawn)

    def spelt(self, task: Task) -> tuple[str, str]:
        """Give the periods a task starts and ends in."""
        last = len(self.periods) - 1
        ends = min(max(math.ceil(task.ends) - 1, 0), last)
        return self.periods[min(int(task.starts), last)], self.periods[ends]

    def as_table(self, say: Say) -> Table:
        """Give the same as rows, where nothing is drawn."""
        return Table(
            id=self.id,
            title=self.title,
            columns=(
                Column(key="ref", title=say("代號", "id")),
                Column(key="name", title=self.name_title, width=4),
                Column(key="from", title=say("開始", "from")),
                Column(key="until", title=say("完成", "until")),
                Column(key="value", title=self.value_title, total=self.summed),
            ),
            rows=tuple(
                (
                    Ref(task.ref),
                    task.name,
                    *self.spelt(task),
                    task.value,
                )
                for task in self.tasks
            ),
            limit=self.limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Sentences one below the other, each with what to follow."""

    id: str
    title: str
    points: tuple[tuple[str, str], ...]
    "Text and reference; the reference may be empty."
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Places to sign: who, as what, and what stands there already."""

    title: str
    signers: tuple[tuple[str, str], ...]
    "Office, and who signed when; empty where nobody did yet."


type Block = Paragraph | Answer | Table | Facts | Gantt | Points | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page or part of one: a heading, its answer in one sentence, what supports it."""

    id: str
    title: str
    lead: str
    blocks: tuple[Block, ...] = ()
    breaks: bool = False
    "Begins a new page."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a report was computed from, so that anybody can repeat and check it."""

    estate: str
    estate_version: int
    framework: str
    framework_version: str
    origin: str
    "Name of the evidence log."
    log_size: int
    log_root: str
    keys: tuple[str, ...] = ()
    "Verifier keys of whoever signs the log's checkpoints."


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report in one language."""

    id: str
    "Kind of report, for example `board`."
    chinese: bool
    title: str
    subtitle: str
    institution: str
    as_of: datetime
    "Moment the figures speak of, in the institution's zone; also the document's date."
    demo: bool
    source: Source
    sections: tuple[Section, ...] = field(default=())

    @property
    def tables(self) -> Iterator[Table]:
        """Every table, in order; a Gantt picture is one where nothing is drawn."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block
                elif isinstance(block, Gantt):
                    yield block.as_table(Say(chinese=self.chinese))
