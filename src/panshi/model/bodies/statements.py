"""Bodies of the yearly statement and the CISO's report to the board, and their way to the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetClause:
    """A binding clause that was not met, and what will be done by when."""

    control: str
    status: str
    evidenced: float | None = None
    remedy: str = ""
    owner: str = ""
    "Office that answers for the remedy."
    due: date | None = None


@observation_kind("record.statement/1", "年度聲明書", "Yearly statement", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Body):
    """What an institution states of a year, with digests of what it knew; nothing until signed."""

    number: str
    "`2025` or, where one was withdrawn, `2025-2`."
    year: int
    form: str
    "`compliance` or `acknowledgement`; which one follows from the assessment."
    as_of: datetime
    frameworks: tuple[str, ...]
    "`<id> <version>` of every framework with binding clauses."
    clauses: int
    "Binding clauses judged."
    unmet: tuple[UnmetClause, ...]
    excepted: tuple[str, ...]
    "Binding clauses met by a live exception only."
    exceptions: tuple[str, ...]
    "Evidence ids of the exceptions they rest on."
    open_findings: tuple[str, ...]
    "Open findings: contradictions by evidence id, offices as `office:code`."
    assessment_sha256: str
    estate: str
    estate_version: int
    log_size: int
    log_root: str
    drafted_by: str


@observation_kind("record.statement_signature/1", "聲明書簽署", "Signature", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSignature(Body):
    """Someone signs a statement under an office."""

    number: str
    paper: str
    "Evidence id of the statement."
    person: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One fact of a section, in both languages."""

    zh: str
    en: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One section: what the evidence says, and what a person adds."""

    id: str
    lines: tuple[ReportLine, ...]
    comment: str = ""


@observation_kind("record.ciso_report/1", "資安長報告", "CISO's report", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CisoReport(Body):
    """The CISO's report to the board: yearly with six contents, or special about one matter."""

    number: str
    "`2025`, or `2026-S1` for a special report."
    begins: date
    ends: date
    as_of: datetime
    sections: tuple[ReportSection, ...]
    log_size: int
    log_root: str
    estate: str
    estate_version: int
    drafted_by: str
    subject: str = ""
    "Of a special report."


@observation_kind("record.board_step/1", "董事會提報", "Way to the board", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStep(Body):
    """A report or statement is submitted to the board, received, published or withdrawn."""

    paper: str
    "Evidence id of the report or statement."
    number: str
    step: str
    "`submit`, `receive`, `publish` or `withdraw`."
    by: str
    minute: str = ""
    "Number of the board's minute."
    why: str = ""
