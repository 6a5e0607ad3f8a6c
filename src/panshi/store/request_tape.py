"""Requests with their whole context, kept for a while to try other policies on them.

One file a day, `zero_trust/tape/2026-11-21.jsonl`, one JSON array a line. It proves nothing (the
chained log does), is not sealed, holds what the log leaves out, and goes after 31 days. A day's
file takes what fits below a limit; what did not fit is not compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from panshi.errors import StoreError

FOLDER = Path("zero_trust") / "tape"
KEPT_DAYS = 31
MOST_BYTES_A_DAY = 512 << 20
FLUSH_BYTES = 1 << 16
_FAR = 32_503_680_000.0
"The year 3000."


class Line(NamedTuple):
    """One request."""

    at: float
    id: str
    "Place in the chained log; empty where nothing was logged."
    principal: tuple[str, str]
    "Type and id."
    action: tuple[str, str]
    resource: tuple[str, str]
    context: Mapping[str, object]
    allowed: bool
    reasons: tuple[str, ...]


class RequestTape:
    """The tape of one home; one process writes, others read."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the folder may not exist yet."""
        self._folder = home / FOLDER
        self._buffer = bytearray()
        self._day = ""
        self._size = 0
        self._encode = msgspec.json.Encoder().encode

    def add(self, line: Line) -> None:
        """Take one request; it reaches the file with the next flush."""
        self._buffer += self._encode(line)
        self._buffer += b"\n"
        if len(self._buffer) >= FLUSH_BYTES:
            self.flush(line.at)

    def flush(self, now: float) -> None:
        """Write what waits to the file of the day; old days go."""
        if not self._buffer:
            return
        raw, self._buffer = bytes(self._buffer), bytearray()
        day = _day(now)
        place = self._folder / f"{day}.jsonl"
        try:
            if day != self._day:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._size = place.stat().st_size if place.exists() else 0
                self._day = day
                self._forget(now)
            if self._size + len(raw) > MOST_BYTES_A_DAY:
                return
            with os.fdopen(
                os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab"
            ) as f:
                f.write(raw)
            self._size += len(raw)
        except OSError as error:
            raise StoreError(
                f"requests cannot be kept: {error.strerror}",
                place=str(self._folder),
                remedy="make space, or make the place writable",
            ) from error

    def read(self, since: float, until: float) -> Iterator[Line]:
        """Give the requests of a time, as they came; `since` counts, `until` does not."""
        decoder = msgspec.json.Decoder(Line)
        first, last = _day(since), _day(until)
        for place in sorted(self._folder.glob("*.jsonl")) if self._folder.is_dir() else ():
            if not first <= place.stem <= last:
                continue
            with place.open("rb") as file:
                for raw in file:
                    if not raw.endswith(b"\n"):
                        break  # being written
                    try:
                        line = decoder.decode(raw)
                    except msgspec.MsgspecError:
                        continue  # half a line of a process that was killed
                    if since <= line.at < until:
                        yield line

    def backwards(self, before: float) -> Iterator[Line]:
        """Give requests from the newest before a time to the oldest that is kept."""
        decoder = msgspec.json.Decoder(Line)
        last = _day(before)
        files = self._folder.glob("*.jsonl") if self._folder.is_dir() else ()
        for place in sorted(files, reverse=True):
            for raw in _lines_backwards(place) if place.stem <= last else ():
                try:
                    line = decoder.decode(raw)
                except msgspec.MsgspecError:
                    continue
                if line.at < before:
                    yield line

    def _forget(self, now: float) -> None:
        oldest = _day(now - timedelta(days=KEPT_DAYS).total_seconds())
        for place in self._folder.glob("*.jsonl"):
            if place.stem < oldest:
                place.unlink(missing_ok=True)


def _day(at: float) -> str:
    return datetime.fromtimestamp(min(max(at, 0.0), _FAR), UTC).date().isoformat()


def _lines_backwards(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        at, rest = file.seek(0, os.SEEK_END), b""
        while at > 0:
            size = min(FLUSH_BYTES, at)
            at -= size
            file.seek(at)
            first, *lines = (file.read(size) + rest).split(b"\n")
            yield from (each for each in reversed(lines) if each)
            rest = first
        if rest:
            yield rest
