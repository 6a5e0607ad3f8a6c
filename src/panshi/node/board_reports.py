"""The CISO's report to the board: put together from evidence, commented, submitted, received.

draft(node, 2025, …)      the yearly report with its six contents
draft(…, subject=…)       a special report about one matter, whenever it is due
comment(…)                what a person adds to a section; the facts stay as they were
take_step(…)              the CISO submits; someone else records that the board received it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.accountability.board_report import (
    REPORT_KIND,
    Reported,
    ReportedEvent,
    ReportedIndicator,
    ReportFacts,
    ReportState,
    report_step_defect,
    reports,
    sections,
)
from panshi.governance.accountability.statement import BOARD_KIND
from panshi.governance.indicators.printing import printed
from panshi.governance.persons import acting_person
from panshi.model.bodies import KINDS
from panshi.model.bodies.statements import BoardStep, CisoReport, ReportLine
from panshi.model.observation import ObservationId
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.accountability import appointments, register
from panshi.node.exceptions import views_of
from panshi.node.indicators import measured
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.reviews import every_action

TESTS = tuple(kind for kind, spec in KINDS.items() if spec.tests)
LONGEST_COMMENT = 4_000


def draft(
    node: Node,
    begins: date,
    ends: date,
    *,
    actor: str,
    subject: str = "",
    estate_id: str | None = None,
) -> str:
    """Put a report together and seal it as a draft; gives its number."""
    estate = node.estate(estate_id)
    now = node.clock()
    if ends < begins or begins > day_of(now):
        raise UsageError(
            f"{begins} to {ends} is no period that has begun", remedy="give its first and last day"
        )
    as_of = min(datetime.combine(ends, time.max, tzinfo=INSTITUTION_ZONE), now)
    facts, size, root, version = _facts(node, estate.id, begins, as_of, past=as_of < now)
    number = _number(node, begins, subject, estate.id)
    body = CisoReport(
        number=number,
        begins=begins,
        ends=ends,
        as_of=as_of,
        sections=sections(facts),
        log_size=size,
        log_root=root,
        estate=estate.id,
        estate_version=version,
        drafted_by=acting_person(actor),
        subject=subject.strip(),
    )
    node.record(REPORT_KIND, body, facet=number, actor=actor, estate_id=estate.id)
    return number


def comment(
    node: Node,
    number: str,
    section: str,
    text: str,
    *,
    actor: str,
    estate_id: str | None = None,
) -> ObservationId:
    """Add what a person has to say to a section of a draft."""
    found = report(node, number, estate_id)
    if found.state is not ReportState.DRAFT:
        raise UsageError(
            f"report {number} was submitted and does not change", remedy="panshi office reports"
        )
    if section not in {each.id for each in found.body.sections}:
        raise MissingError(f"report {number} has no section {section!r}")
    if len(text) > LONGEST_COMMENT:
        raise UsageError(f"a comment has at most {LONGEST_COMMENT} characters")
    changed = tuple(
        replace(each, comment=text.strip()) if each.id == section else each
        for each in found.body.sections
    )
    body = replace(found.body, sections=changed, drafted_by=acting_person(actor))
    return node.record(REPORT_KIND, body, facet=number, actor=actor, estate_id=estate_id)


def every_report(node: Node, estate_id: str | None = None) -> tuple[Reported, ...]:
    """Give every report, oldest first."""
    return reports(
        own_records(node, REPORT_KIND, estate_id),
        own_records(node, BOARD_KIND, estate_id),
        appointments(node, estate_id),
    )


def report(node: Node, number: str, estate_id: str | None = None) -> Reported:
    """Give one report, or say that there is none."""
    found = next((e for e in every_report(node, estate_id) if e.number == number), None)
    if found is None:
        raise MissingError(f"there is no report {number!r}", remedy="panshi office reports")
    return found


def take_step(
    node: Node,
    number: str,
    step: str,
    *,
    actor: str,
    minute: str = "",
    estate_id: str | None = None,
) -> ObservationId:
    """Submit a report as the CISO, or record that the board received it."""
    found = report(node, number, estate_id)
    body = BoardStep(
        paper=found.id, number=number, step=step, by=acting_person(actor), minute=minute.strip()
    )
    problem = report_step_defect(found, body, node.clock(), appointments(node, estate_id))
    if problem:
        raise ForbiddenError(f"report {number}: {problem}", remedy="panshi office reports")
    return node.record(BOARD_KIND, body, facet=f"report:{number}", actor=actor, estate_id=estate_id)


def _facts(
    node: Node, estate_id: str, begins: date, as_of: datetime, *, past: bool
) -> tuple[ReportFacts, int, str, int]:
    moment = as_of if past else None
    frameworks = list(node.library.frameworks.values())
    assessments, exceptions = node.judging.ask(
        lambda assessor: (
            [assessor.assess(each.id) for each in frameworks],
            views_of(assessor),
        ),
        estate_id,
        moment,
    )
    found = measured(node, estate_id, moment)
    remedies = [
        ReportLine(
            zh=f"例外 {each.number}（{each.control}）於 {each.expires} 失效。",
            en=f"Exception {each.number} ({each.control}) ends on {each.expires}.",
            about=f"exception/{each.number}",
        )
        for each in exceptions
        if each.state.live
    ]
    facts = ReportFacts(
        judged=tuple(zip(frameworks, assessments, strict=True)),
        indicators=tuple(
            ReportedIndicator(
                id=each.indicator.id,
                title_zh=each.indicator.title_zh,
                title_en=each.indicator.title_en,
                value=printed(each.measured.value, each.indicator.unit, chinese=True),
                target=printed(each.target, each.indicator.unit, chinese=True),
                standing=each.standing,
            )
            for each in found.values
        ),
        events=tuple(_events(node, estate_id, begins, as_of)),
        remedies=(*_actions(node, estate_id, moment), *remedies),
        offices=register(node, estate_id, moment),
    )
    first = assessments[0]
    return facts, first.log_size, first.log_root, first.estate_version


def _actions(node: Node, estate_id: str, moment: datetime | None) -> Iterator[ReportLine]:
    for each in every_action(node, estate_id, moment):
        if not each.finished:
            yield ReportLine(
                zh=f"行動 {each.number}：{each.text}，期限 {each.due}。",
                en=f"Action {each.number}: {each.text}, due {each.due}.",
                about=f"action/{each.number}",
            )


def _events(node: Node, estate_id: str, begins: date, as_of: datetime) -> Iterator[ReportedEvent]:
    """Give the failed tests and incidents of the period, newest first."""
    estate = node.estate(estate_id)
    found: list[ReportedEvent] = []
    for kind in TESTS:
        for each in node.log.records(kind, as_of=as_of):
            body, asset = each.observation.body, estate.resolve(each.observation.subject)
            day = day_of(each.observation.observed_at)
            failed = getattr(body, "passed", True) is False
            if not failed or asset is None or day < begins:
                continue
            spec = KINDS[kind]
            what = getattr(body, "summary", "") or estate.by_id[asset].name
            found.append(
                ReportedEvent(
                    day=day,
                    title_zh=spec.title_zh,
                    title_en=spec.title_en,
                    subject=what,
                    evidence_id=each.id,
                )
            )
    yield from sorted(found, key=lambda each: (each.day, each.evidence_id), reverse=True)


def _number(node: Node, begins: date, subject: str, estate_id: str) -> str:
    """Give a yearly report its year for a number; a special one is counted within its year."""
    known = {each.number: each for each in every_report(node, estate_id)}
    year = str(begins.year)
    if subject.strip():
        count = sum(name.startswith(f"{year}-S") for name in known)
        return f"{year}-S{count + 1}"
    if year in known and known[year].state is not ReportState.DRAFT:
        raise UsageError(
            f"the report of {year} was submitted and does not change",
            remedy="write a special report",
        )
    return year
