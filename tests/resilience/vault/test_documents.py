"""Heads, key files and entries that places hand out: whatever they are, a word says so."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import IntegrityError
from panshi.resilience.vault import chain, keys
from panshi.resilience.vault.documents import KeyFile, head, read_head
from panshi.resilience.vault.history import Terms
from panshi.resilience.vault.layout import Spread, number_of, sequence_of

SEED = bytes(range(32))
VAULT = bytes(16)
TERMS = Terms(
    vault=VAULT,
    spread=Spread(k=4, n=6),
    retention=timedelta(days=30),
    keep=3,
    signer=keys.public_of(SEED),
    reader=bytes(32),
    places=("a", "b", "c", "d", "e", "f"),
)
HEAD = json.loads(head(TERMS, 2))
HOSTILE = [
    b"[" * 200_000,
    b"[]",
    b"7",
    b'"text"',
    b"\xff",
    json.dumps(HEAD | {"k": float("inf")}).encode(),
    json.dumps(HEAD | {"k": 9}).encode(),
    json.dumps(HEAD | {"n": 10**400}).encode(),
    json.dumps(HEAD | {"retention_days": 10**12}).encode(),
    json.dumps(HEAD | {"vault": "z" + HEAD["vault"][1:]}).encode(),
    json.dumps(HEAD | {"signing_key": 7}).encode(),
    json.dumps(HEAD | {"places": 7}).encode(),
    json.dumps(HEAD | {"place": 6}).encode(),
    json.dumps(HEAD | {"format": ["x"] * 9}).encode(),
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def test_a_head_is_read_as_it_was_written():
    assert read_head(head(TERMS, 2)) == (TERMS, 2)


@pytest.mark.parametrize("content", HOSTILE)
def test_a_hostile_head_or_key_file_is_refused_in_words(content):
    with pytest.raises(IntegrityError):
        read_head(content)
    with pytest.raises(IntegrityError):
        KeyFile.parse(content)


@given(st.sampled_from(sorted(HEAD)), values)
@settings(max_examples=100, deadline=None)
def test_any_value_in_a_head_is_taken_or_refused_in_words(name, value):
    content = json.dumps(HEAD | {name: value}).encode()
    try:
        terms, place = read_head(content)
    except IntegrityError:
        return
    assert 0 <= place < terms.spread.n


@pytest.mark.parametrize(
    "line", [b"[" * 200_000, b"[]", b"7", b'{"sequence":Infinity,"kind":"begin","time":"x"}', b"{}"]
)
def test_an_entry_that_is_none_is_refused_even_where_it_is_signed(line):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(line)
    with pytest.raises(IntegrityError):
        chain.read(
            line + b"\n" + signature.hex().encode() + b"\n",
            vault=VAULT,
            signer=TERMS.signer,
            sequence=0,
        )


def test_a_signed_entry_is_read():
    entry = chain.sign(
        SEED, vault=VAULT, after=None, kind=chain.BEGIN, now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    again = chain.read(entry.content, vault=VAULT, signer=TERMS.signer, sequence=0)
    assert again.digest == entry.digest


@pytest.mark.parametrize("digits", ["9" * 13, "9" * 5_000])
def test_a_number_longer_than_any_name_is_none(digits):
    assert sequence_of(f"chain/{digits}.json") is None
    assert number_of(f"f/{digits}/x") is None
    assert sequence_of("chain/000000000012.json") == 12
