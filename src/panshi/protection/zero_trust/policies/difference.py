"""What changed between two sets, policy by policy, with the lines."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum

from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import Statement, statements


class Kind(StrEnum):
    """What happened to a policy."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One policy, schema or test file before and after."""

    kind: Kind
    name: str
    lines: tuple[str, ...]
    "Each begins with `+`, `-` or a blank."


def difference(old: PolicySet, new: PolicySet) -> tuple[PolicyChange, ...]:
    """Compare two sets; comments above a policy belong to it."""
    before = {each.name: _text(each) for each in statements(old)}
    after = {each.name: _text(each) for each in statements(new)}
    names = [*before, *(each for each in after if each not in before)]
    found = [_change(name, before.get(name), after.get(name)) for name in names]
    found += [
        _change("schema", old.schema, new.schema),
        _change("tests", old.tests, new.tests),
        _change("fail_secure", str(old.fail_secure), str(new.fail_secure)),
    ]
    return tuple(each for each in found if each is not None)


def _text(part: Statement) -> str:
    above = "".join(f"// {line}\n" for line in part.comment.splitlines())
    return above + part.text


def _change(name: str, old: str | None, new: str | None) -> PolicyChange | None:
    if old == new:
        return None
    kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
    lines = list(
        difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), n=2, lineterm="")
    )
    kept = tuple(each for each in lines[2:] if not each.startswith("@@"))
    return PolicyChange(kind=kind, name=name, lines=kept)
