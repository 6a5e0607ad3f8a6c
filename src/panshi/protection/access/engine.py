"""Deciding with Cedar: default deny, explicit forbid wins, and any error denies.

Cedar itself skips a policy that fails to evaluate; here such a request is denied, because a
`forbid` that was skipped would open what it should close (ADR 0062).
"""

from __future__ import annotations

from dataclasses import dataclass

import cedarpy

from panshi.errors import ContentError
from panshi.protection.access.decision import Attribute, Decision, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """A parsed set of policies; empty sets are refused."""

    parsed: cedarpy.PolicySet
    source: str
    "File name, for messages."

    @classmethod
    def parse(cls, text: str, *, source: str) -> Policies:
        """Parse Cedar text; every policy needs an `@id`, which decisions quote."""
        try:
            parsed = cedarpy.PolicySet.from_str(text)
        except ValueError as error:
            raise ContentError(f"not valid Cedar: {error}", place=source) from error
        if text.count("@id(") == 0 or len(parsed) == 0:
            raise ContentError(
                "there is no policy", place=source, remedy="an empty set would deny everything"
            )
        return cls(parsed=parsed, source=source)


def decide(policies: Policies, request: Request) -> Decision:
    """Decide a request; what cannot be decided is denied."""
    attributes: dict[str, Attribute] = {
        **request.attributes,
        "signed_in": bool(request.principal),
        "in_person": request.in_person and bool(request.principal),
    }
    user = {"type": "User", "id": request.principal or "anonymous"}
    entities = [
        {
            "uid": user,
            "attrs": {name: _plain(value) for name, value in attributes.items()},
            "parents": [{"type": "Role", "id": role} for role in request.roles],
        }
    ]
    asked = {
        "principal": user,
        "action": {"type": "Action", "id": request.action},
        "resource": {"type": "Resource", "id": request.resource},
        "context": {name: _plain(value) for name, value in request.context.items()},
    }
    try:
        answer = cedarpy.is_authorized(asked, policies.parsed, entities)
    except (ValueError, TypeError) as error:
        return Decision(allowed=False, errors=(str(error),))
    errors = tuple(map(str, answer.diagnostics.errors))
    names = answer.diagnostics.id_annotations_by_reason
    reasons = tuple(sorted(names.get(each, each) for each in answer.diagnostics.reasons))
    return Decision(allowed=answer.allowed and not errors, reasons=reasons, errors=errors)


def _plain(value: Attribute) -> str | int | bool | list[str]:
    return list(value) if isinstance(value, tuple) else value
