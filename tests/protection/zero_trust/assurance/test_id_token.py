"""Only a token of the agreed issuer, for us, in time, of this very request proves a sign-in."""

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from panshi.errors import ForbiddenError
from panshi.protection.zero_trust.assurance.id_token import (
    LOGOUT_EVENT,
    Terms,
    _half,
    id_token,
    logout_token,
    methods,
)

NOW = 1_790_000_000
KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
TERMS = Terms(issuer="https://id", client_id="panshi", algorithms=("RS256", "ES256"))
GOOD = {
    "iss": "https://id", "aud": "panshi", "sub": "u1", "nonce": "n",
    "iat": NOW - 5, "exp": NOW + 300,
}  # fmt: skip
ENDED = {
    "iss": "https://id", "aud": "panshi", "sub": "u1", "iat": NOW - 5, "exp": NOW + 60,
    "jti": "j", "events": {LOGOUT_EVENT: {}},
}  # fmt: skip


def signed(claims, key=KEY, alg="RS256", **header):
    made = {"alg": alg, "kid": "one", **header}
    return jwt.encode(made, {k: v for k, v in claims.items() if v is not None}, key, [alg])


def read(token, nonce="n", access_token="a"):
    return id_token(token, KEYS, TERMS, nonce=nonce, access_token=access_token, now=NOW)


def test_a_good_token_gives_its_claims():
    claims = read(signed(GOOD | {"at_hash": _half("a", "RS256"), "azp": "panshi"}))

    assert claims["sub"] == "u1"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"iss": "https://other"}, "iss"),
        ({"iss": "https://id/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["panshi", "other"]}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"nonce": "old"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": NOW - 61}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": NOW + 120}, "iat"),
        ({"nbf": NOW + 120}, "nbf"),
        ({"nbf": True}, "nbf"),
        ({"at_hash": "wrong"}, "at_hash"),
    ],
)
def test_a_token_that_is_off_in_one_claim_proves_nothing(changes, place):
    with pytest.raises(ForbiddenError) as refused:
        read(signed(GOOD | changes))
    assert refused.value.place == place


def test_unsigned_foreign_and_otherwise_signed_tokens_prove_nothing():
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    secret = OctKey.import_key(b"0123456789abcdef" * 2)
    curve = ECKey.generate_key("P-256", {"kid": "two"})
    forged = [
        signed(GOOD, stranger),
        jwt.encode({"alg": "none"}, GOOD, OctKey.generate_key(), ["none"]),
        jwt.encode({"alg": "HS256", "kid": "one"}, GOOD, secret, ["HS256"]),
        jwt.encode({"alg": "PS256", "kid": "one"}, GOOD, KEY, ["PS256"]),
        jwt.encode({"alg": "ES256", "kid": "two"}, GOOD, curve, ["ES256"]),
        signed(GOOD)[:-4] + "AAAA",
        "x" * 20_000,
        "",
        "a.b.c",
    ]
    for token in forged:
        with pytest.raises(ForbiddenError):
            read(token)


def test_a_logout_token_names_whose_sessions_end():
    claims = logout_token(signed(ENDED, typ="logout+jwt"), KEYS, TERMS, now=NOW)

    assert claims["sub"] == "u1"


@pytest.mark.parametrize(
    "changes",
    [
        {"events": {}},
        {"events": None},
        {"nonce": "n"},
        {"sub": None},
        {"jti": None},
        {"iat": NOW - 1000, "exp": None},
        {"iat": None},
        {"aud": "other"},
        {"iss": "https://other"},
        {"exp": NOW - 100},
    ],
)
def test_a_logout_token_that_is_off_ends_nothing(changes):
    with pytest.raises(ForbiddenError):
        logout_token(signed(ENDED | changes), KEYS, TERMS, now=NOW)


def test_an_id_token_is_no_logout_token_nor_the_other_way_round():
    with pytest.raises(ForbiddenError):
        logout_token(signed(GOOD), KEYS, TERMS, now=NOW)
    with pytest.raises(ForbiddenError):
        read(signed(ENDED))


@pytest.mark.parametrize("amr", [None, "pwd", {"a": 1}, [1, None], ["x" * 65]])
def test_odd_methods_are_none(amr):
    assert methods({"amr": amr}) == ()
