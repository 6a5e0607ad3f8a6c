"""The register of exceptions, read: what each is today, what it rests on, who has yet to decide.

    register(node)                    every exception of the first estate, now
    register(node, as_of=moment)      as it was known at another moment
    detail(node, "EX-2026-001")       one, with its history and what was decided on

What changes them is in `panshi.node.exception_steps`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from panshi.errors import MissingError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.statistics import chance_at_least, reaches
from panshi.governance.assessment.weighing import Applied, apply, failing_items, share_covered
from panshi.governance.exceptions.authority import Need
from panshi.governance.exceptions.basis import differences, digest_of_items, seen_digest
from panshi.governance.exceptions.story import Step, Story
from panshi.governance.exceptions.views import (
    ApprovalView,
    Compensation,
    Effect,
    ExceptionDetail,
    ExceptionRegister,
    ExceptionView,
    StepView,
)
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import (
    ExceptionBasis,
    ExceptionClosure,
    ExceptionDecision,
    ExceptionRequest,
    ExceptionReview,
    ExceptionWithdrawal,
)
from panshi.model.control import Basis, Control
from panshi.node.node import Node


def register(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> ExceptionRegister:
    """Give every exception of an estate, and the grades with and without them."""
    return node.judging.ask(register_of, node.estate(estate_id).id, as_of)


def detail(
    node: Node, number: str, estate_id: str | None = None, as_of: datetime | None = None
) -> ExceptionDetail:
    """Give one exception with its history, and what was decided on beside what is now."""
    return node.judging.ask(
        lambda assessor: detail_of(assessor, number), node.estate(estate_id).id, as_of
    )


def details(node: Node, estate_id: str | None = None) -> tuple[ExceptionDetail, ...]:
    """Give every exception with its history, for an export."""
    return node.judging.ask(
        lambda assessor: tuple(detail_of(assessor, each.number) for each in _stories(assessor)),
        node.estate(estate_id).id,
    )


def of_control(node: Node, control: str, estate_id: str) -> tuple[ExceptionView, ...]:
    """Give the exceptions ever asked for of one control, newest first."""

    def asked(assessor: Assessor) -> list[ExceptionView]:
        stories = assessor.judge.grounds.records.exceptions.of(control)
        return [view_of(assessor, story) for story in stories]

    return tuple(sorted(node.judging.ask(asked, estate_id), key=_newest, reverse=True))


def views_of(assessor: Assessor) -> tuple[ExceptionView, ...]:
    """Give every exception as one assessor sees it."""
    return tuple(view_of(assessor, story) for story in _stories(assessor))


def register_of(assessor: Assessor) -> ExceptionRegister:
    """Give the register as one assessor sees it."""
    views = views_of(assessor)
    return ExceptionRegister(
        estate=assessor.estate.id,
        day=_day(assessor),
        exceptions=tuple(sorted(views, key=_newest, reverse=True)),
        effects=tuple(_effect(assessor, each) for each in assessor.frameworks),
    )


def detail_of(assessor: Assessor, number: str) -> ExceptionDetail:
    """Give one exception as one assessor sees it."""
    story = found(assessor, number)
    now = basis_of(assessor, story)
    then = story.basis
    return ExceptionDetail(
        view=view_of(assessor, story),
        steps=tuple(map(_step, story.steps)),
        decided_on=then,
        now=now,
        differs=differences(then, now) if then is not None else (),
        seen=seen_digest(now),
    )


def found(assessor: Assessor, number: str) -> Story:
    """Give an exception by its number, or say that there is none."""
    story = assessor.judge.grounds.records.exceptions.find(number)
    if story is None:
        raise MissingError(
            f"there is no exception {number[:40]!r}", remedy="`panshi exception list` shows them"
        )
    return story


# -- one exception --------------------------------------------------------------------------


def view_of(assessor: Assessor, story: Story) -> ExceptionView:
    """Give one exception on the day of judgement."""
    applied = _applied(assessor, story)
    day, state, request = _day(assessor), applied.standing.state, story.request
    need, missing = _need(assessor, story, applied)
    known = story.control in assessor.judge.grounds.controls
    verdict = assessor.judge.verdict(story.control) if known else None
    unmet = set(applied.unmet)
    return ExceptionView(
        number=story.number,
        framework=request.framework,
        control=story.control,
        state=state,
        flaw=story.flaw,
        detail=story.detail,
        counts=applied.live,
        scope=tuple(map(AssetId, request.scope)),
        reason=request.reason,
        residual_risk=request.residual_risk,
        requested_by=request.requested_by,
        requested_on=story.requested_on,
        reviewed_by=story.reviewed_by,
        effective=story.begins or request.effective,
        expires=request.expires,
        age_days=(day - story.requested_on).days,
        days_left=(request.expires - day).days if state.live else None,
        renews=request.renews,
        renewed_by=_renewed_by(assessor, story),
        renewals=story.renewals,
        compensating=tuple(
            Compensation(control=key, met=key not in unmet) for key in request.compensating
        ),
        level=need.level if need is not None else None,
        because=need.because if need is not None else (),
        approvals=tuple(
            ApprovalView(person=each.person, office=each.office, on=each.on, evidence_id=each.step)
            for each in story.approvals
        ),
        missing=missing,
        failing_in_scope=len(_failing_in_scope(assessor, story)),
        scope_permille=share_covered(assessor.judge.grounds, story) if known else 0,
        met=verdict.met if verdict is not None else False,
        met_without_exceptions=verdict.met_without_exceptions if verdict is not None else False,
    )


def basis_of(assessor: Assessor, story: Story) -> ExceptionBasis:
    """Freeze what a decision on an exception would be made on now."""
    judge, grounds = assessor.judge, assessor.judge.grounds
    verdict = judge.verdict(story.control)
    failing = _failing_in_scope(assessor, story)
    need, _missing = _need(assessor, story, _applied(assessor, story))
    stage = _effect(assessor, story.request.framework)
    size, root = assessor.log
    return ExceptionBasis(
        request=story.asked,
        control=story.control,
        status=verdict.status.value,
        met=verdict.met,
        met_without_exceptions=verdict.met_without_exceptions,
        met_if_approved=_met_if_approved(assessor, story, failing),
        stage=stage.stage,
        stage_without_exceptions=stage.stage_without_exceptions,
        population=verdict.tally.population,
        seen=verdict.tally.seen,
        passing=verdict.tally.passing,
        failing=verdict.tally.failing + verdict.tally.stale_fail,
        unseen=verdict.tally.unseen,
        failing_in_scope=len(failing),
        failing_sha256=digest_of_items(failing),
        scope_permille=share_covered(grounds, story),
        compensating=story.request.compensating,
        compensating_met=tuple(filter(judge.evidenced, story.request.compensating)),
        level=need.level.id if need is not None else "",
        estate=assessor.estate.id,
        estate_version=assessor.estate.version,
        log_size=size,
        log_root=root,
    )


def _need(
    assessor: Assessor, story: Story, applied: Applied
) -> tuple[Need | None, tuple[str, ...]]:
    """Say what authority it takes, and which offices have yet to approve."""
    table = assessor.judge.grounds.records.exceptions.rules.table
    if story.case is None or story.flaw is not None:
        return story.need, ()
    if not applied.standing.state.open:
        return story.need, applied.missing
    share = max(story.case.permille, share_covered(assessor.judge.grounds, story))
    need = table.need(replace(story.case, permille=share))
    approved = {each.office for each in story.approvals}
    return need, tuple(office for office in need.level.needs if office not in approved)


def _failing_in_scope(assessor: Assessor, story: Story) -> frozenset[AssetId]:
    control = _control(assessor, story)
    if control is None or control.basis is not Basis.EVIDENCE:
        return frozenset()
    grounds, judge = assessor.judge.grounds, assessor.judge
    failing = failing_items(grounds.ledger(control), judge.contradicted(control), "")
    return frozenset(asset for asset in failing if story.covers(asset))


def _met_if_approved(assessor: Assessor, story: Story, failing: frozenset[AssetId]) -> bool:
    """Whether the control would be met if this one counted too."""
    judge, control = assessor.judge, _control(assessor, story)
    if control is None or judge.contradicted(control).open:
        return False
    if control.basis is not Basis.EVIDENCE:
        return not story.request.scope or judge.verdict(control.key).met
    forgiven = set(failing)
    for applied in judge.excused(control).applied:
        if applied.live:
            items = failing_items(judge.grounds.ledger(control), judge.contradicted(control), "")
            forgiven |= {asset for asset in items if applied.story.covers(asset)}
    weighed = judge.weighed(control)
    tally = weighed.tally
    if not tally.seen:
        return False
    wanted = max(weighed.wanted - len(forgiven), 0)
    chance = chance_at_least(wanted, tally.passing, tally.seen, tally.population)
    return reaches(chance, judge.grounds.confidence)


def _applied(assessor: Assessor, story: Story) -> Applied:
    return apply(assessor.judge.grounds, story, assessor.judge.evidenced)


def _renewed_by(assessor: Assessor, story: Story) -> str:
    later = (
        each.number
        for each in _stories(assessor)
        if each.request.renews == story.number and each.flaw is None
    )
    return next(later, "")


def _step(step: Step) -> StepView:
    body = step.sealed.observation.body
    said, office, ruling = "", "", ""
    match body:
        case ExceptionRequest():
            said = body.reason
        case ExceptionReview():
            said = body.note
        case ExceptionDecision():
            said, office, ruling = body.why, body.office, body.ruling.value
        case ExceptionWithdrawal() | ExceptionClosure():
            said = body.why
        case _:
            pass
    return StepView(
        evidence_id=step.sealed.id,
        kind=step.sealed.observation.kind,
        at=step.at,
        by=step.by,
        said=said,
        office=office,
        ruling=ruling,
        flaw=step.flaw,
        detail=step.detail,
    )


# -- all of them ----------------------------------------------------------------------------


def _effect(assessor: Assessor, framework_id: str) -> Effect:
    framework = assessor.frameworks.get(framework_id)
    if framework is None:
        return Effect(
            framework=framework_id,
            staged=False,
            stage=0,
            stage_without_exceptions=0,
            met=0,
            met_without_exceptions=0,
        )
    verdicts = [assessor.judge.verdict(each.key) for each in framework.controls]
    stage = assessor.stage(framework_id) if framework.staged else None
    return Effect(
        framework=framework_id,
        staged=framework.staged,
        stage=stage.stage if stage is not None else 0,
        stage_without_exceptions=stage.without_exceptions if stage is not None else 0,
        met=sum(each.met for each in verdicts),
        met_without_exceptions=sum(each.met_without_exceptions for each in verdicts),
    )


def _stories(assessor: Assessor) -> Iterable[Story]:
    return assessor.judge.grounds.records.exceptions.all()


def _control(assessor: Assessor, story: Story) -> Control | None:
    return assessor.judge.grounds.controls.get(story.control)


def _day(assessor: Assessor) -> date:
    return assessor.judge.grounds.signing_day


def _newest(view: ExceptionView) -> tuple[date, str]:
    return view.requested_on, view.number
