"""Merkle trees against RFC 9162's own recursive definitions and known vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.evidence import merkle
from panshi.evidence.merkle import ConsistencyProof, InclusionProof, leaf_hash, node_hash

ENTRIES = [
    bytes.fromhex(digits)
    for digits in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The eight entries on which implementations of certificate transparency agree since RFC 6962."""

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def mth(leaves):
    """MTH(D_n), section 2.1.1, word by word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m, leaves):
    """PATH(m, D_n), section 2.1.3.1, word by word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, whole):
    """SUBPROOF(m, D_n, b), section 2.1.4.1, word by word."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def reader(leaves):
    """A `Read` that counts how often it is asked."""
    asked = []

    def read(level, index):
        asked.append((level, index))
        part = leaves[index << level : (index + 1) << level]
        assert len(part) == 1 << level, "only complete subtrees are read"
        return mth(part)

    return read, asked


def leaves_of(count):
    return [leaf_hash(str(n).encode()) for n in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    assert merkle.root_of(size, reader(LEAVES)[0]).hex() == ROOTS[size]


def test_a_known_path():
    proof = merkle.prove_inclusion(0, 8, reader(LEAVES)[0])

    assert [each.hex() for each in proof.path] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_every_inclusion_in_small_trees_is_that_of_the_definition():
    leaves = leaves_of(40)
    for size in range(1, 41):
        root = mth(leaves[:size])
        read, _ = reader(leaves[:size])
        for index in range(size):
            proof = merkle.prove_inclusion(index, size, read)
            assert list(proof.path) == path(index, leaves[:size])
            assert merkle.verify_inclusion(proof, leaves[index], root)


def test_every_consistency_of_small_trees_is_that_of_the_definition():
    leaves = leaves_of(40)
    for second in range(1, 41):
        read, _ = reader(leaves[:second])
        for first in range(1, second + 1):
            proof = merkle.prove_consistency(first, second, read)
            assert list(proof.path) == subproof(first, leaves[:second], whole=True)
            assert merkle.verify_consistency(proof, mth(leaves[:first]), mth(leaves[:second]))


@given(st.integers(1, 700), st.data())
def test_proofs_take_few_reads_and_no_other_leaf_fits(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    read, asked = reader(leaves)

    proof = merkle.prove_inclusion(index, size, read)

    assert len(asked) <= 2 * size.bit_length()
    assert merkle.verify_inclusion(proof, leaves[index], merkle.root(leaves))
    if other is not None:
        assert not merkle.verify_inclusion(proof, leaves[other], merkle.root(leaves))
        moved = InclusionProof(index=other, size=size, path=proof.path)
        assert not merkle.verify_inclusion(moved, leaves[index], merkle.root(leaves))


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_a_rewritten_past_has_no_consistency(one, two, data):
    first, second = sorted((one, two))
    leaves = leaves_of(second)
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:changed], leaf_hash(b"another"), *leaves[changed + 1 :]]

    proof = merkle.prove_consistency(first, second, reader(rewritten)[0])

    assert not merkle.verify_consistency(proof, mth(leaves[:first]), mth(rewritten))


@given(st.integers(1, 100), st.integers(1, 100), st.data())
def test_a_path_with_a_step_more_or_less_or_changed_does_not_verify(one, two, data):
    first, second = sorted((one, two))
    leaves = leaves_of(second)
    proof = merkle.prove_consistency(first, second, reader(leaves)[0])
    at = data.draw(st.integers(0, len(proof.path)))
    more = (*proof.path[:at], leaf_hash(b"?"), *proof.path[at:])

    wrong = [more]
    if at < len(proof.path):
        wrong += [
            proof.path[:at] + proof.path[at + 1 :],
            (*proof.path[:at], leaf_hash(b"?"), *proof.path[at + 1 :]),
        ]

    for steps in wrong:
        bad = ConsistencyProof(first=first, second=second, path=steps)
        assert not merkle.verify_consistency(bad, mth(leaves[:first]), mth(leaves))


@pytest.mark.parametrize(
    ("first", "second", "old", "new", "holds"),
    [
        (0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, True),
        (0, 3, merkle.EMPTY_ROOT, bytes(32), True),
        (0, 3, bytes(32), bytes(32), False),
        (3, 3, bytes(32), bytes(32), True),
        (3, 3, bytes(32), merkle.EMPTY_ROOT, False),
        (4, 3, bytes(32), bytes(32), False),
        (-1, 3, bytes(32), bytes(32), False),
        (2, 3, bytes(32), bytes(32), False),
    ],
)
def test_consistency_without_a_path(first, second, old, new, holds):
    proof = ConsistencyProof(first=first, second=second, path=())

    assert merkle.verify_consistency(proof, old, new) is holds


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_path_to_a_leaf_that_is_not_there(index, size):
    with pytest.raises(UsageError):
        merkle.prove_inclusion(index, size, reader([])[0])
    proof = InclusionProof(index=index, size=size, path=())
    assert merkle.root_from_inclusion(proof, bytes(32)) is None


def test_a_frontier_knows_the_root_after_every_leaf():
    frontier = merkle.Frontier()
    leaves = leaves_of(70)
    for size, leaf in enumerate(leaves):
        assert frontier.root() == mth(leaves[:size])
        frontier.append(leaf)
    assert frontier.size == 70
