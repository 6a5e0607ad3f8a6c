"""Statements received from suppliers: read, kept as they came, sealed with where they come from.

    receive(node, Path("acme-vex.json"), supplier="supplier:acme", actor="lin.kaiwen")

What an author says counts only once two people trust the author (`panshi vex trust`); a signature
is checked against the keys that trust names. Nothing is kept of a document that is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.model.asset import AssetKind
from panshi.model.bodies.vex import DOCUMENT, SignatureState, VexReceived
from panshi.model.supply_chain.bom import Defect
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.supply_chain.vex import trusts
from panshi.observe.vex.document import VexDocument
from panshi.observe.vex.reading import raw_of, read_vex
from panshi.protection.supply_chain.vex.signatures import signed_by
from panshi.protection.supply_chain.vex.steps import AffairState
from panshi.store.portfolio.documents import Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of one document."""

    file: str
    sha256: str
    new: bool
    "False where the same bytes were received before; then nothing is sealed."
    format: str
    author: str
    statements: int
    refusal: str
    signature: SignatureState
    signed_by: str
    defects: tuple[Defect, ...]
    evidence: str


def receive(
    node: Node,
    source: Path | bytes,
    *,
    name: str = "",
    supplier: str = "",
    actor: str,
    estate_id: str | None = None,
) -> Receipt:
    """Read, keep and seal one document; the same bytes are sealed once."""
    estate = node.estate(estate_id)
    if supplier:
        found = estate.resolve(supplier)
        if found is None or estate.by_id[found].kind is not AssetKind.SUPPLIER:
            raise UsageError(
                f"the estate knows no supplier {supplier[:80]!r}", remedy="panshi estate show"
            )
        supplier = found
    raw = source if isinstance(source, bytes) else raw_of(source)
    file = name or (source.name if isinstance(source, Path) else "")
    document = read_vex(raw, name=str(source) if isinstance(source, Path) else file)
    state, signer = _signature(node, document, estate.id)
    known = next(
        (
            each
            for each in own_records(node, DOCUMENT, estate.id)
            if each.observation.facet == document.digest
            and isinstance(each.observation.body, VexReceived)
            and each.observation.body.supplier == supplier
        ),
        None,
    )
    evidence = known.id if known else ""
    if known is None:
        Documents(node.home.path).keep(raw)
        body = _body(document, state, signer, supplier=supplier, file=file, actor=actor)
        evidence = node.record(
            DOCUMENT, body, facet=document.digest, actor=actor, estate_id=estate.id
        )
    return Receipt(
        file=file,
        sha256=document.digest,
        new=known is None,
        format=f"{document.format} {document.spec_version}".strip(),
        author=document.author,
        statements=len(document.statements),
        refusal=document.refused,
        signature=state,
        signed_by=signer,
        defects=document.defects,
        evidence=evidence,
    )


def hear_trusted(node: Node, raw: bytes, *, name: str, actor: str) -> None:
    """Receive a document a feed brought, where two people trust its author; drop all others.

    Providers publish tens of thousands of documents; those nobody trusts would decide nothing.
    """
    today = day_of(node.clock())
    for estate_id in node.estate_ids():
        authors = {
            each.said.author.casefold()
            for each in trusts(node, estate_id)
            if each.state(today) is AffairState.IN_FORCE
        }
        if not authors:
            continue
        try:
            document = read_vex(raw, name=name)
        except BadInputError:
            return  # told as a refusal of the feed
        if document.author.casefold() in authors and document.statements:
            receive(node, raw, name=name, actor=actor, estate_id=estate_id)


def _signature(node: Node, document: VexDocument, estate_id: str) -> tuple[SignatureState, str]:
    """Say what is known of a signature on the day of receipt; each day checks it again."""
    envelope = document.envelope
    if envelope is None or not envelope.signatures:
        return SignatureState.NONE, ""
    today = day_of(node.clock())
    keys = [
        key
        for each in trusts(node, estate_id)
        if each.state(today) is AffairState.IN_FORCE
        and each.said.author.casefold() == document.author.casefold()
        for key in each.said.keys
    ]
    if not keys:
        return SignatureState.UNCHECKED, ""
    signer = signed_by(envelope.payload_type, envelope.payload, envelope.signatures, keys)
    return (SignatureState.VALID if signer else SignatureState.INVALID), signer


def _body(
    document: VexDocument,
    state: SignatureState,
    signer: str,
    *,
    supplier: str,
    file: str,
    actor: str,
) -> VexReceived:
    return VexReceived(
        sha256=document.digest,
        format=document.format,
        spec_version=document.spec_version,
        document_id=document.id,
        author=document.author,
        document_title=document.title,
        issued=document.issued,
        statements=len(document.statements),
        defects=len(document.defects),
        refusal=document.refused,
        signature=state,
        signed_by=signer,
        supplier=supplier,
        file=file[:200],
        by=actor,
    )
