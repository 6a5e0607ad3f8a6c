"""Sealing: from an observation to the leaf of the log, and back.

    body bytes ── SHA-256(nonce ‖ body) ──► body_sha256 ──► envelope ── SHA-256(0x00 ‖ …) ──► leaf

The id is the first half of the leaf hash, so that it commits to all of that. The nonce keeps a
body with few possible values from being guessed from its digest after it was erased; it is
erased with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from panshi.errors import BadInputError, IntegrityError
from panshi.evidence.codec import (
    decode_body,
    encode_body,
    envelope,
    is_canonical,
    parse_envelope,
)
from panshi.evidence.merkle import leaf_hash
from panshi.model.bodies import KINDS
from panshi.model.observation import Body, Observation, ObservationId, Outcome, Sealed

NONCE_BYTES = 16
ID_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The bytes of one sealed observation."""

    position: int
    envelope: bytes
    "What the leaf hash covers."
    body: bytes | None = None
    "JSON of what was seen; None where nothing was seen or the body was erased."
    nonce: bytes | None = None
    "Erased together with the body."

    @property
    def hash(self) -> bytes:
        """Leaf hash (RFC 9162 section 2.1.1)."""
        return leaf_hash(self.envelope)

    @property
    def id(self) -> ObservationId:
        """Id of the observation."""
        return id_of(self.hash)


def id_of(leaf: bytes) -> ObservationId:
    """Id of the observation with this leaf hash: its first half."""
    return ObservationId(leaf.hex()[:ID_DIGITS])


def body_digest(nonce: bytes, body: bytes) -> str:
    """Salted digest by which an envelope speaks of a body."""
    return sha256(nonce + body).hexdigest()


def checked_body(observation: Observation) -> bytes:
    """Bytes of the observation's body, empty where it has none; refuse one of another kind."""
    spec = KINDS.get(observation.kind)
    if spec is None:
        raise BadInputError(f"unknown observation kind {observation.kind!r}")
    body = observation.body
    if body is None:
        return b""
    if type(body) is not spec.body:
        raise BadInputError(
            f"a body of type {type(body).__name__} is not a {observation.kind}",
            place=observation.subject,
        )
    return encode_body(body)


def sealed_envelope(
    observation: Observation, received_at: datetime, body: bytes, nonce: bytes
) -> bytes:
    """Envelope of an observation whose body was written as `body`."""
    return envelope(observation, received_at, body_digest(nonce, body) if body else None)


def unseal(position: int, observation_id: ObservationId, raw: bytes, body: bytes | None) -> Sealed:
    """Observation in stored bytes; without checking hashes, which `check_leaf` does."""
    form = parse_envelope(raw)
    decoded: Body | None = None
    erased = False
    if form.body_sha256 is not None:
        if body is None:
            erased = True
        else:
            decoded = decode_body(form.kind, body)
    elif form.outcome is Outcome.SEEN:
        raise BadInputError("an envelope that saw something names no body")
    made = object.__new__(Observation)
    # The invariants were checked before sealing, and an erased body breaks one on purpose.
    _kind(made, form.kind)
    _subject(made, form.subject)
    _observed_at(made, form.observed_at)
    _collector(made, form.collector)
    _outcome(made, form.outcome)
    _facet(made, form.facet)
    _reason(made, form.reason)
    _body(made, decoded)
    _period_start(made, form.period_start)
    return Sealed(
        id=observation_id,
        position=position,
        received_at=form.received_at,
        observation=made,
        erased=erased,
    )


def check_leaf(leaf: Leaf) -> bool:
    """Whether envelope and body fit each other; False where the body is erased.

    Raises `IntegrityError` where they do not fit.
    """
    if not is_canonical(leaf.envelope):
        raise IntegrityError("the envelope is not in canonical form")
    digest = parse_envelope(leaf.envelope).body_sha256
    if leaf.body is None and leaf.nonce is None:
        return digest is None
    if leaf.body is None or leaf.nonce is None:
        raise IntegrityError("a body and its nonce go together")
    if digest != body_digest(leaf.nonce, leaf.body):
        raise IntegrityError("the body is not the one that was sealed")
    return True


_kind = Observation.__dict__["kind"].__set__
_subject = Observation.__dict__["subject"].__set__
_observed_at = Observation.__dict__["observed_at"].__set__
_collector = Observation.__dict__["collector"].__set__
_outcome = Observation.__dict__["outcome"].__set__
_facet = Observation.__dict__["facet"].__set__
_reason = Observation.__dict__["reason"].__set__
_body = Observation.__dict__["body"].__set__
_period_start = Observation.__dict__["period_start"].__set__
