"""Campaigns as the desk and the reports see them: tickets, members, what joins them, what was done.

    campaigns_listed(node, CampaignsWanted(owner="lin"), after=…)
    campaign_told(node, 12)          every ticket with its reason, what they share, the course

Correlation says which tickets belong together and why (`correlating`); the desk's steps say who has
it. A campaign's name follows from what its tickets have in common, as far as whoever reads it may
see them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec

from panshi.alliance.correlation.changes import NONE, CampaignChange, Reason, Shared
from panshi.alliance.correlation.priority import Priority
from panshi.alliance.correlation.traits import Trait, sketch_of
from panshi.alliance.desk import Case
from panshi.alliance.sector.told import ToldWarning
from panshi.errors import MissingError
from panshi.model.alliance.ticket import Severity, Ticket
from panshi.node.alliance.campaign_decisions import TAKEN_BACK
from panshi.node.alliance.campaign_warnings import WarningAnswer, warnings_listed
from panshi.node.alliance.correlating import campaigns_store
from panshi.node.alliance.correlating_file import shipped_method
from panshi.node.alliance.desk import NOBODY, about_campaign, cases_of
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.tickets import tickets_of
from panshi.node.node import Node
from panshi.store.correlation import Placed, StoredCampaign

SEVERITIES = tuple(Severity)
MOST_TICKETS = 400
"Tickets of one campaign that are read for its page; the newest."
MOST_KEPT = 2_000
MOST_CAMPAIGNS = 500
MOST_WARNINGS = 10_000
EXPOSED = "exposed"
"Answer to a warning: it was right."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSeen:
    """One campaign with its tickets, the newest version of each."""

    number: int
    tickets: tuple[Ticket, ...]
    "In the order of acceptance."
    places: tuple[int, ...]
    "Their places in that order."
    size: int
    "Tickets in all, those not read included."
    case: Case
    priority: Priority
    changed_at: datetime

    @property
    def first_at(self) -> datetime:
        """When the first of its tickets was reported."""
        return min(each.reported_at for each in self.tickets)

    @property
    def last_at(self) -> datetime:
        """When the last of its tickets was reported."""
        return max(each.reported_at for each in self.tickets)

    @property
    def members(self) -> tuple[str, ...]:
        """Members it hit, in the order they were."""
        return tuple(dict.fromkeys(each.member for each in self.tickets))

    @property
    def severity(self) -> Severity:
        """The desk's severity, else the worst its members gave."""
        if self.case.severity:
            return Severity(self.case.severity)
        return max((each.severity for each in self.tickets), key=SEVERITIES.index)

    def label(self, told: Sequence[Ticket] | None = None) -> str:
        """Name it by what the tickets that may be told have in common."""
        return f"C-{self.number:04} {what_binds(self.tickets if told is None else told)}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignsWanted:
    """Which campaigns are wanted; what is empty does not choose."""

    open: bool = True
    owner: str = ""
    "An account, or `-` for those that nobody has."
    severity: Severity | None = None
    member: str = ""
    changed_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPage:
    """A page of campaigns."""

    rows: tuple[CampaignSeen, ...]
    following: str
    total: int


def what_binds(tickets: Sequence[Ticket]) -> str:
    """Say the most telling thing that two tickets have in common: supplier, flaw, value, class."""
    for named in (
        (each.suppliers for each in tickets),
        (each.cves for each in tickets),
        (tuple(one.value for one in each.indicators) for each in tickets),
        ((each.category.value,) for each in tickets),
    ):
        counted = Counter(name for each in named for name in dict.fromkeys(each))
        shared = [(-count, name) for name, count in counted.items() if count > 1]
        if shared:
            return min(shared)[1][:60]
    return ""


# -- one campaign ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonPart:
    """One part of the odds in words."""

    zh: str
    en: str
    value: str
    "Empty where it is no value, such as nearness in time."
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One ticket of a campaign with why it is in it."""

    ticket: Ticket
    member: str
    at: datetime
    phase: str
    parts: tuple[ReasonPart, ...] = ()
    total: float | None = None
    partner: str = ""
    "Title of the ticket it is most like."
    placed_by: str = ""
    "Who put it here, where a person did."


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What several tickets of a campaign share."""

    kind: str
    zh: str
    en: str
    value: str
    tickets: tuple[str, ...]
    "Their ids."
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event in the life of a campaign."""

    at: datetime
    kind: str
    what: str
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTold:
    """One campaign with everything its page shows."""

    seen: CampaignSeen
    joined: tuple[Joined, ...]
    shared: tuple[Common, ...]
    phases: Mapping[str, str]
    "Position on the kill chain by ticket id, as far as known."
    events: tuple[Happened, ...]
    "Newest first."
    hits: tuple[tuple[str, int], ...]
    "Each member with its number of tickets."
    warnings: tuple[WarningAnswer, ...] = ()
    undoable: bool = False
    "Whether a change by a person stands that can be taken back."

    @property
    def warned(self) -> int:
        """Members that were warned."""
        return len(self.warnings)


# -- the register ------------------------------------------------------------------------------


def campaigns_listed(
    node: Node, wanted: CampaignsWanted, *, after: str = "", limit: int = 30
) -> CampaignPage:
    """Give a page of campaigns, the most urgent first."""
    fitting = [each for each in every_campaign(node) if _fits(each, wanted)]
    numbers = [str(each.number) for each in fitting]
    start = numbers.index(after) + 1 if after in numbers else 0
    rows = fitting[start : start + limit]
    more = len(fitting) > start + limit
    return CampaignPage(
        rows=tuple(rows),
        following=str(rows[-1].number) if more and rows else "",
        total=len(fitting),
    )


def every_campaign(node: Node) -> tuple[CampaignSeen, ...]:
    """Give the most urgent campaigns, closed ones included."""
    held = cases_of(node)
    stored = campaigns_store(node).campaigns(limit=MOST_CAMPAIGNS)
    return tuple(_seen(node, each, held) for each in stored)


def campaigns_since(node: Node, since: datetime) -> tuple[CampaignSeen, ...]:
    """Give campaigns of which something was reported since a moment."""
    return tuple(each for each in every_campaign(node) if each.last_at >= since)


def warnings_since(node: Node, since: datetime, campaigns: set[str]) -> Iterator[ToldWarning]:
    """Give the early warnings sent since a moment for some campaigns, as far as counts go."""
    for each in warnings_listed(node, limit=MOST_WARNINGS):
        campaign = each.campaign.removeprefix("C-").lstrip("0")
        if each.at >= since and campaign in campaigns:
            yield ToldWarning(
                campaign=campaign,
                at=each.at,
                answered=bool(each.answer),
                exposed=each.answer == EXPOSED,
            )


def _fits(seen: CampaignSeen, wanted: CampaignsWanted) -> bool:
    if wanted.open and not seen.case.open:
        return False
    if wanted.owner and seen.case.owner != ("" if wanted.owner == NOBODY else wanted.owner):
        return False
    if wanted.severity and SEVERITIES.index(seen.severity) < SEVERITIES.index(wanted.severity):
        return False
    if wanted.member and wanted.member not in seen.members:
        return False
    return wanted.changed_after is None or seen.changed_at > wanted.changed_after


def campaign_seen(node: Node, number: int) -> CampaignSeen | None:
    """Give one campaign, or the one it went into; nothing where there is none."""
    stored = campaigns_store(node).campaign(number)
    return _seen(node, stored, cases_of(node)) if stored is not None and stored.size else None


def _seen(node: Node, stored: StoredCampaign, held: Mapping[str, Case]) -> CampaignSeen:
    about = about_campaign(stored.number)
    kept = campaigns_store(node).tickets(stored.number)[-MOST_TICKETS:]
    return CampaignSeen(
        number=stored.number,
        tickets=tuple(ticket_at(node, each.place) for each in kept),
        places=tuple(each.place for each in kept),
        size=stored.size,
        case=held.get(about, Case(about=about)),
        priority=msgspec.json.decode(stored.body, type=Priority),
        changed_at=stored.changed_at,
    )


_tickets: WeakKeyDictionary[Node, dict[int, Ticket]] = WeakKeyDictionary()
_lock = Lock()


def ticket_at(node: Node, place: int) -> Ticket:
    """Give the ticket accepted at a place; what was accepted never changes, so it is kept."""
    with _lock:
        kept = _tickets.setdefault(node, {})
        found = kept.get(place)
    if found is None:
        ((_position, found),) = tickets_of(node).since(place, 1)
        with _lock:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[place] = found
    return found


# -- one campaign, told ------------------------------------------------------------------------


def campaign_told(node: Node, number: int) -> CampaignTold:
    """Give one campaign with everything its page shows; a merged one leads to where it went."""
    seen = campaign_seen(node, number)
    if seen is None:
        raise MissingError(f"there is no campaign {number}", remedy="`panshi soc campaigns`")
    placed = campaigns_store(node).tickets(seen.number)[-MOST_TICKETS:]
    joined = tuple(_joined(node, each) for each in placed)
    history = campaigns_store(node).history(seen.number)
    undoable = any(each.by and not each.undone and each.kind in TAKEN_BACK for each in history)
    return CampaignTold(
        seen=seen,
        joined=joined,
        shared=shared_of(seen.tickets, joined),
        phases=phases(seen),
        events=tuple(
            Happened(at=each.at, kind=each.kind, what=_what(node, each.body), by=each.by, why=why)
            for each in history
            for why in (msgspec.json.decode(each.body, type=CampaignChange).why,)
        ),
        hits=tuple(Counter(each.member for each in seen.tickets).most_common()),
        warnings=warnings_listed(node, campaign=seen.number),
        undoable=undoable,
    )


def _what(node: Node, body: bytes) -> str:
    change = msgspec.json.decode(body, type=CampaignChange)
    return "、".join(ticket_at(node, move.place).title for move in change.moves[:2])


def phases(seen: CampaignSeen) -> Mapping[str, str]:
    """Give each ticket's position on the kill chain, as far as the ticket tells it."""
    return {each.id: each.phase for each in seen.tickets if each.phase}


def shared_of(tickets: Sequence[Ticket], joined: Sequence[Joined]) -> tuple[Common, ...]:
    """Give what at least two tickets share, what counted most for joining them first."""
    kinds = shipped_method().by_name
    holders: dict[Trait, list[str]] = {}
    for ticket in tickets:
        for value in _values(ticket):
            holders.setdefault(value, []).append(ticket.id)
    weights: dict[tuple[str, str], float] = {}
    for part in (each for one in joined for each in one.parts):
        key = (part.en, part.value)
        weights[key] = max(part.weight, weights.get(key, part.weight))
    found = [
        Common(
            kind=trait.kind,
            zh=kinds[trait.kind].zh,
            en=kinds[trait.kind].en,
            value=trait.value,
            tickets=tuple(ids),
            weight=weights.get((kinds[trait.kind].en, trait.value), 0.0),
        )
        for trait, ids in holders.items()
        if trait.kind in kinds and len(ids) > 1
    ]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.kind, each.value)))


def _values(ticket: Ticket) -> tuple[Trait, ...]:
    """Give the first, most telling trait of each group of a ticket."""
    made = sketch_of(ticket, allow_list(), shipped_method().limits.values)
    return tuple(dict.fromkeys(group[0] for group in made.groups))


def _joined(node: Node, placed: Placed) -> Joined:
    ticket = ticket_at(node, placed.place)
    reason = msgspec.json.decode(placed.reason, type=Reason) if placed.reason else None
    partner = reason.partner if reason is not None else NONE
    return Joined(
        ticket=ticket,
        member=ticket.member,
        at=ticket.reported_at,
        phase=ticket.phase,
        parts=tuple(reason_parts(reason.parts)) if reason is not None else (),
        total=reason.total if reason is not None else None,
        partner=ticket_at(node, partner).title if partner >= 0 else "",
    )


def reason_parts(parts: Iterable[Shared]) -> Iterator[ReasonPart]:
    """Put the parts of the odds into words, the heaviest first."""
    method = shipped_method()
    families = {each.family: each for each in method.families}
    for part in sorted(parts, key=lambda each: -abs(each.weight)):
        if part.kind == "time":
            zh, en = "時間相近", "near in time"
        elif part.kind.startswith("differs:"):
            family = families[part.kind.partition(":")[2]]
            zh, en = f"{family.zh}不同", f"other {family.en}"
        else:
            zh, en = method.by_name[part.kind].zh, method.by_name[part.kind].en
        yield ReasonPart(zh=zh, en=en, value=part.value, weight=part.weight)
