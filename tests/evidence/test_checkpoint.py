"""Signed notes: C2SP's form, several keys, other algorithms."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from panshi.errors import BadInputError, IntegrityError
from panshi.evidence.checkpoint import (
    Algorithm,
    Checkpoint,
    KeySigner,
    VerifierKey,
    parse_note,
    signed,
    unbase64,
)

ORIGIN = "panshi/0123456789ab"
CHECKPOINT = Checkpoint(origin=ORIGIN, size=20_852_163, root=bytes(range(32)))


def signer(name=ORIGIN, private=None):
    private = private or Ed25519PrivateKey.generate()
    return KeySigner(private=private, name=name, origin=ORIGIN)


def test_a_verifier_key_and_note_made_by_another_implementation():
    # Given the example of the Go package sumdb/note, from which the form comes
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    line = (
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFY"
        "C2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    # Then it verifies, and only for that text
    raw = unbase64(line, "signature")
    assert raw[:4] == key.id
    assert key.verifies(text.encode(), raw[4:])
    assert not key.verifies(text.encode() + b"\n", raw[4:])


def test_the_text_is_origin_size_and_root():
    assert CHECKPOINT.text == f"{ORIGIN}\n20852163\n{b64encode(bytes(range(32))).decode()}\n"


def test_a_note_is_read_back_and_verified():
    by = signer()
    note = signed(CHECKPOINT, [by])

    read = parse_note(note)

    assert note.endswith("\n")
    assert read.note == note
    assert read.checkpoint == CHECKPOINT
    assert read.verified_by([by.key]) == (by.key,)


def test_several_keys_sign_one_note():
    # Given an old key, a new one and one of another algorithm
    old, new, post_quantum = signer(), signer(), signer(private=MLDSA65PrivateKey.generate())
    read = parse_note(signed(CHECKPOINT, [old, new, post_quantum]))

    # Then each verifies alone, and unknown ones are ignored
    for each in (old, new, post_quantum):
        assert read.verified_by([each.key, signer().key]) == (each.key,)
    assert read.verified_by([new.key, old.key]) == (old.key, new.key)
    assert read.only([old.key]).note == signed(CHECKPOINT, [old])


def test_a_known_key_that_signed_something_else_spoils_the_note():
    good, bad = signer(), signer()
    other = signed(Checkpoint(origin=ORIGIN, size=1, root=bytes(32)), [bad])
    note = signed(CHECKPOINT, [good]) + other.splitlines(keepends=True)[-1]

    with pytest.raises(IntegrityError, match="does not verify"):
        parse_note(note).verified_by([good.key, bad.key])
    assert parse_note(note).verified_by([good.key])


def test_nobody_known_signed():
    with pytest.raises(IntegrityError, match="known key"):
        parse_note(signed(CHECKPOINT, [signer()])).verified_by([signer().key])


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_verifier_key_is_read_back(algorithm):
    private = (
        Ed25519PrivateKey.generate()
        if algorithm is Algorithm.ED25519
        else MLDSA65PrivateKey.generate()
    )
    key = signer(private=private).key

    assert key.algorithm is algorithm
    assert VerifierKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+",
        "name+00000000+!!",
        str(signer().key).replace(ORIGIN, "panshi/other"),
        str(signer().key)[:-4] + "AAA=",
        f"name+00000000+{b64encode(bytes([9]) + bytes(32)).decode()}",
        f"name+00000000+{b64encode(bytes([1]) + bytes(31)).decode()}",
        f"na me+00000000+{b64encode(bytes([1]) + bytes(32)).decode()}",
        "名+00000000+AR\u00e9",
    ],
    ids=[
        "empty",
        "bare",
        "no-key",
        "no-base64",
        "other-name",
        "cut",
        "algorithm",
        "short",
        "space",
        "not-ascii",
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(BadInputError):
        VerifierKey.parse(text)


GOOD = signed(CHECKPOINT, [signer()])


@pytest.mark.parametrize(
    "note",
    [
        "",
        CHECKPOINT.text,
        GOOD[:-1],
        GOOD.replace("— ", "- "),
        GOOD.replace("20852163", "020852163"),
        GOOD.replace("20852163", "-1"),
        GOOD.replace("20852163", "２０"),
        GOOD.replace("20852163", "9" * 30),
        GOOD.replace(ORIGIN + "\n20852163\n", ORIGIN + "\n"),
        GOOD.replace("AAECAw", "AAECA!"),
        GOOD.replace("HB0eHx8=", "HB0eHx9=") if "HB0eHx8=" in GOOD else GOOD.replace("=", "\u00e9"),
        GOOD.replace("\n", "\r\n"),
        GOOD + "\n",
        GOOD + "— x AAAA\n",
        GOOD + "— x AAAAAA==\n" * 200,
        "a" * 2_000_000 + GOOD,
    ],
)
def test_what_is_no_checkpoint_is_refused(note):
    with pytest.raises(BadInputError):
        parse_note(note)


def test_an_extension_line_is_kept_and_signed():
    by = signer()
    text = CHECKPOINT.text + "extension\n"
    line = b64encode(by.key.id + by.sign(text.encode())).decode()

    read = parse_note(f"{text}\n— {ORIGIN} {line}\n")

    assert read.text == text
    assert read.checkpoint == CHECKPOINT
    assert read.verified_by([by.key])


def test_a_checkpoint_nobody_signs_is_not_written():
    with pytest.raises(BadInputError, match="nobody"):
        signed(CHECKPOINT, [])


@pytest.mark.parametrize(
    "wrong", [{"origin": ""}, {"origin": "a\nb"}, {"size": -1}, {"root": b"short"}]
)
def test_a_checkpoint_that_no_note_can_carry(wrong):
    with pytest.raises(BadInputError):
        Checkpoint(**{"origin": ORIGIN, "size": 1, "root": bytes(32)} | wrong)
