"""What command line and API answer about campaigns; the same values for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from panshi.alliance.correlation.changes import CampaignChange, ChangeKind, Reason
from panshi.alliance.correlation.priority import Priority
from panshi.errors import MissingError
from panshi.node.alliance.correlating import campaigns_store, picture_of, words_at
from panshi.node.alliance.correlating_file import WhyAnswer
from panshi.node.alliance.desk import about_campaign, case_of
from panshi.node.alliance.hub import check_hub
from panshi.node.node import Node
from panshi.store.correlation import Placed, StoredCampaign, StoredChange


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """One campaign as it is listed."""

    id: str
    number: int
    tickets: int
    members: int
    first_at: datetime | None
    last_at: datetime | None
    changed_at: datetime
    score: int
    "0 to 100."
    level: str
    classification: str
    confidence: int
    "Percent."
    owner: str
    "Who has it at the desk; empty where nobody does."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignList:
    """A page of campaigns, the most urgent first."""

    campaigns: tuple[CampaignRow, ...]
    next: str
    "Ask with `after` for the page that follows; empty at the end."


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTicket:
    """One ticket of a campaign with why it is in it."""

    ticket: str
    member: str
    at: datetime | None
    like: str
    "The ticket it shared most with when it was joined; empty for the first."
    probability: float | None
    why: tuple[WhyAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer:
    """One event in the life of a campaign."""

    number: int
    at: datetime
    kind: str
    other: str
    by: str
    why: str
    tickets: int
    undone: bool
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDetail:
    """One campaign."""

    campaign: CampaignRow
    parts: dict[str, int]
    "Of its priority, 0 to 100 each."
    tickets: tuple[JoinedTicket, ...]
    history: tuple[HistoryAnswer, ...]
    "Newest first."


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """Why two tickets are in one campaign, weighed as the campaign stands now."""

    a: str
    b: str
    campaign: str
    shared: tuple[WhyAnswer, ...]
    "What both hold that counts."
    a_why: tuple[WhyAnswer, ...]
    "Everything that joins `a` to the campaign."
    b_why: tuple[WhyAnswer, ...]


def campaign_id(number: int) -> str:
    """Name a campaign."""
    return f"C-{number:04}"


def campaign_number(name: str) -> int:
    """Read a campaign's name or number."""
    digits = name.upper().removeprefix("C-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:  # noqa: PLR2004 -- digits
        raise MissingError(f"no campaign {name[:40]!r}", remedy="for example C-0012")
    return int(digits)


def campaign_list(
    node: Node, *, after: str = "", limit: int = 50, least_members: int = 1
) -> CampaignList:
    """Give a page of campaigns, the most urgent first."""
    check_hub(node)
    before = None
    if after:
        score, _, number = after.partition(".")
        if not (score.isdecimal() and number.isdecimal()):
            raise MissingError(f"no page after {after[:40]!r}", remedy="give `next` as it was")
        before = int(score[:12]), int(number[:12])
    found = campaigns_store(node).campaigns(
        before=before, limit=limit + 1, least_members=least_members
    )
    shown = found[:limit]
    following = f"{shown[-1].score}.{shown[-1].number}" if len(found) > limit else ""
    return CampaignList(campaigns=tuple(_row(node, each) for each in shown), next=following)


def campaign_detail(node: Node, name: str) -> CampaignDetail:
    """Give one campaign; a merged one leads to where it went."""
    check_hub(node)
    store, number = campaigns_store(node), campaign_number(name)
    found = store.campaign(number)
    if found is None:
        raise MissingError(
            f"there is no campaign {campaign_id(number)}",
            remedy="`panshi soc campaigns list` shows them",
        )
    placed = store.tickets(found.number)
    return CampaignDetail(
        campaign=_row(node, found),
        parts=dict(_priority(found).parts),
        tickets=tuple(_joined(node, each) for each in placed),
        history=tuple(map(_event, store.history(found.number))),
    )


def why_together(node: Node, one: str, other: str) -> PairAnswer:
    """Say why two tickets are in one campaign."""
    check_hub(node)
    store = campaigns_store(node)
    found = [store.home_of(each) for each in (one, other)]
    for name, each in zip((one, other), found, strict=True):
        if each is None:
            raise MissingError(f"no ticket {name[:60]} was correlated yet")
    homes = {each.home for each in found if each}
    if len(homes) > 1 or homes == {-1}:
        raise MissingError("these two tickets are in no campaign together")
    (number,) = homes
    correlator = picture_of(node).correlator
    campaign = correlator.campaigns[number]
    readings = [correlator.reading(each.place) for each in found if each]
    whys = [_why(correlator.reason(each, campaign, own=True)) for each in readings]
    common = set(readings[0].traits) & set(readings[1].traits)
    words = words_at(node, readings[0].place)
    return PairAnswer(
        a=one,
        b=other,
        campaign=campaign_id(number),
        shared=tuple(
            WhyAnswer(kind=part.kind, value=words.get(part.trait, ""), weight=round(part.weight, 3))
            for part in correlator.reason(readings[0], campaign, own=True).parts
            if part.trait in common
        ),
        a_why=whys[0],
        b_why=whys[1],
    )


def _row(node: Node, stored: StoredCampaign) -> CampaignRow:
    standing = _priority(stored)
    return CampaignRow(
        id=campaign_id(stored.number),
        number=stored.number,
        tickets=stored.size,
        members=stored.members,
        first_at=_moment(stored.first_at),
        last_at=_moment(stored.last_at),
        changed_at=stored.changed_at,
        score=standing.score,
        level=standing.level,
        classification=standing.classification,
        confidence=standing.confidence,
        owner=case_of(node, about_campaign(stored.number)).owner,
    )


def _priority(stored: StoredCampaign) -> Priority:
    return msgspec.json.decode(stored.body, type=Priority)


def _joined(node: Node, placed: Placed) -> JoinedTicket:
    reason = msgspec.json.decode(placed.reason, type=Reason) if placed.reason else None
    return JoinedTicket(
        ticket=placed.ticket,
        member=placed.member,
        at=_moment(placed.at),
        like=_ticket_at(node, reason.partner) if reason else "",
        probability=round(reason.probability, 4) if reason else None,
        why=_why(reason) if reason else (),
    )


def _ticket_at(node: Node, place: int) -> str:
    with campaigns_store(node).reading() as turn:
        return turn.ticket_at(place)


def _why(reason: Reason) -> tuple[WhyAnswer, ...]:
    return tuple(
        WhyAnswer(kind=each.kind, value=each.value, weight=round(each.weight, 3))
        for each in sorted(reason.parts, key=lambda part: -abs(part.weight))
    )


def _event(stored: StoredChange) -> HistoryAnswer:
    change = msgspec.json.decode(stored.body, type=CampaignChange)
    return HistoryAnswer(
        number=stored.number,
        at=stored.at,
        kind=stored.kind,
        other=campaign_id(stored.other) if stored.other >= 0 else "",
        by=stored.by,
        why=change.why,
        tickets=len(change.moves),
        undone=bool(stored.undone),
        undoable=not stored.undone and stored.kind not in {ChangeKind.REVIEWED, ChangeKind.RENEWED},
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
