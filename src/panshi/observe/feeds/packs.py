"""Many OSV records in one ZIP, as the OSV bucket publishes an ecosystem (`PyPI/all.zip`).

Nothing is unpacked to disk. Members are read one at a time up to what they declare, no further;
members that overlap (the trick behind bombs that unpack to petabytes), encrypted ones and ratios no
text has are refused. A damaged member is one refused record; a directory that cannot be read, as
of a file cut short, refuses the whole.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.supply_chain.advisory import Advisory
from panshi.observe.feeds.osv import LARGEST_RECORD, read_osv
from panshi.observe.feeds.records import Read, refused

LARGEST_PACK = 4 << 30
MOST_MEMBERS = 2_000_000
LARGEST_CONTENT = 16 << 30
_RATIO = 400
"JSON of long lists of versions packs to a hundredth; a bomb to a thousandth."
_SMALL = 1 << 20
_PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_BAD = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)

type Progress = Callable[[int], None]


def read_pack(path: Path, *, feed: str, progress: Progress = lambda _n: None) -> Iterator[Read]:
    """Give each record of the ZIP, or why it was refused; the same id twice is refused."""
    seen: set[str] = set()
    with _opened(path) as pack:
        members = [each for each in pack.infolist() if each.filename.endswith(".json")]
        _check(path, members)
        for number, member in enumerate(members, 1):
            read = _record(pack, member, feed)
            if isinstance(read, Advisory):
                if read.id in seen:
                    read = refused(read.id, f"stands twice; {member.filename} was left")
                else:
                    seen.add(read.id)
            yield read
            progress(number)
    if not members:
        raise BadInputError("holds no record", place=str(path), remedy="fetch it again")


def holds_osv(path: Path, looked_at: int = 3) -> bool:
    """Whether a ZIP holds OSV records, by its first few members; anything odd is no."""
    try:
        with _opened(path) as pack:
            members = [each for each in pack.infolist()[:50] if each.filename.endswith(".json")]
            found = [_record(pack, each, "") for each in members[:looked_at]]
    except BadInputError:
        return False
    return any(isinstance(each, Advisory) for each in found)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        if path.stat().st_size > LARGEST_PACK:
            raise BadInputError(f"is larger than {LARGEST_PACK:,} bytes", place=str(path))
        pack = zipfile.ZipFile(path)
    except _BAD as error:
        raise BadInputError(
            f"cannot be read as ZIP: {error}",
            place=str(path),
            remedy="it may be cut short; fetch it again",
        ) from error
    with pack:
        yield pack


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    problem = ""
    if len(members) > MOST_MEMBERS:
        problem = f"declares more than {MOST_MEMBERS:,} files"
    elif sum(each.compress_size for each in members) > path.stat().st_size:
        problem = "declares files that overlap"
    elif sum(each.file_size for each in members) > LARGEST_CONTENT:
        problem = f"declares more than {LARGEST_CONTENT:,} bytes of content"
    if problem:
        raise BadInputError(problem, place=str(path), remedy="fetch it from its publisher again")


def _record(pack: zipfile.ZipFile, member: zipfile.ZipInfo, feed: str) -> Read:
    name = member.filename.removesuffix(".json").rpartition("/")[2] or member.filename
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _PLAIN:
        return refused(name, "is encrypted or packed in an unknown way")
    if member.file_size > LARGEST_RECORD:
        return refused(name, f"is larger than {LARGEST_RECORD:,} bytes")
    if member.file_size > _SMALL and member.file_size > _RATIO * max(member.compress_size, 1):
        return refused(name, "is packed as no text is")
    try:
        with pack.open(member) as stream:
            raw = stream.read(member.file_size + 1)
    except _BAD as error:
        return refused(name, f"cannot be unpacked: {error}")
    return read_osv(raw, feed=feed, name=name)
