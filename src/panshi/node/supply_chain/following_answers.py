"""The board and alerts as CLI and API answer them: the same values everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.node.supply_chain.following import BoardPage
from panshi.protection.supply_chain.findings.finding import Ssvc, Status
from panshi.protection.supply_chain.priority.board import BoardRow, Standing
from panshi.report.supply_chain_priority_words import reason_words
from panshi.store.alerts import Alert, ToldFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAnswer:
    """Why an input of a decision has its value."""

    point: str
    because: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRowAnswer:
    """One finding on the board."""

    finding: str
    system: str
    services: tuple[str, ...]
    supplier: str
    purl: str
    vulnerability: str
    status: Status
    ssvc: Ssvc
    least: Ssvc
    "What it would be if everything unknown turned out well."
    rule: str
    "Clock that counts."
    kev: bool
    epss: float | None
    due: date
    late: int
    overdue: bool
    standing: Standing
    owner: str
    "Names of people are empty where the reader may not know them."
    ticket: str
    planned: date | None
    plans_late: bool
    exception: str
    escalated_to: str
    fixed_in: tuple[str, ...]
    first_seen: datetime
    reasons: tuple[ReasonAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardAnswer:
    """Some rows of the board."""

    on: date
    total: int
    next: str
    rows: tuple[BoardRowAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedAnswer:
    """One opening an alert speaks of."""

    finding: str
    opening: int
    system: str
    purl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAnswer:
    """One alert."""

    id: int
    key: str
    what: str
    vulnerability: str
    ssvc: str
    due: date | None
    cause: str
    count: int
    channels: tuple[str, ...]
    at: datetime
    findings: tuple[AlertedAnswer, ...] = ()


def board_answer(page: BoardPage, *, people: bool = True) -> BoardAnswer:
    """Give a page of the board."""
    return BoardAnswer(
        on=page.on,
        total=page.total,
        next=page.next,
        rows=tuple(row_answer(each, people=people) for each in page.rows),
    )


def row_answer(each: BoardRow, *, people: bool = True) -> BoardRowAnswer:
    """Give one row of the board."""
    finding, said = each.finding, each.follow_up.body if each.follow_up else None
    return BoardRowAnswer(
        finding=finding.id,
        system=finding.system,
        services=finding.services,
        supplier=finding.supplier,
        purl=finding.purl,
        vulnerability=finding.vulnerability,
        status=finding.status,
        ssvc=each.priority.ssvc,
        least=each.priority.least,
        rule=each.priority.rule,
        kev=finding.kev,
        epss=finding.epss,
        due=each.due,
        late=max(each.late, 0),
        overdue=each.overdue,
        standing=each.standing,
        owner=each.owner if people else "",
        ticket=said.ticket if said else "",
        planned=said.planned if said else None,
        plans_late=each.plans_late,
        exception=each.exception,
        escalated_to=each.escalation.office if each.escalation else "",
        fixed_in=finding.fixed_in,
        first_seen=finding.first_seen,
        reasons=tuple(
            ReasonAnswer(point=why.point, because=why.because, zh=zh, en=en)
            for why in each.priority.reasons
            for zh, en in (reason_words(why),)
        ),
    )


def alert_answer(alert: Alert, findings: tuple[ToldFinding, ...] = ()) -> AlertAnswer:
    """Give one alert."""
    return AlertAnswer(
        id=alert.id,
        key=alert.key,
        what=alert.what,
        vulnerability=alert.vulnerability,
        ssvc=alert.ssvc,
        due=alert.due,
        cause=alert.cause,
        count=alert.count,
        channels=alert.channels,
        at=alert.at,
        findings=tuple(
            AlertedAnswer(
                finding=each.finding, opening=each.run, system=each.system, purl=each.purl
            )
            for each in findings
        ),
    )
