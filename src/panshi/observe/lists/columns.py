"""Which column is which field: headings are understood in both languages, unknown ones refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import get_type_hints

from panshi.model.bodies import KINDS
from panshi.observe.lists.table import Line
from panshi.observe.lists.values import Value, reader
from panshi.observe.lists.words import COMMON, FIELDS, plain
from panshi.observe.port import MADE_HERE
from panshi.observe.spreadsheet import CellValue

IGNORED = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a list of one kind may hold."""

    kind: str
    readers: Mapping[str, Callable[[CellValue], Value]]
    "Field of the body → what reads its cells."
    required: frozenset[str]
    "Fields without a default."
    names: Mapping[str, str]
    "Heading, made plain → field or common column."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The columns of one table."""

    columns: Mapping[int, str]
    "Column → field or common column."
    problems: tuple[tuple[int, str], ...] = ()
    "Column and what is wrong with its heading."
    missing: tuple[str, ...] = ()
    "Required columns that are not there."


def listable() -> tuple[str, ...]:
    """Give the kinds that can come as a list: flat bodies that are not made by the node itself."""
    return tuple(kind for kind in KINDS if shape(kind) is not None)


@cache
def shape(kind: str) -> Shape | None:
    """Give the shape of a kind, or None where its body is not flat."""
    body = KINDS[kind].body
    hints = get_type_hints(body)
    readers = {name: reader(name, hints[name]) for name in KINDS[kind].field_names}
    flat = {name: read for name, read in readers.items() if read is not None}
    if len(flat) < len(readers) or kind.startswith(MADE_HERE):
        return None
    required = frozenset(
        each.name
        for each in fields(body)  # type: ignore[arg-type]
        if each.default is MISSING and each.default_factory is MISSING
    )
    names: dict[str, str] = {}
    for column, words in (*FIELDS.get(kind, {}).items(), *COMMON.items()):
        for word in words:
            names.setdefault(plain(word), column)
    names |= {plain(name): name for name in flat}
    return Shape(kind=kind, readers=flat, required=required, names=names)


def read_heading(shape: Shape, line: Line, *, subject_given: bool) -> Heading:
    """Understand a heading, or collect everything wrong with it."""
    columns: dict[int, str] = {}
    problems: list[tuple[int, str]] = []
    for column, cell in sorted(line.cells.items()):
        text = cell.strip() if isinstance(cell, str) else ""
        name = IGNORED if text.startswith("#") else shape.names.get(plain(text))
        if name is None:
            problems.append((column, _unknown(shape, text)))
        elif name != IGNORED and name in columns.values():
            problems.append((column, f"{text!r} is a second column for {name}"))
        else:
            columns[column] = name
    wanted = shape.required if subject_given else shape.required | {"subject"}
    missing = tuple(sorted(wanted - set(columns.values())))
    return Heading(columns=columns, problems=tuple(problems), missing=missing)


def understands(shape: Shape, line: Line, *, subject_given: bool) -> bool:
    """Whether every heading is known and every required column is there."""
    heading = read_heading(shape, line, subject_given=subject_given)
    return not heading.problems and not heading.missing


def _unknown(shape: Shape, text: str) -> str:
    if not text:
        return "a heading that is no text"
    close = get_close_matches(plain(text), shape.names, n=1)
    hint = f"did you mean {shape.names[close[0]]}? " if close else ""
    return (
        f"{text[:40]!r} is no column of {shape.kind} "
        f"({hint}columns: {', '.join(shape.readers)}; or begin it with # to leave it out)"
    )
