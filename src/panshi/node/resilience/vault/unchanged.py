"""Files that stand as they did when they were last sealed are not read again.

A file counts as unchanged where device, inode, size, time of writing and time of change (ctime,
which no program can set back) are the same. Not trusted, hence always read: databases cut at
their pages, since a mapped page may be written without the times moving at once; and files changed
so shortly before they were read that a second change could carry the same time.
"""

from __future__ import annotations

import struct
from dataclasses import astuple, dataclass

from panshi.node.resilience.vault.sources import Stamp
from panshi.resilience.vault.manifest import Extent

_NAME = struct.Struct(">QQ")
_HEAD = struct.Struct(">Qqq32s")
_EXTENT = struct.Struct(">16sII")
_SETTLED_NS = 2_000_000_000
"Coarsest time stamps of file systems in use (FAT)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """What became of a stream."""

    size: int
    sha256: str
    extents: tuple[Extent, ...]
    paged: bool = False
    "It was cut at the pages of a database."


def name_of(stamp: Stamp) -> bytes:
    """Under what a file is remembered: where it lies, not what it is called."""
    return _NAME.pack(stamp.device, stamp.inode)


def remembered(
    before: Stamp, after: Stamp, streamed: Streamed, began_ns: int
) -> tuple[bytes, bytes] | None:
    """Give what to remember of a file that was read; None where it is not to be trusted."""
    if streamed.paged or before != after or before.size != streamed.size:
        return None
    if max(before.ctime_ns, before.mtime_ns) > began_ns - _SETTLED_NS:
        return None
    head = _HEAD.pack(before.size, before.mtime_ns, before.ctime_ns, bytes.fromhex(streamed.sha256))
    extents = b"".join(_EXTENT.pack(*astuple(each)) for each in streamed.extents)
    return name_of(before), head + extents


def recalled(content: bytes, stamp: Stamp) -> Streamed | None:
    """Give what became of a file the last time, where it stands as it did."""
    try:
        size, mtime, ctime, digest = _HEAD.unpack_from(content)
        extents = tuple(Extent(*each) for each in _EXTENT.iter_unpack(content[_HEAD.size :]))
    except struct.error:
        return None
    if (size, mtime, ctime) != (stamp.size, stamp.mtime_ns, stamp.ctime_ns):
        return None
    return Streamed(size=size, sha256=digest.hex(), extents=extents)
