"""Intelligence an institution pulled, where it met its own estate, and what it told back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from panshi.model.alliance.marking import Marking
from panshi.model.alliance.ticket import Observable


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlace:
    """A TAXII server intelligence is pulled from."""

    name: str
    url: str
    reliability: str = "F"
    "Letter of the Admiralty code the institution gives it."
    collections: tuple[str, ...] = ()
    "Ids, aliases or titles; empty: all it lets us read."
    report_to: str = ""
    "Collection, as its server names it, that takes our sightings; empty: the first writable one."
    token: str = ""
    user: str = ""
    password: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        """Say its name, never a secret."""
        return f"SourcePlace({self.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a collection was pulled; written with the objects, in one transaction."""

    since: str = ""
    "Everything added until then, by the server's clock, is here."
    cursor: str = ""
    "Cursor of the page that follows, while a pull is under way."
    pages: int = 0
    "Taken by the pull under way, or by the last one."
    objects: int = 0
    digest: str = ""
    "SHA-256 chained over the pages of the pull."
    seen_last: str = ""
    "When the last object taken was added, by the server's clock."


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The newest version of one STIX object as one source gave it."""

    source: str
    id: str
    type: str
    name: str = ""
    "What it calls itself, or its pattern; never trusted for more than to be shown."
    version: datetime | None = None
    at: datetime
    "When it was true: last seen, else valid from, else modified, else when it came."
    confidence: int | None = None
    origin: str = ""
    "Identity that made it."
    valid_until: datetime | None = None
    revoked: bool = False
    marking: Marking
    about: str = ""
    "What a sighting or an opinion is about."
    denies: bool = False
    "A sighting of nothing, or an opinion that disagrees."
    techniques: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    "Why parts of its pattern are not looked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A piece with what it asks to be looked for and the bytes that came."""

    piece: Piece
    alternatives: tuple[tuple[Observable, ...], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A piece as it lies here."""

    seq: int
    "Grows with each change; the newest are the highest."
    piece: Piece
    came_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is said of one alternative by one piece, or by a sighting of it."""

    alternative: int
    values: tuple[Observable, ...]
    piece: Piece
    "What asks for it."
    by: Piece
    "Who says so: the same, or a sighting or opinion about it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Values found in one extract, all lines that hold them as one."""

    id: str
    "Of what was found where: the same extract read again gives the same."
    values: tuple[Observable, ...]
    words: tuple[str, ...]
    "What stands in the lines."
    about: tuple[str, ...]
    "Ids of the objects that asked."
    sources: tuple[str, ...]
    file: str
    "Name of the extract."
    sha256: str
    lines: int
    "How many lines hold them."
    first_line: int
    field: str = ""
    excerpt: str = ""
    "The first line; stays here."
    first_at: datetime | None = None
    last_at: datetime | None = None
    score: int = 0
    "When it was found, in percent."
    marking: Marking
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A sighting that was told to a source."""

    id: str
    "Id of the STIX sighting."
    sight: str
    source: str
    about: str
    at: datetime
    by: str
    named: bool = False
    "Whether it says who we are."
    status: str = ""
    "What the server answered."
    objects: tuple[str, ...] = field(default=())
