"""The board of due dates, and what people say of repairs.

    board(node, BoardFilters(overdue=True))   who must repair what by when, the most pressing first
    follow_up(node, finding, owner=…)         seals who repairs it, in which ticket, until when

Nothing here says that something is repaired: the next bill of the system does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from panshi.errors import MissingError, UsageError
from panshi.governance.persons import acting_person
from panshi.model.bodies.vulnerability_following import (
    FOLLOW_UP,
    FindingFollowUp,
)
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node import exceptions
from panshi.node.node import Node
from panshi.node.remembered import remembered
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.clocks import policy_of
from panshi.node.supply_chain.portfolio import findings
from panshi.protection.supply_chain.findings.finding import (
    Finding,
    FindingFilters,
    Sort,
    Ssvc,
    State,
)
from panshi.protection.supply_chain.priority.board import (
    BoardRow,
    Excepting,
    FollowUp,
    Standing,
    by_due,
    fold,
    row,
)
from panshi.protection.supply_chain.priority.deciding import Priority, decide
from panshi.protection.supply_chain.priority.points import Reason
from panshi.protection.supply_chain.priority.systems import UNKNOWN_SYSTEM, surroundings
from panshi.protection.supply_chain.priority.vulnerability import (
    VulnerabilityFacts,
    vulnerability_side,
)
from panshi.store.advisory_snapshot import Snapshot

PAGE = 5_000
MOST_ROWS = 200_000
"Findings looked at one by one; larger portfolios are asked by system or service."


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilters:
    """Which rows the board shows; an empty part does not narrow."""

    owner: str | None = None
    "Account name; empty for what nobody has."
    service: str = ""
    system: str = ""
    ssvc: tuple[Ssvc, ...] = ()
    overdue: bool = False
    kev: bool | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """Some rows of the board, the most pressing first."""

    rows: tuple[BoardRow, ...]
    total: int
    "How many fit."
    next: str
    "Give it as `after` for the next page; empty on the last."
    on: date


class Explaining:
    """Decides about findings with reasons; what repeats is looked up once."""

    def __init__(self, node: Node, snapshot: Snapshot) -> None:
        """Read from one state of the advisories."""
        self.policy = policy_of(node)
        self._snapshot = snapshot
        self._known = snapshot.fingerprint().split("-")[1] != "0"
        self._around = {
            str(name): each
            for estate_id in node.estate_ids()
            for name, each in surroundings(node.judging.estate(estate_id), self.policy.tree).items()
        }
        self._facts: dict[str, VulnerabilityFacts] = {}

    def priority(self, finding: Finding) -> Priority:
        """Decide about one finding; the day is the one its list gave it."""
        facts = self._facts.get(finding.vulnerability)
        if facts is None:
            facts = self._facts[finding.vulnerability] = self._read(finding.vulnerability)
        side, of_side = vulnerability_side(facts, self.policy.tree)
        around = self._around.get(finding.system, UNKNOWN_SYSTEM)
        outcome = decide(side, around.around, self.policy)
        reasons: tuple[Reason, ...] = (*of_side, *around.reasons)
        return Priority(
            ssvc=finding.ssvc or outcome.ssvc,
            least=outcome.least,
            due=finding.due or self.policy.clocks.after(day_of(finding.first_seen), outcome.days),
            rule=outcome.rule,
            reasons=reasons,
        )

    def _read(self, name: str) -> VulnerabilityFacts:
        group = self._snapshot.group(name)
        names = group.names if group else (name,)
        bodies = map(self._snapshot.advisory, group.advisories if group else (name,))
        cves = [each for each in dict.fromkeys((name, *names)) if each.startswith("CVE-")]
        listed = [kev.added for each in cves if (kev := self._snapshot.kev(each)) is not None]
        scores = [epss for each in cves if (epss := self._snapshot.epss(each)) is not None]
        best = max(scores, key=lambda each: each.score, default=None)
        return VulnerabilityFacts(
            name=name,
            names=names,
            severity=tuple(
                dict.fromkeys(pair for body in bodies if body for pair in body.severity)
            ),
            kev_since=min(listed, default=None),
            kev_known=self._known,
            epss=best.score if best else None,
            epss_before=best.previous if best else None,
        )


def board(
    node: Node,
    filters: BoardFilters | None = None,
    *,
    after: str = "",
    limit: int = 100,
    estate_id: str | None = None,
) -> BoardPage:
    """Give rows of the board by due date, overdue first."""
    wanted = filters or BoardFilters()
    today = day_of(node.clock())
    said = follow_ups(node)
    narrowed = FindingFilters(
        state=State.OPEN,
        service=wanted.service,
        systems=(wanted.system,) if wanted.system else (),
        ssvc=wanted.ssvc,
        kev=wanted.kev,
    )
    if wanted.overdue:
        narrowed = replace(narrowed, due_until=today)
    if wanted.owner is None and wanted.standing is None and not wanted.overdue:
        page = findings(node, filters=narrowed, sort=Sort.DUE, after=after, limit=limit)
        rows = rows_of(node, page.items, said, today, estate_id)
        return BoardPage(rows=rows, total=page.total, next=page.next, on=today)
    rows = tuple(
        each
        for each in rows_of(node, _some(node, narrowed, wanted, said), said, today, estate_id)
        if _fits(each, wanted)
    )
    begin = next((i + 1 for i, each in enumerate(rows) if each.finding.id == after), 0)
    shown = rows[begin : begin + limit]
    more = begin + limit < len(rows)
    return BoardPage(
        rows=shown, total=len(rows), next=shown[-1].finding.id if more else "", on=today
    )


def _some(
    node: Node, narrowed: FindingFilters, wanted: BoardFilters, said: Mapping[str, FollowUp]
) -> Iterable[Finding]:
    """Give the findings a narrower question may mean; of owned ones only their systems'."""
    if wanted.owner and not narrowed.systems:
        systems = {each.body.system for each in said.values() if each.body.owner == wanted.owner}
        if not systems:
            return ()
        narrowed = replace(narrowed, systems=tuple(sorted(systems)))
    return every(node, narrowed)


def every(node: Node, filters: FindingFilters) -> tuple[Finding, ...]:
    """Give all findings that fit, by due date; refuse more than can be looked at singly."""
    found: list[Finding] = []
    after = ""
    while True:
        page = findings(node, filters=filters, sort=Sort.DUE, after=after, limit=PAGE)
        if page.total > MOST_ROWS:
            raise UsageError(
                f"{page.total:,} findings", remedy="name a system, a service or a decision"
            )
        found += page.items
        after = page.next
        if not after:
            return tuple(found)


def _fits(each: BoardRow, wanted: BoardFilters) -> bool:
    return (
        (wanted.owner is None or each.owner == wanted.owner)
        and (wanted.standing is None or each.standing is wanted.standing)
        and (not wanted.overdue or each.overdue)
    )


def rows_of(
    node: Node,
    found: Iterable[Finding],
    said: Mapping[str, FollowUp],
    today: date,
    estate_id: str | None,
) -> tuple[BoardRow, ...]:
    """Put findings on the board, by due date."""
    counting = _exceptions(node, said, estate_id)
    with open_advisories(node.home.path) as store, store.reading() as snapshot:
        explaining = Explaining(node, snapshot)
        clocks = explaining.policy.clocks
        return by_due(
            row(each, explaining.priority(each), said.get(each.id), counting, clocks, today)
            for each in found
        )


def _exceptions(
    node: Node, said: Mapping[str, FollowUp], estate_id: str | None
) -> Mapping[str, Excepting]:
    if not any(each.body.exception for each in said.values()):
        return {}
    estate = node.estate(estate_id).id
    register = remembered(
        node, "exception register", estate, lambda: exceptions.register(node, estate)
    )
    return {
        each.number: Excepting(
            number=each.number,
            counts=each.counts,
            scope=tuple(map(str, each.scope)),
            expires=each.expires,
        )
        for each in register.exceptions
    }


def row_of(node: Node, finding: Finding, *, estate_id: str | None = None) -> BoardRow:
    """Put one finding on the board."""
    today = day_of(node.clock())
    return rows_of(node, (finding,), follow_ups(node), today, estate_id)[0]


def follow_ups(node: Node) -> Mapping[str, FollowUp]:
    """Give what was last said of each finding's repair."""
    return fold(node.log.records(FOLLOW_UP))


def finding_named(node: Node, finding_id: str) -> Finding:
    """Give one finding by its id, or by the beginning of it; open ones and those that are gone."""
    said = follow_ups(node).get(finding_id)
    filters = FindingFilters(state=State.ALL)
    if said is not None:
        filters = replace(filters, systems=(said.body.system,))
    found = [each for each in every(node, filters) if each.id.startswith(finding_id)]
    if not finding_id or not found:
        raise MissingError(f"there is no finding {finding_id[:40]!r}", remedy="panshi sbom board")
    if len(found) > 1:
        raise UsageError(
            f"{finding_id} begins the ids of {len(found)} findings", remedy="give more of it"
        )
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody says of a repair; None leaves a part as it was said before."""

    owner: str | None = None
    ticket: str | None = None
    planned: date | None = None
    note: str | None = None
    exception: str | None = None
    claimed_done: bool | None = None


def follow_up(
    node: Node, finding_id: str, said: Saying, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Seal who repairs a finding, in which ticket, by when."""
    finding = finding_named(node, finding_id)
    if finding.fixed_at is not None:
        raise UsageError(
            "a newer bill no longer has it: there is nothing left to repair", place=finding.id
        )
    before = follow_ups(node).get(finding.id)
    base = (
        before.body
        if before
        else FindingFollowUp(
            finding=finding.id,
            system=finding.system,
            vulnerability=finding.vulnerability,
            purl=finding.purl,
            recorded_by="",
        )
    )
    changed = {
        name: value
        for name in ("owner", "ticket", "planned", "note", "exception", "claimed_done")
        if (value := getattr(said, name)) is not None
    }
    if not changed:
        raise UsageError("nothing is said", remedy="name an owner, a ticket, a day or a note")
    known = _exceptions(node, {"": _as_said(base, changed, node.clock())}, estate_id)
    if changed.get("exception") and changed["exception"] not in known:
        raise UsageError(
            f"there is no exception {changed['exception']!r}", remedy="panshi exception list"
        )
    body = replace(
        base,
        **changed,
        purl=finding.purl,
        vulnerability=finding.vulnerability,
        recorded_by=acting_person(actor),
    )
    return node.record(FOLLOW_UP, body, facet=finding.id, actor=actor, estate_id=estate_id)


def _as_said(base: FindingFollowUp, changed: Mapping[str, object], at: datetime) -> FollowUp:
    return FollowUp(
        body=replace(base, exception=str(changed.get("exception", ""))), at=at, evidence_id=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairing:
    """What one person has to repair in one system."""

    system: str
    count: int
    due: date
    "The first."
    since: date
    contradicted: int
    "Said to be done, and still there."


def pressing_of(node: Node, person: str, estate_id: str, ahead: timedelta) -> tuple[Repairing, ...]:
    """Give what a person said they repair that is due soon or contradicted, by system."""
    if not any(each.body.owner == person for each in follow_ups(node).values()):
        return ()
    page = board(node, BoardFilters(owner=person), limit=MOST_ROWS, estate_id=estate_id)
    by_system: dict[str, list[BoardRow]] = {}
    for each in page.rows:
        waits = each.standing in {Standing.CLAIMED, Standing.EXCEPTED}
        if not waits and each.due <= page.on + ahead:
            by_system.setdefault(each.finding.system, []).append(each)
    return tuple(
        Repairing(
            system=system,
            count=len(rows),
            due=min(each.due for each in rows),
            since=min(day_of(each.finding.first_seen) for each in rows),
            contradicted=sum(each.standing is Standing.CONTRADICTED for each in rows),
        )
        for system, rows in by_system.items()
    )
