"""The query of a TAXII request: filters and pages (TAXII 2.1, 3.4 and 3.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from panshi.api.exchange import RefusalError
from panshi.api.sender import Scope
from panshi.store.stix_objects.reading import ALL, FIRST, LAST, Wanted

PAGE = 1_000
"Objects where no limit is asked for."
MOST = 10_000
MAX_QUERY = 64 * 1024
MAX_VALUES = 1_000
"Values of one filter."
MAX_TYPES = 64
SPEC = "2.1"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_NEXT = re.compile(r"\d{1,18}", re.ASCII)


def wanted_of(scope: Scope, *, object_id: str = "", versions: str = LAST) -> Wanted | None:
    """Read filters and page; None where the filters can match nothing."""
    query = _query(scope)
    ids = (object_id,) if object_id else _values(query, "match[id]")
    types = _values(query, "match[type]")
    if len(types) > MAX_TYPES:
        raise _unreadable(f"more than {MAX_TYPES} types")
    specs = _values(query, "match[spec_version]")
    if specs and SPEC not in specs:
        return None
    after = _after(query)
    told = _values(query, "match[version]") or (versions,)
    return Wanted(
        after=after,
        limit=_limit(query),
        ids=tuple(dict.fromkeys(ids)),
        types=tuple(dict.fromkeys(types)),
        versions=tuple(_version(each) for each in told),
    )


def _query(scope: Scope) -> dict[str, str]:
    raw = scope["query_string"].decode("latin-1")
    if len(raw) > MAX_QUERY:
        raise RefusalError(HTTPStatus.REQUEST_URI_TOO_LONG, "the query is too long")
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=MAX_VALUES)
    except ValueError as error:
        raise _unreadable("too many parts in the query") from error
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _values(query: dict[str, str], name: str) -> tuple[str, ...]:
    if name not in query:
        return ()
    values = tuple(each.strip() for each in query[name].split(","))
    if not all(values) or len(values) > MAX_VALUES:
        raise _unreadable(f"{name} names nothing, or more than {MAX_VALUES:,} values")
    return values


def _limit(query: dict[str, str]) -> int:
    told = query.get("limit")
    if told is None:
        return PAGE
    if not told.isascii() or not told.isdecimal() or not int(told[:10]):
        raise _unreadable("limit is a number from 1 on")
    return min(int(told[:10]), MOST)


def _after(query: dict[str, str]) -> int:
    after = _stamp(query["added_after"]) if "added_after" in query else 0
    if "next" in query:
        if not _NEXT.fullmatch(query["next"]):
            raise _unreadable("next is not one of ours")
        after = max(after, int(query["next"]))
    return after


def _version(told: str) -> int | str:
    return told if told in {FIRST, LAST, ALL} else _stamp(told)


def _stamp(text: str) -> int:
    """Give a moment in microseconds since 1970."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(f"{text[:40]!r} is no moment") from error
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)


def added_range(stamps: Iterable[int]) -> tuple[int, int] | None:
    """Give the first and the last of moments in order."""
    found = tuple(stamps)
    return (found[0], found[-1]) if found else None


def _unreadable(problem: str) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, problem, remedy="TAXII 2.1, sections 3.4 and 3.5")
