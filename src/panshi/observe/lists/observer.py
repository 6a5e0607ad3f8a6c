"""The observer `list`: every row of a table is one observation, all of a file or nothing.

Besides the fields of its kind a row may say `subject`, `observed_at`, `period_start`, `facet`,
`outcome` and `reason`. Errors are collected with the address of their cell and raised together;
from the first error on nothing is yielded, so that a file with one wrong cell leaves no trace.

Options: `kind`, `sheet`, `encoding`, `observed_at` (for lists that do not say), `collector`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn

from panshi import __version__
from panshi.errors import BadInputError, UsageError
from panshi.model.asset import AssetKind
from panshi.model.bodies import KINDS
from panshi.model.observation import Observation, Outcome
from panshi.observe.lists.columns import Heading, Shape, listable, read_heading
from panshi.observe.lists.kinds import STATEMENT, shape_named, shape_shown, shape_titled
from panshi.observe.lists.table import Line, Table, open_tables
from panshi.observe.lists.values import CellError, Value, read_moment, read_text
from panshi.observe.lists.words import ASSETS, COMMON, FACETS, MOMENTS, VALUES, plain
from panshi.observe.port import Look
from panshi.observe.reading.texts import zone_of
from panshi.observe.spreadsheet import CellValue

MOST_ERRORS = 200
_ASSET_KINDS = frozenset(map(str, AssetKind))
_SKEW = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Errors:
    """Everything wrong with the file so far."""

    look: Look
    found: list[tuple[str, str]] = field(default_factory=list)
    "Place and problem."

    def add(self, place: str, problem: str) -> None:
        """Note one; too many end the reading."""
        self.found.append((place, problem))
        if len(self.found) >= MOST_ERRORS:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raise all of them as one."""
        remedy = "nothing of the file was kept; correct it and read it again"
        if len(self.found) == 1:
            ((place, problem),) = self.found
            raise BadInputError(problem, place=place, remedy=remedy)
        count = f"the first {MOST_ERRORS}" if len(self.found) >= MOST_ERRORS else len(self.found)
        listed = "\n".join(f"  {place}: {problem}" for place, problem in self.found)
        raise BadInputError(f"{count} errors\n{listed}\n", place=str(self.look.path), remedy=remedy)


class ListOfObservations:
    """Reads CSV and XLSX lists."""

    name = "list"
    title_zh = "清單（CSV、XLSX）"
    title_en = "List (CSV, XLSX)"
    needs_path = True
    kinds = listable()
    suffixes = (".csv", ".tsv", ".xlsx")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield every row of every table; raise with all errors there are."""
        if look.path is None:
            raise UsageError("list reads a file", remedy="name a CSV or XLSX file")
        wanted = look.options.get("sheet", "")
        errors = Errors(look=look)
        passed_over: list[str] = []
        read = 0
        with open_tables(look.path, look.options.get("encoding", "")) as tables:
            for table in tables:
                if wanted and table.sheet and table.title != wanted:
                    continue
                rows = _begin(look, table, errors)
                if rows is None:
                    passed_over.append(table.title)
                    continue
                read += 1
                yield from rows.observations()
        if errors.found:
            errors.refuse()
        if not read:
            raise _nothing_known(look, passed_over, wanted)
        for title in passed_over:
            look.warn(f"{look.path}: the sheet {title!r} holds no list that is known; not read")


@dataclass(slots=True, kw_only=True)
class _Rows:
    """The rows below the heading of one table."""

    look: Look
    table: Table
    shape: Shape
    heading: Heading
    errors: Errors
    stated: datetime
    "Time for rows that say none."
    seen: dict[int, int] = field(default_factory=dict)
    "Digest of subject, facet and time → row."

    def observations(self) -> Iterator[Observation]:
        """Yield rows until the first error; read on to collect the others."""
        understood = not self.heading.problems and not self.heading.missing
        for line in self.table.lines:
            made = self._row(line) if understood else None
            if made is not None and not self.errors.found:
                yield made

    def _row(self, line: Line) -> Observation | None:
        values: dict[str, Value] = {}
        common: dict[str, tuple[int, CellValue]] = {}
        before = len(self.errors.found)
        for column, cell in line.cells.items():
            name = self.heading.columns.get(column)
            if name is None:
                self._wrong(line.number, column, "a value in a column without a heading")
            elif name in COMMON:
                common[name] = (column, cell)
            else:
                try:
                    values[name] = self.shape.readers[name](cell)
                except CellError as error:
                    self._wrong(line.number, column, str(error))
        if len(self.errors.found) > before:
            return None
        row = _Row(rows=self, number=line.number, values=values, common=common)
        try:
            return row.observation()
        except _RowError as error:
            self._wrong(line.number, error.column, str(error))
            return None

    def _wrong(self, row: int, column: int, problem: str) -> None:
        self.errors.add(self.table.place(row, column), problem)


class _RowError(Exception):
    """What is wrong with a row, and at which column it shows."""

    def __init__(self, problem: str, column: int) -> None:
        super().__init__(problem)
        self.column = column


@dataclass(slots=True, kw_only=True)
class _Row:
    """One row whose cells could be read."""

    rows: _Rows
    number: int
    values: dict[str, Value]
    common: dict[str, tuple[int, CellValue]]

    def observation(self) -> Observation:
        """Put the parts together, or say which does not fit."""
        kind = self.rows.shape.kind
        outcome = self._outcome()
        reason = self._text("reason")
        if outcome is Outcome.SEEN:
            self._complete()
        elif self.values:
            raise self._wrong(f"a row with the outcome {outcome} holds values", "outcome")
        if not outcome.conclusive and not reason:
            raise self._wrong(f"the outcome {outcome} needs a reason", "outcome")
        moment = self._moment()
        begin = self._time("period_start")
        if begin is not None and begin > moment:
            raise self._wrong("the period begins after it ends", "period_start")
        subject, facet = self._subject(), self._facet()
        self._once(subject, facet, moment)
        return Observation(
            kind=kind,
            subject=subject,
            observed_at=moment,
            collector=self.rows.look.options.get("collector") or f"panshi {__version__} list",
            outcome=outcome,
            facet=facet,
            reason=reason,
            body=KINDS[kind].body(**self.values) if outcome is Outcome.SEEN else None,
            period_start=begin,
        )

    def _complete(self) -> None:
        for name in sorted(self.rows.shape.required - self.values.keys()):
            raise self._wrong(f"{name} is empty", name)

    def _subject(self) -> str:
        subject = self._text("subject") or self.rows.look.subject
        if not subject:
            raise self._wrong("the subject is empty", "subject")
        if subject.partition(":")[0] in _ASSET_KINDS and subject.partition(":")[2]:
            return subject
        asset = ASSETS.get(self.rows.shape.kind)
        if asset is None:
            raise self._wrong(
                f"{subject[:40]!r} does not begin with its kind of asset, for example host:",
                "subject",
            )
        return f"{asset}:{subject}"

    def _facet(self) -> str:
        if "facet" in self.common:
            return self._text("facet")
        told = self.values.get(FACETS.get(self.rows.shape.kind, ""))
        return told if isinstance(told, str) else ""

    def _outcome(self) -> Outcome:
        word = self._text("outcome")
        known = VALUES["outcome"].get(plain(word), plain(word)) or Outcome.SEEN
        try:
            return Outcome(known)
        except ValueError:
            raise self._wrong(
                f"{word[:40]!r} is no outcome (seen, absent, unreachable, failed)", "outcome"
            ) from None

    def _moment(self) -> datetime:
        kind = self.rows.shape.kind
        stated = self._time("observed_at")
        name = "observed_at"
        if stated is None:
            day = self.values.get(MOMENTS.get(kind, ""))
            if not isinstance(day, date):
                return self.rows.stated
            stated, name = datetime.combine(day, time(), zone_of(self.rows.look)), MOMENTS[kind]
        if stated > self.rows.look.now + _SKEW:
            raise self._wrong(f"{stated:%Y-%m-%d %H:%M} is in the future", name)
        return min(stated, self.rows.look.now).astimezone(UTC)

    def _time(self, name: str) -> datetime | None:
        if name not in self.common:
            return None
        column, cell = self.common[name]
        try:
            return read_moment(cell, zone_of(self.rows.look))
        except CellError as error:
            raise _RowError(str(error), column) from error

    def _text(self, name: str) -> str:
        if name not in self.common:
            return ""
        column, cell = self.common[name]
        try:
            return read_text(cell)
        except CellError as error:
            raise _RowError(str(error), column) from error

    def _once(self, subject: str, facet: str, moment: datetime) -> None:
        first = self.rows.seen.setdefault(hash((subject, facet, moment)), self.number)
        if first != self.number:
            raise self._wrong(f"the same subject, facet and time as in row {first}", "subject")

    def _wrong(self, problem: str, name: str) -> _RowError:
        columns = self.rows.heading.columns
        return _RowError(problem, next((c for c, known in columns.items() if known == name), 1))


def _begin(look: Look, table: Table, errors: Errors) -> _Rows | None:
    """Read up to the heading and find the kind; None where there is none."""
    stated, place = look.options.get("kind", ""), str(look.path)
    for line in table.lines:
        first = next(iter(line.cells.values()))
        if isinstance(first, str) and first.lstrip().startswith("#"):
            if (found := STATEMENT.match(first.strip())) and not stated:
                stated, place = found["kind"], table.place(line.number, 1)
            continue
        given = bool(look.subject)
        if stated:
            shape: Shape | None = shape_named(stated, place)
        else:
            shape = shape_titled(table.title) or shape_shown(line, subject_given=given)
        if shape is None:
            return None
        heading = read_heading(shape, line, subject_given=given)
        for column, problem in heading.problems:
            errors.add(table.place(line.number, column), problem)
        if heading.missing:
            problem = f"{shape.kind} needs columns that are not there: {', '.join(heading.missing)}"
            errors.add(table.place(line.number, 1), problem)
        return _Rows(
            look=look,
            table=table,
            shape=shape,
            heading=heading,
            errors=errors,
            stated=_stated(look, shape, heading),
        )
    return None


def _stated(look: Look, shape: Shape, heading: Heading) -> datetime:
    """Give the time of rows that say none: as stated by option, else the time of reading."""
    option = look.options.get("observed_at", "")
    if option:
        try:
            moment = read_moment(option, zone_of(look))
        except CellError as error:
            raise UsageError(f"option observed_at: {error}") from error
        if moment > look.now + _SKEW:
            raise UsageError("option observed_at is in the future")
        return moment.astimezone(UTC)
    if "observed_at" not in heading.columns.values() and shape.kind not in MOMENTS:
        look.warn(
            f"{look.path}: the list does not say when it was made; the time of reading is used "
            "(add a column observed_at, or the option observed_at=…)"
        )
    return look.now


def _nothing_known(look: Look, titles: list[str], wanted: str) -> BadInputError:
    if wanted and not titles:
        return BadInputError(f"there is no sheet {wanted!r}", place=str(look.path))
    return BadInputError(
        "no table in it is known by its title, first line or heading",
        place=str(look.path),
        remedy="state its kind: kind=device.posture/1, or a first line `# kind: device.posture/1`; "
        f"kinds: {', '.join(listable())}",
    )


OBSERVER = ListOfObservations()
