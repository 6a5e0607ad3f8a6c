"""What is remembered of each feed beside the advisories it brought, and how old that makes them.

    for each in ages_of(store, now): each.stale

An answer that rests on feeds tells their ages. What a feed says is known to hold up to a moment:
when its publisher was last asked, or, for a file somebody brought, its newest record. From then on
it ages; past its limit it is stale, and every answer on it says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from panshi.store.advisories import AdvisoryStore

HIDDEN = "."
"Names that begin so are no feeds: what bundles remember."


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one feed."""

    kind: str = ""
    source: str = ""
    "Address or file it came from last."
    via: str = ""
    newest: str = ""
    "Time of its newest record."
    as_of: str = ""
    "Up to when what it says is known to hold; ISO 8601, UTC."
    brought_at: str = ""
    "When it last brought something."
    changed: int = 0
    "Records it then brought anew, changed or took back."
    records: int = 0
    refused: int = 0
    refusals: tuple[str, ...] = ()
    sha256: str = ""
    "Of the file last taken, with the edition of its reader; the same one is not read again."
    stale_after_hours: int = 72
    cursor: str = ""
    "Where we stand in the publisher's list of changes."
    whole_at: str = ""
    "When the whole was last fetched."
    editions: dict[str, tuple[str, str]] = {}
    "Per address ETag and Last-Modified of what was taken."
    sealed_at: str = ""


class FeedAge(msgspec.Struct, frozen=True, kw_only=True):
    """How old what a feed says is."""

    feed: str
    kind: str
    records: int
    newest: str
    "Time of its newest record, ISO 8601; empty where it has none."
    as_of: str
    "Up to when it is known to hold."
    age_hours: int
    stale_after_hours: int
    stale: bool

    @property
    def zh(self) -> str:
        """The age in words."""
        if not self.as_of:
            return f"{self.feed} 的資料未載明時間"
        return f"{self.feed} 的資料距今 {_zh(self.age_hours)}（上限 {_zh(self.stale_after_hours)}）"

    @property
    def en(self) -> str:
        """The age in words."""
        if not self.as_of:
            return f"{self.feed} does not say of when it is"
        return f"{self.feed} is {_en(self.age_hours)} old (limit {_en(self.stale_after_hours)})"


def mark_of(store: AdvisoryStore, feed: str) -> Mark | None:
    """Give what is remembered of a feed; None where it never brought anything."""
    held = store.feed_state(feed)
    return None if held is None else msgspec.convert(held, Mark)


def put_mark(store: AdvisoryStore, feed: str, mark: Mark) -> None:
    """Remember it."""
    store.put_feed_state(feed, msgspec.to_builtins(mark))


def marks_of(store: AdvisoryStore) -> dict[str, Mark]:
    """Give every feed that ever brought something."""
    names = [each for each in store.feeds() if not each.startswith(HIDDEN)]
    found = ((name, mark_of(store, name)) for name in names)
    return {name: mark for name, mark in found if mark is not None}


def ages_of(store: AdvisoryStore, now: datetime) -> tuple[FeedAge, ...]:
    """Give the age of every feed, by name."""
    return tuple(age_of(name, mark, now) for name, mark in sorted(marks_of(store).items()))


def age_of(feed: str, mark: Mark, now: datetime) -> FeedAge:
    """Give the age of one feed; one of which nothing is known is as old as can be."""
    known = parsed(mark.as_of)
    age = max(now - known, timedelta()) if known else timedelta(days=3_660)
    hours = int(age.total_seconds() // 3_600)
    return FeedAge(
        feed=feed,
        kind=mark.kind,
        records=mark.records,
        newest=mark.newest,
        as_of=mark.as_of,
        age_hours=hours,
        stale_after_hours=mark.stale_after_hours,
        stale=age > timedelta(hours=mark.stale_after_hours),
    )


def parsed(text: str) -> datetime | None:
    """Read a time this module wrote."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def written(at: datetime) -> str:
    """Write a time, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


_TWO_DAYS = 48


def _zh(hours: int) -> str:
    return f"{hours // 24:,} 天" if hours >= _TWO_DAYS else f"{hours} 小時"


def _en(hours: int) -> str:
    if hours >= _TWO_DAYS:
        return f"{hours // 24:,} days"
    return "1 hour" if hours == 1 else f"{hours} hours"
