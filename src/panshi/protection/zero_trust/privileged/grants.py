"""A grant of privileged access, from request to end: derived from its steps and the moment.

    grants = fold(steps, two_people=pair_defect)
    in_force(grants, person="amy", system="system:core", way="shell", at=now)

One person asks, another approves (AuthZEN access request and approval profile; NIST SP 800-53
AC-6). A grant is for one person, one system, named ways and a bounded time; it ends by itself. A
step that breaks a rule voids nothing but itself and is shown with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from panshi.model.bodies.privileged import (
    PrivilegedDecision,
    PrivilegedEnd,
    PrivilegedRequest,
)
from panshi.model.observation import Sealed

LONGEST = timedelta(hours=12)
LATEST_START = timedelta(days=7)
WAITS = timedelta(days=1)
"A request nobody decided is void after its end, or after a day."
WAYS = ("shell", "exec", "sftp", "forward")

type TwoPeople = Callable[[str, str], str]
"""Why two names do not surely stand for two people; empty where they do."""


class GrantState(StrEnum):
    """How far a grant has come."""

    REQUESTED = "requested"
    REFUSED = "refused"
    LAPSED = "lapsed"
    "Nobody decided in time."
    APPROVED = "approved"
    "Approved, not begun yet."
    IN_FORCE = "in_force"
    ENDED = "ended"
    REVOKED = "revoked"


GRANT_WORDS = {
    GrantState.REQUESTED: ("待核定", "waits for a decision"),
    GrantState.REFUSED: ("未核准", "refused"),
    GrantState.LAPSED: ("逾期失效", "lapsed"),
    GrantState.APPROVED: ("已核准、尚未開始", "approved, not begun"),
    GrantState.IN_FORCE: ("生效中", "in force"),
    GrantState.ENDED: ("已到期", "ended"),
    GrantState.REVOKED: ("已撤銷", "revoked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegedGrant:
    """One grant as its steps tell it."""

    number: str
    sealed: Sealed
    "The request."
    asked: PrivilegedRequest
    approved_by: str = ""
    refused_by: str = ""
    decided_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_why: str = ""
    flaws: tuple[str, ...] = ()
    "Steps that counted for nothing, with the reason."

    def state(self, at: datetime) -> GrantState:
        """How far it has come at a moment."""
        if self.refused_by:
            return GrantState.REFUSED
        if self.ended_at is not None and self.ended_at <= at:
            return GrantState.REVOKED
        if not self.approved_by:
            asked_at = self.sealed.observation.observed_at
            waits = at < min(self.asked.ends, asked_at + WAITS)
            return GrantState.REQUESTED if waits else GrantState.LAPSED
        if at < self.asked.begins:
            return GrantState.APPROVED
        return GrantState.IN_FORCE if at < self.asked.ends else GrantState.ENDED


def request_defect(asked: PrivilegedRequest, at: datetime) -> str:
    """Say why a request cannot stand; empty where it can."""
    unknown = sorted(set(asked.ways) - set(WAYS))
    if unknown or not asked.ways:
        return f"ways are among {', '.join(WAYS)}"
    if not asked.ticket.strip() or not asked.why.strip():
        return "a grant names its ticket and its reason"
    if not asked.for_person.strip() or not asked.system.strip():
        return "a grant names a person and a system"
    if not asked.begins < asked.ends or asked.ends <= at:
        return "a grant ends after it begins, and after now"
    if asked.ends - asked.begins > LONGEST:
        return f"a grant lasts {LONGEST} at most"
    if asked.begins > at + LATEST_START:
        return f"a grant begins within {LATEST_START.days} days"
    return ""


def fold(steps: Iterable[Sealed], *, two_people: TwoPeople) -> tuple[PrivilegedGrant, ...]:
    """Derive every grant from the sealed steps, in the order in which they were sealed."""
    grants: dict[str, PrivilegedGrant] = {}
    for step in steps:
        number, body = step.observation.facet, step.observation.body
        held = grants.get(number)
        if isinstance(body, PrivilegedRequest):
            if held is None and not request_defect(body, step.observation.observed_at):
                grants[number] = PrivilegedGrant(number=number, sealed=step, asked=body)
            continue
        if held is not None and isinstance(body, PrivilegedDecision | PrivilegedEnd):
            grants[number] = _after(held, step, body, two_people)
    return tuple(grants.values())


def step_defect(
    grant: PrivilegedGrant,
    body: PrivilegedDecision | PrivilegedEnd,
    at: datetime,
    two_people: TwoPeople,
) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if body.request != grant.sealed.id:
        return "it is about another request"
    state = grant.state(at)
    if isinstance(body, PrivilegedEnd):
        open_ = {GrantState.REQUESTED, GrantState.APPROVED, GrantState.IN_FORCE}
        return "" if state in open_ else f"the grant is {GRANT_WORDS[state][1]}"
    if state is not GrantState.REQUESTED:
        return f"the grant is {GRANT_WORDS[state][1]}"
    for other in (grant.asked.requested_by, grant.asked.for_person) if body.approved else ():
        if defect := two_people(body.decided_by, other):
            return f"whoever asks or uses does not approve: {defect}"
    return ""


def in_force(
    grants: Iterable[PrivilegedGrant], *, person: str, system: str, way: str, at: datetime
) -> PrivilegedGrant | None:
    """Give the grant that lets a person in, the one that lasts longest; names match exactly."""
    fitting = (
        each
        for each in grants
        if each.asked.for_person == person
        and each.asked.system == system
        and way in each.asked.ways
        and each.state(at) is GrantState.IN_FORCE
    )
    return max(fitting, key=lambda each: each.asked.ends, default=None)


def _after(
    grant: PrivilegedGrant,
    step: Sealed,
    body: PrivilegedDecision | PrivilegedEnd,
    two_people: TwoPeople,
) -> PrivilegedGrant:
    at = step.observation.observed_at
    if defect := step_defect(grant, body, at, two_people):
        return replace(grant, flaws=(*grant.flaws, defect))
    if isinstance(body, PrivilegedEnd):
        return replace(grant, ended_by=body.ended_by, ended_at=at, ended_why=body.why)
    if body.approved:
        return replace(grant, approved_by=body.decided_by, decided_at=at)
    return replace(grant, refused_by=body.decided_by, decided_at=at)


def newest_first(grants: Iterable[PrivilegedGrant]) -> list[PrivilegedGrant]:
    """Give grants as lists show them."""
    return sorted(grants, key=lambda each: each.sealed.position, reverse=True)
