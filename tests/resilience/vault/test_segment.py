"""Segments: what goes in comes out, altered or incomplete they give nothing."""

import json
import secrets
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import IntegrityError
from panshi.resilience.vault import keys, segment
from panshi.resilience.vault.dispersal import disperse, gather
from panshi.resilience.vault.layout import Spread

ARCHIVE = Path(__file__).resolve().parents[4] / "shared" / "data" / "wycheproof.zip"
SESSION, WHERE = bytes(range(32)), b"v" * 16 + b"s" * 16


def sealed(raw, k=4, salt=b"r" * 32):
    return segment.encrypt(segment.pack(raw, k=k), session=SESSION, salt=salt, where=WHERE)


@given(st.binary(max_size=5_000), st.integers(2, 15))
@settings(max_examples=60, deadline=None)
def test_a_segment_comes_back_and_divides_without_padding(raw, k):
    package = sealed(raw, k)

    assert len(package) % (k * segment.GRAIN) == 0
    assert len(package) // k >= segment.LEAST_FRAGMENT
    body = segment.decrypt(package, session=SESSION, where=WHERE)
    assert segment.unpack(body) == raw


@given(st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_one_altered_byte_anywhere_is_refused(at, mask):
    package = bytearray(sealed(b"balance 100\n" * 50))
    package[at % len(package)] ^= mask

    with pytest.raises(IntegrityError):
        segment.decrypt(bytes(package), session=SESSION, where=WHERE)


def test_a_segment_does_not_open_elsewhere_or_under_another_session():
    package = sealed(b"balance")
    for session, where in ((bytes(32), WHERE), (SESSION, b"x" * 32)):
        with pytest.raises(IntegrityError):
            segment.decrypt(package, session=session, where=where)


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_a_hostile_body_is_refused_in_words(body):
    with suppress(IntegrityError):  # anything else fails the test
        segment.unpack(body)


@pytest.mark.parametrize("missing", range(4))
def test_with_every_key_but_one_fragment_less_nothing_is_read(missing):
    # Given all keys and k - 1 fragments of a segment nobody compressed
    raw = secrets.token_bytes(4_000)
    spread = Spread(k=4, n=6)
    fragments = disperse(sealed(raw), spread)
    some = {i: each for i, each in enumerate(fragments[:4]) if i != missing}

    # Then the code refuses, and no guess at the missing slice opens a single byte
    with pytest.raises(IntegrityError):
        gather(some, spread)
    for filler in (bytes(len(fragments[0])), bytes(fragments[5]), b"\xff" * len(fragments[0])):
        guess = b"".join(some.get(i, filler) for i in range(4))
        with pytest.raises(IntegrityError):
            segment.decrypt(guess, session=SESSION, where=WHERE)
    # And the salt, which a plain counter mode would not need, stays hidden: the slices that are
    # there are not the plaintext under any key stream who holds them could compute
    wrong = segment.derive(SESSION, bytes(some[(missing + 1) % 4][:32]), b"segment" + WHERE)
    body = segment.pack(raw, k=4)
    size = len(fragments[0])
    for i, held in some.items():
        stream = AESGCM(wrong).encrypt(segment.NONCE, bytes(len(body)), None)
        plain = bytes(a ^ b for a, b in zip(held, stream[i * size :], strict=False))
        assert plain[:64] != bytes(body[i * size : i * size + 64])


def test_no_two_segments_share_a_key():
    keys = {
        segment.derive(SESSION, secrets.token_bytes(32), b"segment" + WHERE) for _ in range(2_000)
    }

    assert len(keys) == 2_000


def test_the_cipher_of_segments_and_keys_passes_wycheproof():
    assert segment.AESGCM is keys.AESGCM is AESGCM  # one primitive, wherever the vault encrypts
    if not ARCHIVE.exists():
        pytest.skip("the Wycheproof vectors are not on this machine")
    with zipfile.ZipFile(ARCHIVE) as archive:
        name = next(each for each in archive.namelist() if each.endswith("aes_gcm_test.json"))
        groups = json.loads(archive.read(name))["testGroups"]
    judged = 0
    for group in groups:
        if not 64 <= group["ivSize"] <= 1024:
            continue  # the library refuses these nonces altogether
        for case in group["tests"]:
            part = {name: bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "ct", "tag")}
            try:
                plain = AESGCM(part["key"]).decrypt(
                    part["iv"], part["ct"] + part["tag"], part["aad"]
                )
            except (InvalidTag, ValueError):
                plain = None
            assert (plain is not None) == (case["result"] == "valid"), case["tcId"]
            if plain is not None:
                assert plain.hex() == case["msg"]
                made = AESGCM(part["key"]).encrypt(part["iv"], plain, part["aad"])
                assert made == part["ct"] + part["tag"], case["tcId"]
            judged += 1
    assert judged >= 250


@pytest.mark.parametrize("told", [True, False])
def test_a_frame_is_not_unfolded_beyond_what_the_head_says(told):
    # Given a short frame of a long content, whose own head tells its length or does not
    zeros = bytes(1 << 24)
    frame = zstandard.ZstdCompressor(write_content_size=told).compress(zeros)
    body = struct.pack(">BIII", segment.ZSTD, 0, 10, len(frame)) + frame

    # When it is unpacked, then it is refused before it takes any memory
    tracemalloc.start()
    try:
        with pytest.raises(IntegrityError):
            segment.unpack(body)
        assert tracemalloc.get_traced_memory()[1] < len(zeros) // 4
    finally:
        tracemalloc.stop()
