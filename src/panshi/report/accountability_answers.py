"""Offices, statements and reports to the board in the JSON forms command line and API share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from panshi.governance.accountability.board_report import Reported, ReportState
from panshi.governance.accountability.register import OfficeFinding, OfficeStanding, Register
from panshi.governance.accountability.statement import Form, Signed, Stated, StatementState
from panshi.governance.appointments import Made
from panshi.model.bodies.offices import Appointment
from panshi.model.bodies.statements import ReportSection, UnmetClause
from panshi.model.verdict import Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderAnswer:
    """An appointment, or what is proposed as one."""

    id: str
    at: datetime
    terms: Appointment
    void: str
    "Why it counts for nothing; empty where it counts."


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswer:
    """One office on a day."""

    id: str
    title_zh: str
    title_en: str
    required: bool
    references: tuple[str, ...]
    holders: tuple[HolderAnswer, ...]
    coming: tuple[HolderAnswer, ...]
    ended: tuple[HolderAnswer, ...]
    findings: tuple[OfficeFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficesAnswer:
    """The register of offices on a day."""

    day: date
    offices: tuple[OfficeAnswer, ...]
    waiting: tuple[HolderAnswer, ...]
    "Proposed, waiting for a second person."
    void: tuple[HolderAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """One step on the way to the board."""

    step: str
    by: str
    at: datetime
    minute: str
    why: str
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAnswer:
    """One yearly statement."""

    number: str
    id: str
    "Evidence id."
    year: int
    form: Form
    state: StatementState
    void: str
    as_of: datetime
    drafted_at: datetime
    drafted_by: str
    frameworks: tuple[str, ...]
    clauses: int
    unmet: tuple[UnmetClause, ...]
    excepted: tuple[str, ...]
    exceptions: tuple[str, ...]
    open_findings: tuple[str, ...]
    assessment_sha256: str
    estate_version: int
    log_size: int
    log_root: str
    signatures: tuple[Signed, ...]
    missing: tuple[tuple[str, ...], ...]
    "Groups of offices of which one must still sign."
    steps: tuple[StepAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetAnswer:
    """A binding clause that is not met."""

    control: str
    status: Status
    evidenced: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookAnswer:
    """What could be stated of a year."""

    year: int
    as_of: datetime
    form: Form
    "The one form that is allowed."
    clauses: int
    unmet: tuple[UnmetAnswer, ...]
    excepted: tuple[str, ...]
    assessment_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswer:
    """One report of the CISO to the board."""

    number: str
    id: str
    state: ReportState
    subject: str
    begins: date
    ends: date
    as_of: datetime
    drafted_by: str
    versions: int
    sections: tuple[ReportSection, ...]
    steps: tuple[StepAnswer, ...]


def offices_answer(register: Register) -> OfficesAnswer:
    """Lay out the register."""
    return OfficesAnswer(
        day=register.day,
        offices=tuple(map(_office, register.offices)),
        waiting=_holders(register.waiting),
        void=_holders(register.void),
    )


def _office(standing: OfficeStanding) -> OfficeAnswer:
    office = standing.office
    return OfficeAnswer(
        id=office.id,
        title_zh=office.title_zh,
        title_en=office.title_en,
        required=office.required,
        references=office.references,
        holders=_holders(standing.holders),
        coming=_holders(standing.coming),
        ended=_holders(standing.ended),
        findings=standing.findings,
    )


def _holders(made: Iterable[Made]) -> tuple[HolderAnswer, ...]:
    return tuple(
        HolderAnswer(id=each.id, at=each.at, terms=each.terms, void=each.void) for each in made
    )


def statement_answer(stated: Stated) -> StatementAnswer:
    """Lay out a statement."""
    body = stated.body
    return StatementAnswer(
        number=body.number,
        id=stated.id,
        year=body.year,
        form=Form(body.form),
        state=stated.state,
        void=stated.void,
        as_of=body.as_of,
        drafted_at=stated.at,
        drafted_by=body.drafted_by,
        frameworks=body.frameworks,
        clauses=body.clauses,
        unmet=body.unmet,
        excepted=body.excepted,
        exceptions=body.exceptions,
        open_findings=body.open_findings,
        assessment_sha256=body.assessment_sha256,
        estate_version=body.estate_version,
        log_size=body.log_size,
        log_root=body.log_root,
        signatures=stated.signatures,
        missing=stated.missing,
        steps=_steps(stated),
    )


def outlook_answer(
    *,
    year: int,
    as_of: datetime,
    form: Form,
    clauses: int,
    unmet: Iterable[Verdict],
    excepted: Iterable[Verdict],
    assessment_sha256: str,
) -> OutlookAnswer:
    """Lay out what could be stated."""
    return OutlookAnswer(
        year=year,
        as_of=as_of,
        form=form,
        clauses=clauses,
        unmet=tuple(
            UnmetAnswer(control=each.control, status=each.status, evidenced=each.evidenced)
            for each in unmet
        ),
        excepted=tuple(each.control for each in excepted),
        assessment_sha256=assessment_sha256,
    )


def report_answer(found: Reported) -> ReportAnswer:
    """Lay out a report."""
    body = found.body
    return ReportAnswer(
        number=found.number,
        id=found.id,
        state=found.state,
        subject=body.subject,
        begins=body.begins,
        ends=body.ends,
        as_of=body.as_of,
        drafted_by=body.drafted_by,
        versions=found.versions,
        sections=body.sections,
        steps=_steps(found),
    )


def _steps(paper: Stated | Reported) -> tuple[StepAnswer, ...]:
    return tuple(
        StepAnswer(
            step=step.step,
            by=step.by,
            at=at,
            minute=step.minute,
            why=step.why,
            evidence_id=evidence_id,
        )
        for step, at, evidence_id in paper.steps
    )
