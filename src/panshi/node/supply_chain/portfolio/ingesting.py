"""Take a bill of materials in, forget one, make everything derived anew.

First the original is kept, then its delivery is sealed, then the portfolio follows the log: a crash
between any two leaves nothing half stored, and delivering again finishes what was begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.model.asset import AssetId, AssetKind, RelationKind
from panshi.model.bodies.sbom_portfolio import FORGOTTEN, SbomForgotten
from panshi.model.bodies.software import SbomDocument
from panshi.model.observation import Observation
from panshi.model.supply_chain.bom import Defect
from panshi.node.supply_chain.portfolio.bills import read_bill
from panshi.node.supply_chain.portfolio.keeping_up import DOCUMENT, keep_up
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.node.supply_chain.vex_receiving import receive
from panshi.observe.reading.texts import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from panshi.node.node import Node
    from panshi.node.supply_chain.portfolio.bills import Bill
    from panshi.store.portfolio import Delivery

LONGEST_PART = 100
COMPONENT_KINDS = frozenset(
    {
        AssetKind.SYSTEM,
        AssetKind.SOFTWARE,
        AssetKind.MOBILE_APP,
        AssetKind.API,
        AssetKind.AI_SYSTEM,
        AssetKind.HOST,
        AssetKind.DEVICE,
        AssetKind.IOT_DEVICE,
    }
)
"What is made of software."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one document."""

    document: str
    "Evidence id of its delivery."
    digest: str
    "SHA-256 of its bytes."
    system: str
    part: str
    new: bool
    "False where it was delivered for this system before; nothing was sealed then."
    stands: bool
    "Whether it is the document that now stands for the system's part."
    packages: int
    components: int
    unreadable: int
    defects: tuple[Defect, ...]
    previous: str
    "Digest of the document whose place it took; empty where there was none."
    states: bool = False
    "Whether it carries statements on exploitability; they are received like any other."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One document and what it is for."""

    source: Path | bytes
    system: str
    supplier: str = ""
    "Asset id of the supplier, or a name; by default the one the estate gives the system."
    service: str = ""
    part: str = ""
    "Which part of the system it describes, where several documents stand side by side."
    at: datetime | None = None
    "When it arrived, where that was not now."
    name: str = ""
    "What errors call given bytes."
    again: bool = False
    "Let it stand once more although a newer one does: an older release was put back."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    sending: Sending
    digest: str
    bill: Bill
    known: Delivery | None
    observation: Observation | None
    "None where it is known already."


def ingest(  # noqa: PLR0913 -- what a delivery may say of itself
    node: Node,
    source: Path | bytes,
    *,
    system: str,
    supplier: str = "",
    service: str = "",
    part: str = "",
    at: datetime | None = None,
    actor: str = "",
    again: bool = False,
    name: str = "",
) -> Ingested:
    """Take one document in; the same one for the same system is taken in once."""
    sending = Sending(
        source=source,
        system=system,
        supplier=supplier,
        service=service,
        part=part,
        at=at,
        again=again,
        name=name,
    )
    return ingest_many(node, (sending,), actor=actor)[0]


def ingest_many(
    node: Node, sendings: Sequence[Sending], *, actor: str = ""
) -> tuple[Ingested, ...]:
    """Take several documents in, all or, where one of them is none, none."""
    keep_up(node)
    memory = memory_of(node)
    now = node.clock()
    read = [_read(node, each, now) for each in sendings]
    observations = [each.observation for each in read if each.observation is not None]
    if observations:
        for each in read:
            if each.observation is not None:
                memory.documents.keep(_content(each.sending))
        node.log.append(observations, now)
        if actor:
            first = observations[0].subject
            more = f" and {len(observations) - 1} more" if len(observations) > 1 else ""
            node.audit(actor, "sbom.ingest", f"{first}{more}")
        node.log.sign_checkpoint(node.signer)
        keep_up(node, {each.digest: each.bill for each in read})
        _hear(node, read, actor)
    return tuple(_told(node, each) for each in read)


def _hear(node: Node, read: Sequence[_Read], actor: str) -> None:
    """Receive the statements on exploitability documents carry; trust decides what they count."""
    for each in read:
        if each.observation is None or not each.bill.states or not node.estate_ids():
            continue
        estate_id, supplier = _known_supplier(node, each.observation)
        receive(
            node,
            _content(each.sending),
            name=each.sending.name or _component(node, each.sending.system),
            supplier=supplier,
            actor=actor,
            estate_id=estate_id,
        )


def _known_supplier(node: Node, delivery: Observation) -> tuple[str, str]:
    """Give the estate a delivery is for, and its supplier where that estate knows it."""
    body = delivery.body
    named = body.delivered_by if isinstance(body, SbomDocument) else ""
    for estate_id in node.estate_ids():
        estate = node.judging.estate(estate_id)
        if AssetId(delivery.subject) in estate.by_id:
            found = estate.resolve(named) if named else None
            known = found is not None and estate.by_id[found].kind is AssetKind.SUPPLIER
            return estate_id, str(found) if known else ""
    return node.estate_ids()[0], ""


def _read(node: Node, sending: Sending, now: datetime) -> _Read:
    part = sending.part.strip()
    if len(part) > LONGEST_PART or not part.isprintable():
        raise UsageError("the part has no name", place=part[:40], remedy="a short word")
    system = _component(node, sending.system)
    content = _content(sending)
    digest = sha256(content).hexdigest()
    name = sending.name or (str(sending.source) if isinstance(sending.source, Path) else "")
    bill = read_bill(content, name=name)
    memory = memory_of(node)
    with memory.index.reading() as reading:
        number = reading.system(system)
        known = None if number is None else reading.delivered(number, part, digest)
        standing = {} if number is None else {at: of for at, of, _ in reading.standing(number)}
    stands = known is not None and standing.get(part) == known.id
    if known is not None and (stands or not sending.again):
        observation = None
    else:
        supplier = sending.supplier or _supplier(node, system)
        observation = _observation(sending, system, part, digest, bill, supplier, now)
    return _Read(sending=sending, digest=digest, bill=bill, known=known, observation=observation)


def _content(sending: Sending) -> bytes:
    if isinstance(sending.source, bytes):
        return sending.source
    try:
        return sending.source.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"the file cannot be read: {error.strerror}", place=str(sending.source)
        ) from error


def _observation(
    sending: Sending,
    system: str,
    part: str,
    digest: str,
    bill: Bill,
    supplier: str,
    now: datetime,
) -> Observation:
    head = bill.head
    delivered = min(sending.at or now, now).astimezone(UTC)
    created = _moment(head.created)
    subject = head.subject
    return Observation(
        kind=DOCUMENT,
        subject=system,
        facet=part,
        observed_at=min(created or delivered, delivered),
        collector=clean(", ".join(head.tools), 200) or f"{head.format} {head.spec_version}",
        body=SbomDocument(
            format=head.format,
            spec_version=head.spec_version,
            serial=clean(head.serial),
            component_count=bill.components,
            versioned_share=bill.versioned_share,
            identified_share=bill.identified_share,
            created=created.date() if created else None,
            tool=clean(", ".join(head.tools), 200),
            subject_name=clean(subject.name) if subject else "",
            subject_version=clean(subject.version, 200) if subject else "",
            supplier=clean(head.supplier, 200),
            skipped=bill.unreadable,
            sha256=digest,
            part=part,
            service=clean(sending.service, 200),
            delivered_by=clean(supplier, 200),
            delivered=delivered,
        ),
    )


def _moment(text: str) -> datetime | None:
    """Read when a document says it was made; None where it says nothing readable."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _component(node: Node, name: str) -> str:
    """Give the asset a document is for; what no estate knows is refused."""
    for estate_id in node.estate_ids():
        estate = node.judging.estate(estate_id)
        found = estate.resolve(name) or estate.resolve(f"system:{name}")
        if found is not None and estate.by_id[found].kind in COMPONENT_KINDS:
            return found
    raise MissingError(
        f"no estate knows the system {name[:80]!r}",
        remedy="`panshi estate` lists systems; add it there first, so that services reach it",
    )


def _supplier(node: Node, system: str) -> str:
    for estate_id in node.estate_ids():
        estate = node.judging.estate(estate_id)
        for relation in estate.relations_of(AssetId(system)):
            if relation.kind is RelationKind.SUPPLIED_BY and relation.source == system:
                return relation.target
    return ""


def _told(node: Node, read: _Read) -> Ingested:
    part = read.sending.part.strip()
    system = _component(node, read.sending.system)
    with memory_of(node).index.reading() as reading:
        number = reading.system(system)
        if number is None:
            raise MissingError(f"{system} was forgotten meanwhile", remedy="deliver it again")
        delivery = reading.delivered(number, part, read.digest)
        if delivery is None:
            raise MissingError(f"{system} was forgotten meanwhile", remedy="deliver it again")
        standing = {at: of for at, of, _ in reading.standing(number)}
        earlier = [
            each.digest
            for each in reading.deliveries(number)
            if each.part == part
            and not each.forgotten
            and (each.received, each.position) < (delivery.received, delivery.position)
        ]
    return Ingested(
        document=delivery.observation,
        digest=read.digest,
        system=system,
        part=part,
        new=read.observation is not None,
        stands=standing.get(part) == delivery.id,
        packages=delivery.packages,
        components=read.bill.components,
        unreadable=read.bill.unreadable,
        defects=read.bill.defects,
        previous=earlier[-1] if earlier else "",
        states=read.bill.states,
    )


def forget(node: Node, *, system: str, digest: str = "", why: str, actor: str) -> int:
    """Let a system's documents, or one of them, no longer count; gives how many.

    The evidence of them stays, and so do the originals.
    """
    keep_up(node)
    memory = memory_of(node)
    with memory.index.reading() as reading:
        number = reading.system(system)
        if number is None and ":" not in system:
            system = f"system:{system}"
            number = reading.system(system)
        meant = [
            each
            for each in (reading.deliveries(number) if number is not None else ())
            if not each.forgotten and each.digest.startswith(digest)
        ]
    digests = {each.digest for each in meant}
    if not meant or (digest and len(digests) > 1):
        raise MissingError(
            f"the portfolio has {'no' if not meant else 'several'} such documents of {system}",
            place=digest[:16],
            remedy="`panshi sbom list` shows them",
        )
    if not why.strip():
        raise UsageError("nothing is forgotten without a reason", remedy="say why")
    body = SbomForgotten(why=clean(why), by=actor, sha256=digests.pop() if digest else "")
    at = node.clock()
    made = Observation(
        kind=FORGOTTEN, subject=system, observed_at=at, collector="panshi sbom forget", body=body
    )
    node.log.append((made,), at)
    node.audit(actor, "sbom.forget", system, detail=body.sha256)
    node.log.sign_checkpoint(node.signer)
    keep_up(node)
    return len(meant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was made anew."""

    systems: int
    documents: int
    packages: int
    unreadable: tuple[str, ...]
    "Digests of documents whose original is missing or changed; they stand for nothing."


def rebuild(node: Node, *, actor: str = "") -> Rebuilt:
    """Make the index anew from log, originals and advisories."""
    memory = memory_of(node)
    with memory.lock:
        memory.index.forget()
        memory.forget()
        keep_up(node)
    if actor:
        node.audit(actor, "sbom.rebuild", "portfolio")
    with memory.index.reading() as reading:
        return Rebuilt(
            systems=reading.count("system"),
            documents=reading.count("delivery"),
            packages=reading.count("package"),
            unreadable=tuple(each.digest for each in reading.deliveries() if each.problem),
        )
