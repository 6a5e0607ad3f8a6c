"""The yearly statement: drafted from what was evidenced at year end, signed, taken to the board.

outlook(node, year)        which form is allowed, which clauses are unmet and need a remedy
draft(node, year, …)       seals the draft with digests of what was known
sign(node, number, …)      each signer by their own account
since(node, number)        what changed after; nothing of the record does
verify(node, number)       judges the year's end again and compares
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

import msgspec

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.accountability.statement import (
    BOARD_KIND,
    SIGNATURE_KIND,
    STATEMENT_KIND,
    Binding,
    Form,
    Remedy,
    Stated,
    StatementState,
    binding,
    named,
    signature_defect,
    statement_defect,
    statements,
    step_defect,
)
from panshi.governance.persons import acting_person
from panshi.model.asset import AssetKind
from panshi.model.bodies.statements import BoardStep, Statement, StatementSignature, UnmetClause
from panshi.model.control import Framework
from panshi.model.observation import ObservationId
from panshi.model.verdict import Assessment, ReasonCode, Status, Verdict
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.accountability import appointments, register
from panshi.node.node import Node
from panshi.node.own_records import own_records

DECEMBER, LAST = 12, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What could be stated of a year."""

    year: int
    as_of: datetime
    binding: Binding
    frameworks: tuple[str, ...]
    assessment_sha256: str
    estate: str
    estate_version: int
    log_size: int
    log_root: str
    exceptions: tuple[str, ...]
    open_findings: tuple[str, ...]

    @property
    def form(self) -> Form:
        """The one form that is allowed."""
        return self.binding.form


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSince:
    """How an unmet clause stands today."""

    clause: UnmetClause
    met_now: bool
    status_now: Status | None
    overdue: bool
    "Its remedy was due and it is still unmet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What changed after a statement; the statement does not."""

    stated: Stated
    clauses: tuple[ClauseSince, ...]
    fallen: tuple[Verdict, ...]
    "Binding clauses that were met then and are not now."
    log_size_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Whether a statement holds against the log it names."""

    stated: Stated
    root_holds: bool
    "The log, cut at the size named, has the root named: nothing of it was rewritten."
    assessment_holds: bool
    "Judging the same moment again gives the same digest."
    problem: str = ""


def outlook(
    node: Node, year: int, estate_id: str | None = None, as_of: datetime | None = None
) -> Outlook:
    """Judge the binding clauses at the end of a year and say which form follows."""
    moment = as_of or year_end(year)
    if node.clock() <= moment:
        raise UsageError(
            f"{year} has not ended", remedy="state a year once it is over, or give an earlier day"
        )
    estate = node.estate(estate_id)
    frameworks = {
        each.id: each
        for each in node.library.frameworks.values()
        if any(control.strength.binding for control in each.controls)
    }
    assessments = node.judging.ask(
        lambda assessor: {each: assessor.assess(each) for each in frameworks}, estate.id, moment
    )
    known = binding(frameworks, assessments)
    first = next(iter(assessments.values()))
    used = {
        each
        for verdict in known.excepted
        for reason in verdict.reasons
        if reason.code is ReasonCode.EXCEPTIONS_USED
        for each in reason.ids
    }
    return Outlook(
        year=year,
        as_of=moment,
        binding=known,
        frameworks=tuple(f"{each.id} {each.version}" for each in frameworks.values()),
        assessment_sha256=_digest(frameworks, assessments),
        estate=estate.id,
        estate_version=first.estate_version,
        log_size=first.log_size,
        log_root=first.log_root,
        exceptions=tuple(sorted(used)),
        open_findings=_findings(node, estate.id, moment, known),
    )


def year_end(year: int) -> datetime:
    """Give the last instant of a year."""
    day = datetime(year, DECEMBER, LAST, tzinfo=INSTITUTION_ZONE).date()
    return datetime.combine(day, time.max, tzinfo=INSTITUTION_ZONE)


def draft(
    node: Node,
    year: int,
    form: Form,
    remedies: Collection[Remedy],
    *,
    actor: str,
    estate_id: str | None = None,
    as_of: datetime | None = None,
) -> str:
    """Seal a draft, in the form that follows from the evidence only; gives its number."""
    found = outlook(node, year, estate_id, as_of)
    if form is not found.form:
        unmet = len(found.binding.unmet)
        raise UsageError(
            f"{year} cannot be stated as {form}: {unmet} binding clauses are unmet",
            place=", ".join(each.control for each in found.binding.unmet[:5]),
            remedy=f"the form that follows from the evidence is {found.form}",
        )
    for remedy in remedies:
        node.library.offices.office(remedy.owner)
        node.library.control(remedy.control)
    body = Statement(
        number=_number(node, year, estate_id),
        year=year,
        form=form,
        as_of=found.as_of,
        frameworks=found.frameworks,
        clauses=len(found.binding.clauses),
        unmet=named(found.binding.unmet, remedies),
        excepted=tuple(each.control for each in found.binding.excepted),
        exceptions=found.exceptions,
        open_findings=found.open_findings,
        assessment_sha256=found.assessment_sha256,
        estate=found.estate,
        estate_version=found.estate_version,
        log_size=found.log_size,
        log_root=found.log_root,
        drafted_by=acting_person(actor),
    )
    problem = statement_defect(body, day_of(node.clock()))
    if problem:
        raise UsageError(problem, remedy="name a remedy, an office and a day for each clause")
    node.record(STATEMENT_KIND, body, facet=body.number, actor=actor, estate_id=estate_id)
    return body.number


def every_statement(node: Node, estate_id: str | None = None) -> tuple[Stated, ...]:
    """Give every statement, oldest first."""
    return statements(
        own_records(node, STATEMENT_KIND, estate_id),
        own_records(node, SIGNATURE_KIND, estate_id),
        own_records(node, BOARD_KIND, estate_id),
        appointments(node, estate_id),
        signers(node, estate_id),
    )


def statement(node: Node, number: str, estate_id: str | None = None) -> Stated:
    """Give one statement, or say that there is none."""
    found = next((e for e in every_statement(node, estate_id) if e.body.number == number), None)
    if found is None:
        raise MissingError(f"there is no statement {number!r}", remedy="panshi statement list")
    return found


def signers(node: Node, estate_id: str | None = None) -> tuple[tuple[str, ...], ...]:
    """Give the groups of offices that sign the statement of this institution."""
    institution = node.estate(estate_id).by_kind[AssetKind.INSTITUTION][0]
    return node.library.offices.signers_of(str(institution.attributes.get("sector", "")))


def sign(
    node: Node, number: str, office: str, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Sign a statement under an office one holds; a checkpoint of the node covers it."""
    found = statement(node, number, estate_id)
    body = StatementSignature(
        number=number, paper=found.id, person=acting_person(actor), office=office
    )
    problem = signature_defect(
        found, body, node.clock(), appointments(node, estate_id), signers(node, estate_id)
    )
    if problem:
        raise ForbiddenError(f"this cannot be signed: {problem}", remedy="panshi statement show")
    return node.record(SIGNATURE_KIND, body, facet=number, actor=actor, estate_id=estate_id)


def take_step(
    node: Node,
    number: str,
    step: str,
    *,
    actor: str,
    minute: str = "",
    why: str = "",
    estate_id: str | None = None,
) -> ObservationId:
    """Submit what is signed, record that the board received it, publish it, or withdraw a draft."""
    found = statement(node, number, estate_id)
    body = BoardStep(
        paper=found.id,
        number=number,
        step=step,
        by=acting_person(actor),
        minute=minute.strip(),
        why=why.strip(),
    )
    problem = step_defect(found.state, body, found.body.drafted_by, found.steps)
    if problem:
        raise UsageError(problem, remedy="panshi statement show")
    return node.record(
        BOARD_KIND, body, facet=f"statement:{number}", actor=actor, estate_id=estate_id
    )


def since(node: Node, number: str, estate_id: str | None = None) -> Since:
    """Say what changed after a statement."""
    found = statement(node, number, estate_id)
    verdicts = {
        each.control: each
        for name in found.body.frameworks
        for each in node.assess(name.partition(" ")[0], found.body.estate).verdicts
    }
    today = day_of(node.clock())
    then = {each.control for each in found.body.unmet}
    names = {name.partition(" ")[0] for name in found.body.frameworks}
    frameworks = {each: node.library.framework(each) for each in sorted(names)}
    assessments = {each: node.assess(each, found.body.estate) for each in frameworks}
    return Since(
        stated=found,
        clauses=tuple(
            _clause_since(each, verdicts.get(each.control), overdue_on=today)
            for each in found.body.unmet
        ),
        fallen=tuple(
            each for each in binding(frameworks, assessments).unmet if each.control not in then
        ),
        log_size_now=node.log.size(),
    )


def verify(node: Node, number: str, estate_id: str | None = None) -> Verified:
    """Check a statement against the log it names."""
    found = statement(node, number, estate_id)
    body = found.body
    root = body.log_size <= node.log.size() and node.log.root(body.log_size).hex() == body.log_root
    again = outlook(node, body.year, body.estate, body.as_of)
    same = again.assessment_sha256 == body.assessment_sha256
    problem = found.void
    if not root:
        problem = "the log is not the one the statement names"
    elif not same and again.frameworks != body.frameworks:
        problem = "the frameworks have another version now, so the year is judged otherwise"
    elif not same:
        problem = "judging the same moment again gives something else"
    return Verified(stated=found, root_holds=root, assessment_holds=same, problem=problem)


def _clause_since(clause: UnmetClause, verdict: Verdict | None, *, overdue_on: date) -> ClauseSince:
    met = verdict is not None and verdict.met
    return ClauseSince(
        clause=clause,
        met_now=met,
        status_now=verdict.status if verdict is not None else None,
        overdue=not met and clause.due is not None and clause.due < overdue_on,
    )


def _digest(frameworks: dict[str, Framework], assessments: dict[str, Assessment]) -> str:
    """Digest how every binding clause stood: what was known, in a form anyone can recompute."""
    lines = [
        [
            verdict.control,
            verdict.status,
            verdict.met,
            verdict.met_without_exceptions,
            verdict.tally.population,
            verdict.tally.seen,
            verdict.tally.passing,
        ]
        for name in sorted(frameworks)
        for verdict in assessments[name].verdicts
    ]
    return hashlib.sha256(msgspec.json.encode(lines)).hexdigest()


def _findings(node: Node, estate_id: str, moment: datetime, known: Binding) -> tuple[str, ...]:
    contradicted = {
        each
        for verdict in known.clauses
        for reason in verdict.reasons
        if reason.code is ReasonCode.CONTRADICTED
        for each in reason.ids
    }
    offices = (f"{e.office}:{e.code}" for e in register(node, estate_id, moment).findings)
    return (*sorted(contradicted), *offices)


def _number(node: Node, year: int, estate_id: str | None) -> str:
    """Give the next number of a year; one that is on its way must be withdrawn first."""
    mine = [each for each in every_statement(node, estate_id) if each.body.year == year]
    going = [e for e in mine if e.state in {StatementState.DRAFT, StatementState.PARTLY_SIGNED}]
    if going:
        raise UsageError(
            f"statement {going[-1].body.number} is still to be signed",
            remedy="withdraw it before drafting another",
        )
    return str(year) if not mine else f"{year}-{len(mine) + 1}"
