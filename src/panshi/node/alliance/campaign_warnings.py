"""Early warning: members who share a campaign's exposure but have not reported are told.

    give_extract(node, "bank-017", items, actor="bank-017")   by the member, after its consent
    warn(node, numbers)                                        after tickets were correlated
    answer_warning(node, "bank-017", 3, "exposed")

Of each campaign a member is told only what follows from tickets it may see (`may_see`); who
reported is never told, how many only where enough did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from panshi.alliance.correlation.changes import NONE
from panshi.alliance.correlation.priority import Priority
from panshi.alliance.correlation.traits import Trait, sketch_of
from panshi.alliance.correlation.warning import (
    EXPOSED,
    EarlyWarning,
    Exposure,
    count_told,
    usual,
    warnings,
)
from panshi.alliance.intelligence.release import may_see
from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.model.alliance.member import Member, MemberId, MemberState
from panshi.model.alliance.ticket import Ticket
from panshi.node.alliance.correlating import campaigns_store, scheme
from panshi.node.alliance.correlating_file import shipped_method
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.members import member as member_named
from panshi.node.alliance.members import members
from panshi.node.alliance.tickets import tickets_of, tickets_since
from panshi.node.node import Node
from panshi.store.correlation import StoredWarning

MOST_ITEMS = 50_000
"Of one member's extract."
MOST_READ = 200
"Newest tickets of a campaign that a warning follows from."
LONGEST = 300
ANSWERS = ("exposed", "not-exposed", "in-hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractItem:
    """One thing a member has, by which it may be warned."""

    kind: str
    "`supplier`, `product` or `cve`."
    value: str
    detail: str = ""
    "Where the member has it, in its own words; told back to it, to nobody else."


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningAnswer:
    """One warning as its member, or the desk, sees it."""

    number: int
    campaign: str
    member: str
    at: datetime
    shared: tuple[Trait, ...]
    values: tuple[Trait, ...]
    details: tuple[str, ...]
    "The member's own words of where it has it; empty at the desk."
    reporters: str
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reporter learns of its own ticket."""

    ticket: str
    number: str
    campaign: str
    "Empty where it belongs to none so far."
    level: str = ""
    classification: str = ""
    reporters: str = ""
    values: tuple[Trait, ...] = ()
    "Of the campaign's values, those enough members reported and the reporter did not."


def give_extract(node: Node, name: str, items: Sequence[ExtractItem], *, actor: str) -> int:
    """Take a member's extract in the place of its last one; gives how many items it has."""
    check_hub(node)
    one = member_named(node, name)
    if not one.exposure_consent:
        raise ForbiddenError(
            f"{name} has not agreed to be compared", remedy="the member gives its consent first"
        )
    if len(items) > MOST_ITEMS:
        raise BadInputError(f"more than {MOST_ITEMS:,} items", place="items")
    rows = [_row(each, at) for at, each in enumerate(items)]
    with campaigns_store(node).turn() as turn:
        given = turn.give(name, rows)
    node.audit(actor, "exposure.extract", name, detail=f"{given} items")
    warn(node, [each.number for each in campaigns_store(node).campaigns(limit=500)])
    return given


def _row(item: ExtractItem, at: int) -> tuple[str, str, str]:
    value = item.value.strip()
    if item.kind not in EXPOSED or not 0 < len(value) <= LONGEST or len(item.detail) > LONGEST:
        raise BadInputError(
            "this is no item of an extract",
            place=f"items[{at}]",
            remedy=f"kind {', '.join(sorted(EXPOSED))}; value and detail to {LONGEST} characters",
        )
    return item.kind, value.upper() if item.kind == "cve" else value.casefold(), item.detail


def warn(node: Node, numbers: Iterable[int]) -> int:
    """Warn who shares the exposure of some campaigns; gives how many were warned anew."""
    store = campaigns_store(node)
    with store.reading() as turn:
        if not turn.extracts():
            return 0
    heard = {each.id: each for each in members(node) if each.state is MemberState.ACTIVE}
    return sum(_warn_of(node, number, heard) for number in dict.fromkeys(numbers))


def _warn_of(node: Node, number: int, heard: Mapping[MemberId, Member]) -> int:
    store, least = campaigns_store(node), scheme().tell_from_members
    tickets = _tickets(node, number)
    reporters = {each.member for each in tickets}
    if len(reporters) < scheme().warn_from_members:
        return 0
    exposed = usual(_reported(tickets), len(reporters))
    with store.reading() as turn:
        rows = tuple(turn.holders((each.kind, each.value) for each in exposed))
    known = {each.member for each in store.warnings(campaign=number, limit=100_000)}
    told = 0
    for name in sorted({row[2] for row in rows} - reporters - known):
        one = heard.get(MemberId(name))
        if one is None or not one.exposure_consent:
            continue
        visible = [each for each in tickets if may_see(each.marking, reader_of(one))]
        reported = _reported(visible)
        mine = [
            Exposure(member=name, trait=trait, detail=row[3])
            for row in rows
            if row[2] == name
            for trait in (Trait(kind=row[0], value=row[1]),)
            if trait in reported
        ]
        by = {each.member for each in visible}
        for each in warnings(reported, by, mine, least=least):
            with store.turn() as turn:
                told += int(
                    turn.warn(
                        campaign=number,
                        member=name,
                        at=node.clock(),
                        body=msgspec.json.encode(each),
                    )
                )
            node.audit("", "campaign.warn", name, detail=f"C-{number:04}")
    return told


def reader_of(member: Member) -> Reader:
    """Give a member as reader."""
    return Reader(member=member.id, role=ReaderRole.MEMBER, communities=member.communities)


def _tickets(node: Node, number: int) -> tuple[Ticket, ...]:
    placed = campaigns_store(node).tickets(number)[-MOST_READ:]
    return tuple(
        ticket for each in placed for _position, ticket in tickets_since(node, each.place, 1)
    )


def _reported(tickets: Iterable[Ticket]) -> dict[Trait, frozenset[str]]:
    found: dict[Trait, set[str]] = {}
    most = shipped_method().limits.values
    for each in tickets:
        for group in sketch_of(each, allow_list(), most).groups:
            found.setdefault(group[0], set()).add(each.member)
    return {trait: frozenset(by) for trait, by in found.items()}


# -- reading and answering ---------------------------------------------------------------------


def warnings_listed(
    node: Node, *, campaign: int | None = None, member: str = "", after: int = 0, limit: int = 100
) -> tuple[WarningAnswer, ...]:
    """Give warnings in the order they were made; a member's own words only to itself."""
    check_hub(node)
    found = campaigns_store(node).warnings(
        campaign=campaign, member=member, after=after, limit=limit
    )
    return tuple(_warning(each, own=bool(member)) for each in found)


def answer_warning(node: Node, name: str, number: int, answer: str) -> WarningAnswer:
    """Take what a member found: it is exposed, is not, or has it in hand."""
    check_hub(node)
    if answer not in ANSWERS:
        raise BadInputError(f"no answer: {answer[:40]!r}", remedy=", ".join(ANSWERS))
    store = campaigns_store(node)
    with store.turn() as turn:
        if not turn.answer(number, name, answer, node.clock()):
            raise MissingError(f"{name} has no warning {number}")
    node.audit(name, "campaign.answer", str(number), detail=answer)
    (found,) = store.warnings(member=name, after=number - 1, limit=1)
    return _warning(found, own=True)


def _warning(stored: StoredWarning, *, own: bool) -> WarningAnswer:
    body = msgspec.json.decode(stored.body, type=EarlyWarning)
    return WarningAnswer(
        number=stored.number,
        campaign=f"C-{stored.campaign:04}",
        member=stored.member,
        at=stored.at,
        shared=body.shared,
        values=body.values,
        details=body.details if own else (),
        reporters=body.reporters,
        answer=stored.answer,
        answered_at=stored.answered_at,
    )


def feedback(node: Node, member: Member, number: str) -> Feedback:
    """Tell a reporter what became of its ticket, within what it may see."""
    check_hub(node)
    versions = tickets_of(node).numbered(member.id, number)
    if not versions:
        raise MissingError(f"no ticket {number[:60]}")
    ticket = versions[-1][1]
    store, least = campaigns_store(node), scheme().tell_from_members
    placed = store.home_of(ticket.id)
    campaign = store.campaign(placed.home) if placed and placed.home != NONE else None
    if campaign is None:
        return Feedback(ticket=ticket.id, number=number, campaign="")
    visible = [
        each for each in _tickets(node, campaign.number) if may_see(each.marking, reader_of(member))
    ]
    reported = _reported(visible)
    told = sorted(trait for trait, by in reported.items() if len(by) >= least)
    own = {trait for trait, by in reported.items() if member.id in by}
    standing = msgspec.json.decode(campaign.body, type=Priority)
    return Feedback(
        ticket=ticket.id,
        number=number,
        campaign=f"C-{campaign.number:04}",
        level=standing.level,
        classification=standing.classification,
        reporters=count_told(len({each.member for each in visible}), least),
        values=tuple(each for each in told if each not in own),
    )
