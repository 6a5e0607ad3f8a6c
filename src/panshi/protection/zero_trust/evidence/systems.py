"""From the log of decisions and what was taken back to one `access.decisions/1` for each system.

    decisions            decided for the system; a plain permit that stands for n counts n
    dynamic_share        of these, where a policy that decided read what changes within a session
    device_share         where it read something of the device
    data_reverified      where it read how fresh the sign-in is, or asked for a stronger one
    revocation_tested    something open to the system was closed, narrowed or asked to step up
    revocation_seconds   95th percentile from the change to the last order on its way
    isolation_tested     a device's state did that
    abnormal_revoked     abnormal operation or a finding about the session did that
    just in time         privileged sessions under a grant that two people made for a while
    standing_privileges  accounts that need no grant to act with privilege

A system nobody decided about gets no observation: it stays unknown (controls 1-5, 2-4, 4-2, 4-3 and
5-5 of the guide of 2024-07-15).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from panshi.model.bodies.identity import AccessDecisions
from panshi.protection.zero_trust.decisions.records import DecisionRecord

SYSTEM = re.compile(r'System::"((?:[^"\\]|\\.)+)"', re.DOTALL)
DYNAMIC = ("context.session.", "context.device.", "context.trust.", "context.signals.",
           "context.place.", "context.time.")  # fmt: skip
DEVICE = "context.device."
FRESHNESS = frozenset({"context.session.age_s"})
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
class Privileged:
    """Privileged work on one system in the period."""

    sessions: int = 0
    just_in_time: int = 0
    "Of these, under a grant in force."
    standing: int = 0
    "Accounts that may act with privilege without a grant."


@dataclass(slots=True)
class _Counts:
    decisions: int = 0
    dynamic: int = 0
    device: int = 0
    fresh: int = 0
    seconds: list[float] = field(default_factory=list)
    isolated: bool = False
    abnormal: bool = False


def by_system(
    records: Iterable[DecisionRecord],
    withdrawals: Iterable[Withdrawal],
    privileged: Mapping[str, Privileged],
    *,
    sample_permits: int = 1,
) -> dict[str, AccessDecisions]:
    """Give what is proven about each system that something was decided about, by its id."""
    counts: dict[str, _Counts] = {}
    for each in records:
        system = system_of(each.resource)
        if system:
            _count(counts.setdefault(system, _Counts()), each, sample_permits)
    for withdrawal in withdrawals:
        for system in withdrawal.systems:
            if system in counts:
                _take_in(counts[system], withdrawal)
    return {
        system: _proven(each, privileged.get(system, Privileged()))
        for system, each in sorted(counts.items())
    }


def system_of(resource: str) -> str:
    r"""Give the id of `System::"…"`, or nothing.

    >>> system_of('System::"core-deposit"')
    'core-deposit'
    """
    found = SYSTEM.fullmatch(resource)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


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


def _take_in(counts: _Counts, withdrawal: Withdrawal) -> None:
    counts.seconds.append(withdrawal.seconds)
    kind = withdrawal.what.casefold()
    counts.isolated |= withdrawal.cause in DEVICE_CAUSES or kind.startswith(DEVICE_SIGNALS)
    counts.abnormal |= withdrawal.cause in ABNORMAL_CAUSES or kind.startswith(ABNORMAL_SIGNALS)


def _proven(counts: _Counts, privileged: Privileged) -> AccessDecisions:
    of = counts.decisions
    return AccessDecisions(
        decisions=of,
        dynamic_share=counts.dynamic / of,
        device_share=counts.device / of,
        revocation_tested=bool(counts.seconds),
        revocation_seconds=_percentile(counts.seconds),
        data_reverified_share=counts.fresh / of,
        privileged_sessions=privileged.sessions,
        just_in_time_share=(
            privileged.just_in_time / privileged.sessions if privileged.sessions else 0.0
        ),
        standing_privileges=privileged.standing,
        isolation_tested=counts.isolated,
        abnormal_revoked=counts.abnormal,
    )


def _percentile(values: list[float]) -> float:
    """Give the value that 95 of a hundred do not exceed; the largest where there are few."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return round(ranked[math.ceil(PERCENTILE * len(ranked)) - 1], 6)
