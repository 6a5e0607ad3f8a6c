"""What Okta's sign-in policies ask, taken together; a policy without its rules says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from panshi.model.bodies.directory import SignInPolicies
from panshi.model.observation import Observation, Outcome
from panshi.observe.okta.reading import COLLECTOR, SOURCE, Reading
from panshi.observe.reading.members import flag, listed, member, text
from panshi.observe.reading.records import Record

KIND = "identity.policies/1"
SUBJECT = "system:okta"
KEPT = 300
_SIGN_IN = ("OKTA_SIGN_ON", "ACCESS_POLICY")
"Policies of the session, and of single applications."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    kind: str
    name: str
    active: bool
    rules: tuple[Record, ...]


def policies(reading: Reading) -> Iterator[Observation]:
    """Give one look at the organisation's policies."""
    read = [_policy(entry) for _place, entry in reading.entries()]
    active = [each for each in read if each.active and each.kind in _SIGN_IN]
    bare = [each.name for each in active if not each.rules]
    reason = reading.incomplete
    if not reason and not active:
        reason = "the export lists no active sign-in policy"
    if not reason and bare:
        reason = f"policy {bare[0]!r} was exported without its rules; ask with expand=rules"
    of_applications = _allowing(active, "ACCESS_POLICY")
    mfa_for_all = _all_ask(active, "OKTA_SIGN_ON") or _all_ask(active, "ACCESS_POLICY")
    body = SignInPolicies(
        policies=len(read),
        enforced=sum(each.active for each in read),
        mfa_for_all=mfa_for_all,
        mfa_for_administrators=mfa_for_all,
        device_required=bool(of_applications) and all(map(_asks_device, of_applications)),
        names=tuple(each.name for each in active)[:KEPT],
        source=SOURCE,
    )
    yield Observation(
        kind=KIND,
        subject=reading.look.subject or SUBJECT,
        facet=SOURCE,
        observed_at=reading.look.now,
        collector=COLLECTOR,
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None if reason else body,
    )


def _policy(entry: Record) -> _Policy:
    rules = listed(entry, "_embedded", "rules") or listed(entry, "rules")
    return _Policy(
        kind=text(entry, "type", limit=40),
        name=text(entry, "name", limit=200),
        active=text(entry, "status").upper() == "ACTIVE",
        rules=tuple(each for each in rules if isinstance(each, dict)),
    )


def _allowing(policies_: list[_Policy], kind: str) -> list[Record]:
    """Give the active rules that let people in."""
    return [
        rule
        for policy in policies_
        if policy.kind == kind
        for rule in policy.rules
        if text(rule, "status").upper() in {"ACTIVE", ""} and not _denies(rule)
    ]


def _denies(rule: Record) -> bool:
    access = text(rule, "actions", "signon", "access") or text(
        rule, "actions", "appSignOn", "access"
    )
    return access.upper() == "DENY"


def _all_ask(policies_: list[_Policy], kind: str) -> bool:
    rules = _allowing(policies_, kind)
    return bool(rules) and all(map(_asks_mfa, rules))


def _asks_mfa(rule: Record) -> bool:
    if flag(rule, "actions", "signon", "requireFactor"):
        return True
    method = ("actions", "appSignOn", "verificationMethod")
    return text(rule, *method, "factorMode").upper() == "2FA"


def _asks_device(rule: Record) -> bool:
    device = member(rule, "conditions", "device")
    return bool(flag(device, "managed") or flag(device, "registered"))
