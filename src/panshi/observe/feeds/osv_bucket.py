"""How the OSV bucket says what changed: `PyPI/modified_id.csv`, newest first.

    2026-11-21T08:12:03.123456Z,PYSEC-2026-4711
    2026-11-21T07:55:41.000000Z,GHSA-xxxx-yyyy-zzzz

Read down to where we last stood; the records named are `PyPI/<id>.json`. Where more changed than it
is worth asking for one by one, `PyPI/all.zip` is fetched instead.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urljoin

from panshi.errors import BadInputError
from panshi.observe.feeds.records import moment

CHANGES = "modified_id.csv"
WHOLE = "all.zip"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{1,199}")
_LONGEST_LINE = 400
FIRST = datetime(1, 1, 1, tzinfo=UTC)


class Changed(NamedTuple):
    """What changed since we last looked."""

    ids: tuple[str, ...]
    "Oldest first, each once; incomplete where `more`."
    newest: str
    "As written; where we stand afterwards."
    more: bool
    "More changed than was asked for."


def changed_since(raw: bytes, cursor: str, *, most: int, place: str) -> Changed:
    """Read the list of changes down to the cursor; records of the cursor's very moment count."""
    since = moment(cursor) or FIRST
    found: dict[str, None] = {}
    newest, before = "", None
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip() or (number == 1 and line.strip() == b"modified,id"):
            continue
        at, text, name = _row(line, f"{place}:{number}")
        if before is not None and at > before:
            raise BadInputError(
                "is not ordered, newest first", place=f"{place}:{number}", remedy="fetch it again"
            )
        before = at
        newest = newest or text
        if at < since:
            break
        found.setdefault(name)
        if len(found) > most:
            return Changed((), newest, more=True)
    return Changed(tuple(reversed(found)), newest or cursor, more=False)


def record_url(base: str, name: str) -> str:
    """Address of one record."""
    return urljoin(base, quote(f"{name}.json", safe=""))


def _row(line: bytes, place: str) -> tuple[datetime, str, str]:
    text, comma, name = line[:_LONGEST_LINE].strip().decode("ascii", "replace").partition(",")
    at = moment(text)
    name = name.rpartition("/")[2]
    if not comma or at is None or not _ID.fullmatch(name):
        raise BadInputError("is no time and id", place=place, remedy="fetch it again")
    return at, text, name
