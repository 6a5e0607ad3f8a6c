"""Envelopes and bodies: written in one way, read back equal, refused otherwise."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.evidence.codec import (
    decode_body,
    encode_body,
    envelope,
    is_canonical,
    parse_envelope,
    without_receipt,
)
from panshi.model.bodies import KINDS
from panshi.model.bodies.devices import DevicePosture, FleetPolicy
from panshi.model.bodies.network import Listener, Listeners
from panshi.model.observation import Body, Observation, Outcome
from tests.simulators.bodies import TEXT, values
from tests.simulators.observations import DAY, RECEIVED, device, unreachable

DIGEST = "0" * 64


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=15)
@given(data=st.data())
def test_a_body_of_every_kind_is_read_back_equal(kind, data):
    body = data.draw(values(KINDS[kind].body))

    raw = encode_body(body)

    assert decode_body(kind, raw) == body
    assert encode_body(decode_body(kind, raw)) == raw


@pytest.mark.parametrize(
    "body",
    [
        DevicePosture(managed="yes"),
        DevicePosture(managed=1),
        DevicePosture(managed=True, patch_age_days=1.5),
        DevicePosture(managed=True, source="\ud800"),
        DevicePosture(managed=True, last_seen=datetime(2026, 1, 1, tzinfo=UTC)),
        DevicePosture(managed=True, source=object()),
        FleetPolicy(rollout_hours=float("nan"), auto_remediated_share=0.0),
        FleetPolicy(rollout_hours=float("inf"), auto_remediated_share=0.0),
        Listeners(sockets=[]),
        Listeners(sockets=(Listener(address="", port="22", protocol="tcp"),)),
    ],
    ids=lambda body: repr(body)[:60],
)
def test_a_body_that_would_not_be_read_back_is_not_written(body):
    with pytest.raises(BadInputError):
        encode_body(body)


def test_a_field_this_version_does_not_know_is_left():
    raw = b'{"managed":true,"from_the_future":[1,2]}'

    assert decode_body("device.posture/1", raw) == DevicePosture(managed=True)


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        ("no.such/1", b"{}", "unknown observation kind"),
        ("device.posture/1", b"{}", "managed"),
        ("device.posture/1", b'{"managed":"yes"}', "managed"),
        ("device.posture/1", b"not json", "not a device.posture/1"),
        ("device.posture/1", b"\xff", "not a device.posture/1"),
        ("device.posture/1", b"[" * 100_000, "not a device.posture/1"),
    ],
)
def test_bytes_that_are_no_body_are_refused(kind, raw, said):
    with pytest.raises(BadInputError, match=said):
        decode_body(kind, raw)


def test_the_envelope_is_canonical_json():
    # Given an observation with Chinese, control characters and another time zone
    taipei = timezone(timedelta(hours=8))
    seen = replace(
        unreachable(1, reason='逾時\n\t"\\\x07'),
        observed_at=datetime(2026, 9, 1, 16, 0, 0, 5, tzinfo=taipei),
        period_start=DAY,
    )

    # When it is written
    raw = envelope(seen, RECEIVED, None)

    # Then it is what any JSON writer makes of sorted keys without spaces
    parsed = json.loads(raw)
    again = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == raw
    assert parsed["observed_at"] == "2026-09-01T08:00:00.000005Z"
    assert parsed["v"] == 1


@given(
    subject=TEXT.filter(bool),
    facet=TEXT,
    collector=TEXT,
    reason=TEXT.filter(bool),
    moment=st.datetimes(
        min_value=datetime(1990, 1, 1),  # noqa: DTZ001  (Hypothesis adds the zone)
        timezones=st.just(UTC),
    ),
)
def test_any_envelope_is_read_back_and_canonical(subject, facet, collector, reason, moment):
    seen = Observation(
        kind="device.posture/1",
        subject=subject,
        facet=facet,
        collector=collector,
        reason=reason,
        outcome=Outcome.FAILED,
        observed_at=moment,
    )

    raw = envelope(seen, RECEIVED, None)

    form = parse_envelope(raw)
    assert (form.subject, form.facet, form.collector) == (subject, facet, collector)
    assert (form.reason, form.observed_at, form.received_at) == (reason, moment, RECEIVED)
    assert is_canonical(raw)
    text = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text.encode() == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        envelope(device(1), RECEIVED, DIGEST)[:-1],
        envelope(device(1), RECEIVED, DIGEST).replace(b'"v":1', b'"v":2'),
        envelope(device(1), RECEIVED, DIGEST).replace(b'"v":1', b'"v":1,"w":1'),
        envelope(device(1), RECEIVED, DIGEST).replace(b"seen", b"heard"),
    ],
)
def test_bytes_that_are_no_envelope_are_refused(raw):
    with pytest.raises(BadInputError):
        parse_envelope(raw)


@pytest.mark.parametrize(
    "raw",
    [
        envelope(device(1), RECEIVED, DIGEST).replace(b":", b": ", 1),
        envelope(device(1), RECEIVED, DIGEST).replace(b"00Z", b"00+00:00", 1),
        envelope(device(1), RECEIVED, DIGEST).replace(b"mdm", b"\\u006ddm", 1),
    ],
)
def test_another_spelling_of_an_envelope_is_not_canonical(raw):
    assert not is_canonical(raw)


def test_a_body_and_its_digest_go_together():
    with pytest.raises(BadInputError, match="digest"):
        envelope(device(1), RECEIVED, None)
    with pytest.raises(BadInputError, match="digest"):
        envelope(unreachable(1), RECEIVED, DIGEST)


def test_a_receipt_without_zone_is_refused():
    with pytest.raises(BadInputError, match="zone"):
        envelope(device(1), RECEIVED.replace(tzinfo=None), DIGEST)


def test_the_receipt_does_not_tell_observations_apart():
    body = encode_body(device(1).body)

    assert without_receipt(device(1), body) == without_receipt(device(1), body)
    assert without_receipt(device(1), body) != without_receipt(device(1, day=1), body)
    assert without_receipt(unreachable(1), b"") != without_receipt(device(1), body)


def test_a_body_nobody_registered_can_still_not_be_decoded():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Stranger(Body):
        word: str

    assert encode_body(Stranger(word="x")) == b'{"word":"x"}'
    with pytest.raises(BadInputError, match="unknown"):
        decode_body("stranger/1", b'{"word":"x"}')
