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

from panshi.alliance.correlation.changes import NONE, ChangeKind, Reason
from panshi.alliance.correlation.traits import Trait, sketch_of, trait_key
from panshi.alliance.desk import Case
from panshi.alliance.sector.told import ToldWarning
from panshi.errors import MissingError
from panshi.model.alliance.ticket import Severity, Ticket
from panshi.node.alliance.desk import NOBODY, about_campaign, cases_of
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.live_picture import LivePicture, live_picture, method
from panshi.node.alliance.tickets import tickets_of
from panshi.node.node import Node

SEVERITIES = tuple(Severity)
MOST_TICKETS = 400
"Tickets of one campaign that are read for its page; the newest."
MOST_KEPT = 2_000


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
    changed_at: datetime | None = None

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
    warnings: tuple[object, ...] = ()
    undoable: bool = False

    @property
    def warned(self) -> int:
        """Members that were warned."""
        return len(self.warnings)


# -- the register ------------------------------------------------------------------------------


def campaigns_listed(
    node: Node, wanted: CampaignsWanted, *, after: str = "", limit: int = 30
) -> CampaignPage:
    """Give a page of campaigns, the most severe and then the latest first."""
    fitting = sorted(
        (each for each in every_campaign(node) if _fits(each, wanted)),
        key=lambda each: (
            -SEVERITIES.index(each.severity),
            -each.last_at.timestamp(),
            each.number,
        ),
    )
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
    """Give every campaign of at least two tickets, closed ones included."""
    picture, held = live_picture(node), cases_of(node)
    changed = {each.campaign: at for at, each in picture.changes}
    return tuple(
        _seen(node, number, tuple(campaign.places), held, changed.get(number))
        for number, campaign in sorted(picture.correlator.campaigns.items())
        if campaign.size > 1
    )


def campaigns_since(node: Node, since: datetime) -> tuple[CampaignSeen, ...]:
    """Give campaigns of which something was reported since a moment."""
    return tuple(each for each in every_campaign(node) if each.last_at >= since)


def warnings_since(node: Node, since: datetime, campaigns: set[str]) -> Iterator[ToldWarning]:
    """Give the early warnings sent since a moment for some campaigns, as far as counts go."""
    yield from ()


def _fits(seen: CampaignSeen, wanted: CampaignsWanted) -> bool:
    if wanted.open and not seen.case.open:
        return False
    if wanted.owner and seen.case.owner != ("" if wanted.owner == NOBODY else wanted.owner):
        return False
    if wanted.severity and SEVERITIES.index(seen.severity) < SEVERITIES.index(wanted.severity):
        return False
    if wanted.member and wanted.member not in seen.members:
        return False
    if wanted.changed_after is None:
        return True
    return seen.changed_at is not None and seen.changed_at > wanted.changed_after


def _seen(
    node: Node,
    number: int,
    places: tuple[int, ...],
    held: Mapping[str, Case],
    changed_at: datetime | None,
) -> CampaignSeen:
    about = about_campaign(number)
    kept = sorted(places)[-MOST_TICKETS:]
    newest = {(ticket := _ticket_at(node, place)).id: (place, ticket) for place in kept}
    return CampaignSeen(
        number=number,
        tickets=tuple(ticket for _place, ticket in newest.values()),
        places=tuple(place for place, _ticket in newest.values()),
        size=len(newest) + len(places) - len(kept),
        case=held.get(about, Case(about=about)),
        changed_at=changed_at,
    )


_tickets: WeakKeyDictionary[Node, dict[int, Ticket]] = WeakKeyDictionary()
_lock = Lock()


def _ticket_at(node: Node, place: int) -> Ticket:
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
    picture = live_picture(node)
    number = _now(picture, number)
    campaign = picture.correlator.campaigns.get(number)
    if campaign is None:
        raise MissingError(f"there is no campaign {number}", remedy="`panshi soc campaigns`")
    changed = next((at for at, e in reversed(picture.changes) if e.campaign == number), None)
    seen = _seen(node, number, tuple(campaign.places), cases_of(node), changed)
    told_phases = phases(node, seen)
    joined = tuple(_joined(node, picture, seen, told_phases))
    return CampaignTold(
        seen=seen,
        joined=joined,
        shared=shared_of(seen.tickets, joined),
        phases=told_phases,
        events=tuple(_events(node, picture, number)),
        hits=tuple(Counter(each.member for each in seen.tickets).most_common()),
    )


def phases(node: Node, seen: CampaignSeen) -> Mapping[str, str]:
    """Give each ticket's position on the kill chain, as far as the ticket tells it."""
    return {each.id: each.phase for each in seen.tickets if each.phase}


def shared_of(tickets: Sequence[Ticket], joined: Sequence[Joined]) -> tuple[Common, ...]:
    """Give what at least two tickets share, what counted most for joining them first."""
    kinds = method().by_name
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
    made = sketch_of(ticket, allow_list(), method().limits.values)
    return tuple(dict.fromkeys(group[0] for group in made.groups))


def _joined(
    node: Node, picture: LivePicture, seen: CampaignSeen, told: Mapping[str, str]
) -> Iterator[Joined]:
    correlator = picture.correlator
    campaign = correlator.campaigns[seen.number]
    for place, ticket in zip(seen.places, seen.tickets, strict=True):
        reason = correlator.reason(correlator.reading(place), campaign, own=True)
        yield Joined(
            ticket=ticket,
            member=ticket.member,
            at=ticket.reported_at,
            phase=told.get(ticket.id, ""),
            parts=tuple(_parts(ticket, reason)),
            total=reason.total,
            partner=_ticket_at(node, reason.partner).title if reason.partner != NONE else "",
        )


def _parts(ticket: Ticket, reason: Reason) -> Iterator[ReasonPart]:
    """Put the parts of the odds into words, the heaviest first."""
    made = sketch_of(ticket, allow_list(), method().limits.values)
    kinds, families = method().by_name, {each.family: each for each in method().families}
    known = {
        trait_key(kinds[each.kind].code, each.value): each
        for group in made.groups
        for each in group
        if each.kind in kinds
    }
    for part in sorted(reason.parts, key=lambda each: -abs(each.weight)):
        if part.kind == "time":
            zh, en, value = "時間相近", "near in time", ""
        elif part.kind.startswith("differs:"):
            family = families[part.kind.partition(":")[2]]
            zh, en, value = f"{family.zh}不同", f"other {family.en}", ""
        else:
            zh, en = kinds[part.kind].zh, kinds[part.kind].en
            value = known[part.trait].value if part.trait in known else ""
        yield ReasonPart(zh=zh, en=en, value=value, weight=part.weight)


def _now(picture: LivePicture, number: int) -> int:
    """Follow a campaign to where it went."""
    gone = {e.other: e.campaign for _at, e in picture.changes if e.kind is ChangeKind.MERGED}
    while number in gone and number not in picture.correlator.campaigns:
        number = gone[number]
    return number


def _events(node: Node, picture: LivePicture, number: int) -> Iterator[Happened]:
    for at, each in reversed(picture.changes):
        if number not in {each.campaign, each.other}:
            continue
        titles = [_ticket_at(node, move.place).title for move in each.moves[:2]]
        yield Happened(at=at, kind=each.kind, what="、".join(titles))


# -- what people decide ------------------------------------------------------------------------


def merge(node: Node, number: int, other: int, *, actor: str, why: str) -> int:
    """Merge two campaigns by a person's decision; gives the one that stays."""
    raise MissingError("campaigns are not merged by hand yet")


def split(node: Node, number: int, tickets: Iterable[str], *, actor: str, why: str) -> int:
    """Split tickets off by a person's decision; gives their new campaign."""
    raise MissingError("campaigns are not split by hand yet")


def undo(node: Node, number: int, *, actor: str, why: str) -> None:
    """Take back the last change a person made to a campaign."""
    raise MissingError("there is nothing to take back")
