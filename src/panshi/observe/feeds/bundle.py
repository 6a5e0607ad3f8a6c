"""What one node hands another that has no network: a signed snapshot, or what changed since.

    panshi feed bundle 1            what this is; no log's checkpoint begins so
    panshi/3f2a9c01d4e5             who wrote it
    5f0c…                           which journal: a snapshot built anew begins a new one
    20000 20852                     after which line of it, up to which
    2026-11-21T08:00:00+00:00       when
    2583211 CsUYap…=                bytes and SHA-256 of the records that follow
                                    (empty line)
    — panshi/3f2a9c01d4e5 NnugSz…   signatures, in the form of C2SP signed notes

Then a line with the length of the note stands before it, and behind it the records, one JSON array
a line, packed with Zstandard. The signature is checked before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

from panshi.errors import BadInputError, IntegrityError
from panshi.evidence.checkpoint import KEY_ID_BYTES, Signer, VerifierKey, base64, unbase64
from panshi.observe.feeds.osv import LARGEST_RECORD

TITLE = "panshi feed bundle 1"
LARGEST_NOTE = 64 * 1024
LARGEST_BUNDLE = 4 << 30
LARGEST_CONTENT = 16 << 30
MOST_LINES = 5_000_000
_LEVEL = 9
_CHUNK = 1 << 20
_LONGEST_LINE = 4 * LARGEST_RECORD
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_REMEDY = "write it again on the node it comes from, and bring the whole file"

type Line = list[msgspec.Raw]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleHead:
    """What the note of a bundle says."""

    origin: str
    stream: str
    since: int
    "0: a snapshot, which holds everything."
    upto: int
    made_at: str
    size: int
    sha256: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return (
            f"{TITLE}\n{self.origin}\n{self.stream}\n{self.since} {self.upto}\n{self.made_at}\n"
            f"{self.size} {base64(self.sha256)}\n"
        )


def write_bundle(
    path: Path, lines: Iterable[object], head: Callable[[int, bytes], BundleHead], signer: Signer
) -> BundleHead:
    """Write a bundle, whole or not at all."""
    packed, part = path.with_name(f".{path.name}.packed"), path.with_name(f".{path.name}.part")
    try:
        with (
            packed.open("wb") as file,
            zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as stream,
        ):
            for each in lines:
                stream.write(msgspec.json.encode(each) + b"\n")
        with packed.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").digest()
        made = head(packed.stat().st_size, digest)
        key = signer.key
        signature = base64(key.id + signer.sign(made.text.encode()))
        note = f"{made.text}\n— {key.name} {signature}\n".encode()
        with part.open("wb") as whole, packed.open("rb") as content:
            whole.write(f"{len(note)}\n".encode() + note)
            while chunk := content.read(_CHUNK):
                whole.write(chunk)
        part.replace(path)
    except OSError as error:
        raise BadInputError(f"cannot be written: {error.strerror}", place=str(path)) from error
    finally:
        packed.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return made


def read_head(path: Path, keys: Iterable[VerifierKey]) -> BundleHead:
    """Check that one of the keys signed the bundle and that its records are those signed."""
    try:
        with path.open("rb") as file:
            head, signatures = _note(file, str(path))
            _verify(head, signatures, tuple(keys), str(path))
            size = path.stat().st_size - file.tell()
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if size != head.size or digest != head.sha256:
        raise IntegrityError(
            "its records are not those that were signed", place=str(path), remedy=_REMEDY
        )
    return head


def peek_head(path: Path) -> BundleHead:
    """Read what a bundle says of itself, unchecked: only where our own is asked how far it went."""
    try:
        with path.open("rb") as file:
            return _note(file, str(path))[0]
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error


def read_lines(path: Path) -> Iterator[Line]:
    """Give the records of a bundle that was checked, line by line, within bounds."""
    count = taken = 0
    rest = b""
    try:
        with path.open("rb") as file:
            _note(file, str(path))
            with zstandard.ZstdDecompressor().stream_reader(file) as stream:
                while chunk := stream.read(_CHUNK):
                    taken += len(chunk)
                    *lines, rest = (rest + chunk).split(b"\n")
                    count += len(lines)
                    if taken > LARGEST_CONTENT or count > MOST_LINES or len(rest) > _LONGEST_LINE:
                        raise BadInputError("holds too much", place=str(path))
                    for line in lines:
                        yield msgspec.json.decode(line, type=list[msgspec.Raw])
    except (zstandard.ZstdError, msgspec.DecodeError, RecursionError, OSError) as error:
        raise BadInputError(f"is damaged: {error}", place=str(path), remedy=_REMEDY) from error
    if rest:
        raise BadInputError("ends in the middle of a record", place=str(path), remedy=_REMEDY)


def _note(file: BinaryIO, place: str) -> tuple[BundleHead, list[str]]:
    told = file.readline(8).strip().decode("ascii", "replace")
    if not _NUMBER.fullmatch(told) or int(told) > LARGEST_NOTE:
        raise BadInputError("is no feed bundle", place=place)
    try:
        text, _, signatures = file.read(int(told)).decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise BadInputError("is no feed bundle", place=place) from error
    match text.split("\n"):
        case [title, origin, stream, reach, made_at, content] if title == TITLE and origin:
            since, _, upto = reach.partition(" ")
            size, _, digest = content.partition(" ")
        case _:
            raise BadInputError("is no feed bundle of a kind this release reads", place=place)
    if not all(map(_NUMBER.fullmatch, (since, upto, size))) or int(since) > int(upto):
        raise BadInputError("its note holds numbers that are none", place=place)
    head = BundleHead(
        origin=origin,
        stream=stream,
        since=int(since),
        upto=int(upto),
        made_at=made_at,
        size=int(size),
        sha256=unbase64(digest, "digest"),
    )
    if head.size > LARGEST_BUNDLE:
        raise BadInputError(f"states more than {LARGEST_BUNDLE:,} bytes", place=place)
    return head, signatures.splitlines()


def _verify(
    head: BundleHead, signatures: list[str], keys: tuple[VerifierKey, ...], place: str
) -> None:
    """One of the keys must have signed; a known key's wrong signature spoils the bundle."""
    known = {(key.name, key.id): key for key in keys}
    found = False
    for line in signatures[:100]:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.rpartition(" ")
        raw = unbase64(encoded, "signature")
        key = known.get((name, raw[:KEY_ID_BYTES]))
        if dash != "—" or key is None:
            continue
        if not key.verifies(head.text.encode(), raw[KEY_ID_BYTES:]):
            raise IntegrityError(f"its signature by {name} does not hold", place=place)
        found = True
    if not found:
        raise IntegrityError(
            "is not signed by the key that was named",
            place=place,
            remedy="`panshi feeds bundle` prints the key of the node that wrote it",
        )
