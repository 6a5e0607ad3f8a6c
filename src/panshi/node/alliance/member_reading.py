"""What the hub knows of its members, in the forms that command line, API and console show."""

from __future__ import annotations

from panshi.evidence.log import Filter
from panshi.model.alliance.member import Member
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Sealed
from panshi.node.alliance.admission import REFUSED, admission
from panshi.node.alliance.members import member, members
from panshi.node.node import Node
from panshi.report.hub_member_answers import (
    MemberAnswer,
    MemberDetail,
    RefusalAnswer,
    SubmissionAnswer,
    TokenAnswer,
    key_answer,
    member_answer,
)
from panshi.store.members import Submission

UNKNOWN = "unknown"
"Whom refusals are noted under whose sender no signature told."
PAGE = 50


def member_rows(node: Node, *, names: bool = True) -> tuple[MemberAnswer, ...]:
    """Give every member, by id."""
    totals, now = admission(node).store.totals(), node.clock()
    return tuple(
        member_answer(each, now, totals.get(each.id), names=names) for each in members(node)
    )


def member_detail(node: Node, name: str, *, names: bool = True) -> MemberDetail:
    """Give one member with its keys, quotas and tokens."""
    return detail_of(node, member(node, name), names=names)


def detail_of(node: Node, one: Member, *, names: bool = True) -> MemberDetail:
    """Give the detail of a member that is at hand."""
    store, now = admission(node).store, node.clock()
    return MemberDetail(
        member=member_answer(one, now, store.totals().get(one.id), names=names),
        why=one.standing_why,
        keys=tuple(key_answer(each, now) for each in reversed(one.keys)),
        quotas=one.quotas,
        tokens=tuple(
            TokenAnswer(
                name=each.name, scopes=each.scopes, created=each.created, expires=each.expires
            )
            for each in store.tokens(one.id)
        ),
    )


def submissions(
    node: Node, name: str = "", *, before: int | None = None, limit: int = PAGE
) -> tuple[SubmissionAnswer, ...]:
    """Give submissions, of one member or of all, newest first."""
    found = admission(node).store.submissions(name, before=before, limit=limit)
    return tuple(map(_submission, found))


def refusals(
    node: Node, name: str = UNKNOWN, *, before: int | None = None, limit: int = PAGE
) -> tuple[tuple[int, RefusalAnswer], ...]:
    """Give refusals of one member, newest first, each with its position in the log."""
    found: list[tuple[int, RefusalAnswer]] = []
    position = before
    wanted = Filter(kind="audit.event/1", subject=f"actor:member:{name}")
    while len(found) < limit:
        page = node.log.page(wanted, before=position, limit=limit)
        found += [(each.position, told) for each in page if (told := _refusal(each)) is not None]
        if len(page) < limit:
            break
        position = page[-1].position
    return tuple(found[:limit])


def _refusal(sealed: Sealed) -> RefusalAnswer | None:
    body = sealed.observation.body
    if not isinstance(body, AuditEvent) or not body.action.startswith(f"{REFUSED}."):
        return None
    return RefusalAnswer(
        at=sealed.observation.observed_at,
        reason=body.action.removeprefix(f"{REFUSED}."),
        detail=body.detail,
        key=body.target,
    )


def _submission(one: Submission) -> SubmissionAnswer:
    return SubmissionAnswer(
        id=one.id,
        member=one.member,
        kind=one.kind,
        idempotency_key=one.idempotency_key,
        sha256=one.sha256,
        size=one.size,
        items=one.items,
        signed_by=one.signed_by,
        at=one.at,
        accepted_at=one.done_at,
        status=one.status,
    )
