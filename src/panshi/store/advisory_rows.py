"""Rows of the advisory snapshot and how they are written: MessagePack, typed, compact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from msgspec import msgpack

from panshi.model.supply_chain.advisory import Advisory, KnownExploited
from panshi.model.supply_chain.compiled import Entry, PackageKey

if TYPE_CHECKING:
    import hashlib

LONGEST_KEY = 500
"""Bytes; LMDB's limit is 511."""


class Record(NamedTuple):
    """What the snapshot must know of a record before reading it whole."""

    modified: str
    digest: str
    source: str
    names: tuple[str, ...]
    "Its id and aliases; nothing where it is withdrawn."
    keys: tuple[PackageKey, ...]
    reached: int
    "When its id first reached us, in seconds since 1970."


class Group(NamedTuple):
    """Names that mean one vulnerability."""

    vulnerability: str
    "The name findings carry."
    names: tuple[str, ...]
    "All of them, sorted."
    advisories: tuple[str, ...]
    "Those of them we have records of."


class Change(NamedTuple):
    """One line of the journal."""

    sequence: int
    kind: str
    "`advisory`, `kev` or `epss`."
    id: str
    at: str
    "RFC 3339."


class Epss(NamedTuple):
    """How likely exploitation is within 30 days, as FIRST estimates it."""

    score: float
    percentile: float
    previous: float | None
    "The score of the day before it last changed; None at first."


encode = msgpack.Encoder().encode
record_of = msgpack.Decoder(Record).decode
group_of = msgpack.Decoder(Group).decode
entries_of = msgpack.Decoder(tuple[Entry, ...]).decode
advisory_of = msgpack.Decoder(Advisory).decode
ids_of = msgpack.Decoder(tuple[str, ...]).decode
change_of = msgpack.Decoder(tuple[str, str, str]).decode
exploited_of = msgpack.Decoder(KnownExploited).decode
epss_of = msgpack.Decoder(tuple[float, float, float | None, date]).decode


def key_bytes(*parts: str) -> bytes:
    """Write names as a key, a digest in place of what is too long for one."""
    key = "\0".join(parts).encode("utf-8", "surrogatepass")
    return key if len(key) <= LONGEST_KEY else b"\0" + _sha256(key).digest()


def digest_of(advisory: Advisory) -> str:
    """Give what tells an unchanged record: its own digest, or one of what it says."""
    return advisory.digest or _sha256(encode(advisory._replace(source=""))).hexdigest()


def _sha256(raw: bytes) -> hashlib._Hash:
    import hashlib  # noqa: PLC0415 -- loads OpenSSL, and few readers come here

    return hashlib.sha256(raw)


def comparable(moment: str) -> str:
    """Bring RFC 3339 in UTC into a form in which earlier is less."""
    return moment.strip().upper().removesuffix("Z").removesuffix("+00:00")
