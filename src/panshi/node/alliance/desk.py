"""The desk of the joint SOC: the queue of tickets, who has what in hand, what is new.

    queue(node, Wanted(severity=Severity.HIGH, owner="lin"), before=…)
    take_step(node, DeskStep(about="ticket/…", doing="hand_over", by="lin", to="wu", note="…"))

The queue is read in the order of acceptance, newest first, a bounded stretch at a time: what the
register can choose it chooses, the rest (owner, age, campaign) is looked at row by row. A page that
looked at its whole stretch without filling says where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.desk import Case, cases, defect
from panshi.errors import ForbiddenError, MissingError
from panshi.governance.persons import acting_person
from panshi.model.alliance.ticket import Category, Channel, Severity, Status, Ticket
from panshi.model.bodies.soc_desk import DESK_STEP, DeskDoing, DeskStep
from panshi.model.observation import Observation
from panshi.node.accounts import accounts
from panshi.node.alliance.correlating import campaigns_store
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.tickets import tickets_listed, tickets_of
from panshi.node.node import Node
from panshi.store.tickets import Chosen

STRETCH = 2_000
"Tickets looked at for one page."
PIECE = 200
NOBODY = "-"
"As an owner: those that nobody has."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets of the queue are wanted; what is empty does not choose."""

    member: str = ""
    severity: Severity | None = None
    "At least."
    category: Category | None = None
    channel: Channel | None = None
    status: Status | None = None
    open: bool = True
    "Leave out what is closed."
    owner: str = ""
    "An account, or `-` for those that nobody has."
    older_than: datetime | None = None
    newer_than: datetime | None = None
    joined: bool | None = None
    "Whether it belongs to a campaign."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ticket of the queue."""

    position: int
    ticket: Ticket
    case: Case
    campaign: int | None = None

    @property
    def severity(self) -> Severity:
        """The desk's severity where it gave one, else the member's."""
        return Severity(self.case.severity) if self.case.severity else self.ticket.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the queue."""

    rows: tuple[Row, ...]
    following: int
    "Position to go on before; 0 at the end."


@dataclass(slots=True)
class _Folded:
    """Cases as of a count of steps."""

    count: int = -1
    cases: Mapping[str, Case] = field(default_factory=dict)


_folded: WeakKeyDictionary[Node, _Folded] = WeakKeyDictionary()
_lock = Lock()


def cases_of(node: Node) -> Mapping[str, Case]:
    """Give every case that somebody touched, by what it is about."""
    count = node.log.kinds().get(DESK_STEP, 0)
    with _lock:
        kept = _folded.setdefault(node, _Folded())
        if kept.count != count:
            kept.cases = cases(_steps(node))
            kept.count = count
        return kept.cases


def case_of(node: Node, about: str) -> Case:
    """Give how one thing stands at the desk."""
    return cases_of(node).get(about, Case(about=about))


def _steps(node: Node) -> Iterator[tuple[str, datetime, DeskStep]]:
    for each in node.log.records(DESK_STEP):
        body = each.observation.body
        if isinstance(body, DeskStep):
            yield each.id, each.observation.observed_at, body


def take_step(node: Node, step: DeskStep) -> Case:
    """Take a step with a ticket or a campaign, if the rules allow it.

    Whoever signs in at the console and works at a terminal under the same name is one person, who
    has one desk; something is handed only to somebody with an account.
    """
    actor, step = step.by, replace(step, by=acting_person(step.by))
    problem = defect(case_of(node, step.about), step)
    if problem:
        raise ForbiddenError(f"{step.about}: {problem}")
    if step.doing == DeskDoing.HAND_OVER:
        _check_account(step.to)
    now = node.clock()
    sealed = Observation(
        kind=DESK_STEP,
        subject=f"hub:{step.about}",
        facet=step.about,
        observed_at=now,
        collector="panshi record",
        body=step,
    )
    node.log.append((sealed,), now)
    node.audit(actor, f"desk.{step.doing}", step.about)
    return case_of(node, step.about)


def assign_campaign(node: Node, number: int, to: str, *, actor: str, why: str) -> tuple[int, Case]:
    """Hand a campaign, or the one it went into, to somebody; to oneself is taking it."""
    check_hub(node)
    standing = campaign_at(node, number)
    own = to in {actor, acting_person(actor)}
    step = DeskStep(
        about=about_campaign(standing),
        doing=DeskDoing.TAKE if own else DeskDoing.HAND_OVER,
        by=actor,
        to="" if own else to,
        note=why,
    )
    return standing, take_step(node, step)


def campaign_at(node: Node, number: int) -> int:
    """Give a campaign's number, or that of the one it went into."""
    stored = campaigns_store(node).campaign(number)
    if stored is None or not stored.size:
        raise MissingError(
            f"there is no campaign {number}", remedy="`panshi soc campaigns list` shows them"
        )
    return stored.number


def _check_account(name: str) -> None:
    account = accounts().find(name)
    if account is None or not account.active:
        raise MissingError(
            f"there is no account {name[:64]!r}", remedy="name an account of this console"
        )


def about_ticket(ticket: str) -> str:
    """Name a ticket as steps at the desk do."""
    return f"ticket/{ticket}"


def about_campaign(campaign: int) -> str:
    """Name a campaign as steps at the desk do."""
    return f"campaign/{campaign}"


# -- the queue ---------------------------------------------------------------------------------


def queue(node: Node, wanted: Wanted, *, before: int = 0, limit: int = 50) -> Page:
    """Give a page of the queue, newest first."""
    chosen = Chosen(
        member=wanted.member,
        severity=wanted.severity,
        category=wanted.category,
        channel=wanted.channel,
    )
    start = before
    if wanted.older_than is not None:
        bound = position_at(node, wanted.older_than) + 1
        start = min(start, bound) if start else bound
    floor = position_at(node, wanted.newer_than) if wanted.newer_than is not None else 0
    rows: list[Row] = []
    looked = 0
    while looked < STRETCH:
        found = tickets_listed(node, chosen, before=start, limit=PIECE)
        for row in rows_of(node, [each for each in found if each[0] > floor]):
            if len(rows) == limit:
                return Page(rows=tuple(rows), following=rows[-1].position)
            if _fits(row, wanted):
                rows.append(row)
        looked += len(found)
        if len(found) < PIECE or found[-1][0] <= floor:
            return Page(rows=tuple(rows), following=0)
        start = found[-1][0]
    return Page(rows=tuple(rows), following=start)


def rows_of(node: Node, found: Sequence[tuple[int, Ticket]]) -> tuple[Row, ...]:
    """Put tickets together with who has them and where they stand."""
    held = cases_of(node)
    rows = []
    for position, ticket in found:
        about = about_ticket(ticket.id)
        case = held.get(about, Case(about=about))
        said_at = ticket.accepted_at or ticket.reported_at
        rows.append(
            Row(
                position=position,
                ticket=ticket,
                case=case.heard_of(said_at),
                campaign=_campaign_of(node, ticket.id),
            )
        )
    return tuple(rows)


def _campaign_of(node: Node, ticket: str) -> int | None:
    home = campaigns_store(node).home_of(ticket)
    return home.home if home is not None and home.home >= 0 else None


def _fits(row: Row, wanted: Wanted) -> bool:
    if wanted.status is not None:
        if row.case.status is not wanted.status:
            return False
    elif wanted.open and row.case.status is Status.CLOSED:
        return False
    if wanted.owner and row.case.owner != ("" if wanted.owner == NOBODY else wanted.owner):
        return False
    return wanted.joined is None or wanted.joined == (row.campaign is not None)


def position_at(node: Node, moment: datetime) -> int:
    """Give the last position accepted up to a moment: acceptance is in the order of positions."""
    store = tickets_of(node)
    low, high = 0, store.chain().position
    while low < high:
        middle = (low + high + 1) // 2
        found = store.since(middle - 1, 1)
        accepted = found[0][1].accepted_at if found else None
        if accepted is not None and accepted <= moment:
            low = middle
        else:
            high = middle - 1
    return low
