r"""Row digests: one file per table, 32 bytes a row, by which a restored table is compared.

    panshi-rows/1\n, then per row: BLAKE2b-128 of its key, BLAKE2b-128 of the whole row

Rows stand in the order they were read. Comparing walks both sides at once and keeps only what has
not met its match yet, so that a table of any length needs memory for its differences alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from panshi.errors import IntegrityError

HEAD = b"panshi-rows/1\n"
DIGEST = 16
ROW = 2 * DIGEST
_BATCH = 4_096
MOST_NAMED = 20
"Rows named where they differ; all are counted."

type Row = tuple[bytes, bytes]
"""Key and whole row, as bytes that are equal exactly where the values are."""


def digest(raw: bytes) -> bytes:
    """Digest one key or row."""
    return hashlib.blake2b(raw, digest_size=DIGEST).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written of one table."""

    rows: int
    sha256: str


def write_rows(path: Path, rows: Iterable[Row]) -> Written:
    """Write the digests of rows as they come."""
    whole = hashlib.sha256(HEAD)
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEAD)
        batch = bytearray()
        for key, row in rows:
            batch += digest(key)
            batch += digest(row)
            count += 1
            if len(batch) >= ROW * _BATCH:
                whole.update(batch)
                file.write(batch)
                batch.clear()
        whole.update(batch)
        file.write(batch)
    return Written(rows=count, sha256=whole.hexdigest())


def digests_of(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Read a file of digests."""
    with path.open("rb") as file:
        if file.read(len(HEAD)) != HEAD:
            raise IntegrityError("is no file of row digests", place=str(path))
        yield from _pairs(file, path)


def _pairs(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, bytes]]:
    while block := file.read(ROW * _BATCH):
        if len(block) % ROW:
            raise IntegrityError("ends within a row digest", place=str(path))
        for start in range(0, len(block), ROW):
            yield block[start : start + DIGEST], block[start + DIGEST : start + ROW]


def sha256_of(path: Path) -> str:
    """Digest a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(slots=True)
class Compared:
    """How two sides of a table differ."""

    same: int = 0
    changed: int = 0
    missing: int = 0
    extra: int = 0
    named: list[str] = field(default_factory=list)
    "The first differences, by key where it is known."

    @property
    def wrong(self) -> int:
        """Rows that are not as they were."""
        return self.changed + self.missing + self.extra

    @property
    def before(self) -> int:
        """Rows of the sealed side."""
        return self.same + self.changed + self.missing


@dataclass(slots=True)
class _Open:
    """What has not met its match yet, by key; rows without a key of their own may be equal."""

    sealed: dict[bytes, list[bytes]] = field(default_factory=dict)
    found: dict[bytes, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    "Row digest, and the key itself."


def compare(
    sealed: Iterable[tuple[bytes, bytes]], found: Iterable[tuple[bytes, bytes, bytes]]
) -> Compared:
    """Compare sealed digests with found ones; those found carry their key beside."""
    seen = Compared()
    open_ = _Open()
    left, right = iter(sealed), iter(found)
    while True:
        one, other = next(left, None), next(right, None)
        if one is None and other is None:
            break
        if one is not None and other is not None and one[0] == other[0]:
            _meet(seen, one[1], other[1], other[2])
            continue
        if one is not None:
            _sealed(seen, open_, *one)
        if other is not None:
            _found(seen, open_, *other)
    seen.missing += sum(map(len, open_.sealed.values()))
    seen.extra += sum(map(len, open_.found.values()))
    for key in list(open_.sealed)[:MOST_NAMED]:
        _name(seen, f"missing: key digest {key.hex()}")
    for rows in list(open_.found.values())[:MOST_NAMED]:
        _name(seen, f"not there before: {_told(rows[0][1])}")
    return seen


def _sealed(seen: Compared, open_: _Open, key: bytes, row: bytes) -> None:
    if others := open_.found.get(key):
        _meet(seen, row, *others.pop())
        if not others:
            del open_.found[key]
    else:
        open_.sealed.setdefault(key, []).append(row)


def _found(seen: Compared, open_: _Open, key: bytes, row: bytes, told: bytes) -> None:
    if others := open_.sealed.get(key):
        _meet(seen, others.pop(), row, told)
        if not others:
            del open_.sealed[key]
    else:
        open_.found.setdefault(key, []).append((row, told))


def _meet(seen: Compared, one: bytes, other: bytes, key: bytes) -> None:
    if one == other:
        seen.same += 1
    else:
        seen.changed += 1
        _name(seen, f"changed: {_told(key)}")


def _name(seen: Compared, text: str) -> None:
    if len(seen.named) < MOST_NAMED:
        seen.named.append(text)


def _told(key: bytes) -> str:
    return key[:80].decode("utf-8", "backslashreplace").replace("\t", ", ")
