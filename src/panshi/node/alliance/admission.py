"""Whether a request of a member is let in: one function for intake, TAXII and all that members do.

    entry = admission(node).admit(request, scope=Scope.TICKETS_WRITE, size=…, hosts=…)
    refused = admission(node).body_came(entry, digest, size)
    status, answer = entry.once("tickets", work)      the same key again: the same answer
    admission(node).leave(entry)

The order is that of cost: the signature over the headers first, so that nothing of a body is taken
in before its sender is known; then policy, quotas, the nonce, at last the body against its digest.
Every refusal is sealed without content, gathered per sender and reason, and raised as an error
that carries the whole `Refused`.
"""

from __future__ import annotations

import secrets
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary, ref

from panshi.alliance.members.claims import SignedRequest, digest_of
from panshi.alliance.members.keys import public_bytes, thumbprint
from panshi.alliance.members.quotas import Allowances
from panshi.alliance.members.signatures import SKEW, fits, possessed, verified
from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.model.alliance.member import Member, MemberId, Reason, Refused, Scope, Verified
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.members import enrol, register
from panshi.node.node import Node
from panshi.protection.access import Policies, Request, decide
from panshi.store import library
from panshi.store.members import Begun, KeptToken, MemberStore

SELF = "member.self"
"What a member does about itself: keys, tokens, consent, status."
TOKEN_PREFIX = "pmt_"  # noqa: S105 -- how tokens begin, not one
TOKEN_DAYS = 90
MOST_TOKEN_DAYS = 366
REFUSED = "hub.refused"
"Action of a refusal in the trail, followed by its reason."


class MemberRefusedError(PanshiError):
    """A request of a member counts for nothing."""

    def __init__(self, refused: Refused) -> None:
        """Keep why."""
        super().__init__(refused.problem, remedy=refused.remedy)
        self.refused = refused


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """A request that was let in; leave it when it is answered."""

    node: Node
    member: Member
    action: str
    verified: Verified | None = None
    "What its signature says; None where a token opened."
    token: str = ""
    "Name of the token that opened."
    reserved: int = 0
    "Bytes kept free for its body."
    size: int = 0
    "Bytes of its body, once it came."
    left: bool = field(default=False)

    @property
    def actor(self) -> str:
        """Who acts, for the audit trail."""
        return f"member:{self.member.id}"

    def check_batch(self, items: int) -> None:
        """Refuse a batch that is larger than the member may send."""
        most = self.member.quotas.batch
        if items > most:
            raise refusal(
                self.node,
                Refused(
                    reason=Reason.TOO_MANY_IN_BATCH,
                    problem=f"{items:,} in one request, more than {most:,}",
                    remedy="send smaller batches",
                    member=self.member.id,
                ),
            )

    def once(self, kind: str, work: Callable[[], Done]) -> Done:
        """Do work once per idempotency key; the same content again gets the same answer.

        A request without a key of idempotency, opened by a token, is simply done.
        """
        told = self.verified
        if told is None:
            return work()
        if not told.idempotency_key or not told.sha256:
            raise refusal(self.node, _lacking(self.member, told))
        return _once(self, told, kind, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The answer to a submission, before it is sent."""

    answer: bytes
    status: int = 200
    items: int = 0
    "How many were accepted."
    again: bool = False
    "It was done before; this is the answer of then."


class Admission:
    """What one hub knows of those who knock: what each has left, and what it remembers."""

    def __init__(self, node: Node) -> None:
        """Open what the hub remembers; the node itself is only referred to."""
        check_hub(node)
        self._node = ref(node)
        self.store = MemberStore(node.home.path)
        self.allowances = Allowances()
        self._lock = Lock()

    @property
    def node(self) -> Node:
        """The hub's node."""
        node = self._node()
        if node is None:
            raise UsageError("the node was closed")
        return node

    def admit(
        self, request: SignedRequest, *, scope: Scope | str, size: int | None, hosts: frozenset[str]
    ) -> Entry:
        """Let a request in or raise why not; `size` None: its body's length is not told.

        By signature, or by a token of the member (`Authorization`: Bearer, or Basic with the
        member's id as user) where the policies let a token do it.
        """
        entry = self._entry(request, str(scope), hosts)
        self._check_policy(entry)
        wanted = entry.member.quotas.body_bytes if size is None else size
        with self._lock:
            refused = self.allowances.take(entry.member, wanted, monotonic())
        if refused is not None:
            raise self.refuse(refused)
        entry.reserved = wanted
        try:
            self._check_first_time(entry)
        except BaseException:
            self.leave(entry)
            raise
        return entry

    def body_came(self, entry: Entry, sha256: bytes, size: int) -> None:
        """Refuse a body that is not what was signed; give back room that was not needed."""
        entry.size = size
        with self._lock:
            self.allowances.settle(entry.member, entry.reserved, size, monotonic())
        told = entry.verified
        if told is None or (not told.sha256 and not size):
            return
        refused = fits(told.sha256, sha256)
        if refused is not None:
            raise self.refuse(_named(refused, entry))

    def leave(self, entry: Entry) -> None:
        """End what `admit` began; more than once does no harm."""
        with self._lock:
            if not entry.left:
                entry.left = True
                self.allowances.give_back(entry.member, entry.reserved, monotonic())

    def refuse(self, refused: Refused) -> MemberRefusedError:
        """Seal a refusal, without content, and give it as an error."""
        return refusal(self.node, refused)

    def issue_token(
        self, member: Member, name: str, scopes: tuple[str, ...], *, days: int, actor: str
    ) -> str:
        """Make a token bound to scopes and give it, this once, in clear."""
        unknown = sorted(set(scopes) - set(Scope))
        closed = [each for each in scopes if each not in unknown and not _may(member, each)]
        if not scopes or unknown or closed:
            raise UsageError(
                f"no token opens {', '.join((*unknown, *closed)) or 'nothing'} for {member.id}",
                remedy="scopes: " + ", ".join(each for each in Scope if _may(member, each)),
            )
        if not 1 <= days <= MOST_TOKEN_DAYS or not name.strip() or len(name) > MOST_TOKEN_NAME:
            raise UsageError("a token has a name of up to 64 characters and lasts up to 366 days")
        now = self.node.clock()
        kept = KeptToken(
            member=member.id,
            name=name.strip(),
            scopes=tuple(sorted(set(scopes))),
            created=now,
            expires=now + timedelta(days=days),
        )
        clear = TOKEN_PREFIX + secrets.token_urlsafe(32)
        self.store.add_token(kept, clear)
        self.node.audit(actor, "hub.token_issue", member.id, detail=kept.name)
        return clear

    def revoke_token(self, member: Member, name: str, *, actor: str) -> None:
        """End a token at once."""
        self.store.revoke_token(member.id, name)
        self.node.audit(actor, "hub.token_revoke", member.id, detail=name)

    def enrol(
        self, request: SignedRequest, sha256: bytes, code: str, public: str, hosts: frozenset[str]
    ) -> str:
        """Take the key of an invited member, whose request it signs; give the key's thumbprint."""
        raw = public_bytes(public)
        if raw is None:
            raise BadInputError(
                "that is no Ed25519 public key", place="public", remedy="its 32 bytes in base64"
            )
        refused = possessed(request, raw, self.node.clock(), hosts)
        refused = refused or fits(digest_of(request), sha256)
        if refused is not None:
            raise self.refuse(refused)
        enrol(self.node, code, raw)
        return thumbprint(raw)

    # -- how a request is let in -------------------------------------------------------------

    def _entry(self, request: SignedRequest, action: str, hosts: frozenset[str]) -> Entry:
        known = register(self.node)
        authorization = request.field("authorization")
        if authorization and not request.field("signature-input"):
            return self._by_token(authorization, action)
        found = verified(request, known.holder, self.node.clock(), hosts)
        if isinstance(found, Refused):
            raise self.refuse(found)
        return Entry(node=self.node, member=found.member, action=action, verified=found)

    def _by_token(self, authorization: str, action: str) -> Entry:
        user, clear = _presented(authorization)
        kept = self.store.token(clear, self.node.clock()) if clear else None
        if kept is None or (user and user != kept.member):
            raise self.refuse(
                Refused(
                    reason=Reason.TOKEN,
                    problem="no valid token of a member",
                    remedy="`panshi member token` makes one; as user give the member's id",
                )
            )
        member = register(self.node).members.get(MemberId(kept.member))
        if member is None or not member.heard:
            raise self.refuse(
                Refused(
                    reason=Reason.MEMBER_NOT_ACTIVE,
                    problem="the member is not active",
                    remedy="ask the hub's member liaison",
                    member=kept.member,
                )
            )
        if action not in kept.scopes:
            raise self.refuse(
                Refused(
                    reason=Reason.SCOPE,
                    problem=f"the token does not open {action}",
                    remedy="make one with this scope, or sign the request",
                    member=kept.member,
                )
            )
        return Entry(node=self.node, member=member, action=action, token=kept.name)

    def _check_policy(self, entry: Entry) -> None:
        if _may(entry.member, entry.action, signed=entry.verified is not None):
            return
        raise self.refuse(
            Refused(
                reason=Reason.POLICY,
                problem=f"a member of kind {entry.member.kind} may not do {entry.action} so",
                remedy="sign the request"
                if entry.verified is None
                else "ask the hub's member liaison",
                member=entry.member.id,
            )
        )

    def _check_first_time(self, entry: Entry) -> None:
        told = entry.verified
        if told is None:
            return
        now = self.node.clock()
        if not self.store.first_time(told.key, told.nonce, told.expires + SKEW, now):
            raise self.refuse(
                Refused(
                    reason=Reason.REPLAYED,
                    problem="this signed request came before",
                    remedy="sign anew with another nonce; keep the idempotency key",
                    member=entry.member.id,
                    key=told.key,
                )
            )


MOST_TOKEN_NAME = 64
_admissions: WeakKeyDictionary[Node, Admission] = WeakKeyDictionary()
_opening = Lock()


def admission(node: Node) -> Admission:
    """Give the one admission of a hub's node."""
    with _opening:
        found = _admissions.get(node)
        if found is None:
            found = _admissions[node] = Admission(node)
        return found


def refusal(node: Node, refused: Refused) -> MemberRefusedError:
    """Seal a refusal, without content, and give it as an error."""
    node.audit(
        f"member:{refused.member or 'unknown'}",
        f"{REFUSED}.{refused.reason}",
        refused.key[:50],
        allowed=False,
        detail=_skew(refused),
    )
    return MemberRefusedError(refused)


def member_may(member: Member, action: Scope | str) -> bool:
    """Whether the hub's policies offer something to a member that signs for it."""
    return _may(member, str(action), signed=True)


def _may(member: Member, action: str, *, signed: bool = True) -> bool:
    request = Request(
        principal=member.id,
        roles=(member.kind.value,),
        action=action,
        resource="hub",
        attributes={
            "active": member.heard,
            "signed": signed,
            "sector": member.sector.value,
            "communities": tuple(sorted(member.communities)),
        },
    )
    return decide(_policies(), request).allowed


@cache
def _policies() -> Policies:
    name, raw = library.policies("members.cedar")
    return Policies.parse(raw.decode(), source=name)


def _once(entry: Entry, told: Verified, kind: str, work: Callable[[], Done]) -> Done:
    store, now = admission(entry.node).store, entry.node.clock()
    name = (entry.member.id, told.idempotency_key)
    begun, before = store.begin(
        *name, told.sha256, kind=kind, size=entry.size, signed_by=told.key, now=now
    )
    match begun:
        case Begun.DONE if before is not None:
            answer = before.answer if before.answer is not None else _forgotten(before.done_at)
            return Done(answer=answer, status=before.status, items=before.items, again=True)
        case Begun.CONFLICT:
            raise refusal(entry.node, _conflict(entry.member))
        case Begun.IN_HAND:
            raise refusal(entry.node, _in_hand(entry.member))
    try:
        done = work()
    except BaseException:
        store.leave(*name)
        raise
    store.finish(*name, done.answer, status=done.status, items=done.items, now=entry.node.clock())
    return done


def _forgotten(at: datetime | None) -> bytes:
    when = (at or datetime.fromtimestamp(0, UTC)).isoformat()
    return f'{{"accepted_at":"{when}","answer":"kept for 30 days only"}}'.encode()


def _lacking(member: Member, told: Verified) -> Refused:
    return Refused(
        reason=Reason.DIGEST if told.idempotency_key else Reason.IDEMPOTENCY_KEY,
        problem="a submission needs an Idempotency-Key and a Content-Digest",
        remedy='Idempotency-Key: "<8 to 128 characters that name this submission>"',
        member=member.id,
        key=told.key,
    )


def _conflict(member: Member) -> Refused:
    return Refused(
        reason=Reason.IDEMPOTENCY_CONFLICT,
        problem="this idempotency key was used for another content",
        remedy="another content takes another key",
        member=member.id,
    )


def _in_hand(member: Member) -> Refused:
    return Refused(
        reason=Reason.BUSY,
        problem="the same submission is being worked on",
        remedy="try again in 1 s, with the same key",
        member=member.id,
        retry_after=1.0,
    )


def _named(refused: Refused, entry: Entry) -> Refused:
    return Refused(
        reason=refused.reason,
        problem=refused.problem,
        remedy=refused.remedy,
        member=entry.member.id,
        key=entry.verified.key if entry.verified is not None else "",
    )


def _skew(refused: Refused) -> str:
    return f"skew {refused.skew.total_seconds():+.0f} s" if refused.skew is not None else ""


def _presented(authorization: str) -> tuple[str, str]:
    """Give user and token of an Authorization header; both empty where there is none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return "", rest.strip()
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, clear = b64decode(rest.strip(), validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return "", ""
    return user or "?", clear
