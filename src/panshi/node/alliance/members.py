"""Members of a hub, as they stand now, and the steps people and members take.

    desk = MemberDesk(node, actor="chen.yiru")
    code = desk.invite("bank-017", name="…", sector="banking")     handed over, once
    enrol(node, code, public, …)                                   the member proves its key
    MemberDesk(node, actor="lin.wei").approve("bank-017")          another person lets it in

Each step is put to the rules before it is sealed. What a member is follows from the steps alone;
it is folded anew whenever one was added, by whichever process, so that a revocation counts at the
next request.
"""

from __future__ import annotations

import heapq
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.members.folding import Register, Step, defect, fold
from panshi.alliance.members.keys import thumbprint
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.model.alliance.member import (
    KeyState,
    Member,
    MemberId,
    MemberKey,
    MemberKind,
    Quotas,
    Sector,
)
from panshi.model.bodies.hub_members import (
    CONSENT,
    DECISION,
    INVITATION,
    KEY,
    KEY_REVOCATION,
    STANDING,
    TERMS,
    HubInvitation,
    HubKeyRevocation,
    HubMemberConsent,
    HubMemberDecision,
    HubMemberKey,
    HubMemberStanding,
    HubMemberTerms,
    Standing,
)
from panshi.model.observation import Body, ObservationId, Sealed
from panshi.node.alliance.hub import check_hub
from panshi.node.node import Node
from panshi.node.records import record

KINDS = (INVITATION, KEY, DECISION, STANDING, KEY_REVOCATION, TERMS, CONSENT)
COLLECTOR_WORDS = "`panshi hub members list` shows them"
MEMBER_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
RESERVED = frozenset({"hub", "invite", "unknown"})
"Words that stand for somebody else in the trail and in addresses."
COMMUNITY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
INVITATION_DAYS = 14
MOST_INVITATION_DAYS = 90
OVERLAP = timedelta(days=7)
MOST_NAME = 200
MOST_QUOTAS = Quotas(
    requests_per_second=10_000.0,
    bytes_per_minute=64 * 1024**3,
    body_bytes=512 * 1024**2,
    batch=100_000,
    at_once=64,
)

_kept: WeakKeyDictionary[Node, tuple[object, Register]] = WeakKeyDictionary()
_lock = Lock()


def register(node: Node) -> Register:
    """Give every member as it stands now."""
    check_hub(node)
    counts = node.log.kinds()
    stamp = tuple(counts.get(kind, 0) for kind in KINDS)
    with _lock:
        kept = _kept.get(node)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    made = fold(_steps(node), two_people=pair_defect)
    with _lock:
        _kept[node] = (stamp, made)
    return made


def members(node: Node) -> tuple[Member, ...]:
    """Give every member, by id."""
    found = register(node).members
    return tuple(found[each] for each in sorted(found))


def member(node: Node, name: str) -> Member:
    """Give one member."""
    found = register(node).members.get(MemberId(name))
    if found is None:
        raise MissingError(f"there is no member {name[:60]!r}", remedy=COLLECTOR_WORDS)
    return found


def reader_of(one: Member) -> Reader:
    """Give a member as a reader of marked information; one that is not let in reads nothing."""
    if not one.heard:
        return Reader(member=None, role=ReaderRole.PUBLIC)
    partner = one.kind is MemberKind.FOREIGN_ISAC
    return Reader(
        member=one.id,
        role=ReaderRole.PARTNER if partner else ReaderRole.MEMBER,
        communities=one.communities,
    )


def _steps(node: Node) -> Iterator[Step]:
    """Give every step in the order of the log."""
    rivers = [node.log.records(kind) for kind in KINDS]
    for sealed in heapq.merge(*rivers, key=lambda each: each.position):
        yield _step(sealed)


def _step(sealed: Sealed) -> Step:
    seen = sealed.observation
    return Step(id=sealed.id, member=MemberId(seen.facet), at=seen.observed_at, body=seen.body)


class MemberDesk:
    """Where a person of the hub takes steps about members."""

    def __init__(self, node: Node, *, actor: str) -> None:
        """Know who acts: a person, never a token that stands for nobody."""
        check_hub(node)
        self.node = node
        self.actor = actor
        self.person = acting_person(actor)

    def invite(
        self,
        name: str,
        *,
        called: str,
        sector: str,
        kind: str = MemberKind.INSTITUTION,
        communities: tuple[str, ...] = (),
        days: int = INVITATION_DAYS,
    ) -> str:
        """Invite a member, or one that lost its keys to a new one; give the code, this once."""
        _check_invitation(name, called, sector, kind, days)
        code = f"{name}.{secrets.token_urlsafe(24)}"
        body = HubInvitation(
            name=called.strip(),
            sector=Sector(sector),
            kind=MemberKind(kind),
            communities=_communities(communities),
            code_sha256=_digest(code),
            expires=self.node.clock() + timedelta(days=days),
            invited_by=self.person,
        )
        seal_step(self.node, INVITATION, name, body, actor=self.actor)
        return code

    def approve(self, name: str, *, key: str = "", why: str = "") -> ObservationId:
        """Let a waiting key in, and with the first one its member."""
        return self._decide(name, key, approved=True, why=why)

    def refuse(self, name: str, *, key: str = "", why: str) -> ObservationId:
        """Do not let a waiting key in."""
        return self._decide(name, key, approved=False, why=_reason(why))

    def suspend(self, name: str, *, why: str) -> ObservationId:
        """Hear a member no more from now on, until another person resumes it."""
        return self._stand(name, Standing.SUSPEND, why)

    def resume(self, name: str, *, why: str) -> ObservationId:
        """Hear a member again that somebody else suspended."""
        return self._stand(name, Standing.RESUME, why)

    def revoke(self, name: str, *, why: str) -> ObservationId:
        """End a membership with all its keys, at once and for good."""
        return self._stand(name, Standing.REVOKE, why)

    def revoke_key(self, name: str, key: str, *, why: str) -> ObservationId:
        """End one key, at once and for good."""
        body = HubKeyRevocation(
            key=found_key(member(self.node, name), key).id, by=self.person, why=_reason(why)
        )
        return seal_step(self.node, KEY_REVOCATION, name, body, actor=self.actor)

    def set_terms(
        self, name: str, quotas: Quotas, communities: tuple[str, ...], *, why: str = ""
    ) -> ObservationId:
        """Set what a member may send and the circles it belongs to."""
        member(self.node, name)
        _check_quotas(quotas)
        body = HubMemberTerms(
            communities=_communities(communities),
            requests_per_second=quotas.requests_per_second,
            bytes_per_minute=quotas.bytes_per_minute,
            body_bytes=quotas.body_bytes,
            batch=quotas.batch,
            at_once=quotas.at_once,
            set_by=self.person,
            why=why.strip(),
        )
        return seal_step(self.node, TERMS, name, body, actor=self.actor)

    def _decide(self, name: str, key: str, *, approved: bool, why: str) -> ObservationId:
        one = member(self.node, name)
        waiting = [each for each in one.keys if each.state(self.node.clock()) is KeyState.WAITING]
        chosen = [each for each in waiting if not key or each.id.startswith(key)]
        if len(chosen) != 1:
            raise UsageError(
                f"{len(chosen)} keys of {name} wait for a decision, not one",
                remedy="name its key" if chosen else "the member enrols first",
            )
        body = HubMemberDecision(
            key=chosen[0].observation, approved=approved, decided_by=self.person, why=why.strip()
        )
        return seal_step(self.node, DECISION, name, body, actor=self.actor)

    def _stand(self, name: str, standing: Standing, why: str) -> ObservationId:
        member(self.node, name)
        body = HubMemberStanding(standing=standing, by=self.person, why=_reason(why))
        return seal_step(self.node, STANDING, name, body, actor=self.actor)


# -- what members do themselves ------------------------------------------------------------------


def enrol(node: Node, code: str, public: bytes) -> ObservationId:
    """Seal the key of an invited member whose request proved that it holds it.

    The code counts once: of two that come at the same time, the one that is sealed first counts.
    """
    check_hub(node)
    name = code.partition(".")[0]
    one = register(node).members.get(MemberId(name))
    known = one is not None and secrets.compare_digest(one.code_sha256, _digest(code))
    usable = known and one is not None and not one.invitation_used
    if not usable or one is None or not _lasts(one.invitation_expires, node.clock()):
        node.audit("member:unknown", "hub.enrol", "code", allowed=False)
        raise ForbiddenError(
            "the code is wrong, was used, or is too old", remedy="ask the hub for a new one"
        )
    body = HubMemberKey(key=thumbprint(public), public=_base64(public), invitation=one.invitation)
    return seal_step(node, KEY, name, body, actor=f"member:{name}")


def rotate(
    node: Node, one: Member, follows: str, public: bytes, *, overlap: timedelta = OVERLAP
) -> ObservationId:
    """Seal a key that follows another in force, which signed for it; both count for a while."""
    body = HubMemberKey(
        key=thumbprint(public),
        public=_base64(public),
        follows=follows,
        overlap_until=node.clock() + overlap,
    )
    return seal_step(node, KEY, one.id, body, actor=f"member:{one.id}")


def give_up_key(node: Node, one: Member, key: str, *, why: str) -> ObservationId:
    """End a key by the word of its own member."""
    body = HubKeyRevocation(key=found_key(one, key).id, by=f"member:{one.id}", why=why.strip())
    return seal_step(node, KEY_REVOCATION, one.id, body, actor=f"member:{one.id}")


def consent(node: Node, one: Member, key: str, *, granted: bool) -> ObservationId:
    """Seal whether a member's extracts may be compared to warn it."""
    body = HubMemberConsent(granted=granted, key=key)
    return seal_step(node, CONSENT, one.id, body, actor=f"member:{one.id}")


# -- sealing -------------------------------------------------------------------------------------


def seal_step(node: Node, kind: str, name: str, body: Body, *, actor: str) -> ObservationId:
    """Put a step to the rules and seal it; what another process did meanwhile may undo it."""
    at = max(node.clock(), node.log.learned_until() or node.clock())
    tried = Step(id="", member=MemberId(name), at=at, body=body)
    _refuse(node, defect(register(node), tried, two_people=pair_defect), kind, name, actor)
    made = record(kind, body, subject=f"member:{name}", facet=name, at=at)
    sealed = node.log.append((made,), at).ids[0]
    steps = register(node).steps
    flaw = next((each.flaw for each in reversed(steps) if each.id == sealed), "")
    _refuse(node, flaw, kind, name, actor)
    node.checkpoint()
    node.audit(actor, kind, name)
    return sealed


def found_key(one: Member, key: str) -> MemberKey:
    """Give a key of a member by its thumbprint or the beginning of it."""
    fitting = [each for each in one.keys if key and each.id.startswith(key)]
    if len(fitting) != 1:
        raise MissingError(
            f"{one.id} has {len(fitting)} keys that begin with {key[:50]!r}",
            remedy=f"`panshi hub members show {one.id}`",
        )
    return fitting[0]


def _refuse(node: Node, flaw: str, kind: str, name: str, actor: str) -> None:
    if not flaw:
        return
    node.audit(actor, kind, name, allowed=False, detail=flaw[:200])
    people = "does not" in flaw
    refusal = ForbiddenError if people else UsageError
    raise refusal(
        flaw, place=name, remedy="another person does it" if people else "nothing was changed"
    )


def _check_invitation(name: str, called: str, sector: str, kind: str, days: int) -> None:
    if not MEMBER_ID.fullmatch(name) or name in RESERVED:
        raise UsageError(
            f"{name[:60]!r} is no id of a member",
            remedy="1 to 40 lower-case letters, digits and hyphens, for example bank-017",
        )
    if not called.strip() or len(called) > MOST_NAME:
        raise UsageError("a member needs a name of up to 200 characters", place=name)
    for text, kinds in ((sector, Sector), (kind, MemberKind)):
        if text not in list(kinds):
            raise UsageError(f"there is no {text[:40]!r}", remedy="one of " + ", ".join(kinds))
    if not 1 <= days <= MOST_INVITATION_DAYS:
        raise UsageError(f"an invitation lasts 1 to {MOST_INVITATION_DAYS} days")


def _communities(named: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [each for each in named if not COMMUNITY.fullmatch(each)]
    if wrong:
        raise UsageError(
            f"{wrong[0][:60]!r} is no name of a community",
            remedy="lower-case letters, digits and hyphens",
        )
    return tuple(sorted(set(named)))


def _check_quotas(quotas: Quotas) -> None:
    for name in Quotas.__slots__:
        given, most = getattr(quotas, name), getattr(MOST_QUOTAS, name)
        if not 0 < given <= most:
            raise UsageError(f"{name} lies above 0 and up to {most:,}", remedy=f"not {given:,}")


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("no reason is given", remedy="say why")
    return why.strip()[:1000]


def _lasts(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until


def _digest(code: str) -> str:
    return sha256(code.encode("utf-8", "surrogateescape")).hexdigest()


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
