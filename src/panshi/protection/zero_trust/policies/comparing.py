"""What another set would have said to requests that were really made (shadow mode).

Both sets judge the same recorded request over the same entities, those of today, so that only the
policies differ between them. Where the set in force itself would say something else today than was
recorded, entities changed since; such requests are counted apart, as drifted, and compared all the
same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from panshi.protection.cedar import EntityStore, Request, Uid
from panshi.protection.zero_trust.policies.ruling import Judge, Ruling, ruling

EXAMPLES = 3
"Requests that are shown of each group."
ROLE = "Role"


class Recorded(NamedTuple):
    """One request that was decided."""

    id: str
    at: float
    "Seconds since 1970."
    request: Request
    allowed: bool
    reasons: tuple[str, ...]


class Change(StrEnum):
    """How two answers differ."""

    DENIED = "denied"
    "Newly denied."
    ALLOWED = "allowed"
    "Newly allowed."
    REASONS = "reasons"
    "The same answer for other reasons."


class Example(NamedTuple):
    """One request with what both sets say."""

    recorded: Recorded
    before: Ruling
    after: Ruling


@dataclass(slots=True, kw_only=True)
class Group:
    """Requests of one kind of change, role, resource and action."""

    change: Change
    role: str
    resource: Uid
    action: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Differences so far; a running decision point adds to it request by request."""

    compared: int = 0
    drifted: int = 0
    groups: dict[tuple[Change, str, Uid, str], Group] = field(default_factory=dict)

    def count(self, change: Change) -> int:
        """How many requests changed so."""
        return sum(each.count for each in self.groups.values() if each.change is change)

    @property
    def ordered(self) -> tuple[Group, ...]:
        """Groups, what is newly allowed first, then the larger ones."""
        order = {Change.ALLOWED: 0, Change.DENIED: 1, Change.REASONS: 2}
        return tuple(
            sorted(
                self.groups.values(),
                key=lambda each: (
                    order[each.change],
                    -each.count,
                    each.role,
                    each.resource,
                    each.action,
                ),
            )
        )


class Comparison(NamedTuple):
    """Two sets side by side over one store of entities."""

    old: Judge
    new: Judge
    entities: EntityStore
    old_fail_secure: bool = True
    new_fail_secure: bool = True

    def see(self, recorded: Recorded, tally: Tally) -> None:
        """Judge one request by both and count what differs."""
        request = recorded.request
        before = ruling(self.old, request, self.entities, fail_secure=self.old_fail_secure)
        after = ruling(self.new, request, self.entities, fail_secure=self.new_fail_secure)
        tally.compared += 1
        tally.drifted += before.allowed is not recorded.allowed
        change = changed(before, after)
        if change is None:
            return
        role = role_of(request.principal, self.entities)
        key = (change, role, request.resource, request.action.id)
        group = tally.groups.get(key)
        if group is None:
            group = tally.groups[key] = Group(
                change=change, role=role, resource=request.resource, action=request.action.id
            )
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(Example(recorded, before, after))

    def over(self, requests: Iterable[Recorded]) -> Tally:
        """Compare many."""
        tally = Tally()
        for each in requests:
            self.see(each, tally)
        return tally


def changed(before: Ruling, after: Ruling) -> Change | None:
    """Tell how two answers differ."""
    if before.allowed is not after.allowed:
        return Change.ALLOWED if after.allowed else Change.DENIED
    return Change.REASONS if before.reasons != after.reasons else None


def role_of(principal: Uid, entities: EntityStore) -> str:
    """Give the roles somebody holds, as one word; empty where none is known."""
    held = (each.id for each in entities.ancestors(principal) if each.type == ROLE)
    return "+".join(sorted(held))
