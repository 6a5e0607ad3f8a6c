"""The erasure code: every subset gives all back, and it is the one the document describes."""

from itertools import combinations

import pytest
import zfec
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import IntegrityError, UsageError
from panshi.resilience.vault.dispersal import disperse, gather
from panshi.resilience.vault.layout import Spread

PACKAGE = bytes((7 * n + n // 251) % 256 for n in range(4 * 160))


def product(a, b):
    """Multiply in GF(2^8) modulo 0x11d, bit by bit."""
    total = 0
    while b:
        total ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return total


def reciprocal(a):
    return next(b for b in range(1, 256) if product(a, b) == 1)


def test_any_four_of_six_give_everything_back():
    spread = Spread(k=4, n=6)
    fragments = disperse(PACKAGE, spread)

    subsets = list(combinations(range(6), 4))
    assert len(subsets) == 15
    for chosen in subsets:
        assert gather({i: fragments[i] for i in chosen}, spread) == PACKAGE
    for few in combinations(range(6), 3):
        with pytest.raises(IntegrityError):
            gather({i: fragments[i] for i in few}, spread)


@given(st.integers(2, 15), st.integers(1, 14), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_any_spread_gives_back_from_any_subset(k, spare, dice):
    spread = Spread(k=k, n=min(16, k + spare))
    package = dice.randbytes(k * 64)
    fragments = disperse(package, spread)
    chosen = dice.sample(range(spread.n), k)

    assert gather({i: fragments[i] for i in chosen}, spread) == package


def test_the_code_is_the_documented_one():
    fragments = disperse(PACKAGE, Spread(k=4, n=6))
    slices = [PACKAGE[160 * j : 160 * (j + 1)] for j in range(4)]

    assert [bytes(each) for each in fragments[:4]] == slices
    for i in (4, 5):
        expected = bytearray(160)
        for j, part in enumerate(slices):
            factor = reciprocal(i ^ j)
            expected = bytearray(
                a ^ product(factor, b) for a, b in zip(expected, part, strict=True)
            )
        assert bytes(fragments[i]) == bytes(expected)


def test_another_library_agrees_on_what_can_be_lost():
    # zfec writes another code; what it shares with ours is which losses it survives
    parts = [PACKAGE[160 * j : 160 * (j + 1)] for j in range(4)]
    theirs = zfec.Encoder(4, 6).encode(parts)
    ours = disperse(PACKAGE, Spread(k=4, n=6))
    for chosen in combinations(range(6), 4):
        back = zfec.Decoder(4, 6).decode([theirs[i] for i in chosen], list(chosen))
        assert b"".join(back) == gather({i: ours[i] for i in chosen}, Spread(k=4, n=6))


@pytest.mark.parametrize(("k", "n"), [(1, 3), (4, 4), (5, 4), (4, 17)])
def test_a_spread_that_protects_nothing_is_refused(k, n):
    with pytest.raises(UsageError):
        Spread(k=k, n=n)
