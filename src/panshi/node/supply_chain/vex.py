"""Statements on exploitability of this institution: decisions, trust, documents, what counts.

    decisions(node)              every decision with its state
    effective(node).rule(…)      what stands for one component on a day
    heard(node)                  what suppliers say, and why it does or does not count

Everything is derived from sealed records and a day; documents are read again from their kept bytes.
What changes them is in `panshi.node.supply_chain.vex_desk` and `vex_receiving`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from panshi.errors import BadInputError, IntegrityError, MissingError
from panshi.governance.parameters import KIND as PARAMETER
from panshi.governance.parameters import values_in_force
from panshi.governance.persons import pair_defect
from panshi.model.asset import AssetId
from panshi.model.bodies.vex import (
    DECISION,
    DOCUMENT,
    TRUST,
    VexDecision,
    VexReceived,
    VexTrust,
)
from panshi.model.observation import Sealed
from panshi.model.supply_chain.vex import VexStatement
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.records import institution_of
from panshi.node.remembered import remembered_of_records
from panshi.observe.vex.document import VexDocument
from panshi.observe.vex.reading import read_vex
from panshi.protection.supply_chain.vex import Statements, Voice
from panshi.protection.supply_chain.vex.fitting import packages
from panshi.protection.supply_chain.vex.proposals import statement_of
from panshi.protection.supply_chain.vex.signatures import signed_by
from panshi.protection.supply_chain.vex.steps import Affair, AffairState, fold, newest_first
from panshi.store.portfolio.documents import Documents

LONGEST_DAYS = "vex_longest_days"

type Decision = Affair[VexDecision]
type Trusted = Affair[VexTrust]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A document as it came, and whether what it says counts today."""

    sealed: Sealed
    body: VexReceived
    trust: Trusted | None = None
    barred: str = ""
    "Why it counts for nothing: `untrusted`, `unsigned`, `refused`, `lost`."


def longest_days(node: Node) -> Callable[[datetime], int]:
    """Give the longest term as it was governed at a moment."""
    changes = tuple(node.log.records(PARAMETER))
    specs = tuple(each for each in node.library.parameters if each.name == LONGEST_DAYS)

    @lru_cache(maxsize=1024)
    def at(moment: datetime) -> int:
        return int(values_in_force(specs, changes, moment)[LONGEST_DAYS])

    return at


def decisions(node: Node, estate_id: str | None = None) -> tuple[Decision, ...]:
    """Give every decision of an institution, newest first."""
    steps = own_records(node, DECISION, estate_id)
    found = fold(steps, VexDecision, two_people=pair_defect, longest=longest_days(node))
    return tuple(newest_first(found))


def decision(node: Node, number: str, estate_id: str | None = None) -> Decision:
    """Give one decision, or say that there is none."""
    return _one(decisions(node, estate_id), number, "panshi vex list")


def trusts(node: Node, estate_id: str | None = None) -> tuple[Trusted, ...]:
    """Give every trust in an author, newest first."""
    steps = own_records(node, TRUST, estate_id)
    found = fold(steps, VexTrust, two_people=pair_defect, longest=longest_days(node))
    return tuple(newest_first(found))


def trust(node: Node, number: str, estate_id: str | None = None) -> Trusted:
    """Give one trust, or say that there is none."""
    return _one(trusts(node, estate_id), number, "panshi vex trust list")


def received(
    node: Node, estate_id: str | None = None, on: date | None = None
) -> tuple[Received, ...]:
    """Give every document received, newest first, with what its author is trusted with on a day."""
    day = on or day_of(node.clock())
    alive = [each for each in trusts(node, estate_id) if each.state(day) is AffairState.IN_FORCE]
    newest: dict[str, Sealed] = {}
    for each in own_records(node, DOCUMENT, estate_id):
        newest[each.observation.facet] = each
    found = []
    for sealed in reversed(newest.values()):
        body = sealed.observation.body
        if isinstance(body, VexReceived):
            held = next((each for each in alive if _speaks(each.said, body)), None)
            barred = body.refusal or ("" if held else "untrusted")
            found.append(Received(sealed=sealed, body=body, trust=held, barred=barred))
    return tuple(found)


def document_of(node: Node, each: Received) -> VexDocument | None:
    """Read a document again from its kept bytes; None where they are lost or changed."""
    try:
        return read_vex(Documents(node.home.path).read(each.body.sha256), name=each.body.file)
    except (MissingError, IntegrityError, BadInputError):
        return None


def voices_of(node: Node, each: Received) -> Iterator[Voice]:
    """Give what a document says, each statement with the right by which it speaks."""
    document = document_of(node, each)
    if document is None:
        return
    said = each.trust.said if each.trust else None
    barred = each.barred
    if said and said.keys and not barred:
        envelope = document.envelope
        signer = envelope and signed_by(
            envelope.payload_type, envelope.payload, envelope.signatures, said.keys
        )
        barred = "" if signer else "unsigned"
    for statement in document.statements:
        outside = said is not None and not within(statement, said.packages)
        yield Voice(
            statement,
            rank=said.precedence if said else 1,
            number=each.trust.number if each.trust else "",
            evidence=each.sealed.id,
            barred=barred or ("outside what its author is trusted with" if outside else ""),
        )


def voice_of(each: Decision, author: str, on: date) -> Voice:
    """Give what a decision says, and why it does not count where it does not."""
    state = each.state(on)
    at = each.approved_at or each.sealed.observation.observed_at
    statement = statement_of(
        each.said, author=author, document=each.sealed.id, issued=at.isoformat()
    )
    return Voice(
        statement,
        own=True,
        number=each.number,
        evidence=each.approval or each.sealed.id,
        barred="" if state is AffairState.IN_FORCE else str(state),
    )


def effective(node: Node, on: date | None = None, estate_id: str | None = None) -> Statements:
    """Give every statement there is with its right to speak on a day, ready to be asked."""
    day, estate = on or day_of(node.clock()), node.estate(estate_id)

    def make() -> Statements:
        author = institution_name(node, estate.id)
        own = [voice_of(each, author, day) for each in decisions(node, estate.id)]
        others = [
            voice for each in received(node, estate.id, day) for voice in voices_of(node, each)
        ]
        return Statements((*own, *others))

    return remembered_of_records(node, ("vex", day), estate.id, make)


def institution_name(node: Node, estate_id: str | None = None) -> str:
    """Name the institution that decides."""
    estate = node.estate(estate_id)
    return estate.by_id[AssetId(institution_of(estate))].name


def within(statement: VexStatement, beginnings: tuple[str, ...]) -> bool:
    """Whether all a statement names begins as its author may speak of it."""
    if not beginnings:
        return True
    named = [f"pkg:{kind}/{name}" for kind, name in packages(statement)]
    return bool(named) and all(
        any(_begins(each, beginning) for beginning in beginnings) for each in named
    )


def _begins(name: str, beginning: str) -> bool:
    """Compare at the joints of a name, so that `pkg:npm/acme` is not `pkg:npm/acme-evil`."""
    stem = beginning.rstrip("/")
    return name == stem or name.startswith(stem + "/")


def _speaks(said: VexTrust, body: VexReceived) -> bool:
    """Whether a document is by the author trusted; a supplier named has to be the one it is of."""
    if said.author.strip().casefold() != body.author.strip().casefold():
        return False
    return not said.supplier or said.supplier == body.supplier


def _one[Said: (VexDecision, VexTrust)](
    found: tuple[Affair[Said], ...], number: str, remedy: str
) -> Affair[Said]:
    for each in found:
        if each.number == number:
            return each
    raise MissingError(f"there is no {number[:40]!r}", remedy=f"`{remedy}` shows them")
