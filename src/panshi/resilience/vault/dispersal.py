"""Reed-Solomon dispersal: a package becomes n fragments, any k of which give it back.

ISA-L's systematic Cauchy code over GF(2^8), polynomial 0x11d: fragment i < k is the i-th slice,
fragment i ≥ k is the sum over j < k of (1 / (i XOR j)) times slice j. pyeclib puts a head of 80
bytes before each fragment; it describes the library, not the data, so it is dropped when writing
and taken from a fresh encoding of zeros when the library needs it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pyeclib.ec_iface import ECDriver, ECDriverError

from panshi.errors import IntegrityError
from panshi.resilience.vault.layout import Spread

_LIBRARY_HEAD = 80


@lru_cache(maxsize=32)
def _driver(spread: Spread) -> ECDriver:
    return ECDriver(k=spread.k, m=spread.spare, ec_type="isa_l_rs_cauchy", chksum_type="none")


@lru_cache(maxsize=8)
def _heads(spread: Spread, size: int) -> tuple[bytes, ...]:
    return tuple(each[:_LIBRARY_HEAD] for each in _driver(spread).encode(bytes(size)))


def disperse(package: bytes, spread: Spread) -> list[memoryview]:
    """Cut a package, a multiple of 16 k bytes long, into its n fragments."""
    return [memoryview(each)[_LIBRARY_HEAD:] for each in _driver(spread).encode(package)]


def gather(fragments: Mapping[int, bytes | memoryview], spread: Spread) -> bytes:
    """Give a package back from any k of its fragments."""
    if len(fragments) < spread.k:
        raise IntegrityError(
            f"{len(fragments)} fragments are left, {spread.k} are needed",
            remedy="bring back a place that still holds one",
        )
    slices: Sequence[int] = range(spread.k)
    if all(i in fragments for i in slices):
        return b"".join(fragments[i] for i in slices)
    chosen = sorted(fragments)[: spread.k]
    size = len(fragments[chosen[0]]) * spread.k
    heads = _heads(spread, size)
    try:
        whole = _driver(spread).decode([heads[i] + bytes(fragments[i]) for i in chosen])
    except ECDriverError as error:
        raise IntegrityError(f"the fragments do not fit together: {error}") from error
    return bytes(whole)
