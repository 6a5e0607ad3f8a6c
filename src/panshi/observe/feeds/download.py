"""A file over HTTP: asked for only if it changed, resumed where it broke off, checked whole.

RFC 9110: `If-None-Match` and `If-Modified-Since` ask whether it changed; `Range` with `If-Range`
goes on with a part of the very same edition. What came so far is kept beside its validators below
the home, so that another process goes on with it. A checksum the publisher states (a file beside,
`Repr-Digest` of RFC 9530, `x-goog-hash`) must fit, else everything is fetched anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec

from panshi.errors import BadInputError, StoreError
from panshi.observe.feeds.exchange import Head, PassingError, Way, get, place_of
from panshi.observe.reading.limits import MIB

ATTEMPTS = 4
FIRST_PAUSE_S = 1.0
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_OK, _PARTIAL, _UNCHANGED, _NO_RANGE = 200, 206, 304, 416
_SMALL = 64 * MIB

type Pause = Callable[[float], None]
type Progress = Callable[[int], None]


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """By what an edition of a file is known."""

    etag: str = ""
    last_modified: str = ""

    @property
    def asks(self) -> dict[str, str]:
        """Headers that ask for another edition only."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}

    @property
    def strong(self) -> str:
        """What `If-Range` may carry; empty where parts of this edition cannot be told."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the edition of which a part is kept."""

    url: str
    validators: Validators
    total: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of a download."""

    path: Path | None
    "None: nothing changed."
    validators: Validators
    sha256: str = ""
    size: int = 0
    resumed_at: int = 0
    "Bytes that were there already."
    checked: str = ""
    "Checksum of the publisher that fitted; empty where none is given."


@dataclass(kw_only=True)
class Download:
    """One address, fetched into one folder."""

    url: str
    folder: Path
    way: Way
    kept: Validators = field(default_factory=Validators)
    "Of the edition we have; empty: fetch in any case."
    most: int = 2_048 * MIB
    sha256: str = ""
    "What the publisher's list says the file must hash to."
    pause: Pause = time.sleep
    progress: Progress = lambda _count: None

    def run(self) -> Fetched:
        """Fetch it, trying again with growing pauses where that can help."""
        self._name = hashlib.sha256(self.url.encode()).hexdigest()[:32]
        self._resumed = 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once()
            except PassingError as error:
                if attempt == ATTEMPTS:
                    raise
                self.pause(max(error.wait_s, FIRST_PAUSE_S * 2 ** (attempt - 1)))
        raise StoreError("cannot be fetched", place=place_of(self.url))

    @property
    def _part(self) -> Path:
        return self.folder / f"{self._name}.part"

    @property
    def _about(self) -> Path:
        return self.folder / f"{self._name}.json"

    def _once(self) -> Fetched:
        known = self._known()
        have = self._part.stat().st_size if known else 0
        asks = self.kept.asks
        if known and have:
            asks = {"Range": f"bytes={have}-", "If-Range": known.validators.strong}
        sink = _PartSink(self, known, have)
        try:
            head = asyncio.run(get(self.url, self.way, asks, sink))
        finally:
            sink.close()
        if head.status == _UNCHANGED:
            return Fetched(path=None, validators=self.kept)
        return self._finished(head, sink)

    def _known(self) -> _Part | None:
        try:
            known = msgspec.json.decode(self._about.read_bytes(), type=_Part)
        except (OSError, msgspec.DecodeError):
            known = None
        if known and known.url == self.url and known.validators.strong and self._part.exists():
            return known
        self.forget()
        return None

    def forget(self) -> None:
        """Throw away what came so far."""
        self._about.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)

    def begin(self, part: _Part) -> BinaryIO:
        """Start anew with another edition."""
        self.forget()
        if part.validators.strong:
            self._about.write_bytes(msgspec.json.encode(part))
        return self._part.open("wb")

    def go_on(self) -> BinaryIO:
        """Go on with the part that is there."""
        return self._part.open("ab")

    def refuse_beyond(self, size: int) -> None:
        """Refuse what is larger than a feed may be."""
        if size > self.most:
            self.forget()
            raise BadInputError(
                f"is larger than {self.most:,} bytes",
                place=place_of(self.url),
                remedy="add the feed with a larger --max-mib if that is right",
            )

    def _finished(self, head: Head, sink: _PartSink) -> Fetched:
        size = self._part.stat().st_size
        if sink.total >= 0 and size != sink.total:
            self.forget()
            raise PassingError(
                f"{size:,} bytes came where {sink.total:,} were stated", place=place_of(self.url)
            )
        digest, checked = self._checked(head)
        whole = self.folder / f"{self._name}.whole"
        self._part.replace(whole)
        self._about.unlink(missing_ok=True)
        return Fetched(
            path=whole,
            validators=sink.validators,
            sha256=digest,
            size=size,
            resumed_at=sink.have,
            checked=checked,
        )

    def _checked(self, head: Head) -> tuple[str, str]:
        digests = {}
        stated = {
            **stated_digests(head.headers),
            **({"sha-256": self.sha256} if self.sha256 else {}),
        }
        for name in {"sha-256", *stated}:
            with self._part.open("rb") as file:
                digests[name] = hashlib.file_digest(file, partial(_hash, name)).hexdigest()
        for name, said in stated.items():
            if not hmac.compare_digest(digests[name], said.lower()):
                self.forget()
                raise PassingError(
                    f"does not hash to the {name} its publisher states", place=place_of(self.url)
                )
        return digests["sha-256"], ", ".join(sorted(stated))


class _PartSink:
    """Writes an answer to the part, from its beginning or going on."""

    def __init__(self, download: Download, known: _Part | None, have: int) -> None:
        self._download, self._known, self.have = download, known, have
        self._file: BinaryIO | None = None
        self._size = have
        self.total = -1
        self.validators = known.validators if known else Validators()

    def begin(self, head: Head) -> None:
        place = place_of(head.url)
        match head.status:
            case 304 if not self.have and self._download.kept.asks:
                return
            case 200:
                self._anew(head)
            case 206 if self.have and self._known:
                self._on(head, self._known, place)
            case 416 if self.have:
                self._download.forget()
                raise PassingError("the file is another by now", place=place)
            case status:
                raise StoreError(f"answers {status}", place=place, remedy="check the address")

    def _anew(self, head: Head) -> None:
        if head.length is None and "chunked" not in head.headers.get("transfer-encoding", ""):
            raise StoreError("does not say where its answer ends", place=place_of(head.url))
        self.have = self._size = 0
        self.validators = Validators(
            etag=head.headers.get("etag", "")[:500],
            last_modified=head.headers.get("last-modified", "")[:100],
        )
        self.total = -1 if head.length is None else head.length
        self._download.refuse_beyond(self.total)
        part = _Part(url=self._download.url, validators=self.validators, total=self.total)
        self._file = self._download.begin(part)

    def _on(self, head: Head, known: _Part, place: str) -> None:
        told = _RANGE.fullmatch(head.headers.get("content-range", ""))
        etag = head.headers.get("etag", "")
        total = int(told[3]) if told and told[3] != "*" else -1
        if (
            told is None
            or int(told[1]) != self.have
            or (known.total >= 0 and total != known.total)
            or (etag and known.validators.etag and etag != known.validators.etag)
        ):
            self._download.forget()
            raise PassingError("the file changed between two parts of it", place=place)
        self.total = total
        self._download.refuse_beyond(total)
        self._file = self._download.go_on()

    def take(self, piece: bytes) -> None:
        if self._file is None:
            return
        self._size += len(piece)
        self._download.refuse_beyond(self._size)
        self._file.write(piece)
        self._download.progress(self._size)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def stated_digests(headers: Mapping[str, str]) -> dict[str, str]:
    """Give the checksums of the whole file that headers state, in hexadecimal digits."""
    found: dict[str, str] = {}
    for header in ("repr-digest", "digest", "x-goog-hash"):
        for part in headers.get(header, "").split(","):
            name, _, value = part.strip().partition("=")
            name = {"sha-256": "sha-256", "sha-512": "sha-512", "md5": "md5"}.get(name.lower(), "")
            if name and (header == "x-goog-hash" or name != "md5"):
                try:
                    found[name] = b64decode(value.strip(":"), validate=True).hex()
                except (Base64Error, ValueError):
                    continue
    return found


@dataclass(slots=True)
class _Memory:
    """Keeps a small answer in memory."""

    most: int
    allowed: frozenset[int]
    kept: BytesIO = field(default_factory=BytesIO)

    def begin(self, head: Head) -> None:
        if head.status not in self.allowed:
            raise StoreError(f"answers {head.status}", place=place_of(head.url))
        if head.length is None and head.status == _OK and "transfer-encoding" not in head.headers:
            raise StoreError("does not say where its answer ends", place=place_of(head.url))

    def take(self, piece: bytes) -> None:
        if self.kept.tell() + len(piece) > self.most:
            raise BadInputError(f"is larger than {self.most:,} bytes")
        self.kept.write(piece)


def fetch_small(
    url: str,
    way: Way,
    *,
    kept: Validators | None = None,
    most: int = _SMALL,
    missing_ok: bool = False,
    pause: Pause = time.sleep,
) -> tuple[bytes | None, Validators]:
    """Fetch a small file into memory; None where it did not change, or is not there."""
    asks = kept.asks if kept else {}
    allowed = {_OK} | ({_UNCHANGED} if asks else set()) | ({404} if missing_ok else set())
    for attempt in range(1, ATTEMPTS + 1):
        sink = _Memory(most, frozenset(allowed))
        try:
            head = asyncio.run(get(url, way, asks, sink))
        except PassingError as error:
            if attempt == ATTEMPTS:
                raise
            pause(max(error.wait_s, FIRST_PAUSE_S * 2 ** (attempt - 1)))
            continue
        if head.status != _OK:
            return None, kept or Validators()
        told = Validators(
            etag=head.headers.get("etag", "")[:500],
            last_modified=head.headers.get("last-modified", "")[:100],
        )
        return sink.kept.getvalue(), told
    raise StoreError("cannot be fetched", place=place_of(url))


def _hash(name: str) -> hashlib._Hash:
    return (
        hashlib.md5(usedforsecurity=False) if name == "md5" else hashlib.new(name.replace("-", ""))
    )
