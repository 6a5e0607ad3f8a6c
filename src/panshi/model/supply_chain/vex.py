"""Statements on exploitability: CSAF VEX, CycloneDX VEX, OpenVEX and our own, in one form."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

SYSTEM_URN = "urn:panshi:asset:"
"How a document names one of our systems."
EXPIRES_PROPERTY = "panshi:vex:expires"
SYSTEM_PROPERTY = "panshi:vex:system"
"Properties of a CycloneDX vulnerability: last day, and the system it is confined to."


class VexStatus(StrEnum):
    """What a statement says of a product; the words OpenVEX and CSAF share."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"


class VexProduct(NamedTuple):
    """What a statement is about."""

    purl: str = ""
    cpe: str = ""
    ref: str = ""
    "`bom-ref` or product id within its own document."
    versions: str = ""
    "A vers range; empty where the purl's own version, or every version, is meant."
    system: str = ""
    "Our asset it is confined to; empty for every system."
    subcomponents: tuple[str, ...] = ()
    "purls within the product the statement is confined to."


class VexStatement(NamedTuple):
    """One status of one vulnerability for some products."""

    vulnerability: str
    status: VexStatus
    aliases: tuple[str, ...] = ()
    products: tuple[VexProduct, ...] = ()
    justification: str = ""
    impact: str = ""
    action: str = ""
    author: str = ""
    document: str = ""
    "Digest or id of the document it stands in."
    issued: str = ""
    "As written, RFC 3339."
    expires: date | None = None
    "Last day on which it counts; None where its author set none."
    place: str = ""


def bom_link(ref: str, *, serial: str = "", version: int = 1, digest: str = "") -> str:
    """Name a component of one document for others: a BOM-Link (ECMA-424), else by its digest."""
    if serial:
        return f"urn:cdx:{serial.lower().removeprefix('urn:uuid:')}/{version}#{ref}"
    return f"{digest}#{ref}" if digest else ref
