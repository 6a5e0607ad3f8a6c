"""Fold osquery's result lines into the newest state of each query of each host.

A snapshot is a state. Differences are a state only from their beginning on: osquery counts the
runs of a query and the first of an epoch, 0, lists everything; a log that begins later does not
tell what was there before, and what it leaves is incomplete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from panshi.errors import BadInputError
from panshi.observe.osquery.tables import TABLES, table_of
from panshi.observe.reading.members import epoch, listed, member, table, text, whole
from panshi.observe.reading.records import Record, records
from panshi.observe.reading.texts import clean

MOST_ROWS = 500_000
"Rows held of one log, over all hosts."
MOST_STATES = 200_000

type Row = tuple[str, ...]


@dataclass(slots=True)
class State:
    """What one query of one host last gave."""

    table: str
    rows: dict[Row, None] = field(default_factory=dict)
    complete: bool = False
    moment: str = ""
    run: tuple[int, int] = (-1, -1)
    "Epoch and counter of the newest line."
    snapshot: bool = False

    def cells(self) -> Iterator[Mapping[str, str]]:
        """Give the rows by column."""
        for row in self.rows:
            yield dict(zip(TABLES[self.table], row, strict=True))


@dataclass(slots=True)
class Log:
    """All states of a log."""

    named: Mapping[str, str]
    "Query → table, where somebody said so."
    states: dict[tuple[str, str], State] = field(default_factory=dict)
    "(host, query) → state."
    unread: dict[str, int] = field(default_factory=dict)
    "Queries of no table that is read → lines."
    held: int = 0


def fold(path: Path, named: Mapping[str, str]) -> Log:
    """Read a log to its end."""
    log = Log(named)
    for place, line in records(path):
        host, query = _head(line, place)
        found = _state(log, host, query, line)
        if found is None:
            continue
        before = len(found.rows)
        _apply(found, line, place)
        found.moment = max(found.moment, epoch(line, "unixTime"))
        log.held += len(found.rows) - before
        if log.held > MOST_ROWS:
            raise BadInputError(
                f"more than {MOST_ROWS:,} rows at once",
                place=place,
                remedy="give the logs of fewer hosts at a time",
            )
    return log


def _head(line: Record, place: str) -> tuple[str, str]:
    host = text(line, "decorations", "hostname", limit=255) or text(
        line, "hostIdentifier", limit=255
    )
    query = text(line, "name", limit=200)
    if not query or not host or not ({"columns", "snapshot", "diffResults"} & line.keys()):
        raise BadInputError(
            "is no result of osquery: it lacks name, host or rows",
            place=place,
            remedy="name osqueryd.results.log or osqueryd.snapshots.log",
        )
    return host.rstrip(".").lower(), query


def _state(log: Log, host: str, query: str, line: Record) -> State | None:
    known = log.states.get((host, query))
    if known is not None:
        return known
    name = log.named.get(query, "") or table_of(query, _columns(line))
    if not name:
        if len(log.unread) < MOST_STATES:
            log.unread[query] = log.unread.get(query, 0) + 1
        return None
    if len(log.states) >= MOST_STATES:
        raise BadInputError(f"more than {MOST_STATES:,} queries of hosts", place=host)
    return log.states.setdefault((host, query), State(name))


def _columns(line: Record) -> tuple[str, ...]:
    if "columns" in line:
        return tuple(table(line, "columns"))
    rows = listed(line, "snapshot") or listed(line, "diffResults", "added")
    return tuple(table({"r": rows[0]}, "r")) if rows else ()


def _apply(state: State, line: Record, place: str) -> None:
    counter = member(line, "counter")
    run = (whole(line, "epoch"), whole(line, "counter") if counter is not None else -1)
    action = text(line, "action", limit=20)
    if "snapshot" in line:
        state.rows = dict.fromkeys(_rows(state, listed(line, "snapshot"), place))
        state.complete, state.snapshot = True, True
    elif action == "snapshot":  # logger_snapshot_event_type: one line per row
        at = (whole(line, "unixTime"), run[1])
        if not state.snapshot or state.run != at:
            state.rows = {}
        run = at
        state.complete, state.snapshot = True, True
        state.rows.update(dict.fromkeys(_rows(state, [member(line, "columns")], place)))
    else:
        _differ(state, line, run, place)
    state.run = run


def _differ(state: State, line: Record, run: tuple[int, int], place: str) -> None:
    first = run[1] == 0
    if first and state.run != run:
        state.rows, state.complete = {}, True
    elif state.run != run and state.run[0] != run[0]:
        state.complete = first  # another epoch, and its beginning is not here
    state.snapshot = False
    added: list[object]
    removed: list[object]
    if "diffResults" in line:
        added = listed(line, "diffResults", "added")
        removed = listed(line, "diffResults", "removed")
    else:
        action = text(line, "action", limit=20)
        if action not in {"added", "removed"}:
            raise BadInputError(f"action {action!r} is not known", place=place)
        row = [member(line, "columns")]
        added, removed = (row, []) if action == "added" else ([], row)
    for each in _rows(state, removed, place):
        state.rows.pop(each, None)
    state.rows.update(dict.fromkeys(_rows(state, added, place)))


def _rows(state: State, rows: list[object], place: str) -> Iterator[Row]:
    columns = TABLES[state.table]
    for row in rows:
        if not isinstance(row, dict):
            raise BadInputError("a row that is no object", place=place)
        cells = cast("Mapping[str, object]", row)
        yield tuple(_cell(cells.get(name)) for name in columns)


def _cell(value: object) -> str:
    if isinstance(value, str):
        return clean(value, 300)
    return str(value) if isinstance(value, int | float) else ""
