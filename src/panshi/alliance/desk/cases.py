"""Cases folded from sealed steps: triaged, taken, handed over with a note, given back, closed.

    received ──triage──► triaged ──take──► in hand ──hand over (with a note)──► in hand, another's
                            ▲──────── release ──────────┘
    open ──close (with a note)──► closed ──reopen (with a note)──► triaged

A step that breaks a rule counts for nothing; the desk puts a step to the same rules before it
seals it. Anybody at the desk may take what somebody else has: at three in the morning the one who
is awake acts, and the record says so. A member that says more of a closed incident opens it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from panshi.model.alliance.ticket import Severity, Status
from panshi.model.bodies.soc_desk import DeskDoing, DeskStep

LONGEST_NOTE = 4_000
SPOKEN = frozenset({DeskDoing.HAND_OVER, DeskDoing.CLOSE, DeskDoing.REOPEN, DeskDoing.NOTE})
"Steps that are worth nothing without words."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step as it was sealed."""

    at: datetime
    doing: DeskDoing
    by: str
    to: str = ""
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a ticket or a campaign stands at the desk."""

    about: str
    status: Status = Status.RECEIVED
    severity: str = ""
    "That the desk gave; empty where it left the member's."
    owner: str = ""
    since: datetime | None = None
    "Since when its owner has it."
    entries: tuple[Entry, ...] = ()
    "Oldest first."

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.status is not Status.CLOSED

    def heard_of(self, said_at: datetime) -> Case:
        """Give the case after the newest version of its ticket: more was said after it closed."""
        closed = max((e.at for e in self.entries if e.doing is DeskDoing.CLOSE), default=None)
        if self.open or closed is None or said_at <= closed:
            return self
        return replace(self, status=Status.TRIAGED)


def cases(steps: Iterable[tuple[str, datetime, DeskStep]]) -> dict[str, Case]:
    """Fold steps in the order of the log: evidence id, moment, step."""
    found: dict[str, Case] = {}
    for evidence, at, step in steps:
        case = found.get(step.about, Case(about=step.about))
        if not defect(case, step):
            found[step.about] = _after(case, step, at, evidence)
    return found


def defect(case: Case, step: DeskStep) -> str:
    """Say why a step may not be taken; empty where it may."""
    if step.doing not in set(DeskDoing):
        return f"no step is called {step.doing[:40]!r}"
    doing = DeskDoing(step.doing)
    return _unsaid(doing, step) or _untimely(doing, case, step)


def _unsaid(doing: DeskDoing, step: DeskStep) -> str:
    if len(step.note) > LONGEST_NOTE:
        return f"a note has at most {LONGEST_NOTE:,} characters"
    if doing in SPOKEN and not step.note.strip():
        return "say why, or what the next person must know"
    if doing is DeskDoing.HAND_OVER and (not step.to or step.to == step.by):
        return "name somebody else to hand it to"
    if step.severity and step.severity not in set(Severity):
        return f"no severity is called {step.severity[:40]!r}"
    return ""


def _untimely(doing: DeskDoing, case: Case, step: DeskStep) -> str:
    if doing is DeskDoing.REOPEN:
        return "" if not case.open else "it is open"
    if not case.open and doing is not DeskDoing.NOTE:
        return "it is closed; reopen it first"
    if doing is DeskDoing.TAKE and case.owner == step.by:
        return "you have it already"
    if doing is DeskDoing.RELEASE and not case.owner:
        return "nobody has it"
    return ""


def _after(case: Case, step: DeskStep, at: datetime, evidence: str) -> Case:
    doing = DeskDoing(step.doing)
    entry = Entry(
        at=at, doing=doing, by=step.by, to=step.to, note=step.note.strip(), evidence=evidence
    )
    told = replace(case, entries=(*case.entries, entry))
    match doing:
        case DeskDoing.TRIAGE:
            status = Status.IN_HAND if case.owner else Status.TRIAGED
            return replace(told, status=status, severity=step.severity or case.severity)
        case DeskDoing.TAKE:
            return replace(told, owner=step.by, since=at, status=Status.IN_HAND)
        case DeskDoing.HAND_OVER:
            return replace(told, owner=step.to, since=at, status=Status.IN_HAND)
        case DeskDoing.RELEASE:
            return replace(told, owner="", since=None, status=Status.TRIAGED)
        case DeskDoing.CLOSE:
            return replace(told, owner="", since=None, status=Status.CLOSED)
        case DeskDoing.REOPEN:
            return replace(told, status=Status.TRIAGED)
        case DeskDoing.NOTE:
            return told
