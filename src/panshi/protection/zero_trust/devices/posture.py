"""Looks at a device judged by a governed policy: compliant, not, or unknown, check by check.

A look that failed says so and leaves its check unknown; so does one that is too old or was never
taken. Unknown is never good: a device is compliant only when every required check was seen and
holds (CAEP 1.0 device-compliance-change; NIST SP 1800-35 Vol. D, use cases F-4 and F-5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

type FactValue = bool | int | str


class Form(StrEnum):
    """What kind of machine it is."""

    SERVER = "server"
    WORKSTATION = "workstation"


class Standing(StrEnum):
    """How a check, or the whole device, stands."""

    COMPLIANT = "compliant"
    NOT_COMPLIANT = "not_compliant"
    UNKNOWN = "unknown"


STANDING_WORDS = {
    Standing.COMPLIANT: ("合規", "compliant"),
    Standing.NOT_COMPLIANT: ("不合規", "not compliant"),
    Standing.UNKNOWN: ("未知", "unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one look gave."""

    name: str
    "`<look>.<what>`, for example `packages.security_updates`."
    value: FactValue | None
    "None: the look failed, or could not tell."
    observed_at: float
    reason: str = ""
    "Why there is no value."
    absent: bool = False
    "The look was taken: what it is about is not there (no SSH server, no screen)."


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureCheck:
    """One thing asked of a device."""

    id: str
    fact: str
    required: bool
    title_zh: str
    title_en: str
    remedy_zh: str
    remedy_en: str
    cites: str
    equals: bool | None = None
    at_most: int | None = None
    at_least: int | None = None
    one_of: frozenset[str] = frozenset()
    where: Form | None = None
    absent_holds: bool = False
    "It holds where what it is about is not there."

    def holds(self, value: FactValue) -> bool | None:
        """Whether a value satisfies it; None where it is of another type than is asked about."""
        if self.equals is not None:
            return value is self.equals if isinstance(value, bool) else None
        if self.one_of:
            return value in self.one_of if isinstance(value, str) else None
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        over = self.at_most is not None and value > self.at_most
        under = self.at_least is not None and value < self.at_least
        return not over and not under


@dataclass(frozen=True, slots=True, kw_only=True)
class PosturePolicy:
    """The whole policy."""

    version: str
    fresh_for_s: float
    checks: tuple[PostureCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How one check stands."""

    check: PostureCheck
    standing: Standing
    value: FactValue | None
    reason: str = ""
    "Why it is unknown."


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureResult:
    """How a device stands."""

    device: str
    form: Form
    standing: Standing
    at: float
    policy: str
    "Version of the policy."
    checks: tuple[CheckResult, ...]

    def named(self, standing: Standing, *, required: bool = True) -> tuple[str, ...]:
        """Ids of the checks that stand so."""
        return tuple(
            each.check.id
            for each in self.checks
            if each.standing is standing and (each.check.required or not required)
        )


def judge_posture(
    device: str, facts: Iterable[Fact], policy: PosturePolicy, *, form: Form, now: float
) -> PostureResult:
    """Judge a device by what was seen of it."""
    newest: dict[str, Fact] = {}
    for fact in facts:
        held = newest.get(fact.name)
        if held is None or fact.observed_at >= held.observed_at:
            newest[fact.name] = fact
    results = tuple(
        _judged(check, newest, policy, now)
        for check in policy.checks
        if check.where in {None, form}
    )
    standings = {each.standing for each in results if each.check.required}
    if Standing.NOT_COMPLIANT in standings:
        whole = Standing.NOT_COMPLIANT
    elif standings == {Standing.COMPLIANT}:
        whole = Standing.COMPLIANT
    else:
        whole = Standing.UNKNOWN
    return PostureResult(
        device=device, form=form, standing=whole, at=now, policy=policy.version, checks=results
    )


def _judged(
    check: PostureCheck, facts: Mapping[str, Fact], policy: PosturePolicy, now: float
) -> CheckResult:
    fact = facts.get(check.fact)
    if fact is None:
        return _unknown(check, None, "not looked at")
    if fact.absent and check.absent_holds and 0 <= now - fact.observed_at <= policy.fresh_for_s:
        return CheckResult(check=check, standing=Standing.COMPLIANT, value=None)
    if fact.value is None:
        return _unknown(check, None, fact.reason or "the look could not tell")
    if not 0 <= now - fact.observed_at <= policy.fresh_for_s:
        return _unknown(check, fact.value, "seen too long ago")
    holds = check.holds(fact.value)
    if holds is None:
        return _unknown(check, fact.value, "a value of another type")
    standing = Standing.COMPLIANT if holds else Standing.NOT_COMPLIANT
    return CheckResult(check=check, standing=standing, value=fact.value)


def _unknown(check: PostureCheck, value: FactValue | None, reason: str) -> CheckResult:
    return CheckResult(check=check, standing=Standing.UNKNOWN, value=value, reason=reason)
