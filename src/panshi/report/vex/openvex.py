"""Decisions as OpenVEX 0.2.0.

OpenVEX cannot say until when a statement counts: the note of each says it for people, and a reader
that holds to it needs the CycloneDX form. A range of versions stands in the qualifier `vers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import msgspec

from panshi import __version__
from panshi.model.supply_chain.vex import SYSTEM_URN, VexProduct, VexStatement, VexStatus

CONTEXT = "https://openvex.dev/ns/v0.2.0"


def openvex(
    statements: Iterable[tuple[str, VexStatement]], *, author: str, made: datetime
) -> bytes:
    """Write statements, each with the number of its decision."""
    listed = [_statement(number, each) for number, each in statements]
    digest = sha256(msgspec.json.encode(listed)).hexdigest()
    top = {
        "@context": CONTEXT,
        "@id": f"urn:panshi:vex:{digest}",
        "author": author,
        "timestamp": _instant(made),
        "version": 1,
        "tooling": f"panshi {__version__}",
        "statements": listed,
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2) + b"\n"


def _statement(number: str, each: VexStatement) -> dict[str, Any]:
    named: dict[str, Any] = {"name": each.vulnerability}
    if each.aliases:
        named["aliases"] = list(each.aliases)
    found: dict[str, Any] = {
        "@id": f"urn:panshi:vex:{number}",
        "vulnerability": named,
        "timestamp": each.issued,
        "products": [_product(product) for product in each.products],
        "status": str(each.status),
        "status_notes": f"{number}; counts until {each.expires}",
    }
    match each.status:
        case VexStatus.NOT_AFFECTED:
            found |= {"justification": each.justification, "impact_statement": each.impact}
        case VexStatus.AFFECTED:
            found["action_statement"] = each.action
        case VexStatus.FIXED | VexStatus.UNDER_INVESTIGATION:
            if each.impact:
                found["status_notes"] += f"; {each.impact}"
    return found


def _product(product: VexProduct) -> dict[str, Any]:
    purl = with_range(product.purl, product.versions)
    if not product.system:
        return {"@id": purl}
    name = SYSTEM_URN + quote(product.system, safe=":-._~")
    return {"@id": name, "subcomponents": [{"@id": purl}]}


def with_range(purl: str, versions: str) -> str:
    """Write a range into a purl (purl-spec, common qualifiers)."""
    if not versions:
        return purl
    head, sharp, subpath = purl.partition("#")
    pair = "vers=" + quote(versions, safe=":/*")
    return head + ("&" if "?" in head else "?") + pair + sharp + subpath


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
