"""The posture of a device: looks at it become facts, facts are judged by the governed policy.

look_here(clock)                       every look of the posture at this very machine
facts_of(observations)                 what they said, failed looks included
judged(device, observations, now)      how the device stands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from panshi.model.observation import Observation, Outcome
from panshi.node.zero_trust.posture_content import posture_policy
from panshi.observe.port import Look
from panshi.observe.this_machine.observer import LOOKS, WITHOUT, ThisMachine
from panshi.protection.zero_trust.devices.posture import (
    Fact,
    Form,
    PosturePolicy,
    PostureResult,
    Standing,
    judge_posture,
)
from panshi.protection.zero_trust.trust.signal import WITHDRAWN, Signal, Subject, SubjectKind

SOURCE = "posture"
KINDS = {
    "host.system/1": "system",
    "host.packages/1": "packages",
    "host.disks/1": "disks",
    "host.firewall/1": "firewall",
    "host.protection/1": "protection",
    "host.sshd/1": "sshd",
    "host.boot/1": "boot",
    "host.screen/1": "screen",
}
"Kinds of observation posture is judged from, and the first word of their facts."


def look_here(now: datetime, machine: ThisMachine | None = None) -> tuple[Observation, ...]:
    """Take every look of the posture; one that fails says so."""
    without = ",".join(sorted(LOOKS.keys() - KINDS.keys()))
    look = Look(path=None, now=now, options={WITHOUT: without})
    return tuple((machine or ThisMachine()).observe(look))


def facts_of(observations: Iterable[Observation], policy: PosturePolicy) -> Iterator[Fact]:
    """Give the facts of looks; of a failed or absent look, those the policy asks about."""
    for each in observations:
        word = KINDS.get(each.kind)
        if word is None:
            continue
        at = each.observed_at.timestamp()
        if each.outcome is Outcome.SEEN and each.body is not None:
            for name in type(each.body).__annotations__:
                value = getattr(each.body, name)
                if value is None or isinstance(value, bool | int | str):
                    yield Fact(name=f"{word}.{name}", value=value, observed_at=at)
            continue
        for name in sorted({check.fact for check in policy.checks}):
            if name.startswith(f"{word}."):
                yield Fact(
                    name=name,
                    value=None,
                    observed_at=at,
                    reason=each.reason,
                    absent=each.outcome is Outcome.ABSENT,
                )


def judged(
    device: str,
    observations: Iterable[Observation],
    now: datetime,
    policy: PosturePolicy | None = None,
) -> PostureResult:
    """Judge what looks at one device gave."""
    policy = policy or posture_policy()
    facts = tuple(facts_of(observations, policy))
    stands = any(each.name == "system.workstation" and each.value is False for each in facts)
    form = Form.SERVER if stands else Form.WORKSTATION  # of which more is asked
    return judge_posture(device, facts, policy, form=form, now=now.timestamp())


def compliance_signal(result: PostureResult, *, received_at: float) -> Signal:
    """Say it to trust inference; what is unknown takes back what was said, and claims nothing."""
    grade = WITHDRAWN if result.standing is Standing.UNKNOWN else result.standing.value
    return Signal(
        kind="device.compliance",
        subject=Subject(SubjectKind.DEVICE, result.device),
        value=result.standing is Standing.COMPLIANT,
        weight_class=grade,
        observed_at=result.at,
        received_at=received_at,
        source=SOURCE,
    )
