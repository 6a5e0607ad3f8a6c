"""Access decisions as people look at them: a list, one with its proof, and "what if"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from panshi.errors import BadInputError, MissingError
from panshi.node.node import Node
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust.point_files import DECISIONS, FOLDER, records
from panshi.node.zero_trust.recorded import newest
from panshi.node.zero_trust.serving import published
from panshi.protection.cedar import EntityStore, Request, Uid, Value
from panshi.protection.zero_trust.decisions.records import DecisionRecord
from panshi.protection.zero_trust.policies.comparing import Recorded, role_of
from panshi.protection.zero_trust.policies.conditions import paths
from panshi.protection.zero_trust.policies.ruling import Ruling, ruling
from panshi.protection.zero_trust.policies.statements import Statement, statements

MOST_LOOKED_AT = 200_000
"Recorded requests that one filter goes through."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which decisions to list."""

    user: str = ""
    resource: str = ""
    action: str = ""
    policy: str = ""
    allowed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadValue:
    """One attribute value a deciding policy read."""

    path: str
    value: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One request with what the set in force says of it now, and why."""

    request: Request
    ruling: Ruling
    deciding: tuple[Statement, ...]
    "Policies that decide it, in the set in force."
    values: tuple[ReadValue, ...]
    "What they read; where none decides, what any permit would have read."
    role: str


def accesses(
    node: Node, sought: Sought, *, before: float, limit: int
) -> tuple[tuple[Recorded, ...], float | None]:
    """Give recorded decisions, newest first, and where the next page begins."""
    found: list[Recorded] = []
    for number, each in enumerate(newest(node, before)):
        if number >= MOST_LOOKED_AT:
            return tuple(found), each.at
        if _fits(each, sought):
            if len(found) == limit:
                return tuple(found), found[-1].at
            found.append(each)
    return tuple(found), None


def access(node: Node, decision_id: str, at: float) -> Recorded:
    """Give one recorded decision."""
    for each in newest(node, at + 1e-6):
        if each.at < at - 1e-6:
            break
        if each.id == decision_id:
            return each
    raise MissingError("this decision is no longer kept", remedy="the chained log has its proof")


def proof(node: Node, decision_id: str) -> DecisionRecord | None:
    """Give the record of a decision in the chained log, its segment followed to the end.

    None where it is not kept there. IntegrityError where the chain does not hold.
    """
    if not decision_id.isdecimal():
        return None
    number = int(decision_id)
    try:
        found = records(node.home.path / FOLDER / DECISIONS)
        return next((each for each in found if each.number == number), None)
    except MissingError:
        return None


def explain(node: Node, request: Request, estate_id: str | None = None) -> Explained:
    """Say what the set in force answers to a request now, and why."""
    now = published(node, estate_id)
    judge = desk.compiled(now.policies)
    said = ruling(judge, request, now.entities, fail_secure=now.fail_secure)
    parts = statements(now.policies)
    deciding = tuple(each for each in parts if each.name in said.reasons)
    read = deciding or tuple(each for each in parts if each.effect == "permit")
    return Explained(
        request=request,
        ruling=said,
        deciding=deciding,
        values=tuple(_values(read, request, now.entities)),
        role=role_of(request.principal, now.entities),
    )


def asked_request(
    principal: str, action: str, resource: str, context: Mapping[str, Any]
) -> Request:
    """Make a request of what a form says."""
    for name, value in (("user", principal), ("action", action), ("system", resource)):
        if not value.strip():
            raise BadInputError(f"no {name} is named", remedy="name all three")
    return Request(
        Uid("User", principal.strip()),
        Uid("Action", action.strip()),
        Uid("System", resource.strip()),
        dict(context),
    )


def _fits(each: Recorded, sought: Sought) -> bool:
    request = each.request
    return (
        (sought.allowed is None or each.allowed is sought.allowed)
        and (not sought.user or sought.user in request.principal.id)
        and (not sought.resource or sought.resource in request.resource.id)
        and (not sought.action or sought.action == request.action.id)
        and (not sought.policy or sought.policy in each.reasons)
    )


def _values(
    parts: tuple[Statement, ...], request: Request, entities: EntityStore
) -> Iterator[ReadValue]:
    wanted = sorted({path for each in parts for path in _paths(each)})
    longest = [each for each in wanted if not any(o.startswith(f"{each}.") for o in wanted)]
    for path in longest:
        value = _value_at(path, request, entities)
        yield ReadValue(path=path, value=shown(value), known=value is not None)


def _paths(part: Statement) -> frozenset[str]:
    import json  # noqa: PLC0415 -- with cedarpy, only where something is explained

    import cedarpy  # noqa: PLC0415 -- heavy

    parsed = json.loads(cedarpy.policies_to_json_str(part.text))["staticPolicies"]
    return frozenset(path for each in parsed.values() for path in paths(each))


def _value_at(path: str, request: Request, entities: EntityStore) -> Value | None:
    variable, *names = path.split(".")
    value: Any
    match variable:
        case "context":
            value = request.context
        case "principal" | "resource":
            entity = entities.get(getattr(request, variable))
            value = entity.attributes if entity else None
        case _:
            return None
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    found: Value | None = value
    return found


def shown(value: object) -> str:
    """Write a value as people read it."""
    match value:
        case Uid():
            return str(value)
        case None:
            return ""
        case frozenset() | tuple() | list():
            return "、".join(sorted(str(each) for each in value)) or "∅"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def at_of(text: str, now: datetime) -> float:
    """Read where a page begins; now where it does not say."""
    try:
        return min(float(text), now.timestamp() + 1) if text else now.timestamp() + 1
    except ValueError:
        return now.timestamp() + 1
