"""Statements on exploitability that people make, receive and trust.

The facet of a decision is its number, for example `VEX-2026-001`, that of trust `VT-2026-001`, that
of a document its digest. Whether one counts on a day is derived from its steps
(`panshi.protection.supply_chain.vex.steps`); nothing is ever without a last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body
from panshi.model.supply_chain.vex import VexStatus

DECISION = "vex.decision/1"
TRUST = "vex.trust/1"
DOCUMENT = "vex.document/1"


class VexStep(StrEnum):
    """What somebody does with a decision or with trust."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SignatureState(StrEnum):
    """What is known of a document's signature."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"
    "There is one, and no key of the author's is known."


@observation_kind(DECISION, "可利用性（VEX）決定", "Decision on exploitability", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class VexDecision(Body):
    """One step; only the proposal says what is decided, the others name it by its evidence id."""

    step: VexStep
    by: str
    why: str = ""
    about: str = ""
    "Evidence id of the proposal, by which every word of it is meant."
    vulnerability: str = ""
    aliases: tuple[str, ...] = ()
    purl: str = ""
    "With its version where one is meant, without where `versions` says which."
    versions: str = ""
    "A vers range: later versions are covered only where it says so."
    system: str = ""
    "Asset id it is confined to; empty for every system."
    status: VexStatus | None = None
    justification: str = ""
    impact: str = ""
    advice: str = ""
    expires: date | None = None
    "Last day on which it counts."
    adopts: str = ""
    "Digest of the received document it takes over from."
    advisories: tuple[str, ...] = ()
    "What was known when it was proposed: advisories with the digest of each, `id sha256`."
    covered: tuple[str, ...] = ()
    "What it covered when it was proposed: `system purl`."


@observation_kind(
    TRUST, "可利用性聲明來源之信任", "Trust in an author of statements", personal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VexTrust(Body):
    """One step of trusting what an author says; only the proposal says whom and how far."""

    step: VexStep
    by: str
    why: str = ""
    about: str = ""
    author: str = ""
    "As the author's documents name it."
    supplier: str = ""
    "Asset id of the supplier it is."
    precedence: int = 1
    "From 1 to 9; where authors disagree the higher goes first."
    packages: tuple[str, ...] = ()
    "Beginnings of purls it may speak of; empty for all."
    keys: tuple[str, ...] = ()
    "Public keys (verifier keys or PEM) of which one must have signed; empty: unsigned is taken."
    expires: date | None = None


@observation_kind(DOCUMENT, "收到之可利用性聲明文件", "Statements received", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class VexReceived(Body):
    """A document with statements as it came; its bytes are kept by their digest."""

    sha256: str
    format: str
    spec_version: str
    document_id: str = ""
    author: str = ""
    "As the document names it; who that is, only the signature proves."
    document_title: str = ""
    issued: str = ""
    statements: int
    defects: int = 0
    refusal: str = ""
    "Why not one of its statements counts."
    signature: SignatureState
    signed_by: str = ""
    "Key that signed it."
    supplier: str = ""
    file: str = ""
    by: str = ""
