"""FIRST's EPSS scores: one CSV a day, packed with gzip.

    #model_version:v2026.03.16,score_date:2026-08-16T00:00:00+0000
    cve,epss,percentile
    CVE-1999-1593,0.18126,0.96946

The first line says of which day the scores are; without it they cannot be compared with others, so
such a file is refused. A line that is none is refused by its CVE or number, the others are taken.
"""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.feeds.records import CVE, EpssDay, Refused, moment, refused

LARGEST_FILE = 128 << 20
LARGEST_CONTENT = 512 << 20
_LARGEST_LINE = 200
_GZIP = b"\x1f\x8b"
_SHARE = rb"([01](?:\.[0-9]{1,30})?(?:[eE]-[0-9]{1,3})?)"
_LINES = re.compile(
    rb"^(CVE-[0-9]{4}-[0-9]{4,19})," + _SHARE + rb"," + _SHARE + rb"\r?$", re.MULTILINE
)
_HEADER = b"cve,epss,percentile"
_MOST_TOLD = 1_000


def read_epss(path: Path) -> EpssDay:
    """Read the scores from a file, packed or not."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadInputError(f"is larger than {LARGEST_FILE:,} bytes", place=str(path))
        raw = path.read_bytes()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    return decode_epss(raw, place=str(path))


def decode_epss(raw: bytes, *, place: str) -> EpssDay:
    """Read the scores from the bytes of a file."""
    text = _unpacked(raw, LARGEST_CONTENT, place) if raw.startswith(_GZIP) else raw
    comment, _, rest = text.partition(b"\n")
    header, _, lines = rest.partition(b"\n")
    model, scored = _told(comment, place)
    if header.strip().lower() != _HEADER:
        raise BadInputError("its second line is not cve,epss,percentile", place=f"{place}:2")
    scores: dict[str, tuple[str, float, float]] = {}
    left: list[Refused] = []
    found = _LINES.findall(lines)
    for name, score, percentile in found:
        row = (name.decode(), float(score), float(percentile))
        if row[1] > 1 or row[2] > 1:
            left.append(refused(row[0], "a score or percentile above 1"))
        elif row[0] in scores:
            left.append(refused(row[0], "stands twice"))
        else:
            scores[row[0]] = row
    if len(found) != lines.count(b"\n") + (not lines.endswith(b"\n") and bool(lines)):
        left += _unread(lines)
    if not scores:
        raise BadInputError("holds no score", place=place, remedy="fetch it again")
    return EpssDay(
        model=model, scored=scored.date(), scores=tuple(scores.values()), refused=tuple(left)
    )


def begins_as_epss(raw: bytes) -> bool:
    """Whether the first bytes of a file are those of EPSS scores."""
    try:
        head = zlib.decompressobj(31).decompress(raw, 400) if raw.startswith(_GZIP) else raw[:400]
    except zlib.error:
        return False
    return head.startswith(b"#model_version") or head.lower().startswith(_HEADER)


def _told(comment: bytes, place: str) -> tuple[str, datetime]:
    said = {}
    for part in comment.strip().decode("ascii", "replace").lstrip("#").split(","):
        name, _, value = part.partition(":")
        said[name.strip()] = value.strip()
    scored = moment(said.get("score_date", ""))
    if not comment.startswith(b"#") or scored is None:
        raise BadInputError(
            "does not say of which day its scores are",
            place=f"{place}:1",
            remedy="its first line should read #model_version:…,score_date:…",
        )
    return said.get("model_version", "")[:60], scored


def _unread(lines: bytes) -> list[Refused]:
    left: list[Refused] = []
    for number, line in enumerate(lines.split(b"\n"), 3):
        if line.strip() and not _LINES.fullmatch(line):
            name = line[:_LARGEST_LINE].decode("utf-8", "replace").partition(",")[0]
            named = name if CVE.fullmatch(name) else f"line {number}"
            if len(left) < _MOST_TOLD:
                left.append(refused(named, "is not CVE, score and percentile from 0 to 1"))
    return left


def _unpacked(raw: bytes, most: int, place: str) -> bytes:
    """Unpack gzip (RFC 1952) up to a limit; what ends early or is damaged is refused."""
    pieces: list[bytes] = []
    size, rest = 0, raw
    try:
        while rest:
            stream = zlib.decompressobj(31)
            piece = stream.decompress(rest, most - size + 1)
            size += len(piece)
            pieces.append(piece)
            if size > most:
                raise BadInputError(f"unpacks to more than {most:,} bytes", place=place)
            if not stream.eof:
                raise BadInputError("is cut short", place=place, remedy="fetch it again")
            rest = stream.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise BadInputError(f"is damaged: {error}", place=place, remedy="fetch it again") from error
    return b"".join(pieces)
