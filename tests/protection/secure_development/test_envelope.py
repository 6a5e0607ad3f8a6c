"""DSSE: the bytes signed, every kind of key, and nothing weak or altered."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.protection.secure_development.envelope import KeyKind, holds, pae, read_key
from tests.simulators import builds


def test_the_bytes_signed_are_those_of_the_specification():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.text(max_size=20), st.binary(max_size=40), st.text(max_size=20), st.binary(max_size=40))
def test_two_messages_are_never_signed_as_one(type_1, payload_1, type_2, payload_2):
    same = (type_1, payload_1) == (type_2, payload_2)

    assert (pae(type_1, payload_1) == pae(type_2, payload_2)) == same


@pytest.mark.parametrize(
    ("key", "kind", "more"),
    [
        (builds.ed25519(), KeyKind.ED25519, {}),
        (builds.p256(), KeyKind.ECDSA, {}),
        (builds.p384(), KeyKind.ECDSA, {}),
        (builds.rsa_key(), KeyKind.RSA, {}),
        (builds.rsa_key(), KeyKind.RSA, {"pkcs1": True}),
    ],
    ids=["ed25519", "p256", "p384", "rsa-pss", "rsa-pkcs1"],
)
def test_every_kind_of_key_verifies_what_it_signed_and_nothing_else(key, kind, more):
    public = read_key(builds.public_pem(key))
    signature = b64encode(builds.sign(key, b"message", **more)).decode()

    assert public.kind is kind
    assert public.id == builds.key_id(key)
    assert holds(public, b"message", signature)
    assert not holds(public, b"messagf", signature)
    assert not holds(public, b"message", signature[:-8])
    assert not holds(public, b"message", "no base64")
    assert not holds(read_key(builds.public_pem(builds.ed25519(9))), b"message", signature)


@pytest.mark.parametrize(
    "pem",
    [b"", b"junk", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", b"x" * 20_000],
)
def test_what_is_no_key_is_refused(pem):
    with pytest.raises(BadInputError) as refused:
        read_key(pem, source="key.pem")

    assert refused.value.place == "key.pem"


def test_a_short_rsa_key_is_refused():
    with pytest.raises(BadInputError, match="no public key that verifies"):
        read_key(builds.public_pem(builds.rsa_key(1024)))
