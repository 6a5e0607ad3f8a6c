"""DSSE envelopes (secure-systems-lab/dsse): what is inside, and who claims to have signed it.

Signatures are not checked here: whom to believe is judgement's (`panshi.protection.supply_chain`).
"""

from __future__ import annotations

import binascii
from base64 import b64decode

from panshi.errors import BadInputError
from panshi.observe.vex.document import Envelope, Json, mapping, objects, text

SIGNATURES_KEPT = 20
MAX_SIGNATURE = 16_384
IN_TOTO = "application/vnd.in-toto+json"


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
