"""Privileged access at the demo bank: grants in several states, by several people, one recorded.

All of it is demo data: reasons say so, and the recording is a name and digests, no file.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from panshi.model.bodies.privileged import BastionRecording
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.zero_trust.grants import Asking, GrantDesk, grants, seal_recording

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPERATIONS, DEVELOPMENT = "hsieh.kuowei", "pan.yiling"
SECURITY, MONITORING = "yang.chengen", "tsai.minghan"


def seed_privileged(node: Node, estate_id: str) -> None:
    """Ask, approve, refuse and take back, as if it were then; once."""
    if grants(node):
        return
    now = node.clock()
    begun = now - 6 * DAY
    ended = _asked(
        node,
        estate_id,
        begun,
        OPERATIONS,
        "core-deposit",
        2 * HOUR,
        "CHG-2041",
        "資料庫更新（示範）",
    )
    _decided(node, estate_id, begun + 9 * MINUTE, SECURITY, ended, approved=True)
    _recorded(node, estate_id, ended, begun + 20 * MINUTE)
    refused = _asked(
        node, estate_id, now - 4 * DAY, DEVELOPMENT, "core-ledger", 12 * HOUR, "INC-0877",
        "查問題，未指明主機（示範）",
    )  # fmt: skip
    _decided(node, estate_id, now - 4 * DAY + HOUR, SECURITY, refused, approved=False)
    revoked = _asked(
        node, estate_id, now - 2 * DAY, OPERATIONS, "core-fx", 4 * HOUR, "CHG-2050",
        "參數調整（示範）",
    )  # fmt: skip
    _decided(node, estate_id, now - 2 * DAY + 5 * MINUTE, MONITORING, revoked, approved=True)
    then = now - 2 * DAY + 40 * MINUTE
    desk = GrantDesk(at_the_time(node, then), actor=MONITORING, estate_id=estate_id, at=then)
    desk.revoke(revoked, why="變更視窗取消（示範）")
    current = _asked(
        node, estate_id, now - HOUR, OPERATIONS, "corp-ebank", 10 * HOUR, "CHG-2063",
        "憑證更換（示範）",
    )  # fmt: skip
    _decided(node, estate_id, now - HOUR + 4 * MINUTE, SECURITY, current, approved=True)
    _asked(
        node, estate_id, now - 10 * MINUTE, DEVELOPMENT, "core-batch", 8 * HOUR, "CHG-2066",
        "批次重跑（示範）", begins=now + 20 * HOUR,
    )  # fmt: skip


def _asked(  # noqa: PLR0913 -- one line of a table
    node: Node,
    estate_id: str,
    at: datetime,
    person: str,
    system: str,
    lasts: timedelta,
    ticket: str,
    why: str,
    *,
    begins: datetime | None = None,
) -> str:
    desk = GrantDesk(at_the_time(node, at), actor=person, estate_id=estate_id, at=at)
    asked = Asking(system=f"system:{system}", lasts=lasts, ticket=ticket, why=why, begins=begins)
    return desk.ask(asked)


def _decided(
    node: Node, estate_id: str, at: datetime, person: str, number: str, *, approved: bool
) -> None:
    desk = GrantDesk(at_the_time(node, at), actor=person, estate_id=estate_id, at=at)
    note = "變更委員會已同意（示範）" if approved else "請指明主機並縮短時間（示範）"
    desk.decide(number, approved=approved, note=note)


def _recorded(node: Node, estate_id: str, number: str, began: datetime) -> None:
    digest = hashlib.sha256(f"demo {number}".encode()).hexdigest()
    ended = began + 31 * MINUTE
    body = BastionRecording(
        recording=f"demo-{number}.cast",
        grant=number,
        person=OPERATIONS,
        target="core-db-demo",
        system="system:core-deposit",
        way="shell",
        address="192.0.2.17",
        assurance=3,
        began=began,
        ended=ended,
        ended_by="client",
        bytes_shown=48_213,
        bytes_typed=1_904,
        chunks=12,
        chain_head=digest,
        sha256=digest,
    )
    seal_recording(at_the_time(node, ended), body, estate_id=estate_id)
