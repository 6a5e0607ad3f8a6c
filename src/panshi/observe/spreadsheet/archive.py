"""The ZIP archive of a spreadsheet, opened within bounds.

Sizes are checked as declared before anything is unpacked, and `zipfile` hands out no more than
was declared; so neither a bomb nor a sparse file costs more than a look at its directory.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypedDict

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.reading.limits import MIB

CHUNK = 64 * 1024
_PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_EXPORT_AGAIN = "save the spreadsheet again as XLSX"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"What `zipfile` raises on damaged or odd archives."


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """Bounds on one spreadsheet."""

    max_bytes: int = 64 * MIB
    "Size of the file."
    max_unpacked: int = 512 * MIB
    "Size of all its parts together."
    max_members: int = 5_000
    max_ratio: int = 250
    "Unpacked to packed size of a part; formatted empty cells reach about 100."
    max_small_part: int = 16 * MIB
    "Size of the parts that are held in memory: sheet list, relations, styles."
    max_silence: int = 4 * MIB
    "Bytes of XML without a complete row or text."


DEFAULT = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive."""

    name: str
    limits: ArchiveLimits
    _zip: zipfile.ZipFile

    def has(self, member: str) -> bool:
        """Whether there is such a part."""
        return member in self._zip.NameToInfo

    def chunks(self, member: str) -> Iterator[bytes]:
        """Give a part piece by piece; its checksum is checked at the end."""
        with self._told(member), self._zip.open(member) as part:
            while chunk := part.read(CHUNK):
                yield chunk

    def small(self, member: str) -> etree._Element:
        """Give a small XML part whole."""
        raw = b"".join(self._bounded(member))
        try:
            root = etree.fromstring(raw, etree.XMLParser(**SAFE))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.refusal(f"is not valid XML: {error}"[:200], member) from error
        return self.without_doctype(root, member)

    def without_doctype(self, root: etree._Element, member: str) -> etree._Element:
        """Refuse a document type: OOXML has none (ECMA-376 part 2), attacks do."""
        if root.getroottree().docinfo.internalDTD is not None:
            raise self.refusal("has a document type declaration", member)
        return root

    def refusal(self, problem: str, member: str = "") -> BadInputError:
        """Make the error for a damaged or hostile part."""
        place = f"{self.name}, part {member[:80]}" if member else self.name
        return BadInputError(problem, place=place, remedy=_EXPORT_AGAIN)

    def _bounded(self, member: str) -> Iterator[bytes]:
        left = self.limits.max_small_part
        for chunk in self.chunks(member):
            left -= len(chunk)
            if left < 0:
                raise self.refusal("is too large", member)
            yield chunk

    @contextmanager
    def _told(self, member: str) -> Iterator[None]:
        try:
            yield
        except KeyError as error:
            raise self.refusal("is missing", member) from error
        except _ZIP_ERRORS as error:
            raise self.refusal(f"cannot be unpacked: {error}"[:200], member) from error


class _Safe(TypedDict):
    attribute_defaults: bool
    dtd_validation: bool
    huge_tree: bool
    load_dtd: bool
    no_network: bool
    recover: bool
    remove_comments: bool
    remove_pis: bool
    resolve_entities: bool


SAFE: _Safe = {
    "attribute_defaults": False,
    "dtd_validation": False,
    "huge_tree": False,
    "load_dtd": False,
    "no_network": True,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
    "resolve_entities": False,
}
"Settings of lxml parsers that expand, load and fetch nothing."


@contextmanager
def open_archive(path: Path, limits: ArchiveLimits = DEFAULT) -> Iterator[Archive]:
    """Open the archive; `BadInputError` for all that is no plain, bounded ZIP file."""
    name = str(path)
    try:
        # Not blocking, so that a FIFO cannot hold the process.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or error
        raise BadInputError(
            f"cannot be read: {told}", place=name, remedy="check the path and its permissions"
        ) from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise BadInputError("is not a plain file", place=name, remedy="name one file")
        if about.st_size > limits.max_bytes:
            raise BadInputError(
                f"is larger than {limits.max_bytes:,} bytes",
                place=name,
                remedy="split it, or use YAML",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield from _opened(file, name, limits)
    finally:
        os.close(descriptor)


def _opened(file: BinaryIO, name: str, limits: ArchiveLimits) -> Iterator[Archive]:
    try:
        opened = zipfile.ZipFile(file)
    except _ZIP_ERRORS as error:
        raise BadInputError(
            f"is no XLSX file: {error}"[:200], place=name, remedy=_EXPORT_AGAIN
        ) from error
    with opened:
        archive = Archive(name, limits, opened)
        _refuse_bombs(archive, opened.infolist())
        yield archive


def _refuse_bombs(archive: Archive, members: list[zipfile.ZipInfo]) -> None:
    limits = archive.limits
    if len(members) > limits.max_members:
        raise archive.refusal(f"has more than {limits.max_members:,} parts")
    if sum(member.file_size for member in members) > limits.max_unpacked:
        raise archive.refusal(f"unpacks to more than {limits.max_unpacked:,} bytes")
    if len({member.filename for member in members}) < len(members):
        raise archive.refusal("has a part twice")
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise archive.refusal("is encrypted", member.filename)
        if member.compress_type not in _PLAIN_METHODS:
            raise archive.refusal("is packed by an unknown method", member.filename)
        packed = max(1, member.compress_size)
        if member.file_size > MIB and member.file_size // packed > limits.max_ratio:
            raise archive.refusal(f"unpacks to {member.file_size // packed} times", member.filename)
