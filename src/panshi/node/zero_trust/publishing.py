"""From a draft to what decides: tried on recorded requests, handed in, approved, told at once.

A decision point that runs is told at once by the control socket, and narrows the sessions the new
set touches. One that does not run loads what is in force when it starts; nothing has to be retried.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from panshi.node.node import Node
from panshi.node.zero_trust import live
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust.recorded import recorded
from panshi.node.zero_trust.serving import published
from panshi.protection.zero_trust.policies.comparing import Change, Comparison, Tally
from panshi.protection.zero_trust.policies.policy_set import SHORT, PolicySet
from panshi.protection.zero_trust.policies.versions import Proposal

type Progress = Callable[[int], None]

TRIED = timedelta(days=1)
"What a set is tried on when it is handed in."
EVERY = 1_000


def shadow(
    node: Node,
    policies: PolicySet,
    since: datetime,
    until: datetime,
    estate_id: str | None = None,
    *,
    trials: bool = False,
    progress: Progress = lambda _count: None,
) -> Tally:
    """Say what a set would have said to the requests of a time.

    With `trials` the policies that only report take effect in it.
    """
    now = published(node, estate_id)
    comparison = Comparison(
        old=desk.compiled(now.policies),
        new=desk.compiled(policies, trials=trials),
        entities=now.entities,
        old_fail_secure=now.fail_secure,
        new_fail_secure=policies.fail_secure,
    )
    tally = Tally()
    for each in recorded(node, since.timestamp(), until.timestamp()):
        comparison.see(each, tally)
        if tally.compared % EVERY == 0:
            progress(tally.compared)
    return tally


def hand_in(node: Node, name: str, *, why: str, actor: str, estate_id: str | None = None) -> str:
    """Hand a draft in with what the last day says of it; gives its number."""
    policies = desk.draft(node, name).policies
    tried = desk.NOBODY_TRIED
    if desk.check(policies).sound:
        until = node.clock()
        tally = shadow(node, policies, until - TRIED, until, estate_id)
        tried = (tally.compared, tally.count(Change.ALLOWED), tally.count(Change.DENIED))
    return desk.submit(node, name, why=why, actor=actor, tried=tried, estate_id=estate_id)


def hand_back(
    node: Node, source: str, *, why: str, actor: str, estate_id: str | None = None
) -> str:
    """Hand an older set in; another person approves it like every other."""
    version = desk.policy_set(node, source, estate_id).version
    name = f"rollback-{version[:SHORT]}"
    desk.begin_draft(node, name, actor=actor, source=source, estate_id=estate_id)
    try:
        return hand_in(node, name, why=why, actor=actor, estate_id=estate_id)
    finally:
        if name in {each.name for each in desk.drafts(node)}:
            desk.discard_draft(node, name, actor=actor)


def approve(
    node: Node,
    number: str,
    *,
    why: str,
    actor: str,
    seen: str = "",
    estate_id: str | None = None,
) -> Proposal:
    """Put a proposal in force and tell the decision point that runs."""
    found = desk.approve(node, number, why=why, actor=actor, seen=seen, estate_id=estate_id)
    live.reload(node)
    return found


def restore(
    node: Node, name: str, *, why: str, actor: str, estate_id: str | None = None
) -> Proposal:
    """Restore a set in an emergency and tell the decision point that runs."""
    found = desk.restore(node, name, why=why, actor=actor, estate_id=estate_id)
    live.reload(node)
    return found
