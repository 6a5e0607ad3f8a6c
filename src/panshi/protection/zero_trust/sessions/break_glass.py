"""Break-glass: access in an emergency, opened by two people, for a while, and looked at afterwards.

Somebody asks for a person, a scope, a reason and a time; somebody else approves. It ends by itself.
What was done under it is counted, and a grant stays open for review until a third look closed it
(NIST SP 800-53 Rev. 5, AC-2(2) emergency accounts, AC-6(9) logging of privileged use).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.protection.cedar import Uid

LONGEST_S = 4 * 3_600.0
"No grant lasts longer than a shift's half."
WAITS_S = 3_600.0
"A request nobody approves is void after an hour."
SHORTEST_REASON = 8


class GrantState(StrEnum):
    """How far a grant has come."""

    REQUESTED = "requested"
    VOID = "void"
    IN_FORCE = "in_force"
    ENDED = "ended"
    "Ended and not yet reviewed."
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One break-glass grant."""

    id: str
    user: Uid
    "For whom."
    requester: str
    reason: str
    lasts_s: float
    requested_at: float
    actions: tuple[str, ...] = ()
    "Ids of actions; none: every action."
    resources: tuple[str, ...] = ()
    "Ids of systems; none: every system."
    approver: str = ""
    begun_at: float = 0.0
    ended_at: float = 0.0
    "When somebody ended it early; 0: nobody did."
    reviewer: str = ""
    finding: str = ""
    uses: int = 0
    "Accesses opened under it."

    @property
    def ends_at(self) -> float:
        """When it ends at the latest."""
        return self.ended_at or self.begun_at + self.lasts_s

    def state(self, now: float) -> GrantState:
        """How far it has come at a time."""
        if self.reviewer:
            return GrantState.REVIEWED
        if not self.approver:
            waits = now < self.requested_at + WAITS_S and not self.ended_at
            return GrantState.REQUESTED if waits else GrantState.VOID
        return GrantState.IN_FORCE if now < self.ends_at else GrantState.ENDED

    def covers(self, user: Uid, action: Uid | None, resource: Uid | None, now: float) -> bool:
        """Whether it is in force for what somebody does; an unnamed action fits no narrow scope."""
        return (
            user == self.user
            and self.state(now) is GrantState.IN_FORCE
            and (not self.actions or (action is not None and action.id in self.actions))
            and (not self.resources or (resource is not None and resource.id in self.resources))
        )


def requested(grant: Grant) -> Grant:
    """Check a request."""
    if not grant.requester:
        raise BadInputError("nobody asks", remedy="name who asks for it")
    if len(grant.reason.strip()) < SHORTEST_REASON:
        raise BadInputError("the reason says nothing", remedy="say what broke and what is at stake")
    if not 0 < grant.lasts_s <= LONGEST_S:
        raise BadInputError(
            f"{grant.lasts_s:g} seconds", remedy=f"ask for at most {LONGEST_S:g} seconds"
        )
    if grant.approver or grant.reviewer or grant.begun_at or grant.ended_at:
        raise BadInputError("a request that is already decided", remedy="ask first")
    return grant


def approved(grant: Grant, *, approver: str, now: float) -> Grant:
    """Begin it on the word of a second person, who is neither who asked nor for whom it is."""
    if grant.state(now) is not GrantState.REQUESTED:
        raise UsageError(
            f"break-glass {grant.id} is {grant.state(now)}", remedy="only a request can be approved"
        )
    if not approver or approver in {grant.requester, grant.user.id}:
        raise ForbiddenError("break-glass takes two people", remedy="somebody else must approve it")
    return replace(grant, approver=approver, begun_at=now)


def ended(grant: Grant, *, now: float) -> Grant:
    """End it early, or withdraw the request."""
    if grant.state(now) not in {GrantState.REQUESTED, GrantState.IN_FORCE}:
        raise UsageError(f"break-glass {grant.id} is {grant.state(now)}", remedy="nothing to end")
    return replace(grant, ended_at=now)


def reviewed(grant: Grant, *, reviewer: str, finding: str, now: float) -> Grant:
    """Close it with what the look at it found, by neither of the people who used it."""
    if grant.state(now) is not GrantState.ENDED:
        raise UsageError(
            f"break-glass {grant.id} is {grant.state(now)}", remedy="review it once it has ended"
        )
    if not reviewer or reviewer in {grant.requester, grant.user.id}:
        raise ForbiddenError(
            "whoever asked for or used break-glass does not review it",
            remedy="somebody else must look at it",
        )
    if not finding.strip():
        raise BadInputError("a review without a finding", remedy="say what was done under it")
    return replace(grant, reviewer=reviewer, finding=finding)
