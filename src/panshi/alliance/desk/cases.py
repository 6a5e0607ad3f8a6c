"""Cases folded from sealed steps: taken, handed over with a note, given back, closed, reopened.

    nobody's ──take──► somebody's ──hand over (with a note)──► another's
        ▲───────────────── release ─────────────┘
    open ──close (with a note)──► closed ──reopen (with a note)──► open, nobody's

Where a ticket stands is said by the steps on the ticket itself (`panshi.alliance.tickets`);
closing is for campaigns. A step that breaks a rule counts for nothing; the desk puts a step to the
same rules before it seals it. Anybody at the desk may take what somebody else has: at three in the
morning the one who is awake acts, and the record says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

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
    open: bool = True
    owner: str = ""
    since: datetime | None = None
    "Since when its owner has it."
    entries: tuple[Entry, ...] = ()
    "Oldest first."


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
        case DeskDoing.TAKE:
            return replace(told, owner=step.by, since=at)
        case DeskDoing.HAND_OVER:
            return replace(told, owner=step.to, since=at)
        case DeskDoing.RELEASE:
            return replace(told, owner="", since=None)
        case DeskDoing.CLOSE:
            return replace(told, owner="", since=None, open=False)
        case DeskDoing.REOPEN:
            return replace(told, open=True)
        case DeskDoing.NOTE:
            return told
