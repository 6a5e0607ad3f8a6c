"""Zero trust at the demo bank: one set published by two, one awaiting a second, a day of requests.

The requests are synthetic and say so: their ids begin with `demo-`. They are made of the bank's own
accounts and systems, spread over the last day by arithmetic, and judged by the set in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetKind, RelationKind
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust import publishing
from panshi.node.zero_trust.recorded import line_of
from panshi.node.zero_trust.serving import published
from panshi.protection.cedar import Request, Uid
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.ruling import ruling
from panshi.store.request_tape import RequestTape

WRITER, APPROVER = "chen.zhiming", "he.peishan"
EARLIER = "context.time.hour >= 8 && context.time.hour < 19"
LATER = "context.time.hour >= 8 && context.time.hour < 18"
LESS, MORE = "context.trust.level >= 50", "context.trust.level >= 65"
OLD_TEST, NEW_TEST = "context: {time: {hour: 22}}", "context: {time: {hour: 18}}"
REQUESTS = 600
STRIDE = 7_919
"A prime, so that the same accounts meet other systems at other hours."
DAY = timedelta(hours=23)
ACTIONS = ("read", "read", "read", "connect", "write", "write", "operate", "transfer")


def seed_zero_trust(node: Node, estate_id: str, now: datetime) -> None:
    """Publish a set, record a day of requests, hand a stricter set in."""
    shipped = desk.shipped()
    closing = _changed(shipped, EARLIER, LATER, tests=(OLD_TEST, NEW_TEST))
    then = at_the_time(node, now - timedelta(days=20))
    number = _handed_in(
        then, "office-hours", closing, estate_id, why="外部人員下班後不再連入（示範）"
    )
    later = at_the_time(node, now - timedelta(days=19))
    desk.approve(
        later, number, why="與供應商管理單位確認（示範）", actor=APPROVER, estate_id=estate_id
    )
    _tape(node, estate_id)
    stricter = _changed(closing, LESS, MORE)
    _handed_in(
        node,
        "more-trust",
        stricter,
        estate_id,
        why="一般使用的信任門檻由 50 提高到 65（示範）",
    )


def _changed(
    policies: PolicySet, old: str, new: str, *, tests: tuple[str, str] | None = None
) -> PolicySet:
    files = {each.name: each.text.replace(old, new) for each in policies.files}
    told = policies.tests.replace(*tests) if tests else policies.tests
    made = PolicySet.of(files, policies.schema, told, fail_secure=policies.fail_secure)
    if made.version == policies.version:
        raise BadInputError("the shipped policies no longer say what the demo changes")
    return made


def _handed_in(node: Node, name: str, policies: PolicySet, estate_id: str, *, why: str) -> str:
    desk.begin_draft(node, name, actor=WRITER, estate_id=estate_id)
    desk.save_draft(node, name, policies, actor=WRITER)
    return publishing.hand_in(node, name, why=why, actor=WRITER, estate_id=estate_id)


def _tape(node: Node, estate_id: str) -> None:
    """Keep a day of requests, judged by the set in force."""
    held = published(node, estate_id)
    judge = desk.compiled(held.policies)
    tape = RequestTape(node.home.path)
    for number, (at, request) in enumerate(_requests(node, estate_id), 1):
        said = ruling(judge, request, held.entities, fail_secure=held.fail_secure)
        tape.add(line_of(at, f"demo-{number}", request, allowed=said.allowed, reasons=said.reasons))
        tape.flush(at)


def _requests(node: Node, estate_id: str) -> Iterator[tuple[float, Request]]:
    estate = node.estate(estate_id)
    begins = node.clock() - DAY
    accounts = [
        (estate.by_id[each.source], each.target)
        for each in estate.relations
        if each.kind is RelationKind.MEMBER_OF and each.source.startswith(AssetKind.ACCOUNT)
    ]
    for number in range(REQUESTS):
        account, system = accounts[number * STRIDE % len(accounts)]
        action = ACTIONS[number % len(ACTIONS)]
        if account.attributes.get("human") is False:
            action = "read"
        at = begins + DAY * number / REQUESTS
        yield (
            at.timestamp(),
            Request(
                Uid("User", account.id.partition(":")[2]),
                Uid("Action", action),
                Uid("System", system.partition(":")[2]),
                _context(number, account, at.astimezone(INSTITUTION_ZONE)),
            ),
        )


def _context(number: int, account: Asset, at: datetime) -> dict[str, Any]:
    """Say what was known: mostly all well; now and then a weak sign-in, a stale or lost signal."""
    strong = number % 5 == 0
    doubts = {
        "missing": ("device.compliance",) if number % 37 == 0 else (),
        "stale": ("device.attestation",) if number % 29 == 0 else (),
        "conflicting": ("place",) if number % 113 == 0 else (),
    }
    device: dict[str, Any] = {"known": True, "compliant": number % 23 != 0}
    if doubts["missing"]:
        del device["compliant"]
    if strong:
        device["attested"] = True
    return {
        "session": {
            "assurance": 3 if strong else 2,
            "phishing_resistant": strong,
            "age_s": number * 97 % 20_000,
        },
        "device": device,
        "trust": {"level": 95 - number * 13 % 50 if not strong else 96},
        "signals": doubts,
        "place": {"country": "JP" if number % 41 == 0 else "TW", "network": _network(account)},
        "time": {"hour": at.hour, "weekday": at.isoweekday()},
        "break_glass": False,
    }


def _network(account: Asset) -> str:
    return "internet" if account.attributes.get("external") is True else "internal"
