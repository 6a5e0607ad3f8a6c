"""Exposure checks at work: declare, prove, approve by another, look, deliver to that member only.

    declare(node, "bank-017", "www.bank.example", 443, actor=…)
    prove(node, "bank-017|www.bank.example:443", ProofWay.DNS, actor=…)
    approve(node, "bank-017|www.bank.example:443", actor=…)     # another person
    check(node, "bank-017|www.bank.example:443")

`Limits.allow_inner` is for tests on loopback and is reached by no command, page or endpoint.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from panshi.alliance.disclosure.exposure import (
    EXPOSURE_WORDS,
    AddressState,
    Declared,
    Look,
    exposures_of,
    fold,
    host_defect,
    is_public,
    key_of,
    step_defect,
)
from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.bodies.exposure import (
    ADDRESS,
    CHECK,
    AddressStep,
    ExposureAddress,
    ExposureCheck,
    ProofWay,
)
from panshi.model.observation import Body, Observation, ObservationId, Outcome
from panshi.node.alliance.disclosure.delivering import Matter, deliver
from panshi.node.alliance.members import member
from panshi.node.node import Node
from panshi.observe.disclosure.look import look, proof_file
from panshi.observe.disclosure.records import texts_of

COLLECTOR = "panshi disclosure exposure"
EVERY = timedelta(hours=20)
"An address is looked at once a day at most."
MOST_A_DAY = 500
"Looks of a hub."
MOST_OF_A_MEMBER = 200
"Addresses of one member."
_PORTS = frozenset({80, 443, 8443})
"Ports of the web; nothing else is looked at."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be looked at; other than the usual only in tests."""

    allow_inner: bool = False

    def public(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether an address may be asked."""
        return self.allow_inner or is_public(address)


USUAL = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressAnswer:
    """One address as CLI and API answer it."""

    key: str
    member: str
    host: str
    port: int
    state: AddressState
    token: str
    declared_by: str
    proven_by: str
    approved_by: str
    proven_at: datetime | None
    checked_at: datetime | None
    exposures: tuple[tuple[str, str, str], ...]
    "Of the newest look: id, severity, detail."


def addresses(node: Node) -> Mapping[str, Declared]:
    """Give every address declared, as it stands."""
    return fold(node.log.records(ADDRESS), two_people=pair_defect)


def checks(node: Node) -> Mapping[str, tuple[datetime, ExposureCheck | None]]:
    """Give the newest look at each address; None where it could not be reached."""
    found: dict[str, tuple[datetime, ExposureCheck | None]] = {}
    for each in node.log.records(CHECK):
        body = each.observation.body
        known = body if isinstance(body, ExposureCheck) else None
        found[each.observation.facet] = each.observation.observed_at, known
    return found


def address_answers(node: Node, member_id: str = "") -> tuple[AddressAnswer, ...]:
    """Give addresses as they are answered."""
    seen, now = checks(node), node.clock()
    return tuple(
        _answer(each, seen.get(each.key), now)
        for each in addresses(node).values()
        if member_id in {"", each.body.member}
    )


def declare(
    node: Node, member_id: str, host: str, port: int, *, actor: str, limits: Limits = USUAL
) -> Declared:
    """Note that a member declares an address its own; gives what must stand there."""
    one, host = member(node, member_id), host.strip().lower().rstrip(".")
    if not one.heard:
        raise UsageError(f"{member_id} is not an active member")
    if defect := host_defect(host, allow_inner=limits.allow_inner):
        raise BadInputError(defect, remedy="a public name or address of the member itself")
    if not limits.allow_inner and port not in _PORTS:
        raise BadInputError(f"port {port} is not looked at", remedy="443, 8443 or 80")
    held = [each for each in addresses(node).values() if each.body.member == one.id]
    if len(held) >= MOST_OF_A_MEMBER:
        raise UsageError(f"{MOST_OF_A_MEMBER} addresses are declared already", place=one.id)
    if any(each.key == key_of(one.id, host, port) and not each.withdrawn_at for each in held):
        raise UsageError("the address is declared already", place=f"{host}:{port}")
    body = ExposureAddress(
        step=AddressStep.DECLARE,
        member=one.id,
        host=host,
        port=port,
        by=acting_person(actor),
        token=f"panshi-exposure={secrets.token_urlsafe(24)}",
    )
    _seal(node, body, actor)
    return addresses(node)[key_of(one.id, host, port)]


def prove(
    node: Node, key: str, way: ProofWay, *, actor: str, limits: Limits = USUAL
) -> ObservationId:
    """Look whether the token stands where only the owner could put it."""
    held = address_named(node, key)
    host, port, token = held.body.host, held.body.port, held.body.token
    told = (
        texts_of(host)
        if way is ProofWay.DNS
        else tuple(proof_file(host, port, limits.public).splitlines())
    )
    if token not in {each.strip() for each in told}:
        where = f"a TXT record at _panshi-exposure.{host}" if way is ProofWay.DNS else "the file"
        raise UsageError(
            f"the token does not stand in {where}", place=key, remedy=f"put {token} there"
        )
    return _step(node, held, AddressStep.PROVE, actor, proven_by=way.value)


def approve(node: Node, key: str, *, actor: str) -> ObservationId:
    """Let an address be looked at; another person than declared and proved it."""
    return _step(node, address_named(node, key), AddressStep.APPROVE, actor)


def withdraw(node: Node, key: str, *, actor: str, why: str = "") -> ObservationId:
    """Take an address back; it is looked at no more."""
    return _step(node, address_named(node, key), AddressStep.WITHDRAW, actor, why=why)


def address_named(node: Node, key: str) -> Declared:
    """Give one address."""
    found = addresses(node).get(key)
    if found is None:
        raise MissingError(
            f"no such address was declared: {key[:80]!r}", remedy="panshi disclosure exposure list"
        )
    return found


def check(node: Node, key: str, *, actor: str = "", limits: Limits = USUAL) -> ExposureCheck:
    """Look once at an address that may be looked at, and deliver what was found."""
    held, now = address_named(node, key), node.clock()
    if held.state(now) is not AddressState.APPROVED:
        raise ForbiddenError(
            "the address is not approved for looks", place=key, remedy="prove it, then approve it"
        )
    seen = checks(node)
    if key in seen and now - seen[key][0] < EVERY:
        raise UsageError("it was looked at today already", place=key, remedy="try again tomorrow")
    if sum(now - at < timedelta(days=1) for at, _ in seen.values()) >= MOST_A_DAY:
        raise UsageError(f"{MOST_A_DAY} looks were made today", remedy="try again tomorrow")
    host, port = held.body.host, held.body.port
    try:
        raw = look(host, port, limits.public)
    except BadInputError as error:
        _seal_look(node, key, None, reason=error.problem)
        raise
    found = exposures_of(Look(**vars(raw)), port, now)
    intelligence = ""
    if found:
        lines = [f"{EXPOSURE_WORDS[each.id][0]} {each.detail}".strip() for each in found]
        intelligence = deliver(
            node,
            held.body.member,
            about=f"{host}:{port}",
            title=f"曝險檢查 {host}:{port}：{len(found)} 項",
            text="\n".join(lines),
            matters=(
                Matter(name=EXPOSURE_WORDS[each.id][1], description=f"{host}:{port} {each.detail}")
                for each in found
            ),
        )
    body = ExposureCheck(
        member=held.body.member,
        host=host,
        port=port,
        asked_ip=raw.asked_ip,
        tls=raw.tls,
        certificate_expires=raw.certificate_expires.date() if raw.certificate_expires else None,
        http_status=raw.http_status,
        exposures=found,
        intelligence=intelligence,
    )
    _seal_look(node, key, body)
    node.audit(actor or "exposure", CHECK, key)
    return body


def due(node: Node) -> Iterator[str]:
    """Give the addresses that may be looked at now."""
    seen, now = checks(node), node.clock()
    for key, held in addresses(node).items():
        fresh = key in seen and now - seen[key][0] < EVERY
        if held.state(now) is AddressState.APPROVED and not fresh:
            yield key


def _step(
    node: Node,
    held: Declared,
    step: AddressStep,
    actor: str,
    *,
    proven_by: str = "",
    why: str = "",
) -> ObservationId:
    body = ExposureAddress(
        step=step,
        member=held.body.member,
        host=held.body.host,
        port=held.body.port,
        by=acting_person(actor),
        proven_by=proven_by,
        declaration=held.sealed.id,
        why=why.strip()[:2_000],
    )
    if defect := step_defect(held, body, pair_defect):
        node.audit(actor, ADDRESS, held.key, allowed=False, detail=defect)
        refusal = ForbiddenError if "does not approve" in defect else UsageError
        raise refusal(defect, place=held.key, remedy="nothing was sealed")
    return _seal(node, body, actor)


def _seal(node: Node, body: ExposureAddress, actor: str) -> ObservationId:
    key = key_of(body.member, body.host, body.port)
    sealed = _append(node, ADDRESS, key, body, Outcome.SEEN, "")
    node.audit(actor, ADDRESS, f"{body.step} {key}")
    return sealed


def _seal_look(node: Node, key: str, body: ExposureCheck | None, *, reason: str = "") -> None:
    outcome = Outcome.SEEN if body is not None else Outcome.FAILED
    _append(node, CHECK, key, body, outcome, reason)


def _append(
    node: Node, kind: str, key: str, body: Body | None, outcome: Outcome, reason: str
) -> ObservationId:
    now = node.clock()
    at = max(now, node.log.learned_until() or now)
    made = Observation(
        kind=kind,
        subject=f"exposure:{key}",
        facet=key,
        observed_at=at,
        collector=COLLECTOR,
        body=body,
        outcome=outcome,
        reason=reason,
    )
    sealed = node.log.append((made,), at).ids[-1]
    node.checkpoint()
    return sealed


def _answer(
    each: Declared, seen: tuple[datetime, ExposureCheck | None] | None, now: datetime
) -> AddressAnswer:
    body = each.body
    found = seen[1].exposures if seen and seen[1] else ()
    return AddressAnswer(
        key=each.key,
        member=body.member,
        host=body.host,
        port=body.port,
        state=each.state(now),
        token=body.token,
        declared_by=body.by,
        proven_by=each.proven_by,
        approved_by=each.approved_by,
        proven_at=each.proven_at,
        checked_at=seen[0] if seen else None,
        exposures=tuple((one.id, one.severity, one.detail) for one in found),
    )
