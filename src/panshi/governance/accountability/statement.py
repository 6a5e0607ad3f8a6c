"""The yearly statement in two honest forms; which one is allowed is computed, never chosen.

A year is stated as compliant only if every binding clause (應, 不得) was met, or met by a live
exception, at the end of the year. With one unmet, unknown or unseen, the institution acknowledges
non-compliance, naming each clause with a remedy, who answers for it and by when (the two forms are
those of 23 NYCRR 500.17(b); signing by several officers is that of TWSE CC-12000(6)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import permutations

from panshi.governance.appointments import Appointments
from panshi.governance.persons import name_defect, same_person
from panshi.model.bodies.statements import BoardStep, Statement, StatementSignature, UnmetClause
from panshi.model.control import Framework
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import Assessment, Status, Verdict
from panshi.model.zone import day_of

STATEMENT_KIND = "record.statement/1"
SIGNATURE_KIND = "record.statement_signature/1"
BOARD_KIND = "record.board_step/1"


class Form(StrEnum):
    """The two forms."""

    COMPLIANCE = "compliance"
    ACKNOWLEDGEMENT = "acknowledgement"


class StatementState(StrEnum):
    """Where a statement is."""

    DRAFT = "draft"
    PARTLY_SIGNED = "partly_signed"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """How the binding clauses stood."""

    clauses: tuple[Verdict, ...]
    unmet: tuple[Verdict, ...]
    excepted: tuple[Verdict, ...]
    "Met by a live exception only."

    @property
    def form(self) -> Form:
        """The one form that is allowed."""
        return Form.ACKNOWLEDGEMENT if self.unmet or not self.clauses else Form.COMPLIANCE


def binding(frameworks: Mapping[str, Framework], assessments: Mapping[str, Assessment]) -> Binding:
    """Sort out the binding clauses; what was signed not applicable is none."""
    clauses: list[Verdict] = []
    for name, assessment in assessments.items():
        framework = frameworks[name]
        for verdict in assessment.verdicts:
            control = framework.by_id[verdict.control.partition("/")[2]]
            if control.strength.binding and verdict.status is not Status.NOT_APPLICABLE:
                clauses.append(verdict)
    return Binding(
        clauses=tuple(clauses),
        unmet=tuple(each for each in clauses if not each.met),
        excepted=tuple(each for each in clauses if each.met and not each.met_without_exceptions),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What will be done about an unmet clause, by whom and by when."""

    control: str
    text: str
    owner: str
    due: date


def named(unmet: Iterable[Verdict], remedies: Iterable[Remedy]) -> tuple[UnmetClause, ...]:
    """Name every unmet clause with its remedy, where there is one."""
    known = {each.control: each for each in remedies}
    return tuple(
        UnmetClause(
            control=verdict.control,
            status=verdict.status,
            evidenced=verdict.evidenced,
            remedy=known[verdict.control].text if verdict.control in known else "",
            owner=known[verdict.control].owner if verdict.control in known else "",
            due=known[verdict.control].due if verdict.control in known else None,
        )
        for verdict in unmet
    )


def statement_defect(body: Statement, drafted_on: date) -> str:
    """Say why a statement cannot stand by itself; empty where it can."""
    if name_defect(body.drafted_by):
        return name_defect(body.drafted_by)
    if body.form not in set(Form):
        return f"there is no form {body.form!r}"
    if day_of(body.as_of).year != body.year or day_of(body.as_of) >= drafted_on:
        return "it is stated as of a day of that year that has passed"
    if body.clauses < 1:
        return "no binding clause was judged"
    if body.form == Form.COMPLIANCE and body.unmet:
        return f"{len(body.unmet)} binding clauses are unmet: only non-compliance can be stated"
    if body.form == Form.ACKNOWLEDGEMENT and not body.unmet:
        return "every binding clause is met: there is nothing to acknowledge"
    lacking = [
        each.control
        for each in body.unmet
        if not each.remedy.strip()
        or not each.owner.strip()
        or each.due is None
        or each.due <= drafted_on
    ]
    if lacking:
        shown = ", ".join(lacking[:5])
        return f"{len(lacking)} unmet clauses lack a remedy, owner or a day to come: {shown}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signature that counts."""

    person: str
    office: str
    at: datetime
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A statement with what became of it."""

    id: ObservationId
    at: datetime
    body: Statement
    state: StatementState
    signatures: tuple[Signed, ...] = ()
    missing: tuple[tuple[str, ...], ...] = ()
    "Groups of offices of which one must still sign."
    void: str = ""
    steps: tuple[tuple[BoardStep, datetime, str], ...] = ()
    "Way to the board, each with its moment and evidence id."


type Signers = Sequence[Sequence[str]]
"Groups of offices; of each group one must sign, all by different people."


def statements(
    drafts: Iterable[Sealed],
    signatures: Iterable[Sealed],
    steps: Iterable[Sealed],
    appointments: Appointments,
    signers: Signers,
) -> tuple[Stated, ...]:
    """Fold every statement, oldest first."""
    found: dict[str, Stated] = {}
    for sealed in drafts:
        body = sealed.observation.body
        if isinstance(body, Statement):
            at = moment_of(sealed)
            found[sealed.id] = Stated(
                id=sealed.id,
                at=at,
                body=body,
                state=StatementState.DRAFT,
                missing=tuple(tuple(each) for each in signers),
                void=statement_defect(body, day_of(at)),
            )
    events = sorted((*signatures, *steps), key=lambda each: each.position)
    for sealed in events:
        match sealed.observation.body:
            case StatementSignature() as body if body.paper in found:
                known = found[body.paper]
                if not signature_defect(known, body, moment_of(sealed), appointments, signers):
                    found[body.paper] = _with_signature(known, body, sealed, signers)
            case BoardStep() as step if step.paper in found:
                known = found[step.paper]
                if not step_defect(known.state, step, known.body.drafted_by, known.steps):
                    found[step.paper] = _with_step(known, step, sealed)
            case _:
                pass
    return tuple(found.values())


def signature_defect(
    known: Stated,
    body: StatementSignature,
    at: datetime,
    appointments: Appointments,
    signers: Signers,
) -> str:
    """Say why a signature cannot count; empty where it can."""
    if known.void:
        return known.void
    if known.state not in {StatementState.DRAFT, StatementState.PARTLY_SIGNED}:
        return f"the statement is {known.state.value.replace('_', ' ')}"
    if at < known.at:
        return "it is dated before the statement"
    if not any(body.office in group for group in signers):
        return f"{body.office} is no office that signs"
    if not appointments.holds(body.person, body.office, at):
        return f"{body.person} does not hold {body.office}"
    if any(same_person(body.person, each.person) for each in known.signatures):
        return f"{body.person} has signed already; others sign for other offices"
    return ""


_FOLLOWS: Mapping[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({"signed"}), "submitted"),
    "receive": (frozenset({"submitted"}), "received"),
    "publish": (frozenset({"received"}), "published"),
    "withdraw": (frozenset({"draft", "partly_signed"}), "withdrawn"),
}
"From which states a step leads, and to which."


def step_defect(
    state: str,
    step: BoardStep,
    drafted_by: str,
    before: Iterable[tuple[BoardStep, datetime, str]],
) -> str:
    """Say why a paper cannot take a step on its way to the board; empty where it can."""
    if name_defect(step.by):
        return name_defect(step.by)
    allowed = _FOLLOWS.get(step.step)
    if allowed is None or state not in allowed[0]:
        return f"a {state.replace('_', ' ')} paper cannot be taken to {step.step!r}"
    if step.step == "withdraw":
        return "" if step.why.strip() else "no reason is given"
    if step.step != "receive":
        return ""
    if not step.minute.strip():
        return "the number of the board's minute is missing"
    submitters = [each.by for each, _, _ in before if each.step == "submit"]
    if any(same_person(step.by, other) for other in (*submitters, drafted_by)):
        return "whoever drafted or submitted it does not record that the board received it"
    return ""


def _with_signature(
    known: Stated, body: StatementSignature, sealed: Sealed, signers: Signers
) -> Stated:
    made = Signed(
        person=body.person, office=body.office, at=moment_of(sealed), evidence_id=sealed.id
    )
    signatures = (*known.signatures, made)
    missing = uncovered(signers, [each.office for each in signatures])
    state = StatementState.PARTLY_SIGNED if missing else StatementState.SIGNED
    return replace(known, signatures=signatures, missing=missing, state=state)


def uncovered(signers: Signers, offices: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Give the groups no signature stands for when each signature stands for one group."""
    best = tuple(tuple(group) for group in signers)
    for order in permutations(range(len(signers))):
        left = list(offices)
        missing = []
        for index in order:
            group = tuple(signers[index])
            office = next((each for each in left if each in group), None)
            if office is None:
                missing.append((index, group))
            else:
                left.remove(office)
        if len(missing) < len(best):
            best = tuple(group for _, group in sorted(missing))
    return best


def _with_step(known: Stated, step: BoardStep, sealed: Sealed) -> Stated:
    state = StatementState(_FOLLOWS[step.step][1])
    steps = (*known.steps, (step, moment_of(sealed), sealed.id))
    return replace(known, state=state, steps=steps)


def moment_of(sealed: Sealed) -> datetime:
    """Give when a record was both made and received."""
    return max(sealed.observation.observed_at, sealed.received_at)
