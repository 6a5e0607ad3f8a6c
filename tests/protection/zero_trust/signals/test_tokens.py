"""SETs: RFC 8417, 8725, 8935 section 2.4 and SSF 1.0 section 4."""

import contextlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.signals import keys, subjects, tokens
from panshi.protection.zero_trust.signals.events import Event, EventType
from panshi.protection.zero_trust.signals.refusal import RefusedError, SetError
from panshi.protection.zero_trust.signals.strict_json import Limits
from tests.simulators.transmitter import (
    AUDIENCE,
    CAEP,
    ISSUER,
    NOW,
    agreed,
    claims,
    part,
    raw_token,
    signed,
    signing_key,
)


def code(raw: str, issuer=None, now: float = NOW) -> SetError:
    """Give the code a token is refused with."""
    with pytest.raises(RefusedError) as caught:
        tokens.read(raw, issuer or agreed(), now)
    return caught.value.refusal.code


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"])
def test_a_good_token_is_read(algorithm):
    # Given: a token signed by a key of its issuer
    key = signing_key("RS256" if algorithm == "RS256" else algorithm)
    ring = keys.ring(keys.published([key]))
    # When
    token = tokens.read(signed(claims(), algorithm, key=key), agreed(keys=ring), NOW)
    # Then
    assert token.iss == ISSUER
    assert token.jti == "jti-1"
    assert token.aud == (AUDIENCE,)
    assert token.txn == "8675309"
    assert token.event.type is EventType.SESSION_REVOKED
    assert token.subject == subjects.simple("email", "amy@bank.example")


def test_what_we_write_is_what_we_read():
    event = Event(
        type=EventType.RISK_LEVEL_CHANGE,
        claims={"principal": "USER", "current_level": "HIGH", "previous_level": "LOW"},
        happened_at=NOW - 5,
        initiator="policy",
        reason_admin={"zh-TW": "為何", "en": "why"},
    )
    token = tokens.Token(
        iss=ISSUER,
        jti="j",
        aud=(AUDIENCE, "other"),
        iat=NOW,
        subject=subjects.of_members(
            user=subjects.simple("iss_sub", ISSUER, "amy"),
            device=subjects.simple("opaque", "d1"),
        ),
        event=event,
        txn="t",
        toe=NOW - 5,
    )
    raw = tokens.write(tokens.claims_of(token), signing_key())
    found = tokens.read(raw, agreed(), NOW)
    assert (found.event, found.subject, found.aud, found.toe) == (
        event,
        token.subject,
        token.aud,
        token.toe,
    )


@pytest.mark.parametrize("typ", ["secevent+jwt", "SECEVENT+JWT", "application/secevent+jwt"])
def test_the_type_may_be_written_in_three_ways(typ):
    assert tokens.read(signed(typ=typ), agreed(), NOW).jti == "jti-1"


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "logout+jwt", 7])
def test_nothing_else_is_taken_for_a_set(typ):  # SSF 4.1.1, RFC 8725 3.11
    header = {"alg": "RS256", "kid": "k1"} | ({} if typ is None else {"typ": typ})
    assert code(raw_token(header, claims(), b"x")) is SetError.INVALID_REQUEST


def test_unsigned_tokens_have_no_key():  # RFC 8725 3.1
    for name in ("none", "None", "NONE", "nOnE"):
        header = {"alg": name, "typ": "secevent+jwt", "kid": "k1"}
        assert code(raw_token(header, claims())) is SetError.INVALID_KEY  # empty signature
        assert code(raw_token(header, claims(), b"x")) is SetError.INVALID_KEY


def test_a_public_key_is_no_shared_secret():  # RFC 8725 2.1
    # Given: a token signed by HMAC with the issuer's public key as the secret
    header = {"alg": "HS256", "typ": "secevent+jwt", "kid": "k1"}
    unsigned = raw_token(header, claims()).rpartition(".")[0]
    secret = signing_key().as_pem(private=False)
    forged = f"{unsigned}.{part(hmac.digest(secret, unsigned.encode(), 'sha256'))}"
    # Then
    assert code(forged) is SetError.INVALID_KEY
    assert keys.allowed(["HS256", "none", "ES256"]) == ("ES256",)


def test_another_key_of_the_same_name_does_not_do():
    assert code(signed(key=signing_key("RS256", "k1", 3072))) is SetError.INVALID_KEY


def test_an_unknown_key_does_not_do():
    assert code(signed(kid="k9", key=signing_key("RS256", "k9"))) is SetError.INVALID_KEY


def test_an_algorithm_that_was_not_agreed_on_does_not_do():
    issuer = agreed("RS256", "ES256", algorithms=("RS256",))
    assert code(signed(claims(), "ES256"), issuer) is SetError.INVALID_KEY


def test_short_rsa_keys_are_left_aside():  # CAEP interoperability profile 2.6
    ring = keys.ring(keys.published([signing_key("RS256", "short", 1024)]))
    assert not ring.keys
    assert "1024 bits is too short" in ring.left_aside[0]


def test_a_changed_payload_breaks_the_signature():
    header, _, signature = signed().split(".")
    changed = part(json.dumps(claims(jti="other")).encode())
    assert code(f"{header}.{changed}.{signature}") is SetError.INVALID_KEY


def test_another_issuer_is_refused():
    assert code(signed(claims(iss="https://evil.example"))) is SetError.INVALID_ISSUER
    assert code(signed(claims(iss=...))) is SetError.INVALID_ISSUER
    assert code(signed(claims(iss=ISSUER + "/"))) is SetError.INVALID_ISSUER


@pytest.mark.parametrize("aud", ["someone", ["a", "b"], [], None, 7, ..., [AUDIENCE, 7]])
def test_another_audience_is_refused(aud):
    assert code(signed(claims(aud=aud))) is SetError.INVALID_AUDIENCE


def test_one_of_several_audiences_is_enough():  # SSF 4.1.8
    assert tokens.read(signed(claims(aud=["x", AUDIENCE])), agreed(), NOW).aud == ("x", AUDIENCE)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": int(NOW) + 60},  # SSF 4.1.7: not used, be it in the future …
        {"exp": int(NOW) - 60},  # … or passed
        {"sub": "amy"},  # SSF 4.1.2
        {"sub_id": ...},
        {"sub_id": "amy"},
        {"jti": ...},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 513},
        {"iat": ...},
        {"iat": "yesterday"},
        {"iat": True},
        {"iat": int(NOW) + 3_600},
        {"iat": int(NOW) - 90_000},
        {"toe": "then"},
        {"txn": 7},
        {"events": ...},
        {"events": {}},
        {"events": {"https://example.com/unknown": {}}},
        {"events": {CAEP + "session-revoked": {}, CAEP + "session-presented": {}}},
        {"events": {CAEP + "session-revoked": "no object"}},
        {"events": {CAEP + "credential-change": {"change_type": "revoke"}}},
        {
            "events": {
                CAEP + "session-revoked": {"subject": {"format": "email", "email": "bob@x.example"}}
            }
        },
    ],
)
def test_faulty_claims_are_no_request(change):
    assert code(signed(claims(**change))) is SetError.INVALID_REQUEST


def test_the_subject_may_stand_in_the_event_too_where_it_is_the_same():  # SSF 3.1.1
    payload = {"subject": {"email": "amy@bank.example", "format": "email"}}
    assert tokens.read(signed(claims(payload=payload)), agreed(), NOW).jti == "jti-1"


def test_fields_nobody_knows_are_left_aside():  # SSF 4.2.3
    said = claims(payload={"zzz": [1]}, other={"a": 1})
    assert tokens.read(signed(said), agreed(), NOW).jti == "jti-1"


def test_an_oversized_token_is_no_request():
    said = claims(payload={"reason_admin": {"en": "x" * 70_000}})
    assert code(signed(said)) is SetError.INVALID_REQUEST


def test_depth_and_width_are_bounded():
    deep: object = "end"
    for _ in range(20):
        deep = [deep]
    assert code(signed(claims(other=deep))) is SetError.INVALID_REQUEST
    assert code(signed(claims(other=[0] * 5_000))) is SetError.INVALID_REQUEST
    narrow = agreed(limits=Limits(depth=2))
    assert code(signed(), narrow) is SetError.INVALID_REQUEST


@pytest.mark.parametrize(
    "payload",
    [
        '{"iss":"a","iss":"b"}',
        '{"iat":NaN}',
        '{"iat":1e999}',
        '{"jti":"\\ud800"}',
        '{"jti":"a\\u0000b"}',
        "[]",
        '"x"',
        "{",
        "[" * 100_000,
        '{"iat":' + "9" * 5_000 + "}",
    ],
)
def test_what_two_readers_could_read_differently_is_no_request(payload):
    header = {"alg": "RS256", "kid": "k1", "typ": "secevent+jwt"}
    assert code(raw_token(header, payload, b"x")) is SetError.INVALID_REQUEST


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"RS256","alg":"none","kid":"k1","typ":"secevent+jwt"}',
        '{"alg":"RS256","kid":"k1","typ":"secevent+jwt","crit":["exp"]}',
        '{"alg":"RS256","kid":"k1","typ":"secevent+jwt","b64":false,"crit":["b64"]}',
    ],
)
def test_odd_headers_are_no_request(header):
    assert code(raw_token(header, claims(), b"x")) is SetError.INVALID_REQUEST


def test_a_key_in_the_header_is_not_used():  # RFC 8725 3.10
    public = signing_key("ES256", "mine").as_dict(private=False)
    header = {"alg": "ES256", "kid": "mine", "typ": "secevent+jwt", "jwk": public}
    assert code(raw_token(header, claims(), b"x" * 64)) is SetError.INVALID_KEY


@pytest.mark.parametrize(
    "raw", ["", "a", "a.b", "a.b.c.d", "a.b.c", "!!.b.c", "é.b.c", "..", "a=.b.c"]
)
def test_what_is_no_token_is_no_request(raw):
    assert code(raw) is SetError.INVALID_REQUEST


GOOD = signed()


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABCxyz019-_.=\n "))
def test_no_changed_character_lets_another_token_pass(place, character):
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    try:
        found = tokens.read(changed, agreed(), NOW)
    except RefusedError:
        return
    # base64url has spare bits in a last character: the same bytes may be spelt in two ways
    assert found.jti == "jti-1"
    assert changed.split(".")[:2] == GOOD.split(".")[:2]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(claims())), json_values)
def test_any_value_of_any_claim_is_read_or_refused_and_never_breaks(name, value):
    try:
        raw = signed(claims(**{name: value}))
    except (ValueError, UnicodeEncodeError):
        return
    with contextlib.suppress(RefusedError):
        assert tokens.read(raw, agreed(), NOW).iss == ISSUER


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw):
    with pytest.raises(RefusedError):
        tokens.read(raw.decode("latin-1"), agreed(), NOW)
