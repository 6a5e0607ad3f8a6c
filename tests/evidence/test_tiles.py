"""Tiles hold the same tree as its leaves, however it grew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import IntegrityError
from panshi.evidence.merkle import leaf_hash, prove_inclusion, root, root_of, verify_inclusion
from panshi.evidence.tiles import TILE_WIDTH, Tile, TileReader, grown, unfinished


class Shelf:
    """Tiles in memory, counting how many were fetched."""

    def __init__(self):
        self.tiles = {}
        self.fetched = 0

    def fetch(self, level, number):
        self.fetched += 1
        return self.tiles.get((level, number), b"")

    def grow(self, size, leaves):
        last = {key: self.tiles[key] for key in unfinished(size)}
        for tile in grown(size, last, leaves):
            self.tiles[tile.level, tile.number] = tile.hashes


def leaves_of(count):
    return [leaf_hash(n.to_bytes(4)) for n in range(count)]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5), st.data())
def test_any_growth_gives_the_same_roots(batches, data):
    # Given a tree grown in batches
    leaves = leaves_of(sum(batches))
    shelf, size = Shelf(), 0
    for batch in batches:
        shelf.grow(size, leaves[size : size + batch])
        size += batch

    # Then the root of any earlier size can be read
    at = data.draw(st.integers(0, size))
    assert root_of(at, TileReader(shelf.fetch).read) == root(leaves[:at])


def test_three_levels_of_tiles():
    # Given a tree so large that a tile of tiles of tiles is needed
    size = TILE_WIDTH * TILE_WIDTH + 300
    leaves = leaves_of(size)
    shelf = Shelf()
    shelf.grow(0, leaves[:65_000])
    shelf.grow(65_000, leaves[65_000:])

    # When a leaf is proven
    proof = prove_inclusion(40_000, size, TileReader(shelf.fetch).read)

    # Then it takes a handful of tiles
    assert verify_inclusion(proof, leaves[40_000], root(leaves))
    assert shelf.fetched <= 5
    assert {level for level, _ in shelf.tiles} == {0, 1, 2}


def test_only_the_last_tile_of_a_level_is_unfinished():
    assert unfinished(0) == ()
    assert unfinished(256) == ((1, 0),)
    assert unfinished(257) == ((0, 1), (1, 0))
    assert grown(0, {}, []) == ()
    assert grown(0, {}, [b"x" * 32]) == (Tile(0, 0, b"x" * 32),)


def test_a_tile_that_is_missing_or_short_is_named():
    shelf = Shelf()
    shelf.grow(0, leaves_of(300))
    shelf.tiles[0, 1] = shelf.tiles[0, 1][:-1]

    with pytest.raises(IntegrityError, match="tile 0/1"):
        root_of(300, TileReader(shelf.fetch).read)
    with pytest.raises(IntegrityError, match="tile 1/0"):
        root_of(513, TileReader(shelf.fetch).read)
