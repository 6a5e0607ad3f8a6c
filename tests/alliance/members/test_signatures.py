"""A member spoke only where every part that counts was signed, for this hub, now, by its key."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256, sha512

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.alliance.members.claims import SignedRequest
from panshi.alliance.members.signatures import fits, possessed, verified
from panshi.model.alliance.member import Reason, Refused, Verified
from panshi.model.bodies.hub_members import HubKeyRevocation, HubMemberStanding, Standing
from tests.alliance.members.members_at_hand import (
    HOSTS,
    NONCE,
    NOW,
    URL,
    active,
    name_of,
    private,
    register_of,
    signed,
)

AT = NOW + timedelta(minutes=1)
BODY = '{"text":"事件單"}'.encode()
POST = {"method": "POST", "body": BODY, "idempotency_key": "2026-000123"}


def asked(request, register=None, now=AT):
    return verified(request, (register or active()).holder, now, HOSTS)


def reason(request, register=None, now=AT):
    found = asked(request, register, now)
    assert isinstance(found, Refused), found
    return found.reason


def with_field(request, name, value):
    kept = [(key, old) for key, old in request.fields if key != name]
    return replace(request, fields=(*kept, *(((name, value),) if value else ())))


def test_what_a_member_signed_is_verified():
    found = asked(signed(**POST))
    assert isinstance(found, Verified)
    assert found.member.id == "bank-017"
    assert found.sha256 == sha256(BODY).hexdigest()
    assert found.idempotency_key == "2026-000123"
    assert fits(found.sha256, sha256(BODY).digest()) is None
    assert fits(found.sha256, sha256(BODY + b" ").digest()).reason is Reason.DIGEST


def test_a_signature_made_by_hand_after_the_standard_is_verified():
    # Given the signature base of RFC 9421, section 2.5, written out
    key, created = private(), int(AT.timestamp())
    digest = f"sha-256=:{b64encode(sha256(BODY).digest()).decode()}:"
    covered = (
        '("@method" "@authority" "@path" "@query" "content-type" "content-digest")'
        f';created={created};expires={created + 60};nonce="{NONCE}";keyid="{name_of(key)}"'
        ';tag="panshi-hub"'
    )
    base = (
        '"@method": POST\n"@authority": localhost:8430\n"@path": /api/v1/hub/tickets\n'
        '"@query": ?dry=1\n"content-type": application/json\n'
        f'"content-digest": {digest}\n"@signature-params": {covered}'
    )
    request = SignedRequest(
        method="POST",
        url="http://localhost:8430/api/v1/hub/tickets?dry=1",
        fields=(
            ("content-type", "application/json"),
            ("content-digest", digest),
            ("signature-input", f"sig={covered}"),
            ("signature", f"sig=:{b64encode(key.sign(base.encode())).decode()}:"),
        ),
    )
    # Then the hub takes it
    assert isinstance(asked(request), Verified)


@pytest.mark.parametrize(
    "changed",
    [
        lambda each: replace(each, method="PUT"),
        lambda each: replace(each, url=URL + "/keys"),
        lambda each: replace(each, url=URL + "?member=bank-018"),
        lambda each: with_field(each, "content-type", "text/plain"),
        lambda each: with_field(
            each, "content-digest", f"sha-256=:{b64encode(bytes(32)).decode()}:"
        ),
        lambda each: with_field(each, "idempotency-key", '"2026-000124"'),
        lambda each: with_field(each, "signature", f"hub=:{b64encode(bytes(64)).decode()}:"),
    ],
)
def test_what_was_altered_on_the_way_is_no_ones_word(changed):
    assert reason(changed(signed(**POST))) is Reason.SIGNATURE


def test_another_members_key_signs_for_nobody():
    forged = signed(key=private(9))
    assert reason(forged) is Reason.UNKNOWN_KEY
    named = with_field(
        forged,
        "signature-input",
        dict(forged.fields)["signature-input"].replace(name_of(private(9)), name_of(private())),
    )
    refused = asked(named)
    assert refused.reason is Reason.SIGNATURE
    assert refused.member == ""


def test_a_part_that_is_not_signed_is_not_believed():
    # Given a good signature, and a header put in beside it
    request = signed()
    added = replace(request, fields=(*request.fields, ("idempotency-key", '"mine-000001"')))
    assert reason(added) is Reason.NOT_COVERED
    assert reason(signed("POST", body=None)) is Reason.NOT_COVERED


@pytest.mark.parametrize("host", ["[", "a b", "", "x@localhost:8430", "localhost:8430\x00", "[::"])
def test_a_host_that_is_none_is_refused(host):
    request = replace(signed(), url=f"http://{host}/api/v1/hub/self")
    assert reason(request) in {Reason.WRONG_HOST, Reason.SIGNATURE}


def test_a_request_for_another_hub_is_refused():
    assert reason(signed(url="http://other.example/api/v1/hub/self")) is Reason.WRONG_HOST


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("signature-input", "", Reason.UNSIGNED),
        ("signature", "", Reason.UNSIGNED),
        ("signature-input", "hub=(", Reason.MALFORMED),
        ("signature-input", "hub=1", Reason.MALFORMED),
        ("signature-input", 'hub=("@method" "@target-uri");tag="other"', Reason.MALFORMED),
        ("signature-input", "x" * 5_000, Reason.MALFORMED),
        ("content-digest", "sha-256=:AAAA:", Reason.DIGEST),
        ("content-digest", "sha-256", Reason.DIGEST),
        ("content-digest", "((", Reason.DIGEST),
        (
            "content-digest",
            f"sha-512=:{b64encode(sha512(BODY).digest()).decode()}:",
            Reason.DIGEST,
        ),
        ("idempotency-key", '"kurz"', Reason.IDEMPOTENCY_KEY),
        ("idempotency-key", '"' + "x" * 200 + '"', Reason.IDEMPOTENCY_KEY),
    ],
)
def test_what_is_malformed_is_named(name, value, expected):
    assert reason(with_field(signed(**POST), name, value)) is expected


def test_a_clock_that_is_off_is_told_by_how_much():
    ahead = asked(signed(now=AT + timedelta(minutes=7, seconds=12)))
    assert ahead.reason is Reason.CLOCK
    assert ahead.skew == timedelta(minutes=7, seconds=12)
    assert "7 min 12 s in the future" in ahead.problem
    assert "2026-11-21T08:01:00Z" in ahead.remedy
    behind = asked(signed(now=AT - timedelta(hours=2)))
    assert behind.reason is Reason.CLOCK
    assert behind.skew == -timedelta(hours=2)
    # Then it is told to a known member only, whose signature held
    assert ahead.member == behind.member == "bank-017"


@pytest.mark.parametrize(("offset", "good"), [(59, True), (61, False), (-359, True), (-361, False)])
def test_two_clocks_may_lie_a_minute_apart(offset, good):
    found = asked(signed(now=AT + timedelta(seconds=offset)))
    assert isinstance(found, Verified) is good


@pytest.mark.parametrize("seconds", [0, -5, 301, 10**9])
def test_a_signature_is_good_for_five_minutes_at_most(seconds):
    assert reason(signed(good_for=timedelta(seconds=seconds))) is Reason.CLOCK


def test_what_is_not_in_force_is_not_heard():
    revoked = active(HubKeyRevocation(key=name_of(private()), by="lin", why="lost"))
    assert reason(signed(), revoked) is Reason.KEY_NOT_IN_FORCE
    suspended = active(HubMemberStanding(standing=Standing.SUSPEND, by="lin", why="x"))
    assert reason(signed(), suspended) is Reason.MEMBER_NOT_ACTIVE
    waiting = register_of(*[each.body for each in active().steps[:2]])
    assert reason(signed(), waiting) is Reason.KEY_NOT_IN_FORCE


def test_a_second_signature_beside_ours_changes_nothing_and_two_of_ours_are_refused():
    request, fields = signed(), dict(signed().fields)
    other = 'other=("@method");created=1;keyid="x"'
    both = with_field(
        with_field(request, "signature-input", f"{fields['signature-input']}, {other}"),
        "signature",
        f"{fields['signature']}, other=:AAAA:",
    )
    assert isinstance(asked(both), Verified)
    twice = with_field(
        request,
        "signature-input",
        f"{fields['signature-input']}, {fields['signature-input'].replace('hub=', 'two=')}",
    )
    assert reason(twice) is Reason.MALFORMED


def test_possession_is_proven_by_the_key_that_is_shown():
    request = signed("POST", body=BODY, key=private(5))
    raw = private(5).public_key().public_bytes_raw()
    assert possessed(request, raw, AT, HOSTS) is None
    other = private(6).public_key().public_bytes_raw()
    assert possessed(request, other, AT, HOSTS).reason is Reason.SIGNATURE
    assert possessed(request, raw, AT + timedelta(hours=1), HOSTS).reason is Reason.CLOCK


FIELDS = st.sampled_from(
    ("signature-input", "signature", "content-digest", "idempotency-key", "content-type", "x")
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        (
            'hub=("@method" "@target-uri");created=1;expires=2;tag="panshi-hub"',
            'hub=("@method");created=99999999999999;tag="panshi-hub"',
            'hub=("x";req;bs;key="a" "@query-param";name="");tag="panshi-hub"',
            "hub=:AAAA:",
            "sha-256=:====:",
        )
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(FIELDS, TEXTS), max_size=6), st.text(max_size=40))
def test_whatever_headers_come_the_answer_is_a_refusal(fields, path):
    request = SignedRequest(
        method="POST", url=f"http://localhost:8430/{path}", fields=tuple(fields)
    )
    assert isinstance(asked(request), Refused)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), st.integers(0, 7), st.sampled_from(("signature-input", "signature")))
def test_a_bit_flipped_anywhere_is_refused(place, bit, name):
    request = signed(**POST)
    raw = bytearray(dict(request.fields)[name].encode())
    raw[place % len(raw)] ^= 1 << bit
    changed = with_field(request, name, raw.decode("latin-1"))
    found = asked(changed)
    assert isinstance(found, Refused) or dict(changed.fields) == dict(request.fields)
