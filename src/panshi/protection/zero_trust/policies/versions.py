"""Which set is in force, and what awaits a second person: folded from sealed steps.

    history = history_of(steps, shipped=digest, people=persons)
    history.version

A proposal is handed in by one person and approved by another; approval puts it in force at once. It
counts only while the set it was written against is still in force, so that nobody undoes what was
published in between without having seen it. Going back to an older set is a proposal like every
other. In an emergency one person alone may restore a set that two people had put in force before;
another one looks at it afterwards, within three days, and until then it is shown as unreviewed. A
step that breaks a rule counts for nothing, by whatever way it came into the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from panshi.model.bodies.zero_trust_policies import ZeroTrustPolicyStep
from panshi.model.observation import ObservationId, Sealed

KIND = "record.zt_policy/1"
REVIEW_WITHIN = timedelta(days=3)


class People(Protocol):
    """How names are told apart (`panshi.governance.persons`)."""

    def name_defect(self, person: str) -> str:
        """Say why a name cannot stand for a person; empty where it can."""
        ...

    def pair_defect(self, first: str, second: str) -> str:
        """Say why two names do not surely stand for two people; empty where they do."""
        ...

    def same_person(self, first: str, second: str) -> bool:
        """Whether two names are, for all a reader can tell, one person's."""
        ...


class Step(StrEnum):
    """What somebody does."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    REVIEW = "review"


class State(StrEnum):
    """How a proposal stands."""

    WAITING = "waiting"
    "Handed in; another person has to decide."
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
    "Another set was published in between: it has to be handed in anew."
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step with its place in the log."""

    id: ObservationId
    at: datetime
    body: ZeroTrustPolicyStep
    void: str = ""
    "Why it counts for nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal with its steps, oldest first."""

    number: str
    version: str
    base: str
    author: str
    at: datetime
    why: str
    emergency: bool
    "One person restored it alone."
    state: State
    steps: tuple[Taken, ...]
    approved_by: str = ""
    decided_at: datetime | None = None
    reviewed_by: str = ""

    @property
    def opened(self) -> ZeroTrustPolicyStep:
        """What was said when it was handed in."""
        return self.steps[0].body

    @property
    def authors(self) -> tuple[str, ...]:
        """Who handed it in and who wrote it; none of them may approve it."""
        return (self.author, *self.opened.written_by)

    @property
    def was_in_force(self) -> bool:
        """Whether it ever took effect."""
        return self.state in {State.IN_FORCE, State.REPLACED}

    @property
    def review_due(self) -> datetime | None:
        """Until when a second person has to look at it; None where nobody has to."""
        due = self.emergency and self.was_in_force and not self.reviewed_by
        return self.at + REVIEW_WITHIN if due else None

    def overdue(self, now: datetime) -> bool:
        """Whether nobody looked at it in time."""
        due = self.review_due
        return due is not None and due < now


@dataclass(frozen=True, kw_only=True)
class History:
    """Every proposal of an institution, oldest first, and what is in force."""

    proposals: tuple[Proposal, ...]
    version: str
    "The set in force: the last that was published, else the one that ships."
    since: datetime | None
    "When it was published; None for the one that ships."
    shipped: str
    published: tuple[Proposal, ...] = field(default=())
    "Those that took effect, in the order they did."

    def proposal(self, number: str) -> Proposal | None:
        """Give one proposal."""
        return next((each for each in self.proposals if each.number == number), None)

    @property
    def waiting(self) -> tuple[Proposal, ...]:
        """Those on which somebody has to decide."""
        return tuple(each for each in self.proposals if each.state is State.WAITING)

    @property
    def restorable(self) -> frozenset[str]:
        """Sets that two people once put in force, and the one that shipped then or ships now."""
        seconded = (each.version for each in self.published if not each.emergency)
        before = (each.base for each in self.published[:1])
        return frozenset({self.shipped, *seconded, *before})


def history_of(records: Iterable[Sealed], *, shipped: str, people: People) -> History:
    """Fold the sealed steps in the order of the log."""
    history = History(proposals=(), version=shipped, since=None, shipped=shipped)
    for sealed in records:
        body = sealed.observation.body
        if isinstance(body, ZeroTrustPolicyStep):
            at = max(sealed.observation.observed_at, sealed.received_at)
            taken = Taken(id=sealed.id, at=at, body=body)
            history = _after(history, taken, defect(history, body, people))
    return history


def defect(history: History, body: ZeroTrustPolicyStep, people: People) -> str:
    """Say why a step cannot be taken as things stand; empty where it can."""
    known = {each.value for each in Step}
    if body.step not in known:
        return f"{body.step!r} is no step"
    step = Step(body.step)
    there = history.proposal(body.number)
    if step in {Step.SUBMIT, Step.RESTORE}:
        return _opening_defect(history, body, there, people)
    if there is None:
        return f"there is no proposal {body.number}"
    if body.policy_version != there.version:
        return "it speaks of another set than the one that was handed in"
    return (
        _review_defect(body, there, people)
        if step is Step.REVIEW
        else _ruling_defect(body, there, people)
    )


def _review_defect(body: ZeroTrustPolicyStep, there: Proposal, people: People) -> str:
    if not there.emergency or not there.was_in_force or there.reviewed_by:
        return "there is nothing to look at afterwards"
    return people.pair_defect(there.author, body.by)


def _ruling_defect(body: ZeroTrustPolicyStep, there: Proposal, people: People) -> str:
    if there.state is not State.WAITING:
        return f"the proposal is {there.state} and awaits nobody"
    if body.step == Step.WITHDRAW:
        own = people.same_person(there.author, body.by)
        return "" if own else "only who handed it in may withdraw it"
    if not body.why.strip():
        return "no reason is given"
    defects = (people.pair_defect(each, body.by) for each in there.authors)
    return next(filter(None, defects), "")


def _opening_defect(
    history: History,
    body: ZeroTrustPolicyStep,
    there: Proposal | None,
    people: People,
) -> str:
    if there is not None:
        return f"the number {body.number} is taken"
    if not body.why.strip():
        return "no reason is given"
    if history.published and body.base_version != history.version:
        return "it was written against a set that is no longer in force"
    if body.policy_version == history.version:
        return "it is the set that is in force"
    if body.step == Step.RESTORE and body.policy_version not in history.restorable:
        return "no two people ever put this set in force"
    return people.name_defect(body.by)


def _after(history: History, taken: Taken, void: str) -> History:
    """Give the history after one more step."""
    body, there = taken.body, history.proposal(taken.body.number)
    if there is None:
        return _opened(history, taken, void)
    if void:
        told = replace(there, steps=(*there.steps, replace(taken, void=void)))
        return _with(history, told)
    told = replace(there, steps=(*there.steps, taken))
    match Step(body.step):
        case Step.APPROVE:
            told = replace(told, approved_by=body.by, decided_at=taken.at)
            return _published(history, told, taken.at)
        case Step.REJECT:
            return _with(history, replace(told, state=State.REJECTED, decided_at=taken.at))
        case Step.WITHDRAW:
            return _with(history, replace(told, state=State.WITHDRAWN, decided_at=taken.at))
        case _:
            return _with(history, replace(told, reviewed_by=body.by))


def _opened(history: History, taken: Taken, void: str) -> History:
    body = taken.body
    made = Proposal(
        number=body.number,
        version=body.policy_version,
        base=body.base_version,
        author=body.by,
        at=taken.at,
        why=body.why,
        emergency=body.step == Step.RESTORE,
        state=State.VOID if void else State.WAITING,
        steps=(replace(taken, void=void),),
    )
    history = replace(history, proposals=(*history.proposals, made))
    if made.emergency and not void:
        return _published(history, replace(made, decided_at=taken.at), taken.at)
    return history


def _published(history: History, proposal: Proposal, at: datetime) -> History:
    """Put a proposal in force: what was is replaced, what waits on it is overtaken."""
    made = replace(proposal, state=State.IN_FORCE)

    def moved(each: Proposal) -> Proposal:
        if each.number == made.number:
            return made
        if each.state is State.IN_FORCE:
            return replace(each, state=State.REPLACED)
        return replace(each, state=State.OVERTAKEN) if each.state is State.WAITING else each

    proposals = tuple(map(moved, history.proposals))
    before = tuple(map(moved, history.published))
    return replace(
        history,
        proposals=proposals,
        version=made.version,
        since=at,
        published=(*before, made),
    )


def _with(history: History, changed: Proposal) -> History:
    def same(each: Proposal) -> Proposal:
        return changed if each.number == changed.number else each

    return replace(
        history,
        proposals=tuple(map(same, history.proposals)),
        published=tuple(map(same, history.published)),
    )
