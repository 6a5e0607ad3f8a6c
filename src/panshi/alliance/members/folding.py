"""The life of members, folded from sealed steps.

    invited ──key with proof──► waiting ──another person──► active ◄──► suspended
                                   │ refused ► invited         └──────► revoked, for good

One person invites, another lets in. To suspend, to revoke and to end a key takes one person and
counts at once; to resume takes another person than who suspended. A key in force may sign for its
successor: both count until the overlap ends. A step that breaks a rule counts for nothing, and
`Flaw` says why; desks put a step to the same rules before they seal it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NewType

from panshi.model.alliance.member import (
    KeyState,
    Member,
    MemberId,
    MemberKey,
    MemberKind,
    MemberState,
    Quotas,
    Sector,
)
from panshi.model.bodies.hub_members import (
    HubInvitation,
    HubKeyRevocation,
    HubMemberConsent,
    HubMemberDecision,
    HubMemberKey,
    HubMemberStanding,
    HubMemberTerms,
    Standing,
)
from panshi.model.observation import Body

LONGEST_OVERLAP = timedelta(days=30)
MOST_KEYS = 8
"In force at the same time."

Flaw = NewType("Flaw", str)
"Why a step counts for nothing."
type TwoPeople = Callable[[str, str], str]
"Says why two names do not surely stand for two people; empty where they do."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sealed step, or one that is about to be."""

    id: str
    "Evidence id."
    member: MemberId
    at: datetime
    body: Body | None
    "None where it was erased: it counts for nothing."
    flaw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Every member as it stands, and every step with its flaw, oldest first."""

    members: Mapping[MemberId, Member] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    holders: Mapping[str, MemberId] = field(default_factory=dict)
    "To whom each key belongs; one that was ever shown belongs to nobody else."

    def holder(self, key_id: str) -> tuple[Member, MemberKey] | None:
        """Give the member a key belongs to, and the key, whatever their state."""
        name = self.holders.get(key_id)
        member = self.members.get(name) if name is not None else None
        key = member.key(key_id) if member is not None else None
        return (member, key) if member is not None and key is not None else None

    def steps_of(self, member: MemberId) -> tuple[Step, ...]:
        """Give the steps of one member, oldest first."""
        return tuple(each for each in self.steps if each.member == member)


def fold(steps: Iterable[Step], *, two_people: TwoPeople) -> Register:
    """Fold steps, oldest first, into the register."""
    register = Register()
    for step in steps:
        register = after(register, step, two_people=two_people)
    return register


def after(register: Register, step: Step, *, two_people: TwoPeople) -> Register:
    """Give the register after one more step."""
    found = _stepped(register, step, two_people)
    if isinstance(found, str):
        return replace(register, steps=(*register.steps, replace(step, flaw=found)))
    holders = {**register.holders, **{each.id: found.id for each in found.keys}}
    return Register(
        members={**register.members, found.id: found},
        steps=(*register.steps, step),
        holders=holders,
    )


def defect(register: Register, step: Step, *, two_people: TwoPeople) -> str:
    """Say why a step would count for nothing; empty where it would count."""
    found = _stepped(register, step, two_people)
    return found if isinstance(found, str) else ""


def _stepped(register: Register, step: Step, two_people: TwoPeople) -> Member | Flaw:  # noqa: PLR0911 -- one way out per kind of step
    member, body = register.members.get(step.member), step.body
    if isinstance(body, HubInvitation):
        return _invited(member, step, body)
    if member is None:
        return Flaw("there is no such member")
    if member.state is MemberState.REVOKED:
        return Flaw("the member was revoked for good")
    match body:
        case HubMemberKey():
            return _key_shown(register, member, step, body)
        case HubMemberDecision():
            return _decided(member, step, body, two_people)
        case HubMemberStanding():
            return _standing(member, step, body, two_people)
        case HubKeyRevocation():
            return _key_revoked(member, step, body)
        case HubMemberTerms():
            return replace(member, quotas=quotas_of(body), communities=frozenset(body.communities))
        case HubMemberConsent():
            return replace(member, exposure_consent=body.granted)
        case _:
            return Flaw("its body was erased")


def _invited(member: Member | None, step: Step, body: HubInvitation) -> Member | Flaw:
    if member is not None and member.state in {MemberState.REVOKED, MemberState.SUSPENDED}:
        return Flaw(f"the member is {member.state}")
    try:
        sector, kind = Sector(body.sector), MemberKind(body.kind)
    except ValueError as error:
        return Flaw(str(error))
    known = member or Member(id=step.member, name=body.name, sector=sector, kind=kind)
    return replace(
        known,
        name=body.name,
        sector=sector,
        kind=kind,
        communities=frozenset(body.communities) or known.communities,
        invited_by=body.invited_by,
        invited_at=step.at,
        invitation=step.id,
        invitation_expires=body.expires,
        invitation_used=False,
        code_sha256=body.code_sha256,
    )


def _key_shown(register: Register, member: Member, step: Step, body: HubMemberKey) -> Member | Flaw:
    if body.key in register.holders:
        return Flaw("the key was shown before")
    if len(member.keys_in_force(step.at)) >= MOST_KEYS:
        return Flaw(f"more than {MOST_KEYS} keys would be in force")
    shown = MemberKey(id=body.key, public=body.public, proposed_at=step.at, observation=step.id)
    if body.follows:
        return _rotated(member, step, body, shown)
    if body.invitation != member.invitation or member.invitation_used:
        return Flaw("the invitation's code was used, or another invitation followed")
    if member.invitation_expires is None or member.invitation_expires <= step.at:
        return Flaw("the invitation has expired")
    invited = member.state is MemberState.INVITED
    return replace(
        member,
        keys=(*member.keys, replace(shown, invited_by=member.invited_by)),
        invitation_used=True,
        state=MemberState.WAITING if invited else member.state,
    )


def _rotated(member: Member, step: Step, body: HubMemberKey, shown: MemberKey) -> Member | Flaw:
    before = member.key(body.follows)
    if not member.heard:
        return Flaw(f"the member is {member.state}")
    if before is None or not before.counts(step.at):
        return Flaw("the key it follows is not in force")
    ends = body.overlap_until or step.at
    if not step.at <= ends <= step.at + LONGEST_OVERLAP:
        return Flaw(f"the overlap is longer than {LONGEST_OVERLAP.days} days")
    ended = replace(before, until=min(ends, before.until or ends), followed_by=shown.id)
    keys = tuple(ended if each is before else each for each in member.keys)
    return replace(member, keys=(*keys, replace(shown, since=step.at)))


def _decided(
    member: Member, step: Step, body: HubMemberDecision, two_people: TwoPeople
) -> Member | Flaw:
    key = next((each for each in member.keys if each.observation == body.key), None)
    if key is None or key.state(step.at) is not KeyState.WAITING:
        return Flaw("there is no such key waiting")
    if member.state is MemberState.SUSPENDED:
        return Flaw("the member is suspended")
    wrong = two_people(key.invited_by, body.decided_by)
    if wrong:
        return Flaw(f"who invites does not let in: {wrong}")
    decided = replace(key, since=step.at) if body.approved else replace(key, refused=True)
    keys = tuple(decided if each is key else each for each in member.keys)
    if not body.approved:
        waiting = member.state is MemberState.WAITING
        return replace(member, keys=keys, state=MemberState.INVITED if waiting else member.state)
    return replace(
        member,
        keys=keys,
        state=MemberState.ACTIVE,
        approved_by=body.decided_by,
        approved_at=step.at,
    )


def _standing(
    member: Member, step: Step, body: HubMemberStanding, two_people: TwoPeople
) -> Member | Flaw:
    match body.standing:
        case Standing.SUSPEND:
            if not member.heard:
                return Flaw(f"the member is {member.state}")
            return replace(
                member, state=MemberState.SUSPENDED, suspended_by=body.by, standing_why=body.why
            )
        case Standing.RESUME:
            if member.state is not MemberState.SUSPENDED:
                return Flaw(f"the member is {member.state}")
            wrong = two_people(member.suspended_by, body.by)
            if wrong:
                return Flaw(f"who suspends does not resume: {wrong}")
            return replace(member, state=MemberState.ACTIVE, suspended_by="", standing_why="")
        case Standing.REVOKE:
            keys = tuple(
                replace(each, revoked_at=each.revoked_at or step.at) for each in member.keys
            )
            return replace(member, keys=keys, state=MemberState.REVOKED, standing_why=body.why)


def _key_revoked(member: Member, step: Step, body: HubKeyRevocation) -> Member | Flaw:
    key = member.key(body.key)
    if key is None or key.revoked_at is not None:
        return Flaw("there is no such key, or it was revoked before")
    keys = tuple(replace(each, revoked_at=step.at) if each is key else each for each in member.keys)
    waiting = member.state is MemberState.WAITING
    return replace(member, keys=keys, state=MemberState.INVITED if waiting else member.state)


def quotas_of(body: HubMemberTerms) -> Quotas:
    """Give the quotas that terms name."""
    return Quotas(
        requests_per_second=body.requests_per_second,
        bytes_per_minute=body.bytes_per_minute,
        body_bytes=body.body_bytes,
        batch=body.batch,
        at_once=body.at_once,
    )
