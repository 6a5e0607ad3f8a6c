"""What readers of feeds give: records taken, records refused, and what a folder holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from panshi.model.supply_chain.advisory import Advisory, KnownExploited

CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?"
    r"(Z|z|[+-][0-9]{2}:?[0-9]{2})"
)
LONGEST_PROBLEM = 300


class Kind(StrEnum):
    """What a feed publishes."""

    OSV = "osv"
    KEV = "kev"
    EPSS = "epss"
    CSAF = "csaf"
    OWN = "own"
    "Advisories the institution writes itself."


class Refused(NamedTuple):
    """A record that could not be taken."""

    name: str
    "Its id where it can be told, else where it stands."
    problem: str


type Read = Advisory | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """CISA's catalogue as one file of it says."""

    version: str
    released: datetime
    entries: tuple[KnownExploited, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpssDay:
    """The scores of one day."""

    model: str
    scored: date
    scores: tuple[tuple[str, float, float], ...]
    "CVE, probability of exploitation in the next 30 days, percentile."
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """One file, or one folder of records, that is a feed."""

    feed: str
    "Name of the feed: `osv/PyPI`, `kev`, `epss`."
    kind: Kind
    path: Path
    members: tuple[Path, ...] = ()
    "Files of single records that belong together; empty where the file itself is the feed."


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A file that is no feed, and why it was not read."""

    path: Path
    why: str


def moment(text: str) -> datetime | None:
    """Read an RFC 3339 time; None where it is none."""
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return None
    fraction = (parts[2] or "")[:7]
    zone = "+00:00" if parts[3] in "Zz" else parts[3]
    try:
        read = datetime.fromisoformat(f"{parts[1]}{fraction}{zone}")
    except ValueError:
        return None
    try:
        return read.astimezone(UTC)
    except OverflowError:  # the year 1 east, or 9999 west, of Greenwich
        return read.replace(tzinfo=UTC)


def refused(name: str, problem: object) -> Refused:
    """Name a record that could not be taken, within bounds."""
    return Refused(name[:200], str(problem)[:LONGEST_PROBLEM])
