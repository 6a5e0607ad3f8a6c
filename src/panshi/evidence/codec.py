"""Observations as bytes: the canonical envelope and the body.

The envelope is what the leaf hash covers: JSON, keys sorted, UTF-8, no spaces, times in UTC with
`Z`. It speaks of the body only by a salted digest, so that the body can be erased. Both are
stored as the bytes that were hashed and are never written anew, so a later change of a body's
dataclass (a new field with a default) leaves every old hash as it was.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from panshi.errors import BadInputError
from panshi.model.bodies import KINDS
from panshi.model.observation import Body, Observation, Outcome

VERSION = 1
"Version of the envelope, its field `v`."


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """What is hashed into the log; the fields stand in the order of their names."""

    body_sha256: str | None
    "SHA-256(nonce ‖ body) in hexadecimal digits; None where nothing was seen."
    collector: str
    facet: str
    kind: str
    observed_at: datetime
    outcome: Outcome
    period_start: datetime | None
    reason: str
    received_at: datetime
    subject: str
    v: int


_encode = msgspec.json.Encoder().encode
_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


def encode_body(body: Body) -> bytes:
    """Write a body as JSON; refuse one that would not be read back equal.

    That catches values of a wrong type, lists where tuples belong, NaN and infinity before they
    are sealed for ever.
    """
    try:
        raw = _encode(body)
        same = _decoder(type(body)).decode(raw) == body
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise BadInputError(
            f"a body of type {type(body).__name__} cannot be sealed: {error}",
            remedy="give each field a value of its declared type",
        ) from error
    if not same:
        raise BadInputError(
            f"a body of type {type(body).__name__} is not read back as it was written",
            remedy="use tuples instead of lists, and finite numbers",
        )
    return raw


def decode_body(kind: str, raw: bytes) -> Body:
    """Read the body of an observation of this kind; fields this version does not know are left."""
    spec = KINDS.get(kind)
    if spec is None:
        raise BadInputError(
            f"unknown observation kind {kind!r}",
            remedy="it may come from a newer Panshi; upgrade this one",
        )
    try:
        body: Body = _decoder(spec.body).decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInputError(f"the body is not a {kind}: {error}") from error
    return body


def envelope(observation: Observation, received_at: datetime, body_sha256: str | None) -> bytes:
    """Canonical bytes of an observation; `body_sha256` is None exactly where there is no body."""
    if (body_sha256 is None) != (observation.body is None):
        raise BadInputError("a body and its digest go together")
    if received_at.tzinfo is None:
        raise BadInputError("a time without zone", remedy="give times with an offset")
    begin = observation.period_start
    form = Envelope(
        body_sha256=body_sha256,
        collector=observation.collector,
        facet=observation.facet,
        kind=observation.kind,
        observed_at=observation.observed_at.astimezone(UTC),
        outcome=observation.outcome,
        period_start=None if begin is None else begin.astimezone(UTC),
        reason=observation.reason,
        received_at=received_at.astimezone(UTC),
        subject=observation.subject,
        v=VERSION,
    )
    return _written(form)


def parse_envelope(raw: bytes) -> Envelope:
    """Read an envelope's bytes."""
    try:
        form = _decode_envelope(raw)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadInputError(f"not an envelope of an observation: {error}") from error
    if form.v != VERSION:
        raise BadInputError(
            f"envelope version {form.v} is not known",
            remedy="it may come from a newer Panshi; upgrade this one",
        )
    return form


def is_canonical(raw: bytes) -> bool:
    """Whether these bytes are exactly how the envelope they hold is written."""
    return _written(parse_envelope(raw)) == raw


def without_receipt(observation: Observation, body: bytes) -> bytes:
    """Bytes of everything but the time of receipt: equal for one observation given twice."""
    begin = observation.period_start
    return _encode(
        (
            observation.kind,
            observation.subject,
            observation.facet,
            observation.collector,
            observation.outcome,
            observation.reason,
            observation.observed_at.astimezone(UTC),
            None if begin is None else begin.astimezone(UTC),
            msgspec.Raw(body or b"null"),
        )
    )


def _written(form: Envelope) -> bytes:
    try:
        return _encode(form)
    except (TypeError, ValueError) as error:
        raise BadInputError(
            f"an observation of kind {form.kind!r} cannot be sealed: {error}",
            remedy="its texts must be valid Unicode",
        ) from error


def _decoder(body: type) -> msgspec.json.Decoder[Any]:
    found = _decoders.get(body)
    if found is None:
        found = _decoders[body] = msgspec.json.Decoder(body)
    return found
