"""A deterministic ZIP with a signed list of its files (`panshi.evidence.manifest`).

Every member has the bundle's time and the same attributes, so that the same parts give the same
bytes. Contents may come piece by piece; what is written is hashed as it goes, and the signed list
is written last. A bundle beyond its bounds is refused while it is written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO

from panshi.errors import UsageError
from panshi.evidence.checkpoint import Signer
from panshi.evidence.manifest import Listed, signed_list

MANIFEST = "MANIFEST"
MOST_BYTES = 1 << 30
"Bytes of all members together, unpacked."
_ATTRIBUTES = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the bundle."""

    path: str
    pieces: Iterable[bytes]


def write_archive(
    stream: IO[bytes],
    parts: Iterable[Part],
    *,
    origin: str,
    signers: Collection[Signer],
    at: datetime,
) -> str:
    """Write the archive; gives the signed list of its files."""
    listed: list[Listed] = []
    room = MOST_BYTES
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in parts:
            digest, size = sha256(), 0
            with archive.open(_member(part.path, at), "w", force_zip64=True) as member:
                for piece in part.pieces:
                    digest.update(piece)
                    size += len(piece)
                    room -= len(piece)
                    if room < 0:
                        raise UsageError(
                            f"the bundle is larger than {MOST_BYTES >> 20:,} MiB",
                            remedy="name fewer controls with --controls",
                        )
                    member.write(piece)
            listed.append(Listed(path=part.path, size=size, sha256=digest.hexdigest()))
        note = signed_list(origin, listed, signers)
        archive.writestr(_member(MANIFEST, at), note.encode())
    return note


def _member(path: str, at: datetime) -> zipfile.ZipInfo:
    time = at.astimezone(UTC)
    member = zipfile.ZipInfo(path, (time.year, time.month, time.day, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = _UNIX
    member.external_attr = _ATTRIBUTES
    return member
