"""Bring a source's folder to a new mark, beside what the mark before saw.

    <work>/state/    what goes into the vault: the data, `panshi-mark.json`, row digests, file list
    <work>/before/   mark, row digests and file list of the snapshot before

What changed between the two is counted row by row (or file by file) for the gate.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

import msgspec

from panshi.errors import IntegrityError
from panshi.model.resilience.mark import Mark, Seen, SourceKind
from panshi.observe.vault_sources.extracts import capture_extracts
from panshi.observe.vault_sources.files import LIST, capture_files, compare_lists, read_list
from panshi.observe.vault_sources.postgres import ROWS_FOLDER
from panshi.observe.vault_sources.postgres_base import capture_base
from panshi.observe.vault_sources.postgres_logical import capture_dump
from panshi.observe.vault_sources.rows import Compared, compare, digests_of, sha256_of
from panshi.observe.vault_sources.source import Clock, Source
from panshi.observe.vault_sources.sqlite_copy import capture_sqlite

STATE = "state"
BEFORE = "before"
MARK = "panshi-mark.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A folder at a mark."""

    folder: Path
    mark: Mark
    mark_sha256: str


def capture(source: Source, work: Path, clock: Clock) -> Captured:
    """Read a source into its working folder."""
    state, before = work / STATE, work / BEFORE
    _keep_before(state, before)
    mark = _capture(source, state, clock)
    mark = replace(mark, seen=_seen(mark, state, before))
    raw = msgspec.json.format(msgspec.json.encode(mark), indent=1)
    (state / MARK).write_bytes(raw)
    return Captured(folder=state, mark=mark, mark_sha256=hashlib.sha256(raw).hexdigest())


def read_mark(folder: Path, sha256: str = "") -> Mark:
    """Read a restored mark; with the sealed digest, refuse any other."""
    path = folder / MARK
    try:
        raw = path.read_bytes()
        mark = msgspec.json.decode(raw, type=Mark)
    except (OSError, msgspec.MsgspecError) as error:
        raise IntegrityError(f"holds no mark: {error}", place=str(path)) from error
    if sha256 and hashlib.sha256(raw).hexdigest() != sha256:
        raise IntegrityError("is not the mark that was sealed", place=str(path))
    for table in mark.tables:
        if sha256_of(_inside(folder, table.digests)) != table.digests_sha256:
            raise IntegrityError("row digests are not those sealed", place=table.table)
    if mark.tree_sha256 and sha256_of(folder / LIST) != mark.tree_sha256:
        raise IntegrityError("the list of files is not the one sealed", place=str(folder / LIST))
    return mark


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise IntegrityError("row digests are missing", place=name)
    return path


def _capture(source: Source, folder: Path, clock: Clock) -> Mark:
    match source.kind:
        case SourceKind.POSTGRESQL:
            return capture_base(source, folder, clock)
        case SourceKind.POSTGRESQL_LOGICAL:
            return capture_dump(source, folder, clock)
        case SourceKind.SQLITE:
            return capture_sqlite(source, folder, clock)
        case SourceKind.FILES:
            return capture_files(source, folder, clock)
        case SourceKind.CSV:
            return capture_extracts(source, folder, clock)
        case _:
            assert_never(source.kind)


def _keep_before(state: Path, before: Path) -> None:
    """Keep what the last mark saw; a capture that failed half-way keeps the one before it."""
    if not (state / MARK).exists():
        return
    shutil.rmtree(before, ignore_errors=True)
    before.mkdir(parents=True)
    for name in (ROWS_FOLDER, LIST):
        if (state / name).exists():
            (state / name).rename(before / name)
    (state / MARK).rename(before / MARK)


def _seen(mark: Mark, state: Path, before: Path) -> Seen:
    """Count what changed since the mark before."""
    if not (before / MARK).exists():
        return mark.seen
    earlier = msgspec.json.decode((before / MARK).read_bytes(), type=Mark)
    if mark.method is SourceKind.FILES:
        found = [compare_lists(read_list(before), read_list(state))]
    else:
        found = _tables(mark, earlier, state, before)
    total = sum(each.before for each in found)
    gone = sum(each.missing for each in found)
    changed = gone + sum(each.changed for each in found)
    return replace(
        mark.seen,
        compared=True,
        changed_share=changed / total if total else 0.0,
        gone_share=gone / total if total else 0.0,
    )


def _tables(mark: Mark, earlier: Mark, state: Path, before: Path) -> list[Compared]:
    now = {each.table: each for each in mark.tables}
    found = []
    for table in earlier.tables:
        fresh = now.get(table.table)
        if fresh is None:
            found.append(Compared(missing=table.rows))
            continue
        rows = ((key, row, b"") for key, row in digests_of(state / fresh.digests))
        found.append(compare(digests_of(before / table.digests), rows))
    return found
