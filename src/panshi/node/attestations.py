"""Attestations: the register, the draw of the quarter, and the steps people take.

    register(node)                     every attestation, and what was drawn this quarter
    desk = AttestationDesk(node, actor="chen.yiru")
    number = desk.make(Attesting(…), content)
    desk.countersign(number); desk.reexamine(number, upheld=True, finding="…")

Each step is put to the rules before it is sealed; who acts is the person signed in. What was
attested on is kept by content below the home, its digest is in the sealed record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from panshi.errors import ForbiddenError, MissingError, PanshiError, UsageError
from panshi.evidence.log import Filter
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.attestations.folding import Attestations, due
from panshi.governance.attestations.sampling import Sample, draw, quarter_begins
from panshi.governance.attestations.story import (
    AttestationFlaw,
    AttestationState,
    AttestationStep,
    AttestationStory,
)
from panshi.governance.attestations.views import (
    AttestationRegister,
    AttestationStepView,
    AttestationView,
)
from panshi.governance.persons import acting_person
from panshi.model.bodies.attestations import (
    COUNTERSIGNATURE,
    MADE,
    REEXAMINATION,
    WITHDRAWAL,
    AttestationMade,
    AttestationReexamination,
    AttestationWithdrawal,
    Countersignature,
)
from panshi.model.control import Basis
from panshi.model.observation import Body, Observation, ObservationId, Sealed
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.desk import Desk
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.report.attestation_words import attestation_flaw_words
from panshi.store.attachments import Attachments

COLLECTOR = "panshi attestation"
SAMPLE_SIZE = "attestation_sample_size"
LASTING = 365
_FORBIDDEN = frozenset(
    {AttestationFlaw.NOBODY, AttestationFlaw.SAME_PERSON, AttestationFlaw.NOT_THE_OWNER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attesting:
    """What somebody answers for."""

    control: str
    scope: str
    period_start: date
    period_end: date
    expires: date
    statement: str
    attachment: str
    "File name."
    fulfilled: bool = True


def register(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> AttestationRegister:
    """Give every attestation of an estate, and the draw of the quarter."""
    estate = node.estate(estate_id).id
    drawn = sample(node, estate, as_of)
    return node.judging.ask(lambda assessor: _register(assessor, drawn), estate, as_of)


def shown(
    node: Node, number: str, estate_id: str | None = None, as_of: datetime | None = None
) -> AttestationView:
    """Give one attestation, by its number or evidence id."""
    estate = node.estate(estate_id).id
    drawn = sample(node, estate, as_of)
    return node.judging.ask(
        lambda assessor: _view(assessor, found(assessor, number), drawn), estate, as_of
    )


def of_control(node: Node, control: str, estate_id: str) -> tuple[AttestationView, ...]:
    """Give the attestation that speaks for a control, and the one that waits to."""
    drawn = sample(node, estate_id)

    def asked(assessor: Assessor) -> tuple[AttestationView, ...]:
        known = _attestations(assessor)
        both = (known.current(control), known.pending(control))
        return tuple(_view(assessor, each, drawn) for each in both if each is not None)

    return node.judging.ask(asked, estate_id)


def sample(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Sample:
    """Draw the attestations to look at again in a quarter; the same draw whoever asks."""
    estate = node.estate(estate_id).id
    day = node.judging.ask(_day, estate, as_of)
    begins = datetime.combine(quarter_begins(day), time.min, tzinfo=INSTITUTION_ZONE)
    size = _size_at(node, begins)
    spoke = node.judging.ask(
        lambda assessor: _attestations(assessor).speaking_at(begins), estate, as_of
    )
    wanted = next(
        (now.value for now, _ in node.parameters() if now.name == SAMPLE_SIZE),
        0,
    )
    return draw(
        (each.sealed.id for each in spoke if _could_stand(each, begins.date())),
        day=day,
        wanted=int(wanted),
        log_size=size,
        drawn_from=node.log.root(size).hex(),
    )


class AttestationDesk(Desk):
    """Where one person takes steps."""

    def make(self, asked: Attesting, content: bytes) -> str:
        """Answer for a control, on an attachment; gives the attestation's number."""
        control = self.node.library.control(asked.control)
        if control.basis is not Basis.ATTESTED:
            raise UsageError(
                f"{control.key} is judged from evidence, not by a signature",
                remedy="`panshi framework coverage` shows which controls people answer for",
            )
        digest = Attachments(self.node.home.path).keep(content, name=asked.attachment)
        body = AttestationMade(
            framework=control.framework,
            control=control.id,
            attested_by=acting_person(self.actor),
            scope=asked.scope.strip(),
            period_start=asked.period_start,
            period_end=asked.period_end,
            expires=asked.expires,
            statement=asked.statement.strip(),
            attachment=asked.attachment,
            attachment_sha256=digest,
            attachment_bytes=len(content),
            fulfilled=asked.fulfilled,
        )
        number = self._free_number()
        self._seal(number, MADE, body)
        return number

    def countersign(self, number: str, *, note: str = "") -> ObservationId:
        """Sign what another person attested."""
        body = Countersignature(
            attestation=self._story(number).sealed.id,
            countersigned_by=acting_person(self.actor),
            note=note.strip(),
        )
        return self._seal(number, COUNTERSIGNATURE, body)

    def withdraw(self, number: str, *, why: str) -> ObservationId:
        """Take one's own attestation back; the control is then not attested."""
        body = AttestationWithdrawal(
            attestation=self._story(number).sealed.id,
            withdrawn_by=acting_person(self.actor),
            why=why.strip(),
        )
        return self._seal(number, WITHDRAWAL, body)

    def reexamine(self, number: str, *, upheld: bool, finding: str) -> ObservationId:
        """Say what a second look found; only at what was drawn."""
        story = self._story(number)
        drawn = sample(self.node, self.estate.id)
        if story.sealed.id not in drawn.drawn:
            raise UsageError(
                f"{number} was not drawn for {drawn.quarter}",
                remedy="`panshi attest sample` shows what was drawn",
            )
        body = AttestationReexamination(
            attestation=story.sealed.id,
            reexamined_by=acting_person(self.actor),
            quarter=drawn.quarter,
            drawn_from=drawn.drawn_from,
            upheld=upheld,
            finding=finding.strip(),
        )
        return self._seal(number, REEXAMINATION, body)

    def _story(self, number: str) -> AttestationStory:
        return self.node.judging.ask(lambda assessor: found(assessor, number), self.estate.id)

    def _free_number(self) -> str:
        stories = self.node.judging.ask(_attestations, self.estate.id).all()
        return self.next_number("AT", (each.number for each in stories))

    def _seal(self, number: str, kind: str, body: Body) -> ObservationId:
        at, size = self.moment, self.node.log.size()
        made = Observation(
            kind=kind,
            subject=institution_of(self.estate),
            facet=number,
            observed_at=at,
            collector=COLLECTOR,
            body=body,
        )
        tried = Sealed(
            id=ObservationId(f"{size:032x}"), position=size, received_at=at, observation=made
        )
        flaw, detail = self.node.judging.ask(
            lambda assessor: _attestations(assessor).tried(tried), self.estate.id
        )
        if flaw is not None:
            raise self._refused(flaw, detail, number, kind)
        sealed = self.node.log.append((made,), at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, number)
        return sealed

    def _refused(self, flaw: AttestationFlaw, detail: str, number: str, kind: str) -> PanshiError:
        """Record that a step was refused, and say why; the flaw is noted on the error."""
        self.node.audit(self.actor, kind, number, allowed=False, detail=flaw.value)
        refusal = ForbiddenError if flaw in _FORBIDDEN else UsageError
        error = refusal(
            attestation_flaw_words(flaw, detail, chinese=False),
            place=number,
            remedy="nothing was sealed",
        )
        error.add_note(flaw.value)
        return error


# -- reading --------------------------------------------------------------------------------


def found(assessor: Assessor, number: str) -> AttestationStory:
    """Give an attestation by its number, or say that there is none."""
    story = _attestations(assessor).find(number)
    if story is None:
        raise MissingError(
            f"there is no attestation {number[:40]!r}", remedy="`panshi attest list` shows them"
        )
    return story


def _register(assessor: Assessor, drawn: Sample) -> AttestationRegister:
    views = [_view(assessor, each, drawn) for each in _attestations(assessor).all()]
    views.sort(key=lambda each: (each.made_on, each.number), reverse=True)
    controls = assessor.judge.grounds.controls.values()
    return AttestationRegister(
        estate=assessor.estate.id,
        day=_day(assessor),
        attestations=tuple(views),
        attested_controls=sum(each.basis is Basis.ATTESTED for each in controls),
        sample=drawn,
    )


def _view(assessor: Assessor, story: AttestationStory, drawn: Sample) -> AttestationView:
    terms, made, day = story.terms, story.made, _day(assessor)
    ends = _due(assessor, story)
    state = _state(assessor, story, ends)
    return AttestationView(
        id=story.sealed.id,
        number=story.number,
        control=story.control,
        framework=terms.framework,
        state=state,
        flaw=story.flaw,
        detail=story.detail,
        counts=state is AttestationState.STANDING,
        attested_by=terms.owner,
        countersigned_by=terms.countersigned_by,
        needs_second=story.needs_second,
        scope=terms.scope,
        period_start=made.period_start if made is not None else None,
        period_end=made.period_end if made is not None else None,
        made_on=day_of(story.sealed.observation.observed_at),
        due=ends,
        days_left=(ends - day).days if state is AttestationState.STANDING else None,
        statement=terms.statement,
        fulfilled=terms.fulfilled,
        attachment=terms.attachment,
        attachment_sha256=terms.attachment_sha256,
        attachment_bytes=made.attachment_bytes if made is not None else 0,
        drawn=story.sealed.id in drawn.drawn,
        reexamined=_reexamined(story, drawn.quarter),
        legacy=made is None,
        steps=tuple(map(_step, story.steps)),
    )


def _state(assessor: Assessor, story: AttestationStory, ends: date) -> AttestationState:
    if story.flaw is not None:
        return AttestationState.VOID
    if story.pending:
        expired = _day(assessor) >= ends
        return AttestationState.EXPIRED if expired else AttestationState.PENDING
    current = _attestations(assessor).current(story.control)
    if current is not None and current.sealed.id != story.sealed.id:
        return AttestationState.REPLACED
    if story.ended is not None:
        return story.ended
    if not story.terms.fulfilled:
        return AttestationState.ACKNOWLEDGED
    if _day(assessor) >= ends:
        return AttestationState.EXPIRED
    control = assessor.judge.grounds.controls.get(story.control)
    stands = control is not None and assessor.judge.attested(control).stands
    return AttestationState.STANDING if stands else AttestationState.INCOMPLETE


def _due(assessor: Assessor, story: AttestationStory) -> date:
    control = assessor.judge.grounds.controls.get(story.control)
    needs = control.attesting if control is not None else None
    return due(story, needs.valid_days if needs is not None else LASTING)


def _reexamined(story: AttestationStory, quarter: str) -> bool | None:
    found: bool | None = None
    for step in story.steps:
        body = step.sealed.observation.body
        if step.flaw is None and isinstance(body, AttestationReexamination):
            found = body.upheld if body.quarter == quarter else found
    return found


def _step(step: AttestationStep) -> AttestationStepView:
    body = step.sealed.observation.body
    said, upheld = "", None
    match body:
        case Countersignature():
            said = body.note
        case AttestationWithdrawal():
            said = body.why
        case AttestationReexamination():
            said, upheld = body.finding, body.upheld
        case _:
            pass
    return AttestationStepView(
        evidence_id=step.sealed.id,
        kind=step.sealed.observation.kind,
        at=step.sealed.received_at,
        by=step.by,
        said=said,
        upheld=upheld,
        flaw=step.flaw,
        detail=step.detail,
    )


def _could_stand(story: AttestationStory, day: date) -> bool:
    """Whether an attestation says that its control is fulfilled, and had not expired."""
    return story.terms.fulfilled and story.terms.expires > day


def _size_at(node: Node, moment: datetime) -> int:
    """How many observations the log held at a moment: up to the first received at or after it.

    The log is in the order of receipt, so that it is found by halving.
    """
    low, high = 0, node.log.size()
    while low < high:
        middle = (low + high) // 2
        leaf = node.log.page(Filter(), before=middle + 1, limit=1)
        if leaf and leaf[0].received_at < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _attestations(assessor: Assessor) -> Attestations:
    return assessor.judge.grounds.records.attestations


def _day(assessor: Assessor) -> date:
    return assessor.judge.grounds.signing_day
