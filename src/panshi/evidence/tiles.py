"""The Merkle tree at rest: tiles of 256 hashes, as C2SP tlog-tiles lays them out.

Tile (0, n) holds leaf hashes 256n to 256n+255; entry i of level L+1 is the root over tile (L, i).
Only the last tile of a level is ever incomplete, and it only grows. Storing tiles costs 32.1 bytes
a leaf; any root or proof of any size reads O(log n) of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from panshi.errors import IntegrityError
from panshi.evidence.merkle import HASH_BYTES

TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS
TILE_BYTES = TILE_WIDTH * HASH_BYTES

type Fetch = Callable[[int, int], bytes]
"Bytes of the tile (level, number)."


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes of one level."""

    level: int
    number: int
    hashes: bytes


def unfinished(size: int) -> tuple[tuple[int, int], ...]:
    """Give (level, number) of the incomplete tiles of a tree: what `grown` needs to go on."""
    found = []
    level = 0
    while size:
        if size % TILE_WIDTH:
            found.append((level, size // TILE_WIDTH))
        size //= TILE_WIDTH
        level += 1
    return tuple(found)


def grown(
    size: int, last: Mapping[tuple[int, int], bytes], leaves: Sequence[bytes]
) -> tuple[Tile, ...]:
    """Tiles that are new or longer once `leaves` follow the first `size`.

    `last` holds the hashes of the tiles that `unfinished(size)` names.
    """
    made: list[Tile] = []
    level = 0
    added = b"".join(leaves)
    while added:
        number, held = divmod(size, TILE_WIDTH)
        hashes = last[level, number] + added if held else added
        above: list[bytes] = []
        for at in range(0, len(hashes), TILE_BYTES):
            part = hashes[at : at + TILE_BYTES]
            made.append(Tile(level, number, part))
            number += 1
            if len(part) == TILE_BYTES:
                above.append(subtree_root(part))
        added = b"".join(above)
        size //= TILE_WIDTH
        level += 1
    return tuple(made)


def subtree_root(hashes: bytes) -> bytes:
    """Root over a power of two of concatenated hashes."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)]
        )
    return hashes


@dataclass(slots=True)
class TileReader:
    """Reads complete subtrees out of tiles; its method `read` is a `merkle.Read`."""

    fetch: Fetch
    _held: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def read(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree over 2**level leaves."""
        tile_level, inner = divmod(level, TILE_LEVELS)
        number, offset = divmod(index << inner, TILE_WIDTH)
        key = (tile_level, number)
        tile = self._held.get(key)
        if tile is None:
            tile = self._held[key] = self.fetch(tile_level, number)
        part = tile[offset * HASH_BYTES : (offset + (1 << inner)) * HASH_BYTES]
        if len(part) != HASH_BYTES << inner:
            raise IntegrityError(
                "hashes of the Merkle tree are missing",
                place=f"tile {tile_level}/{number}",
                remedy="restore the log from a copy; `panshi evidence verify --log` tells more",
            )
        return subtree_root(part)
