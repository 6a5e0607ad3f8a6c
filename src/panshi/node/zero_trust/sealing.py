"""What the decision point did becomes evidence: facts are sealed, systems get their figures.

    decision point ──► spool (facts/open.jsonl) ──► seal ──► evidence log
    chained log of decisions + sealed facts ──► summarise ──► access.decisions/1 per system

Both can be done again at any time: the same fact is the same observation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, MissingError
from panshi.model.asset import AssetKind
from panshi.model.bodies.zero_trust import (
    ATTESTATION,
    BREAK_GLASS,
    DECISIONS,
    SIGN_IN,
    WITHDRAWAL,
    AttestationSealed,
    BreakGlassSealed,
    DecisionsSealed,
    SignInSealed,
    WithdrawalSealed,
)
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.zero_trust.assurance_content import assurance_table
from panshi.node.zero_trust.point_files import DECISIONS as LOG
from panshi.node.zero_trust.point_files import FOLDER, records
from panshi.node.zero_trust.privileged_work import grants_of, standing_of
from panshi.protection.zero_trust.decisions.records import DecisionBatch, DecisionRecord
from panshi.protection.zero_trust.devices.facts import AttestationResult
from panshi.protection.zero_trust.evidence.federation import SeenSignIn, federations
from panshi.protection.zero_trust.evidence.systems import Withdrawal, by_system, system_of
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep, Consequence, SignedIn
from panshi.store.fact_spool import FactSpool

FACTS = "facts"
COLLECTOR = "panshi zt"
MOST_LINE = 1 << 20
GROUP = 1_000

type Fact = Consequence | BreakGlassStep | SignedIn | DecisionBatch | AttestationResult


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fact at rest."""

    kind: str
    at: float
    since: float
    "Begin of the time it speaks of; equals `at` for a moment."
    facet: str
    subject: str
    "Asset id; empty: the institution."
    body: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What one round sealed."""

    facts: int
    systems: int


BODIES: dict[str, type[Body]] = {
    DECISIONS: DecisionsSealed,
    WITHDRAWAL: WithdrawalSealed,
    BREAK_GLASS: BreakGlassSealed,
    SIGN_IN: SignInSealed,
    ATTESTATION: AttestationSealed,
}


def spool_of(home: Path) -> FactSpool:
    """Give the spool of a home."""
    return FactSpool(home / FOLDER / FACTS)


def written(fact: Fact) -> bytes:
    """Write a fact as a line."""
    kind, at, since, facet, subject, body = _formed(fact)
    raw = msgspec.Raw(msgspec.json.encode(body))
    line = Line(kind=kind, at=at, since=since, facet=facet, subject=subject, body=raw)
    return msgspec.json.encode(line) + b"\n"


def seal(node: Node, estate_id: str | None = None) -> int:
    """Seal what waits in the spool; gives how many facts."""
    institution = institution_of(node.estate(estate_id))
    spool = spool_of(node.home.path)
    count = 0
    for taken in spool.take():
        group: list[Observation] = []
        for each in _read(taken, institution):
            group.append(each)
            if len(group) == GROUP:
                node.log.append(group, node.clock())
                count, group = count + len(group), []
        if group:
            node.log.append(group, node.clock())
            count += len(group)
        spool.done(taken)
    return count


def summarise(
    node: Node, since: datetime, until: datetime, estate_id: str | None = None
) -> tuple[str, ...]:
    """Seal the figures of each system that was decided about in a time; gives the systems."""
    estate = node.estate(estate_id)
    withdrawn = tuple(_withdrawals(node, since, until))
    found = by_system(
        _decided(node, since.timestamp(), until.timestamp()),
        withdrawn,
        grants_of(node),
        standing_of(estate),
        sample_permits=_sampling(node, since, until),
    )
    sources = federations(
        _decided(node, since.timestamp(), until.timestamp()),
        _sign_ins(node, estate, until),
        mapped=frozenset(each.issuer for each in assurance_table(node.home.path).mapping.providers),
    )
    made = [
        Observation(
            kind=kind,
            subject=f"{AssetKind.SYSTEM}:{system}",
            period_start=since,
            observed_at=until,
            collector=COLLECTOR,
            body=body,
        )
        for kind, bodies in (("access.decisions/1", found), ("identity.federation/1", sources))
        for system, body in bodies.items()
        if system in found
    ]
    if made:
        node.log.append(made, node.clock())
    return tuple(found)


def _withdrawals(node: Node, since: datetime, until: datetime) -> Iterator[Withdrawal]:
    for each in node.log.records(WITHDRAWAL):
        body = each.observation.body
        if since <= each.observation.observed_at < until and isinstance(body, WithdrawalSealed):
            yield Withdrawal(
                cause=body.cause, what=body.what, systems=body.systems, seconds=body.seconds
            )


def _sampling(node: Node, since: datetime, until: datetime) -> int:
    """Give the declared sampling; where it changed, the coarsest, by which all shares hold."""
    return max(
        (
            each.observation.body.sample_permits
            for each in node.log.records(DECISIONS)
            if isinstance(each.observation.body, DecisionsSealed)
            and since <= each.observation.observed_at < until
        ),
        default=1,
    )


def _sign_ins(node: Node, estate: Estate, until: datetime) -> dict[str, SeenSignIn]:
    """Give the weakest sign-in of each session; who is not surely internal counts as external."""
    internal = {
        each.id.partition(":")[2]
        for each in estate.by_kind.get(AssetKind.ACCOUNT, ())
        if each.attributes.get("external") is False
    }
    found: dict[str, SeenSignIn] = {}
    for each in node.log.records(SIGN_IN):
        body = each.observation.body
        if not isinstance(body, SignInSealed) or each.observation.observed_at >= until:
            continue
        before = found.get(each.observation.facet)
        level = min(body.assurance, before.assurance) if before else body.assurance
        found[each.observation.facet] = SeenSignIn(
            issuer=body.issuer, external=body.user not in internal, assurance=level
        )
    return found


def _decided(node: Node, since: float, until: float) -> Iterator[DecisionRecord]:
    try:
        for each in records(node.home.path / FOLDER / LOG):
            if each.time < since:
                return
            if each.time < until:
                yield each
    except MissingError:
        return  # nothing was decided here


def _read(taken: Path, institution: str) -> Iterator[Observation]:
    with taken.open("rb") as file:
        for number, raw in enumerate(_lines(file, taken), 1):
            place = f"{taken}:{number}"
            try:
                line = msgspec.json.decode(raw, type=Line)
                body = msgspec.json.decode(line.body, type=BODIES[line.kind])
            except (msgspec.DecodeError, KeyError) as error:
                raise BadInputError(
                    f"this is no fact of a decision point: {error}",
                    place=place,
                    remedy="move the file away; the log of decisions holds what it told",
                ) from error
            moment = datetime.fromtimestamp(line.at, UTC)
            begun = datetime.fromtimestamp(line.since, UTC)
            yield Observation(
                kind=line.kind,
                subject=line.subject or institution,
                facet=line.facet,
                observed_at=moment,
                period_start=begun if begun < moment else None,
                collector=COLLECTOR,
                body=body,
            )


def _lines(file: Iterable[bytes], taken: Path) -> Iterator[bytes]:
    for line in file:
        if len(line) > MOST_LINE:
            raise BadInputError("a line is too long", place=str(taken), remedy="move it away")
        if line.endswith(b"\n"):  # what a crash left half written was never told as kept
            yield line


def _formed(fact: Fact) -> tuple[str, float, float, str, str, Body]:
    match fact:
        case Consequence():
            facet = f"{fact.at:.6f}-{fact.first_epoch}"
            return WITHDRAWAL, fact.at, fact.at, facet, "", _withdrawal(fact)
        case BreakGlassStep():
            body = BreakGlassSealed(
                grant=fact.grant, step=fact.step, person=fact.person, detail=fact.detail
            )
            return (
                BREAK_GLASS,
                fact.at,
                fact.at,
                f"{fact.grant} {fact.step} {fact.at:.6f}",
                "",
                body,
            )
        case SignedIn():
            signed_in = SignInSealed(
                user=fact.user,
                issuer=fact.issuer,
                assurance=fact.assurance,
                phishing_resistant=fact.phishing_resistant,
            )
            return SIGN_IN, fact.at, fact.at, fact.session, "", signed_in
        case DecisionBatch():
            facet = f"{fact.segment}:{fact.first_number}"
            return DECISIONS, fact.until, fact.since, facet, "", _batch(fact)
        case AttestationResult():
            attested = AttestationSealed(
                passed=fact.attested,
                result=fact.outcome,
                findings=tuple(
                    f"{each.reason}: {each.detail}" if each.detail else str(each.reason)
                    for each in fact.findings
                ),
                quote_sha256=fact.quote_sha256,
                firmware=fact.firmware,
                resets=fact.clock.resets if fact.clock else 0,
                restarts=fact.clock.restarts if fact.clock else 0,
            )
            device = fact.device.removeprefix(f"{AssetKind.DEVICE}:")
            subject = fact.asset or f"{AssetKind.DEVICE}:{device}"
            return ATTESTATION, fact.at, fact.at, "", subject, attested


def _withdrawal(fact: Consequence) -> WithdrawalSealed:
    return WithdrawalSealed(
        cause=fact.cause,
        what=fact.what,
        whom=fact.whom,
        source=fact.source,
        sessions_touched=fact.sessions_touched,
        sessions_ended=fact.sessions_ended,
        accesses_closed=fact.accesses_closed,
        accesses_narrowed=fact.accesses_narrowed,
        step_ups=fact.step_ups,
        notified=fact.notified,
        accesses_kept=fact.accesses_kept,
        systems=tuple(sorted({system_of(each) or each for each in fact.resources})),
        seconds=round(fact.latency_s, 6),
    )


def _batch(fact: DecisionBatch) -> DecisionsSealed:
    return DecisionsSealed(
        segment=Path(fact.segment).name,
        first_number=fact.first_number,
        last_number=fact.last_number,
        first_head=fact.first_head,
        last_head=fact.last_head,
        allowed=fact.allowed,
        denied=fact.denied,
        errors=fact.errors,
        obliged=fact.obliged,
        sample_permits=fact.sample_permits,
        permits_not_kept=fact.permits_not_kept,
        policy_version=fact.policy_version,
        actions=tuple(f"{name} {yes} {no}" for name, yes, no in fact.by_action),
    )
