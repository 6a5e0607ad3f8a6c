"""The cases of a node, as they stand now, and the steps staff take in them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.disclosure.advisory import advisory_defect
from panshi.alliance.disclosure.case import (
    STEPS_OF,
    Case,
    CaseState,
    embargo_ends,
    fold,
    step_defect,
)
from panshi.alliance.disclosure.clocks import DEFAULTS, EMBARGO, Clock, clocks_of, next_due
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.parameters import values_in_force
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.bodies.disclosure import (
    ADVISORY,
    MESSAGE,
    REPORT,
    STEP,
    CaseStep,
    DisclosureAdvisory,
    DisclosureStep,
)
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.node.alliance.disclosure.scoring import scores_of
from panshi.node.judging import PARAMETER_KIND
from panshi.node.node import Node

COLLECTOR = "panshi disclosure"
KINDS = (REPORT, STEP, MESSAGE, ADVISORY)

_kept: WeakKeyDictionary[Node, tuple[object, dict[str, Case]]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    """One case in a list, as CLI and API answer it."""

    number: str
    state: CaseState
    headline: str
    target: str
    intake: str
    received_at: datetime
    member: str
    cvss: str
    embargo: date
    fixed_on: date | None
    published_at: datetime | None
    next_due: datetime | None
    next_zh: str
    next_en: str
    overdue: bool
    may: tuple[str, ...]
    "Steps that may come next."


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedAnswer:
    """One thing that happened in a case."""

    at: datetime
    kind: str
    step: str
    by: str
    "Empty: the reporter, or hidden from the reader."
    said: str
    flaw: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """One case whole."""

    case: CaseAnswer
    text: str
    institution: str
    reporter: str
    contact: str
    credit: bool
    encrypted: str
    attachments: tuple[tuple[str, str, int], ...]
    "Name, SHA-256 and size of each."
    clocks: tuple[tuple[str, str, datetime, datetime | None, bool], ...]
    "In zh-TW, in English, due, done, overdue."
    draft: DisclosureAdvisory | None
    draft_id: str
    happened: tuple[HappenedAnswer, ...]


def all_cases(node: Node) -> Mapping[str, Case]:
    """Give every case by number, in the order of their reports; folded once per change."""
    counts = node.log.kinds()
    stamp = (*(counts.get(kind, 0) for kind in KINDS), node.judging.erasures)
    with _lock:
        kept = _kept.get(node)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    made = fold(_steps(node), two_people=pair_defect)
    with _lock:
        _kept[node] = (stamp, made)
    return made


def case_named(node: Node, number: str) -> Case:
    """Give one case."""
    found = all_cases(node).get(number)
    if found is None:
        raise MissingError(f"there is no case {number[:40]!r}", remedy="panshi disclosure list")
    return found


def parameters_of(node: Node) -> Mapping[str, float]:
    """Give the governed periods in force."""
    changes = tuple(node.log.records(PARAMETER_KIND))
    specs = [each for each in node.library.parameters if each.name in DEFAULTS]
    return {**DEFAULTS, **values_in_force(specs, changes, node.clock())}


def answers(node: Node, state: CaseState | None = None) -> tuple[CaseAnswer, ...]:
    """Give cases as lists show them, newest first."""
    found = reversed(tuple(all_cases(node).values()))
    periods = parameters_of(node)
    return tuple(_answer(node, each, periods) for each in found if state in {None, each.state})


def detail(node: Node, number: str, *, people: bool = True) -> CaseDetail:
    """Give one case whole; without `people` nobody is named."""
    held, periods = case_named(node, number), parameters_of(node)
    report, now = held.report, node.clock()

    def who(name: str) -> str:
        return name if people else ""

    return CaseDetail(
        case=_answer(node, held, periods),
        text=report.text if report else "",
        institution=report.institution if report else "",
        reporter=who(report.reporter) if report else "",
        contact=who(report.contact) if report else "",
        credit=bool(report and report.credit),
        encrypted=report.encrypted if report else "",
        attachments=tuple((e.name, e.sha256, e.size) for e in report.attachments) if report else (),
        clocks=tuple(_clock(each, now) for each in clocks_of(held, periods)),
        draft=held.draft[1] if held.draft else None,
        draft_id=held.draft[0] if held.draft else "",
        happened=tuple(_happened(each.at, each.sealed, each.flaw, people) for each in held.history),
    )


class DisclosureDesk:
    """Where a person takes steps in cases."""

    def __init__(self, node: Node, *, actor: str) -> None:
        """Know who acts."""
        self.node = node
        self.actor = actor
        self.person = acting_person(actor)

    def take(
        self,
        number: str,
        step: CaseStep,
        *,
        why: str = "",
        member: str = "",
        day: date | None = None,
        cvss: str = "",
        duplicate_of: str = "",
        advisory: str = "",
    ) -> ObservationId:
        """Take one step, put to the rules before it is sealed."""
        held = case_named(self.node, number)
        scores_of(cvss.strip())
        if step is CaseStep.PUBLISH and not advisory:
            advisory = held.draft[0] if held.draft else ""
        body = DisclosureStep(
            step=step,
            by=self.person,
            why=why.strip()[:4_000],
            member=member,
            day=day,
            cvss=cvss.strip()[:300],
            duplicate_of=duplicate_of.strip()[:40],
            advisory=advisory,
        )
        embargo = round(parameters_of(self.node)[EMBARGO])
        if defect := step_defect(held, body, self._moment(), embargo, pair_defect):
            self.node.audit(self.actor, STEP, number, allowed=False, detail=defect)
            refusal = ForbiddenError if "does not publish it" in defect else UsageError
            raise refusal(defect, place=number, remedy="nothing was sealed")
        return self._seal(number, STEP, body)

    def draft(self, number: str, body: DisclosureAdvisory) -> ObservationId:
        """Write an advisory, or a new revision of it."""
        case_named(self.node, number)
        if defect := advisory_defect(body):
            raise UsageError(defect, place=number, remedy="nothing was sealed")
        scores_of(body.cvss)
        return self._seal(number, ADVISORY, body)

    def _moment(self) -> datetime:
        now = self.node.clock()
        return max(now, self.node.log.learned_until() or now)

    def _seal(
        self, number: str, kind: str, body: DisclosureStep | DisclosureAdvisory
    ) -> ObservationId:
        at = self._moment()
        made = Observation(
            kind=kind,
            subject=f"disclosure:{number}",
            facet=number,
            observed_at=at,
            collector=COLLECTOR,
            body=body,
        )
        sealed = self.node.log.append((made,), at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, number)
        return sealed


def _steps(node: Node) -> Iterator[Sealed]:
    rivers = [node.log.records(kind) for kind in KINDS]
    return heapq.merge(*rivers, key=lambda each: each.position)


def _answer(node: Node, held: Case, periods: Mapping[str, float]) -> CaseAnswer:
    due, report = next_due(held, periods), held.report
    return CaseAnswer(
        number=held.number,
        state=held.state,
        headline=report.headline if report else "",
        target=report.target if report else "",
        intake=report.intake.value if report else "",
        received_at=held.received_at,
        member=held.member,
        cvss=held.cvss or (report.cvss if report else ""),
        embargo=embargo_ends(held, round(periods[EMBARGO])),
        fixed_on=held.fixed_on,
        published_at=held.published_at,
        next_due=due.due if due else None,
        next_zh=due.zh if due else "",
        next_en=due.en if due else "",
        overdue=bool(due and due.overdue(node.clock())),
        may=tuple(each.value for each in STEPS_OF[held.state]),
    )


def _clock(each: Clock, now: datetime) -> tuple[str, str, datetime, datetime | None, bool]:
    return each.zh, each.en, each.due, each.done, each.overdue(now)


def _happened(at: datetime, sealed: Sealed, flaw: str, people: bool) -> HappenedAnswer:  # noqa: FBT001 -- handed on
    body = sealed.observation.body
    by = getattr(body, "by", "") or getattr(body, "written_by", "")
    said = getattr(body, "why", "") or getattr(body, "text", "") or getattr(body, "headline", "")
    step = body.step.value if isinstance(body, DisclosureStep) else ""
    return HappenedAnswer(
        at=at,
        kind=sealed.observation.kind,
        step=step,
        by=by if people else "",
        said=said,
        flaw=flaw,
        evidence=sealed.id,
    )
