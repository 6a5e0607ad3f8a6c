"""What binds nothing here: what ships, and what two people of the institution decided.

number = propose(node, "domain", "cdn.example", why="…", expires=day, actor="lin.kaiwen")
rule(node, number, AllowStep.APPROVED, actor="chen.yiru")
"""

from __future__ import annotations

from datetime import date

from panshi.alliance.intelligence.allow_list import AllowList, Ground
from panshi.alliance.intelligence.allowed_steps import (
    Allowed,
    AllowedState,
    Step,
    folded_steps,
    proposal_defect,
    step_defect,
)
from panshi.alliance.intelligence.patterns import observable
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.alliance.ticket import Observable
from panshi.model.bodies.intelligence import ALLOW, AllowStep, IntelligenceAllow
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.intelligence.sealing import seal
from panshi.node.node import Node

PATHS = {
    "ipv4": "ipv4-addr:value",
    "ipv6": "ipv6-addr:value",
    "ipv4-cidr": "ipv4-addr:value",
    "ipv6-cidr": "ipv6-addr:value",
    "domain": "domain-name:value",
    "url": "url:value",
    "email": "email-addr:value",
    "md5": "file:hashes.MD5",
    "sha1": "file:hashes.'SHA-1'",
    "sha256": "file:hashes.'SHA-256'",
    "sha512": "file:hashes.'SHA-512'",
    "cve": "vulnerability:name",
    "product": "software:name",
    "file": "file:name",
}
"Kinds of value that can be allowed, with the path that reads them into normal form."


def allowed(node: Node) -> tuple[Allowed, ...]:
    """Give every value of the institution's own list, newest first."""
    steps = (
        Step(
            id=sealed.id,
            number=sealed.observation.facet,
            on=day_of(sealed.received_at),
            body=body,
        )
        for sealed in node.log.records(ALLOW)
        if isinstance(body := sealed.observation.body, IntelligenceAllow)
    )
    return folded_steps(steps, pair_defect)[::-1]


def allowed_now(node: Node) -> AllowList:
    """Give everything that binds nothing today."""
    today = day_of(node.clock())
    own = (
        (
            Observable(kind=each.said.value_kind, value=each.said.value),
            Ground(list=each.number, zh=each.said.why, en=each.said.why),
        )
        for each in allowed(node)
        if each.state(today) is AllowedState.IN_FORCE
    )
    return allow_list().with_own(own)


def propose(
    node: Node, kind: str, value: str, *, why: str, expires: date | None, actor: str
) -> str:
    """Propose a value; gives its number."""
    person = acting_person(actor)
    read = observable(PATHS[kind], value.removeprefix("*.")) if kind in PATHS else None
    if read is None or read.kind != kind:
        raise UsageError(
            f"{value[:80]!r} is no value of kind {kind[:20]!r}", remedy=", ".join(PATHS)
        )
    wide = kind == "domain" and value.startswith("*.")
    body = IntelligenceAllow(
        step=AllowStep.PROPOSED,
        by=person,
        why=why.strip()[:2_000],
        value_kind=kind,
        value=f"*.{read.value}" if wide else read.value,
        expires=expires,
    )
    today = day_of(node.clock())
    if defect := proposal_defect(body, today):
        raise UsageError(defect, remedy="nothing was sealed")
    prefix = f"IA-{today.year}-"
    taken = [each.number.removeprefix(prefix) for each in allowed(node)]
    number = f"{prefix}{max((int(each) for each in taken if each.isdecimal()), default=0) + 1:03}"
    seal(node, ALLOW, body, facet=number, actor=actor)
    return number


def rule(node: Node, number: str, step: AllowStep, *, why: str = "", actor: str) -> ObservationId:
    """Approve, refuse or withdraw; refused with the reason where it would count for nothing."""
    one = next((each for each in allowed(node) if each.number == number), None)
    if one is None:
        raise MissingError(f"there is no {number[:20]!r}", remedy="`panshi intel allow` lists them")
    body = IntelligenceAllow(
        step=step, by=acting_person(actor), why=why.strip()[:2_000], about=one.proposal
    )
    if defect := step_defect(one, body, day_of(node.clock()), pair_defect):
        raise ForbiddenError(defect, place=number, remedy="nothing was sealed")
    return seal(node, ALLOW, body, facet=number, actor=actor)
