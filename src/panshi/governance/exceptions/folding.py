"""From the sealed steps of all exceptions to their stories, in the order of the log.

Every step is put to the rules with what was sealed before it: who held which office then, how many
exceptions were alive then. The time of a step is when it was received, and never earlier than that
of the step before, so neither a date in a record nor a clock set back moves anything. A step that
breaks a rule stays in the story with its flaw and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from panshi.governance.appointments import (
    APPOINTMENT_KIND,
    PROPOSAL_KIND,
    Appointments,
)
from panshi.governance.exceptions.authority import (
    LONGEST_DAYS,
    NOBODY,
    AuthorityTable,
    Measures,
    severity,
)
from panshi.governance.exceptions.basis import digest
from panshi.governance.exceptions.draft import Draft
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import Approval, ExceptionState, Step, Story
from panshi.governance.persons import name_defect, pair_defect, same_person
from panshi.governance.receipt import dated_apart
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
from panshi.model.bodies.offices import Appointment, AppointmentProposal
from panshi.model.bodies.records import ExceptionGrant
from panshi.model.control import Basis, Control
from panshi.model.observation import Body, ObservationId, Sealed
from panshi.model.zone import day_of

LEGACY = "record.exception/1"
STEPS = (REQUEST, REVIEW, BASIS, DECISION, WITHDRAWAL, CLOSURE)
KINDS = frozenset({LEGACY, *STEPS, APPOINTMENT_KIND, PROPOSAL_KIND})
"Kinds from which exceptions are derived."

type Found = tuple[Flaw | None, str]
_FINE: Found = (None, "")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What steps are judged by: the table, and the controls as they are in the content."""

    table: AuthorityTable = NOBODY
    controls: Mapping[str, Control] = field(default_factory=dict)
    gated: frozenset[str] = frozenset()
    "Clauses that keep stages of other frameworks down."


def fold(events: Iterable[tuple[Sealed, AssetId]], rules: Rules) -> tuple[Story, ...]:
    """Give the story of every exception, by institution and number."""
    folding = Folding(rules)
    for sealed, institution in sorted(events, key=lambda each: each[0].position):
        folding.take(sealed, institution)
    return folding.stories()


class Folding:
    """The exceptions of all institutions while the log is read."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._drafts: dict[tuple[AssetId, str], Draft] = {}
        self._legacy: dict[tuple[AssetId, str], Story] = {}
        self._appointments: dict[AssetId, list[Sealed]] = {}
        self._proposals: dict[AssetId, list[Sealed]] = {}
        self._reached: dict[AssetId, datetime] = {}
        "How far time has come among the steps of an institution."
        self._orphans: list[Step] = []

    def stories(self) -> tuple[Story, ...]:
        """Give what is derived so far, the open ones measured as things stand now."""
        for draft in self._drafts.values():
            if draft.approved_on is None:
                self._measure(draft, self._reached[draft.institution])
        told = [draft.told() for draft in self._drafts.values()]
        return (*self._legacy.values(), *told)

    def take(self, sealed: Sealed, institution: AssetId) -> Step | None:
        """Read one event; give the step it is, with its flaw, or None where it is none."""
        seen = sealed.observation
        match seen.body:
            case AppointmentProposal():
                self._proposals.setdefault(institution, []).append(sealed)
                return None
            case Appointment():
                self._appointments.setdefault(institution, []).append(sealed)
                return None
            case ExceptionGrant() as grant:
                self._take_legacy(sealed, institution, grant)
                return None
            case body:
                if seen.kind not in STEPS:
                    return None
        at = max(sealed.received_at, self._reached.get(institution, sealed.received_at))
        self._reached[institution] = at
        key = (institution, seen.facet)
        draft = self._drafts.get(key)
        if isinstance(body, ExceptionRequest) and (draft is None or draft.flaw is not None):
            return self._open(sealed, institution, body, at)
        by = _acting(body)
        if draft is None:
            return Step(sealed=sealed, at=at, by=by, flaw=Flaw.NO_REQUEST)
        flaw, detail = _dated(sealed)
        if flaw is None:
            flaw, detail = self._put(draft, sealed, at)
        step = Step(sealed=sealed, at=at, by=by, flaw=flaw, detail=detail)
        draft.add(step)
        return step

    # -- a request -------------------------------------------------------------------------

    def _open(
        self, sealed: Sealed, institution: AssetId, request: ExceptionRequest, at: datetime
    ) -> Step:
        """Begin an exception; a request that breaks a rule does not keep its number from others."""
        flaw, detail = _dated(sealed)
        if flaw is None:
            flaw, detail = self._request_flaw(institution, request, day_of(at))
        void = self._drafts.get((institution, sealed.observation.facet))
        step = Step(sealed=sealed, at=at, by=request.requested_by, flaw=flaw, detail=detail)
        old = self._drafts.get((institution, request.renews)) if request.renews else None
        self._drafts[institution, sealed.observation.facet] = Draft(
            number=sealed.observation.facet,
            institution=institution,
            request=request,
            asked=sealed.id,
            requested_on=day_of(at),
            steps=[*(void.steps if void is not None else ()), step],
            renewals=old.renewals + 1 if old is not None else 0,
            flaw=flaw,
            detail=detail,
        )
        return step

    def _request_flaw(self, institution: AssetId, made: ExceptionRequest, day: date) -> Found:
        key = f"{made.framework}/{made.control}"
        control = self._rules.controls.get(key)
        defect = name_defect(made.requested_by)
        table = self._rules.table
        longest = min(table.longest_days, LONGEST_DAYS)
        whole = not made.scope or institution in made.scope
        old = self._drafts.get((institution, made.renews))
        known = control is not None
        checks: tuple[tuple[bool, Flaw, str], ...] = (
            (not known, Flaw.UNKNOWN_CONTROL, key),
            (bool(defect), Flaw.NOBODY, defect),
            (not made.reason.strip(), Flaw.NO_REASON, ""),
            (not made.residual_risk.strip(), Flaw.NO_RISK, ""),
            (not made.compensating, Flaw.NO_COMPENSATION, ""),
            (key in made.compensating, Flaw.COMPENSATES_ITSELF, key),
            (made.expires <= max(made.effective, day), Flaw.BACKWARDS, ""),
            ((made.expires - made.effective).days > longest, Flaw.TOO_LONG, str(longest)),
            (
                (made.effective - day).days > table.latest_start_days,
                Flaw.STARTS_LATE,
                str(table.latest_start_days),
            ),
            (
                control is not None and control.basis is not Basis.EVIDENCE and not whole,
                Flaw.NOT_WHOLE,
                key,
            ),
            (
                bool(made.renews)
                and (old is None or old.approved_on is None or old.control != key),
                Flaw.RENEWS_NOTHING,
                made.renews,
            ),
        )
        return next(((flaw, detail) for broken, flaw, detail in checks if broken), _FINE)

    # -- what follows ----------------------------------------------------------------------

    def _put(self, draft: Draft, sealed: Sealed, at: datetime) -> Found:
        body = sealed.observation.body
        if isinstance(body, ExceptionRequest):
            return Flaw.NUMBER_TAKEN, draft.number
        if draft.ended:
            return Flaw.ENDED, ""
        return self._put_to_living(draft, body, sealed, at)

    def _put_to_living(
        self, draft: Draft, body: Body | None, sealed: Sealed, at: datetime
    ) -> Found:
        match body:
            case ExceptionClosure():
                return _close(draft, body, day_of(at))
            case ExceptionBasis():
                draft.bases[digest(body)] = body
                return _FINE
            case _ if day_of(at) >= draft.request.expires:
                return Flaw.PAST, draft.request.expires.isoformat()
            case ExceptionReview():
                return _review(draft, body)
            case ExceptionWithdrawal():
                return _withdraw(draft, body, day_of(at))
            case ExceptionDecision():
                return self._decide(draft, body, sealed, at)
        return Flaw.ERASED, ""

    def _decide(self, draft: Draft, body: ExceptionDecision, sealed: Sealed, at: datetime) -> Found:
        flaw, detail = self._decision_flaw(draft, body, at)
        if flaw is not None:
            return flaw, detail
        if body.ruling is Ruling.REJECT:
            draft.over, draft.over_on = ExceptionState.REJECTED, day_of(at)
            return _FINE
        basis = draft.bases[body.basis_sha256]
        made = self._appointed(draft.institution, body.decider, body.office, at)
        draft.offices.append((ObservationId(made[0]), ObservationId(made[1])))
        draft.approvals.append(
            Approval(
                person=body.decider,
                office=body.office,
                on=day_of(at),
                step=sealed.id,
                appointment=ObservationId(made[0]),
                basis=basis,
            )
        )
        if draft.approved_on is None:
            self._complete(draft, basis, at)
        return _FINE

    def _complete(self, draft: Draft, basis: ExceptionBasis, at: datetime) -> None:
        """Look whether everyone it takes has approved, by what it adds to at this moment."""
        self._measure(draft, at)
        case = draft.with_share(basis.scope_permille)
        if case is None:
            return
        need = self._rules.table.need(case)
        if set(need.level.needs) <= {each.office for each in draft.approvals}:
            draft.case, draft.need, draft.approved_on = case, need, day_of(at)

    def _decision_flaw(self, draft: Draft, body: ExceptionDecision, at: datetime) -> Found:
        person, basis = body.decider, draft.bases.get(body.basis_sha256)
        pair = pair_defect(draft.request.requested_by, person)
        others = [pair_defect(each.person, person) for each in draft.approvals]
        again = next(filter(None, others), "")
        office_again = body.office in {each.office for each in draft.approvals}
        approves = body.ruling is Ruling.APPROVE
        checks: tuple[tuple[bool, Flaw, str], ...] = (
            (bool(name_defect(person)), Flaw.NOBODY, name_defect(person)),
            (bool(pair), Flaw.SAME_PERSON, pair),
            (not draft.reviewed_by, Flaw.NOT_REVIEWED, ""),
            (
                body.office not in self._rules.table.offices,
                Flaw.OFFICE_WITHOUT_AUTHORITY,
                body.office,
            ),
            (
                not self._appointed(draft.institution, person, body.office, at)[0],
                Flaw.NO_OFFICE,
                body.office,
            ),
            (not body.why.strip(), Flaw.NO_WHY, ""),
            (bool(again) or office_again, Flaw.DECIDED_ALREADY, again or body.office),
            (not approves and draft.approved_on is not None, Flaw.APPROVED_ALREADY, ""),
            (basis is None, Flaw.NO_BASIS, ""),
        )
        found = next(((flaw, detail) for broken, flaw, detail in checks if broken), _FINE)
        if found[0] is not None or basis is None:
            return found
        return _basis_flaw(draft, basis, approves=approves)

    # -- size and authority ----------------------------------------------------------------

    def _measure(self, draft: Draft, at: datetime) -> None:
        """Say how large a case is together with what is alive beside it."""
        day, request = day_of(at), draft.request
        alive = [
            other
            for (institution, number), other in self._drafts.items()
            if institution == draft.institution
            and number not in {draft.number, request.renews}
            and other.alive(day)
        ]
        same = [other for other in alive if other.control == draft.control]
        scopes = [frozenset(map(AssetId, each.request.scope)) for each in (draft, *same)]
        whole = not all(scopes) or any(draft.institution in scope for scope in scopes)
        draft.counted = frozenset() if whole else frozenset().union(*scopes)
        control = self._rules.controls.get(draft.control)
        if control is None:
            return
        draft.case = Measures(
            severity=severity(control, self._rules.gated),
            items=len(draft.counted),
            permille=1000 if whole else 0,
            days=(request.expires - max(request.effective, draft.requested_on)).days,
            same_control=len(same) + 1,
            institution=len(alive) + 1,
            renewals=draft.renewals,
        )

    def _appointed(
        self, institution: AssetId, person: str, office: str, at: datetime
    ) -> tuple[str, str]:
        """Give appointment and proposal by which someone holds an office; empty for none."""
        known = Appointments.of(
            self._appointments.get(institution, ()), self._proposals.get(institution, ())
        )
        for made in known.held(at):
            if made.terms.office == office and same_person(made.terms.person, person):
                return made.id, made.terms.proposal
        return "", ""

    # -- earlier databases -----------------------------------------------------------------

    def _take_legacy(self, sealed: Sealed, institution: AssetId, grant: ExceptionGrant) -> None:
        """Keep the newest record of a series, to be shown; it counts for nothing."""
        request = ExceptionRequest(
            framework=grant.framework,
            control=grant.control,
            scope=grant.scope,
            reason=grant.reason,
            residual_risk=grant.residual_risk,
            compensating=grant.compensating,
            effective=grant.effective,
            expires=grant.expires,
            requested_by=grant.requested_by,
        )
        step = Step(sealed=sealed, at=sealed.received_at, by=grant.requested_by, flaw=Flaw.LEGACY)
        self._legacy[institution, sealed.observation.facet] = Story(
            number=sealed.observation.facet,
            institution=institution,
            request=request,
            asked=sealed.id,
            steps=(step,),
            requested_on=day_of(sealed.observation.observed_at),
            over=ExceptionState.CLOSED if grant.revoked else None,
            flaw=None if grant.revoked else Flaw.LEGACY,
            grounds=(sealed.id,),
        )


def _dated(sealed: Sealed) -> Found:
    """Refuse what is dated otherwise than when it was received."""
    if dated_apart(sealed):
        return Flaw.DATED_APART, sealed.observation.observed_at.isoformat()
    return _FINE


def _review(draft: Draft, body: ExceptionReview) -> Found:
    defect = pair_defect(draft.request.requested_by, body.reviewed_by)
    if defect:
        return Flaw.SAME_PERSON, defect
    if draft.reviewed_by:
        return Flaw.REVIEWED_ALREADY, draft.reviewed_by
    draft.reviewed_by = body.reviewed_by
    return _FINE


def _close(draft: Draft, body: ExceptionClosure, day: date) -> Found:
    defect = name_defect(body.closed_by)
    if defect:
        return Flaw.NOBODY, defect
    if draft.approved_on is None:
        return Flaw.NOT_APPROVED, ""
    draft.over, draft.over_on = ExceptionState.CLOSED, day
    return _FINE


def _withdraw(draft: Draft, body: ExceptionWithdrawal, day: date) -> Found:
    if draft.approved_on is not None:
        return Flaw.APPROVED_ALREADY, ""
    if not same_person(draft.request.requested_by, body.withdrawn_by) or name_defect(
        body.withdrawn_by
    ):
        return Flaw.NOT_THE_REQUESTER, body.withdrawn_by
    draft.over, draft.over_on = ExceptionState.WITHDRAWN, day
    return _FINE


def _basis_flaw(draft: Draft, basis: ExceptionBasis, *, approves: bool) -> Found:
    if basis.request != draft.asked or basis.control != draft.control:
        return Flaw.ANOTHER_BASIS, basis.request
    unmet = set(draft.request.compensating) - set(basis.compensating_met)
    if approves and unmet:
        return Flaw.UNCOMPENSATED, " ".join(sorted(unmet))
    return _FINE


def _acting(body: object) -> str:
    match body:
        case ExceptionRequest():
            return body.requested_by
        case ExceptionReview():
            return body.reviewed_by
        case ExceptionDecision():
            return body.decider
        case ExceptionWithdrawal():
            return body.withdrawn_by
        case ExceptionClosure():
            return body.closed_by
        case _:
            return ""
