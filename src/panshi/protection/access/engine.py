"""Deciding for console and API by the decision point's own engine: default deny, forbid wins.

The policies are compiled as every other set is (`panshi.protection.cedar`). Cedar itself skips a
policy that fails to evaluate; here such a request is denied, because a `forbid` that was skipped
would open what it should close (ADR 0062).
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import ContentError
from panshi.protection.access.decision import Attribute, Decision, Request
from panshi.protection.cedar import (
    CompiledPolicies,
    Entity,
    EntityStore,
    Uid,
    Value,
    compile_policies,
)
from panshi.protection.cedar import Request as Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """A compiled set of policies; empty sets are refused."""

    compiled: CompiledPolicies
    source: str
    "File name, for messages."

    @classmethod
    def parse(cls, text: str, *, source: str) -> Policies:
        """Compile Cedar text; every policy needs an `@id`, which decisions quote."""
        compiled = compile_policies(text, source=source)
        if not compiled.policy_ids:
            raise ContentError(
                "there is no policy", place=source, remedy="an empty set would deny everything"
            )
        unnamed = [each for each in compiled.policy_ids if not compiled.annotation(each, "id")]
        if unnamed:
            raise ContentError(
                f"{len(unnamed)} policies have no name", place=source, remedy='write @id("…")'
            )
        return cls(compiled=compiled, source=source)


def decide(policies: Policies, request: Request) -> Decision:
    """Decide a request; what cannot be decided is denied."""
    attributes: dict[str, Attribute] = {
        **request.attributes,
        "signed_in": bool(request.principal),
        "in_person": request.in_person and bool(request.principal),
    }
    user = Uid("User", request.principal or "anonymous")
    found = policies.compiled.decide(
        Asked(
            principal=user,
            action=Uid("Action", request.action),
            resource=Uid("Resource", request.resource),
            context={name: _value(value) for name, value in request.context.items()},
        ),
        EntityStore(
            [
                Entity(
                    uid=user,
                    attributes={name: _value(value) for name, value in attributes.items()},
                    parents=frozenset(Uid("Role", role) for role in request.roles),
                )
            ]
        ),
    )
    reasons = sorted(policies.compiled.annotation(each, "id") or each for each in found.reasons)
    errors = tuple(f"{each.policy}: {each.message}" for each in found.errors)
    return Decision(allowed=found.allowed and not errors, reasons=tuple(reasons), errors=errors)


def _value(value: Attribute) -> Value:
    return frozenset(value) if isinstance(value, tuple) else value
