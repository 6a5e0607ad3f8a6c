"""DSSE envelopes (secure-systems-lab/dsse): what is inside, and over which bytes they are signed.

Signatures are not checked here: who may sign is judgement's (`panshi.protection.supply_chain.vex`).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass

from panshi.errors import BadInputError
from panshi.observe.vex.document import Json, mapping, objects, text

SIGNATURES_KEPT = 20
MAX_SIGNATURE = 16_384
IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An opened envelope."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]
    "Pairs of key id and signature."

    @property
    def signed(self) -> bytes:
        """The bytes that are signed (DSSE pre-authentication encoding)."""
        return pre_authentication(self.payload_type, self.payload)


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Join type and payload so that neither can be taken for the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def is_envelope(top: Json) -> bool:
    """Tell an envelope by its members."""
    return isinstance(top.get("payload"), str) and isinstance(top.get("payloadType"), str)


def open_envelope(top: Json, *, source: str) -> Envelope:
    """Open an envelope; one that is malformed is refused whole."""
    listed = tuple(objects(top.get("signatures"), "/signatures"))[:SIGNATURES_KEPT]
    return Envelope(
        payload_type=text(top.get("payloadType")),
        payload=_bytes(top.get("payload"), f"{source}: /payload"),
        signatures=tuple(
            (text(each.get("keyid")), _bytes(each.get("sig"), f"{source}: {place}/sig"))
            for each, place in listed
            if len(str(each.get("sig"))) <= MAX_SIGNATURE
        ),
    )


def predicate_of(statement: Json) -> Json:
    """Give the predicate of an in-toto statement, else the document itself."""
    held = mapping(statement.get("predicate"))
    return held if statement.get("predicateType") and held else statement


def _bytes(value: object, place: str) -> bytes:
    try:
        return b64decode(str(value).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadInputError("is no base64", place=place, remedy="export it again") from error
