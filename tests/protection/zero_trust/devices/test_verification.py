"""Quotes of a real TPM 2.0 (swtpm) are believed; every bent one is refused, by its own reason."""

from dataclasses import replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.protection.zero_trust.devices.credential import make_credential
from panshi.protection.zero_trust.devices.facts import (
    Challenge,
    EnrolledDevice,
    Outcome,
    Reason,
    References,
    Trust,
)
from panshi.protection.zero_trust.devices.public import parse_public
from panshi.protection.zero_trust.devices.quote import parse_quote
from panshi.protection.zero_trust.devices.verification import (
    QuoteAnswer,
    signing_key_defect,
    storage_key_defect,
    verify,
)
from tests.simulators.tpm import extend, missing, software_tpm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"{missing()} is not installed"),
]
NONCE, NOW = bytes(range(32)), 1000.0
SELECTION = {"sha256": frozenset({0, 7})}
ZERO = "00" * 32


def challenge(device="laptop", nonce=NONCE, selection=SELECTION):
    return Challenge(
        device=device, nonce=nonce, selection=selection, issued_at=NOW - 5, expires_at=NOW + 55
    )


def enrolled(keys, name="laptop"):
    return EnrolledDevice(
        id=name,
        attestation_public=keys.attestation,
        endorsement_public=keys.endorsement,
        trust=Trust.OPERATOR,
        approved_by="chen",
        enrolled_at=0.0,
    )


def answered(tpm, nonce=NONCE, selection="sha256:0,7"):
    made = tpm.quote(nonce, selection)
    return QuoteAnswer(quote=made.quote, signature=made.signature, values=made.values)


@pytest.fixture(scope="module", params=["ecc", "rsa"])
def tpm(request):
    with software_tpm() as made:
        made.keys(request.param)
        yield made


@pytest.fixture(scope="module")
def other():
    with software_tpm() as made:
        made.keys("ecc")
        yield made


@pytest.fixture(scope="module")
def device(tpm):
    return enrolled(tpm.keys())


@pytest.fixture(scope="module")
def answer(tpm):
    return answered(tpm)


GOOD = References(values={"sha256": {0: frozenset({ZERO}), 7: frozenset({ZERO})}})
judge = partial(verify, references=GOOD, previous=None, now=NOW)


def reasons(result):
    return {each.reason for each in result.findings}


def test_a_fresh_quote_of_a_known_boot_attests_the_device(device, answer):
    result = judge(answer, device, challenge())

    assert result.outcome is Outcome.ATTESTED
    assert not result.findings
    assert result.values == (("sha256", 0, ZERO), ("sha256", 7, ZERO))


def test_without_reference_values_only_the_identity_is_proven(device, answer):
    result = verify(answer, device, challenge(), None, None, now=NOW)

    assert result.outcome is Outcome.IDENTITY_ONLY
    assert not result.attested


def test_a_register_without_a_reference_is_not_judged_good(device, answer):
    known = References(values={"sha256": {0: frozenset({ZERO})}})

    result = judge(answer, device, challenge(), references=known)

    assert result.outcome is Outcome.IDENTITY_ONLY
    assert [each.detail for each in result.findings] == ["sha256:7"]


def test_the_nonce_of_another_challenge_is_refused(device, answer):
    result = judge(answer, device, challenge(nonce=bytes(32)))

    assert reasons(result) == {Reason.WRONG_NONCE}
    assert not result.values


def test_a_replay_finds_no_open_challenge(device, answer):
    assert reasons(judge(answer, device, None)) == {Reason.NO_CHALLENGE}
    assert reasons(judge(answer, device, challenge(device="desk"))) == {Reason.NO_CHALLENGE}


def test_an_answer_after_the_challenge_expired_is_refused(device, answer):
    assert reasons(judge(answer, device, challenge(), now=NOW + 60)) == {Reason.LATE}
    assert reasons(judge(answer, device, challenge(), now=NOW - 60)) == {Reason.LATE}


def test_the_quote_of_another_tpm_is_refused(device, other):
    result = judge(answered(other), device, challenge())

    assert reasons(result) == {Reason.WRONG_SIGNATURE, Reason.WRONG_SIGNER}


def test_register_values_that_were_not_signed_are_refused(device, answer):
    bent = replace(answer, values=b"\x01" + answer.values[1:])

    result = judge(bent, device, challenge())

    assert reasons(result) == {Reason.WRONG_DIGEST}
    assert not result.values


def test_other_registers_than_asked_are_refused(tpm, device):
    result = judge(answered(tpm, selection="sha256:0"), device, challenge())

    assert reasons(result) == {Reason.WRONG_SELECTION}


def test_a_bent_quote_or_signature_is_refused(device, answer):
    for at in (8, 60, len(answer.quote) - 1):
        bent = bytearray(answer.quote)
        bent[at] ^= 1
        result = judge(replace(answer, quote=bytes(bent)), device, challenge())
        assert Reason.WRONG_SIGNATURE in reasons(result) or Reason.MALFORMED in reasons(result)


def test_what_a_tpm_did_not_make_is_refused(device, answer):
    forged = replace(answer, quote=b"\xff\xff\xff\xff" + answer.quote[4:])
    certified = replace(answer, quote=answer.quote[:4] + b"\x80\x17" + answer.quote[6:])

    assert reasons(judge(forged, device, challenge())) == {Reason.NOT_GENERATED}
    assert reasons(judge(certified, device, challenge())) == {Reason.NOT_A_QUOTE}


def test_an_unknown_or_revoked_device_is_refused(device, answer):
    assert reasons(judge(answer, None, challenge())) == {Reason.UNKNOWN_DEVICE}
    gone = replace(device, revoked_at=NOW - 1)
    assert reasons(judge(answer, gone, challenge())) == {Reason.UNKNOWN_DEVICE}


def test_an_endorsement_key_cannot_pass_for_an_attestation_key(tpm, device, answer):
    swapped = replace(device, attestation_public=tpm.keys().endorsement)

    assert Reason.WEAK_KEY in reasons(judge(answer, swapped, challenge()))


def test_a_tpm_that_goes_back_is_refused_and_one_that_goes_on_is_not(tpm, device, answer):
    # Given the clock of a quote
    clock = judge(answer, device, challenge()).clock

    # Then the same quote is behind what came after it
    later = replace(clock, milliseconds=clock.milliseconds + 10_000)
    started = replace(clock, resets=clock.resets + 1, milliseconds=0)
    for ahead in (later, started):
        result = judge(answer, device, challenge(), previous=ahead)
        assert reasons(result) == {Reason.ROLLED_BACK}

    # And a later quote goes on
    assert judge(answered(tpm), device, challenge(), previous=clock).attested


def test_a_changed_boot_fails_against_the_references():
    with software_tpm() as tpm:
        device = enrolled(tpm.keys("ecc"))
        extend(tpm, 7, bytes([9] * 32))

        result = judge(answered(tpm), device, challenge())

    assert result.outcome is Outcome.FAILED
    assert reasons(result) == {Reason.UNEXPECTED_VALUES}
    assert result.values[0] == ("sha256", 0, ZERO)


def test_state_copied_back_shows_in_the_counters(tmp_path):
    # Given a TPM that was started twice
    rest = tmp_path / "tpm"
    with software_tpm(rest) as tpm:
        tpm.keys("ecc")
    with software_tpm(rest) as tpm:
        first = parse_quote(_of_new_key(tpm)).clock
    with software_tpm(rest) as tpm:
        second = parse_quote(_of_new_key(tpm)).clock

    assert (second.resets, second.restarts) > (first.resets, first.restarts)


def _of_new_key(tpm):
    tpm.keys("ecc")
    return tpm.quote(NONCE, "sha256:0").quote


def test_only_the_tpm_that_holds_both_keys_opens_the_enrolment_challenge(tpm, other):
    # Given a secret wrapped for this TPM's endorsement key and its attestation key's Name
    keys, secret = tpm.keys(), b"0123456789abcdef" * 2
    endorsement, attestation = parse_public(keys.endorsement), parse_public(keys.attestation)
    curve = endorsement.key.curve if hasattr(endorsement.key, "curve") else ec.SECP256R1()

    def wrapped(name):
        return make_credential(
            endorsement,
            name,
            secret,
            seed=bytes(range(32)),
            ephemeral=ec.generate_private_key(curve),
        ).file

    # Then this TPM opens it
    assert tpm.activate(wrapped(attestation.name)) == secret

    # And neither another TPM, nor this one for another key's Name, does
    with pytest.raises(Exception, match="refused"):
        other.activate(wrapped(attestation.name))
    with pytest.raises(Exception, match="refused"):
        tpm.activate(wrapped(parse_public(other.keys().attestation).name))


def test_the_keys_of_a_tpm_are_what_they_must_be(tpm):
    keys = tpm.keys()

    assert not signing_key_defect(parse_public(keys.attestation))
    assert not storage_key_defect(parse_public(keys.endorsement))
    assert signing_key_defect(parse_public(keys.endorsement))
    assert storage_key_defect(parse_public(keys.attestation))


def test_no_bent_byte_is_ever_believed(device, answer):
    """Flip any bit of quote or signature, cut or lengthen any part: nothing is attested."""

    @settings(max_examples=300, deadline=None)
    @given(
        part=st.sampled_from(["quote", "signature", "values"]),
        at=st.integers(0, 400),
        change=st.one_of(st.integers(1, 255), st.sampled_from(["cut", "longer"])),
    )
    def bent(part, at, change):
        raw = getattr(answer, part)
        place = at % len(raw)
        if change == "cut":
            made = raw[:place]
        elif change == "longer":
            made = raw + bytes([at % 256])
        else:
            made = raw[:place] + bytes([raw[place] ^ change]) + raw[place + 1 :]
        result = judge(replace(answer, **{part: made}), device, challenge())
        assert result.outcome is Outcome.FAILED
        assert not result.values

    bent()
