"""The steps of an exception, taken by people: ask, review, decide, withdraw, close, renew.

    desk = ExceptionDesk(node, actor="chen.yiru")
    number = desk.request(Asked(…))
    desk.review(number); desk.approve(number, why="…")

Each step is first put to the rules as if it were sealed; what would count for nothing is refused
with the reason, and the refusal is recorded. Only then is it sealed, with who took it: the person
signed in, never a name somebody typed. A decision seals what was decided on together with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from panshi.errors import ForbiddenError, PanshiError, UsageError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.exceptions.basis import digest, seen_digest
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.register import Exceptions
from panshi.governance.exceptions.story import Step, Story
from panshi.governance.persons import acting_person
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import (
    BASIS,
    CLOSURE,
    DECISION,
    REQUEST,
    REVIEW,
    WITHDRAWAL,
    ExceptionBasis,
    ExceptionClosure,
    ExceptionDecision,
    ExceptionRequest,
    ExceptionReview,
    ExceptionWithdrawal,
    Ruling,
)
from panshi.model.control import Basis
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, ObservationId, Sealed
from panshi.node.accountability import appointments
from panshi.node.desk import Desk
from panshi.node.exceptions import basis_of, found
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.report.exception_words import flaw_words

COLLECTOR = "panshi exception"
_FORBIDDEN = frozenset(
    {
        Flaw.NOBODY,
        Flaw.SAME_PERSON,
        Flaw.NO_OFFICE,
        Flaw.OFFICE_WITHOUT_AUTHORITY,
        Flaw.NOT_THE_REQUESTER,
        Flaw.DECIDED_ALREADY,
    }
)
"Flaws of who takes the step, not of what it says."
_REMEDIES = {
    Flaw.NO_OFFICE: "`panshi office list` shows who decides; `panshi office appoint` and `confirm`"
    " appoint someone by two other people",
    Flaw.SAME_PERSON: "somebody else reviews and decides",
    Flaw.UNCOMPENSATED: "`panshi assess` shows what the compensating control lacks",
    Flaw.NOT_REVIEWED: "`panshi exception review` opens the review",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for."""

    control: str
    "`<framework>/<control>`."
    scope: tuple[str, ...]
    "Asset ids; empty for the whole population."
    reason: str
    residual_risk: str
    compensating: tuple[str, ...]
    effective: date
    expires: date
    renews: str = ""


class ExceptionDesk(Desk):
    """Where one person takes steps."""

    def request(self, asked: Asked) -> str:
        """Ask for an exception; gives its number."""
        control = self.node.library.control(asked.control)
        body = ExceptionRequest(
            framework=control.framework,
            control=control.id,
            scope=_scope(self.estate, asked.scope),
            reason=asked.reason.strip(),
            residual_risk=asked.residual_risk.strip(),
            compensating=tuple(_compensating(self.node, each) for each in asked.compensating),
            effective=asked.effective,
            expires=asked.expires,
            requested_by=acting_person(self.actor),
            renews=asked.renews,
        )
        number = self._free_number()
        self._seal(number, (REQUEST, body))
        return number

    def renew(
        self, number: str, *, reason: str, effective: date, expires: date, residual_risk: str = ""
    ) -> str:
        """Ask for a new exception in place of one that ends; it takes a review of its own."""
        old = self._story(number).request
        asked = Asked(
            control=f"{old.framework}/{old.control}",
            scope=old.scope,
            reason=reason,
            residual_risk=residual_risk or old.residual_risk,
            compensating=old.compensating,
            effective=effective,
            expires=expires,
            renews=number,
        )
        return self.request(asked)

    def review(self, number: str, *, note: str = "") -> ObservationId:
        """Take a request up."""
        body = ExceptionReview(reviewed_by=acting_person(self.actor), note=note.strip())
        return self._step(number, REVIEW, body)

    def withdraw(self, number: str, *, why: str = "") -> ObservationId:
        """Take one's own request back."""
        body = ExceptionWithdrawal(withdrawn_by=acting_person(self.actor), why=why.strip())
        return self._step(number, WITHDRAWAL, body)

    def close(self, number: str, *, why: str, revoked: bool = False) -> ObservationId:
        """End an approved exception before its date, from now on."""
        if not why.strip():
            raise UsageError("no reason is given", place=number, remedy="say why it ends")
        body = ExceptionClosure(
            closed_by=acting_person(self.actor), why=why.strip(), revoked=revoked
        )
        return self._step(number, CLOSURE, body)

    def approve(
        self, number: str, *, why: str, office: str = "", resolution: str = "", seen: str = ""
    ) -> ObservationId:
        """Approve in an office, on what stands now; gives the decision's evidence id.

        `seen` is the digest of what the person was shown; where that changed, nothing is decided.
        """
        return self._decide(
            number, Ruling.APPROVE, why=why, office=office, resolution=resolution, seen=seen
        )

    def reject(self, number: str, *, why: str, office: str = "", seen: str = "") -> ObservationId:
        """Reject in an office; that ends the request."""
        return self._decide(number, Ruling.REJECT, why=why, office=office, resolution="", seen=seen)

    def _decide(
        self, number: str, ruling: Ruling, *, why: str, office: str, resolution: str, seen: str
    ) -> ObservationId:
        person = acting_person(self.actor)
        story, basis = self.node.judging.ask(
            lambda assessor: (story := found(assessor, number), basis_of(assessor, story)),
            self.estate.id,
        )
        if seen and seen != seen_digest(basis):
            raise UsageError(
                "what is to be decided on has changed since it was shown",
                place=number,
                remedy="look at it again, then decide",
            )
        body = ExceptionDecision(
            ruling=ruling,
            decider=person,
            office=office or self._office_of(person, basis, story),
            why=why.strip(),
            basis_sha256=digest(basis),
            resolution=resolution.strip(),
        )
        return self._seal(number, (BASIS, basis), (DECISION, body))

    # -- what a step is made of --------------------------------------------------------------

    def _office_of(self, person: str, basis: ExceptionBasis, story: Story) -> str:
        """Give the office in which someone decides: one still needed, else any they hold."""
        table = self.node.library.authority
        level = next((each for each in table.levels if each.id == basis.level), table.levels[0])
        held = appointments(self.node, self.estate.id).offices_of(person, self.moment)
        taken = {each.office for each in story.approvals}
        wanted = [office for office in level.needs if office in held and office not in taken]
        others = [office for office in table.offices if office in held]
        return next(iter((*wanted, *others)), level.needs[0])

    def _free_number(self) -> str:
        """Give the next number of the year."""
        stories = self.node.judging.ask(_exceptions, self.estate.id).all()
        return self.next_number("EX", (each.number for each in stories))

    def _story(self, number: str) -> Story:
        return self.node.judging.ask(lambda assessor: found(assessor, number), self.estate.id)

    def _step(self, number: str, kind: str, body: Body) -> ObservationId:
        self._story(number)
        return self._seal(number, (kind, body))

    def _seal(self, number: str, *steps: tuple[str, Body]) -> ObservationId:
        """Put steps to the rules, seal them together, and give the id of the last."""
        institution, at, kind = institution_of(self.estate), self.moment, steps[-1][0]
        made = [
            Observation(
                kind=kind,
                subject=institution,
                facet=number,
                observed_at=at,
                collector=COLLECTOR,
                body=body,
            )
            for kind, body in steps
        ]
        tried = _as_sealed(made, self.node.log.size(), at)
        told, _ = self.node.judging.ask(
            lambda assessor: _exceptions(assessor).tried(*tried, institution=AssetId(institution)),
            self.estate.id,
        )
        refused = next((step for step in told if step.flaw is not None), None)
        if refused is not None:
            raise self._refused(refused, number, kind)
        sealed = self.node.log.append(made, at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, number)
        return sealed

    def _refused(self, step: Step, number: str, kind: str) -> PanshiError:
        """Record that a step was refused, and say why; the flaw is noted on the error."""
        flaw = step.flaw or Flaw.ERASED
        self.node.audit(self.actor, kind, number, allowed=False, detail=flaw.value)
        refusal = ForbiddenError if flaw in _FORBIDDEN else UsageError
        error = refusal(
            flaw_words(flaw, step.detail, chinese=False),
            place=number,
            remedy=_REMEDIES.get(flaw, "nothing was sealed"),
        )
        error.add_note(flaw.value)
        return error


def _exceptions(assessor: Assessor) -> Exceptions:
    return assessor.judge.grounds.records.exceptions


def _as_sealed(made: Iterable[Observation], size: int, at: datetime) -> list[Sealed]:
    """Give observations as they would be if they were sealed now."""
    return [
        Sealed(
            id=ObservationId(f"{position:032x}"),
            position=position,
            received_at=at,
            observation=each,
        )
        for position, each in enumerate(made, start=size)
    ]


def _scope(estate: Estate, named: tuple[str, ...]) -> tuple[str, ...]:
    resolved: list[str] = []
    for each in named:
        asset = estate.resolve(each)
        if asset is None:
            raise UsageError(
                f"estate {estate.id} has no asset {each[:80]}", remedy="`panshi estate list`"
            )
        resolved.append(asset)
    return tuple(dict.fromkeys(resolved))


def _compensating(node: Node, key: str) -> str:
    control = node.library.control(key)
    if control.basis not in {Basis.EVIDENCE, Basis.DERIVED}:
        raise UsageError(
            f"{control.key} is not judged from evidence, so it can compensate for nothing",
            remedy="name a control that observations speak for",
        )
    return control.key
