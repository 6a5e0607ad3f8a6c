"""Merkle trees as RFC 9162 section 2.1 defines them, over SHA-256.

Leaves are given as leaf hashes. Whoever stores a tree hands in a `Read`: a function from
(level, index) to the hash of the complete subtree over the 2**level leaves from index * 2**level
on; roots and proofs then take O(log n) reads. Whoever only appends keeps a `Frontier`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from panshi.errors import UsageError

type Read = Callable[[int, int], bytes]
"Hash of the complete subtree (level, index)."

EMPTY_ROOT = sha256(b"").digest()
"MTH of the empty list (section 2.1.1)."

HASH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """Audit path of one leaf (section 2.1.3)."""

    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """Proof that the tree of `second` leaves begins with the tree of `first` (section 2.1.4)."""

    first: int
    second: int
    path: tuple[bytes, ...]


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The peaks of a growing tree: enough to append and to tell the root, in O(log n) memory."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        """Begin with the empty tree."""
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size = self.size
        peaks = self._peaks
        while size & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree as it is now."""
        return _fold(self._peaks)


def root(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes (section 2.1.1)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def root_of(size: int, read: Read) -> bytes:
    """Root over the first `size` leaves of a stored tree."""
    return _range_root(0, size, read)


def prove_inclusion(index: int, size: int, read: Read) -> InclusionProof:
    """PATH(index, D[size]) of section 2.1.3.1, nearest sibling first."""
    if not 0 <= index < size:
        raise UsageError(f"leaf {index} is not in a tree of {size} leaves")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    return InclusionProof(index=index, size=size, path=tuple(reversed(path)))


def prove_consistency(first: int, second: int, read: Read) -> ConsistencyProof:
    """PROOF(first, D[second]) of section 2.1.4.1; empty where the trees are equal or empty."""
    if not 0 <= first <= second:
        raise UsageError(f"a tree of {first} leaves does not come before one of {second}")
    path: list[bytes] = []
    if 0 < first < second:
        start, end, whole = 0, second, True
        while first != end:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(_range_root(middle, end, read))
                end = middle
            else:
                path.append(_range_root(start, middle, read))
                start, whole = middle, False
        if not whole:
            path.append(_range_root(start, end, read))
    return ConsistencyProof(first=first, second=second, path=tuple(reversed(path)))


def root_from_inclusion(proof: InclusionProof, leaf: bytes) -> bytes | None:
    """Root that the path leads to (section 2.1.3.2); None where the path cannot be one."""
    if not 0 <= proof.index < proof.size:
        return None
    fn, sn, reached = proof.index, proof.size - 1, leaf
    for sibling in proof.path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            reached = node_hash(sibling, reached)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            reached = node_hash(reached, sibling)
        fn >>= 1
        sn >>= 1
    return reached if sn == 0 else None


def verify_inclusion(proof: InclusionProof, leaf: bytes, expected: bytes) -> bool:
    """Whether the leaf hash is at its index in the tree with root `expected`."""
    return root_from_inclusion(proof, leaf) == expected


def verify_consistency(proof: ConsistencyProof, first_root: bytes, second_root: bytes) -> bool:
    """Whether nothing before `first` was changed (section 2.1.4.2)."""
    if not 0 < proof.first < proof.second:
        same = EMPTY_ROOT if proof.first == 0 < proof.second else second_root
        return 0 <= proof.first <= proof.second and not proof.path and first_root == same
    path = list(proof.path)
    if not proof.first & (proof.first - 1):
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = proof.first - 1, proof.second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            new = node_hash(new, sibling)
        fn >>= 1
        sn >>= 1
    return sn == 0 and old == first_root and new == second_root


def _split(count: int) -> int:
    """Largest power of two smaller than `count` (k in section 2.1.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _peaks(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Complete subtrees that make up [start, end), from the left; start is aligned."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_root(start: int, end: int, read: Read) -> bytes:
    return _fold([read(level, index) for level, index in _peaks(start, end)])


def _fold(peaks: list[bytes]) -> bytes:
    """Join peaks from the right."""
    if not peaks:
        return EMPTY_ROOT
    reached = peaks[-1]
    for peak in reversed(peaks[:-1]):
        reached = node_hash(peak, reached)
    return reached
