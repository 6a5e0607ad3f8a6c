"""Read a document with statements, whatever its format: bytes or a file in, `VexDocument` out.

    document = read_vex(Path("supplier-vex.json"))
    document.statements, document.defects, document.refused

A document that is none is refused with its place; what is inside one and cannot be taken is told as
a defect, so that one bad statement never costs the others.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.observe.reading.files import Source, begins_with_markup, open_source, utf8_chunks
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.vex.csaf import is_csaf, read_csaf
from panshi.observe.vex.cyclonedx import read_cyclonedx
from panshi.observe.vex.cyclonedx_xml import read_cyclonedx_xml
from panshi.observe.vex.document import Envelope, Json, VexDocument
from panshi.observe.vex.envelope import is_envelope, open_envelope, predicate_of
from panshi.observe.vex.openvex import is_openvex, read_openvex

LIMITS = Limits(max_bytes=64 * MIB)
REMEDY = "give a CSAF 2.0 or 2.1, CycloneDX or OpenVEX document"


def read_vex(source: Path | bytes, *, name: str = "") -> VexDocument:
    """Read one document."""
    if isinstance(source, bytes):
        return _read(source, name or "document")
    return _read(raw_of(source), str(source))


def raw_of(path: Path) -> bytes:
    """Give the bytes of a document file, bounded."""
    with open_source(path, LIMITS) as opened:
        return b"".join(iter(opened.read, b""))


def _read(raw: bytes, name: str) -> VexDocument:
    source, digest = Source(Path(name), LIMITS, BytesIO(raw)), sha256(raw).hexdigest()
    if begins_with_markup(source):
        return read_cyclonedx_xml(source, digest)
    return read_json(b"".join(utf8_chunks(source)), source=name, digest=digest)


def read_json(raw: bytes, *, source: str, digest: str) -> VexDocument:
    """Read one JSON document."""
    return document_of(decoded(raw, source), source=source, digest=digest)


def document_of(top: Json, *, source: str, digest: str) -> VexDocument:
    """Read a decoded document, in an envelope or bare."""
    if is_envelope(top):
        return enveloped(open_envelope(top, source=source), source=source, digest=digest)
    if is_openvex(top):
        return read_openvex(top, digest)
    if is_csaf(top):
        return read_csaf(top, digest)
    if top.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(top, digest)
    raise BadInputError("is no document with statements", place=source, remedy=REMEDY)


def enveloped(envelope: Envelope, *, source: str, digest: str) -> VexDocument:
    """Read what is in an envelope; its signatures remain to be checked."""
    inside = predicate_of(decoded(envelope.payload, f"{source}: /payload"))
    if is_envelope(inside):
        raise BadInputError("an envelope in an envelope", place=source, remedy=REMEDY)
    found = document_of(inside, source=f"{source}: /payload", digest=digest)
    return replace(found, envelope=envelope)


def decoded(raw: bytes, source: str) -> Json:
    """Decode an object; the decoder bounds the depth."""
    try:
        top = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadInputError(
            f"is not valid JSON: {error}", place=source, remedy="export the file again"
        ) from error
    if not isinstance(top, dict):
        raise BadInputError("is no JSON object", place=source, remedy=REMEDY)
    return top
