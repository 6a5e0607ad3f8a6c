"""Provenance: verified, or one of the ways in which it is not; each with a real signature."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.observe.secure_development.attestation import provenance, read_envelope
from panshi.protection.secure_development.envelope import read_key
from panshi.protection.secure_development.provenance import State, judge
from panshi.protection.secure_development.trust import TrustedKey, TrustState
from tests.simulators import builds

KEY, OTHER = builds.ed25519(1), builds.ed25519(2)
DIGEST, ANOTHER = "ab" * 32, "cd" * 32
ARTIFACT = ("deposit.tar.gz", DIGEST)


def trusted(key, *, builders=(builds.BUILDER,), name="CI"):
    return TrustedKey(
        key=read_key(builds.public_pem(key)),
        name=name,
        state=TrustState.TRUSTED,
        builders=builders,
        systems=(),
        proposed_by="chen",
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )


def body(document):
    return provenance(read_envelope(document, "here"), "here", "1")


def signed(*keys, statement=None, **more):
    return body(builds.envelope(statement or builds.slsa_1(ARTIFACT), *keys, **more))


@pytest.mark.parametrize("make", [builds.slsa_1, builds.slsa_02], ids=["v1", "v0.2"])
@pytest.mark.parametrize("key", [KEY, builds.p256(), builds.rsa_key()], ids=["ed", "ec", "rsa"])
def test_what_a_trusted_key_signed_of_this_artefact_is_verified(make, key):
    judged = judge(signed(key, statement=make(ARTIFACT)), [trusted(key)], wanted={DIGEST})

    assert judged.state is State.VERIFIED
    assert judged.signers == ("CI",)
    assert judged.digests == {DIGEST}
    assert judged.builder == builds.BUILDER


def test_a_bare_statement_proves_nothing():
    assert judge(body(builds.slsa_1(ARTIFACT)), [trusted(KEY)]).state is State.UNSIGNED


def test_a_key_nobody_trusts_proves_nothing():
    assert judge(signed(OTHER), [trusted(KEY)]).state is State.UNTRUSTED
    assert judge(signed(KEY), []).state is State.UNTRUSTED


def test_an_altered_payload_no_longer_holds():
    seen = signed(KEY)
    other = json.dumps(builds.slsa_1(("evil", ANOTHER)), sort_keys=True).encode()

    judged = judge(replace(seen, payload=b64encode(other).decode()), [trusted(KEY)])

    assert (judged.state, judged.digests) == (State.INVALID, frozenset())


def test_another_payload_type_no_longer_holds():
    seen = replace(signed(KEY), payload_type="application/json")

    assert judge(seen, [trusted(KEY)]).state is State.INVALID


def test_a_trusted_name_on_a_foreign_signature_does_not_hold():
    seen = signed(OTHER, key_ids=[builds.key_id(KEY)])

    assert judge(seen, [trusted(KEY)]).state is State.INVALID


def test_a_wrong_name_on_a_good_signature_does_no_harm():
    assert judge(signed(KEY, key_ids=["whatever"]), [trusted(KEY)]).state is State.VERIFIED


def test_of_several_signatures_those_that_hold_are_named():
    seen = signed(OTHER, KEY, builds.p256())
    keys = [trusted(KEY, name="build"), trusted(builds.p256(), name="release")]

    judged = judge(seen, keys)

    assert (judged.state, judged.signers) == (State.VERIFIED, ("build", "release"))
    assert judged.signatures == 3


def test_a_key_speaks_only_for_its_builders():
    keys = [trusted(KEY, builders=("https://elsewhere",))]

    assert judge(signed(KEY), keys).state is State.WRONG_BUILDER


def test_a_statement_that_names_no_builder_is_by_none():
    statement = builds.slsa_1(ARTIFACT)
    del statement["predicate"]["runDetails"]

    judged = judge(signed(KEY, statement=statement), [trusted(KEY)])

    assert judged.state is State.WRONG_BUILDER


def test_provenance_of_another_artefact_is_told_apart():
    assert judge(signed(KEY), [trusted(KEY)], wanted={ANOTHER}).state is State.OTHER_ARTIFACT
    assert judge(signed(KEY), [trusted(KEY)], wanted={ANOTHER, DIGEST}).state is State.VERIFIED


def test_a_statement_over_no_artefact_proves_none():
    seen = signed(KEY, statement=builds.slsa_1())

    assert judge(seen, [trusted(KEY)]).state is State.OTHER_ARTIFACT


def test_what_was_delivered_before_is_replayed():
    judged = judge(signed(KEY), [trusted(KEY)], delivered_before=True)

    assert judged.state is State.REPLAYED


def test_a_signed_statement_of_another_kind_is_no_provenance():
    statement = builds.slsa_1(ARTIFACT) | {"predicateType": "https://example.test/scan"}

    assert judge(signed(KEY, statement=statement), [trusted(KEY)]).state is State.NO_PROVENANCE


def test_a_sigstore_bundle_is_unchecked_unless_a_trusted_key_signed_it():
    document = builds.bundle(builds.slsa_1(ARTIFACT), KEY)

    assert judge(body(document), []).state is State.UNCHECKED
    assert judge(body(document), [trusted(KEY)]).state is State.VERIFIED


@given(st.data())
def test_no_flipped_bit_is_ever_verified(data):
    seen = signed(KEY)
    raw = bytearray(b64decode(seen.payload))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))

    judged = judge(replace(seen, payload=b64encode(bytes(raw)).decode()), [trusted(KEY)])

    assert judged.state is State.INVALID


@given(st.data())
def test_no_altered_signature_is_ever_verified(data):
    seen = signed(KEY)
    raw = bytearray(b64decode(seen.signatures[0].value))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    wrong = replace(seen.signatures[0], value=b64encode(bytes(raw)).decode())

    assert judge(replace(seen, signatures=(wrong,)), [trusted(KEY)]).state is State.INVALID
