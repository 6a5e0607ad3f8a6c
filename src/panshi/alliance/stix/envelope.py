"""A TAXII envelope or a STIX bundle, opened: every object as its bytes, its values and its head.

The bytes of an object are kept as they came and served again unchanged; what must be known of it
is read once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from panshi.alliance.stix.rules import moment
from panshi.alliance.stix.validation import Flaw, Validator
from panshi.errors import BadInputError
from panshi.model.alliance.intelligence import ObjectHead
from panshi.model.alliance.marking import Marking

MAX_OBJECT = 1024 * 1024
"Bytes of one object."
MAX_ID = 350


class _Envelope(msgspec.Struct):
    objects: list[msgspec.Raw] = msgspec.field(default_factory=list)


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_OBJECT = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One object of an envelope."""

    body: bytes
    value: Mapping[str, Any]
    "Empty where it is no JSON object."
    id: str
    "Empty where there is none that can be read."
    flaws: tuple[Flaw, ...] = ()


def opened(raw: bytes, validator: Validator, *, most: int) -> tuple[Opened, ...]:
    """Open an envelope or bundle of at most so many objects and judge each by itself."""
    try:
        parts = _ENVELOPE.decode(raw).objects
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"this is no envelope of objects: {error}", remedy='{"objects": [ … ]}'
        ) from error
    if len(parts) > most:
        raise BadInputError(
            f"{len(parts):,} objects at once; at most {most:,}", remedy="send them in parts"
        )
    return tuple(_opened(bytes(each), validator) for each in parts)


def _opened(body: bytes, validator: Validator) -> Opened:
    if len(body) > MAX_OBJECT:
        flaw = Flaw("", f"the object is larger than {MAX_OBJECT:,} bytes")
        return Opened(body=b"", value={}, id="", flaws=(flaw,))
    try:
        value = _OBJECT.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        return Opened(body=b"", value={}, id="", flaws=(Flaw("", str(error)[:200]),))
    named = value.get("id")
    known = named if isinstance(named, str) and len(named) <= MAX_ID else ""
    flaws = validator.flaws(value)
    if not flaws and not known:
        flaws = (Flaw("id", f"longer than {MAX_ID} characters"),)
    if not flaws and value["type"] == "bundle":
        flaws = (Flaw("", "a bundle is no object of a collection"),)
    if not flaws and value.get("spec_version", "2.1") != "2.1":
        flaws = (Flaw("spec_version", "only STIX 2.1 is taken"),)
    return Opened(body=body, value=value, id=known, flaws=flaws)


def head_of(each: Opened, marking: Marking) -> ObjectHead:
    """Give what a store must know of an object that has no flaws."""
    value = each.value
    told = value.get("modified") or value.get("created")
    version = moment(told) if isinstance(told, str) else None
    return ObjectHead(
        id=each.id,
        type=value["type"],
        spec_version="2.1",
        version=version,
        created_by=value.get("created_by_ref", ""),
        marking=marking,
        digest=hashlib.sha256(each.body).hexdigest(),
    )


def enveloped(bodies: Iterable[bytes]) -> bytes:
    """Join objects to what stands between the brackets of an envelope."""
    return b",".join(bodies)
