"""From the log of decisions and what was taken back to one `access.decisions/1` for each system.

    decisions            decided for the system; a plain permit that stands for n counts n
    dynamic_share        of these, where a policy that decided read what changes within a session
    device_share         where it read something of the device
    data_reverified      where it read how fresh the sign-in is, or asked for a stronger one
    revocation_tested    something open to the system was closed, narrowed or asked to step up
    revocation_seconds   95th percentile from the change to the last order on its way
    isolation_tested     a device's state did that
    abnormal_revoked     abnormal operation or a finding about the session did that
    just_in_time_share   of the privileged sessions, those under a grant that two people made
    standing_privileges  accounts that need no grant to act with privilege

A system nobody decided about gets no observation: it stays unknown (controls 1-5, 2-4, 4-2, 4-3 and
5-5 of the guide of 2024-07-15).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from panshi.model.bodies.identity import AccessDecisions
from panshi.protection.zero_trust.decisions.records import DecisionRecord

DYNAMIC = ("context.session.", "context.device.", "context.trust.", "context.signals.",
           "context.place.", "context.time.")  # fmt: skip
DEVICE = "context.device."
FRESHNESS = frozenset({"context.session.age_s"})
PRIVILEGED = frozenset({"administer", "operate"})
STEP_UP = "step-up"
DEVICE_CAUSES = frozenset({"attestation_failed"})
ABNORMAL_SIGNALS = ("behaviour", "incident", "intelligence", "risk")
ABNORMAL_CAUSES = frozenset({"session_revoked"})
DEVICE_SIGNALS = ("device", "compliance", "attestation", "posture")
PERCENTILE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Access to some systems was closed, narrowed or made to step up."""

    cause: str
    what: str
    "The change in a few words; begins with the kind of signal where one was the cause."
    systems: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Somebody might act with privilege on a system for a while."""

    person: str
    "Id of the user."
    system: str
    since: float
    until: float


@dataclass(slots=True)
class _Counts:
    decisions: int = 0
    dynamic: int = 0
    device: int = 0
    fresh: int = 0
    privileged: dict[str, bool] = field(default_factory=dict)
    "Privileged sessions, and whether a grant covered every decision in them."
    seconds: list[float] = field(default_factory=list)
    isolated: bool = False
    abnormal: bool = False


def by_system(
    records: Iterable[DecisionRecord],
    withdrawals: Iterable[Withdrawal],
    grants: Iterable[Grant],
    standing: Mapping[str, int],
    *,
    sample_permits: int = 1,
) -> dict[str, AccessDecisions]:
    """Give what is proven about each system that something was decided about, by its id.

    `standing` counts the accounts that may act with privilege on a system without a grant; a
    system it does not name is one of which that is not known, and gets no figures.
    """
    granted: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        granted.setdefault((grant.person, grant.system), []).append(grant)
    counts: dict[str, _Counts] = {}
    for each in records:
        system = system_of(each.resource)
        if system in standing:
            found = counts.setdefault(system, _Counts())
            _count(found, each, sample_permits)
            _count_privilege(found, each, granted.get((_id_of(each.subject), system), ()))
    for withdrawal in withdrawals:
        for system in withdrawal.systems:
            if system in counts:
                _take_in(counts[system], withdrawal)
    return {system: _proven(each, standing[system]) for system, each in sorted(counts.items())}


def system_of(resource: str) -> str:
    """Give the id of `System::"…"`, or nothing.

    >>> system_of('System::"core-deposit"')
    'core-deposit'
    """
    return _id_of(resource) if resource.startswith('System::"') else ""


def _id_of(name: str) -> str:
    return name.partition('::"')[2].removesuffix('"')


def _count(counts: _Counts, record: DecisionRecord, sample_permits: int) -> None:
    weight = sample_permits if record.allowed and not record.obligations else 1
    counts.decisions += weight
    read = record.attributes
    if any(name.startswith(DYNAMIC) for name in read):
        counts.dynamic += weight
    if any(name.startswith(DEVICE) for name in read):
        counts.device += weight
    if STEP_UP in record.obligations or not FRESHNESS.isdisjoint(read):
        counts.fresh += weight


def _count_privilege(counts: _Counts, record: DecisionRecord, grants: Iterable[Grant]) -> None:
    if not record.allowed or _id_of(record.action) not in PRIVILEGED:
        return
    session = record.session or record.subject
    covered = any(each.since <= record.time < each.until for each in grants)
    counts.privileged[session] = counts.privileged.get(session, True) and covered


def _take_in(counts: _Counts, withdrawal: Withdrawal) -> None:
    counts.seconds.append(withdrawal.seconds)
    kind = withdrawal.what.casefold()
    counts.isolated |= withdrawal.cause in DEVICE_CAUSES or kind.startswith(DEVICE_SIGNALS)
    counts.abnormal |= withdrawal.cause in ABNORMAL_CAUSES or kind.startswith(ABNORMAL_SIGNALS)


def _proven(counts: _Counts, standing: int) -> AccessDecisions:
    of, sessions = counts.decisions, len(counts.privileged)
    return AccessDecisions(
        decisions=of,
        dynamic_share=counts.dynamic / of,
        device_share=counts.device / of,
        revocation_tested=bool(counts.seconds),
        revocation_seconds=_percentile(counts.seconds),
        data_reverified_share=counts.fresh / of,
        privileged_sessions=sessions,
        just_in_time_share=sum(counts.privileged.values()) / sessions if sessions else 0.0,
        standing_privileges=standing,
        isolation_tested=counts.isolated,
        abnormal_revoked=counts.abnormal,
    )


def _percentile(values: list[float]) -> float:
    """Give the value that 95 of a hundred do not exceed; the largest where there are few."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return round(ranked[math.ceil(PERCENTILE * len(ranked)) - 1], 6)
