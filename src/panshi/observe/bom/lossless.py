"""Read a document whole and write it again, with nothing lost.

The original bytes stay the first choice for handing a document on. Where it must be written anew,
`rewritten` gives the same document in one canonical form: JSON with sorted names and numbers as
written, XML by Canonical XML 2.0. Two documents that say the same, member for member, are equal.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.bom.document import LIMITS, Document, take_whole
from panshi.observe.bom.strict import parsed_xml

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")


def original(document: Path | bytes, *, source: str = "") -> bytes:
    """Give the bytes of a document, expanded where it came compressed."""
    name = source or (str(document) if isinstance(document, Path) else "document")
    with Document(document, name, LIMITS).open() as opened:
        raw = take_whole(opened)
    if raw is None:
        raise BadInputError(
            "is too large to be held in memory", place=name, remedy="copy the file instead"
        )
    return raw


def rewritten(raw: bytes, *, source: str = "document") -> bytes:
    """Give a document of JSON or XML in its canonical form."""
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        return etree.tostring(parsed_xml(raw, source), method="c14n2")
    return _encoder.encode(parsed_json(text, source))


def parsed_json(raw: bytes, source: str) -> object:
    """Decode JSON with its numbers as they are written."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError, ArithmeticError) as error:
        raise BadInputError(
            f"is not valid JSON: {str(error)[:200]}", place=source, remedy="export the file again"
        ) from error
