"""What the index holds: entries to find, and traces of who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing people may look for."""

    source: str
    "Where it comes from; entries of one source replace each other."
    about: str
    "Reference of the object, `<kind>/<id>`."
    estate: str = ""
    "Estate it belongs to; empty: to all."
    action: str
    "What somebody must be permitted to do to find it."
    name: str
    "Id and title in both languages."
    text: str = ""
    "Everything else to find it by."
    title_zh: str = ""
    title_en: str = ""
    position: int = -1
    "Position of the observation it was read from; -1 where it was not."
    mentions: tuple[str, ...] = ()
    "Accounts named in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One hit."""

    number: int
    "Its place in the list: pass the last one to go on from there."
    about: str
    estate: str
    action: str
    title_zh: str
    title_en: str
    snippet: str
    "Words around the hit where it is not in the name."
    position: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Somebody did something, as one sealed observation tells."""

    position: int
    at: datetime
    actor: str
    action: str
    target: str
    allowed: bool
    about: str
    "Reference of the object it touched; empty where it touched none."
    kind: str
    observation: str
    "Id of the observation."


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFilter:
    """Which traces a page shows; an empty part does not narrow."""

    actor: str = ""
    action: str = ""
    "Begins with this."
    about: str = ""
    refused: bool = False
    since: datetime | None = None
    until: datetime | None = None
