"""How a compiled set rules on a request: by names people wrote, and failing secure.

Cedar skips a policy that errs; a set that fails secure denies instead, because a `forbid` that was
skipped would open what it should close (as for the console, ADR 0062).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from panshi.protection.cedar import Decision, EntityStore, Request
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import Statement, statements


class Judge(Protocol):
    """What is asked of compiled policies."""

    def decide(self, request: Request, entities: EntityStore) -> Decision:
        """Decide as Cedar would."""
        ...

    def annotation(self, policy_id: str, name: str) -> str | None:
        """Give what a policy is annotated with."""
        ...


class Ruling(NamedTuple):
    """What a set says to a request."""

    allowed: bool
    reasons: tuple[str, ...]
    "Ids (`@id`) of the policies that decided, in order."
    errors: tuple[str, ...]


def ruling(judge: Judge, request: Request, entities: EntityStore, *, fail_secure: bool) -> Ruling:
    """Rule on a request."""
    decision = judge.decide(request, entities)
    errors = tuple(
        sorted(f"{_name(judge, each.policy)}: {each.message}" for each in decision.errors)
    )
    return Ruling(
        allowed=decision.allowed and not (fail_secure and errors),
        reasons=tuple(sorted(_name(judge, each) for each in decision.reasons)),
        errors=errors,
    )


def _name(judge: Judge, policy: str) -> str:
    return judge.annotation(policy, "id") or policy


def report_only(parts: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Give the policies that are counted and take no effect."""
    return tuple(each for each in parts if each.annotation("report_only") is not None)


def enforced(policies: PolicySet) -> dict[str, str]:
    """Give the texts that take effect, by file; what only reports is blanked, lines stay."""
    texts = {each.name: each.text for each in policies.files}
    for part in report_only(statements(policies)):
        blank = "\n" * part.text.count("\n")
        texts[part.file] = texts[part.file].replace(part.text, blank, 1)
    return texts
