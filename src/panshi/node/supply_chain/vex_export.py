"""Decisions in force as a document: OpenVEX or CycloneDX, signed for pipelines without a home.

    exported(node, "cyclonedx", signed=True).raw

A signed export is the CycloneDX form in a DSSE envelope, signed with the key of the evidence log;
`panshi sbom match --vex FILE --vex-key KEY` checks it. OpenVEX cannot say until when a statement
counts, so it is not signed for a gate.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

import msgspec

from panshi.errors import UsageError
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.vex import decisions, institution_name, voice_of
from panshi.protection.secure_development.envelope import pae
from panshi.report.vex.cyclonedx import MEDIA_TYPE, cyclonedx_vex
from panshi.report.vex.openvex import openvex

FORMATS = ("cyclonedx", "openvex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A document and what is in it."""

    raw: bytes
    format: str
    statements: int
    key: str
    "Key with which it is checked; empty where it is not signed."


def exported(
    node: Node,
    form: str = "cyclonedx",
    *,
    system: str = "",
    signed: bool = False,
    estate_id: str | None = None,
) -> Exported:
    """Write what is in force today, oldest first; of one system: what holds there."""
    if signed and form != "cyclonedx":
        raise UsageError(
            "OpenVEX cannot say until when a statement counts",
            remedy="sign the CycloneDX form: --format cyclonedx --signed",
        )
    now, author = node.clock(), institution_name(node, estate_id)
    voices = [voice_of(each, author, day_of(now)) for each in decisions(node, estate_id)]
    held = [
        (each.number, each.statement)
        for each in reversed(voices)
        if not each.barred and _holds_in(each.statement.products[0].system, system)
    ]
    match form:
        case "openvex":
            raw = openvex(held, author=author, made=now)
        case "cyclonedx":
            raw = cyclonedx_vex(held, author=author, made=now)
        case _:
            raise UsageError(f"{form[:40]!r} is no form", remedy=f"one of {', '.join(FORMATS)}")
    if not signed:
        return Exported(raw=raw, format=form, statements=len(held), key="")
    return Exported(
        raw=enveloped(node, raw), format=form, statements=len(held), key=str(node.signer.key)
    )


def enveloped(node: Node, raw: bytes) -> bytes:
    """Put a document into an envelope with the node's signature."""
    signature = node.signer.sign(pae(MEDIA_TYPE, raw))
    key = node.signer.key
    top = {
        "payloadType": MEDIA_TYPE,
        "payload": b64encode(raw).decode(),
        "signatures": [
            {"keyid": f"{key.name}+{key.id.hex()}", "sig": b64encode(signature).decode()}
        ],
    }
    return msgspec.json.format(msgspec.json.encode(top), indent=2) + b"\n"


def _holds_in(confined: str, system: str) -> bool:
    return not system or confined in {"", system}
