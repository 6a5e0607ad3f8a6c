"""Cedar's own answer, by cedarpy: the fallback of the compiler and the judge of its answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import cedarpy

from panshi.protection.cedar.decision import Decision, PolicyError, Request
from panshi.protection.cedar.documents import write_record, write_uid

ERROR = re.compile(r"error while evaluating policy `(.*?)`: (.*)", re.DOTALL)


def decide(policies: cedarpy.PolicySet, request: Request, entities: cedarpy.Entities) -> Decision:
    """Decide a request with cedarpy."""
    return decide_batch(policies, [request], entities)[0]


def decide_batch(
    policies: cedarpy.PolicySet, requests: Sequence[Request], entities: cedarpy.Entities
) -> list[Decision]:
    """Decide several requests with cedarpy."""
    asked = [
        {
            "principal": write_uid(each.principal),
            "action": write_uid(each.action),
            "resource": write_uid(each.resource),
            "context": json.dumps(write_record(each.context)),
        }
        for each in requests
    ]
    return [read_answer(each) for each in cedarpy.is_authorized_batch(asked, policies, entities)]


def read_answer(answer: cedarpy.AuthzResult) -> Decision:
    """Read what cedarpy answered."""
    return Decision(
        allowed=answer.allowed,
        reasons=tuple(sorted(answer.diagnostics.reasons, key=natural)),
        errors=tuple(
            sorted(map(_error, answer.diagnostics.errors), key=lambda each: natural(each.policy))
        ),
        compiled=False,
    )


def _error(text: str) -> PolicyError:
    match = ERROR.fullmatch(text)
    return PolicyError(match[1], match[2]) if match else PolicyError("", text)


def natural(name: str) -> tuple[str | int, ...]:
    """Order ids as people do: policy2 before policy10."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name))


def ids(decision: Decision) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    """Give what must be equal between two engines; the wording of errors need not be."""
    return decision.allowed, decision.reasons, tuple(each.policy for each in decision.errors)


def annotations_of(document: Mapping[str, object]) -> dict[str, str]:
    """Read the annotations of one policy of the JSON form; one without a value is empty."""
    found = document.get("annotations")
    return {k: v or "" for k, v in found.items()} if isinstance(found, Mapping) else {}
