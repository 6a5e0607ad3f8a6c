"""The work of bench/decisions.py: policies, entities and requests, and what the answers must be.

Forty of fifty policies permit, ten forbid; ten attributes of user, resource and situation; sets,
equality of two attributes, ranges. The neutral evaluator is the plainest possible loop; every
engine's answers are held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

ROLES = ("teller", "analyst", "dba", "auditor", "developer", "manager", "operator", "supplier")
DEPARTMENTS = ("retail", "treasury", "cards", "it", "audit", "insurance", "wealth", "risk")
COUNTRIES = ("TW", "JP", "SG", "US", "HK", "DE")
ACTIONS = ("read", "write", "connect", "administer", "transfer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One policy, in no engine's language; None where it does not ask."""

    id: str
    permits: bool
    actions: tuple[str, ...]
    roles: tuple[str, ...] | None = None
    department: str | None = None
    same_department: bool = False
    clearance: int | None = None
    sensitivity: int | None = None
    compliant: bool = False
    patch_age: int | None = None
    countries: tuple[str, ...] | None = None
    hours: tuple[int, int] | None = None
    trust: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything one measurement needs."""

    rules: tuple[Rule, ...]
    users: dict[str, dict[str, Any]]
    resources: dict[str, dict[str, Any]]
    requests: tuple[tuple[str, str, str, dict[str, Any]], ...]
    "User, action, resource, context."
    expected: tuple[bool, ...]


def work(rules: int = 50, requests: int = 1000, seed: int = 20260901) -> Work:
    """Draw the work from a fixed seed."""
    random = Random(seed)
    made = tuple(_rule(random, number) for number in range(rules))
    users = {
        f"user{n}": {
            "role": random.choice(ROLES),
            "dept": random.choice(DEPARTMENTS),
            "clearance": random.randrange(6),
        }
        for n in range(200)
    }
    resources = {
        f"resource{n}": {"dept": random.choice(DEPARTMENTS), "sensitivity": random.randrange(6)}
        for n in range(200)
    }
    asked = tuple(
        (
            random.choice(tuple(users)),
            random.choice(ACTIONS),
            random.choice(tuple(resources)),
            {
                "compliant": random.random() < 0.8,
                "patch_age": random.randrange(90),
                "country": random.choice(COUNTRIES),
                "hour": random.randrange(24),
                "trust": random.randrange(101),
            },
        )
        for _ in range(requests)
    )
    expected = tuple(
        neutral(made, users[user], action, resources[resource], context)
        for user, action, resource, context in asked
    )
    return Work(rules=made, users=users, resources=resources, requests=asked, expected=expected)


def _rule(random: Random, number: int) -> Rule:
    asks = set(random.sample(range(10), random.randrange(2, 6)))
    permits = number % 5 != 4
    if not permits:  # a forbid that asks little would deny everything
        asks |= set(random.sample(range(10), 4))
    start = random.randrange(4, 12)
    return Rule(
        id=f"rule{number}",
        permits=permits,
        actions=tuple(a for a in ACTIONS if random.random() < 0.4) or ("read",),
        roles=tuple(random.sample(ROLES, 3)) if 0 in asks else None,
        department=random.choice(DEPARTMENTS) if 1 in asks else None,
        same_department=2 in asks,
        clearance=random.randrange(1, 5) if 3 in asks else None,
        sensitivity=random.randrange(2, 5) if 4 in asks else None,
        compliant=5 in asks,
        patch_age=random.choice((7, 14, 30, 60)) if 6 in asks else None,
        countries=tuple(random.sample(COUNTRIES, 3)) if 7 in asks else None,
        hours=(start, start + random.randrange(6, 12)) if 8 in asks else None,
        trust=random.choice((20, 40, 50, 60, 80)) if 9 in asks else None,
    )


def neutral(
    rules: tuple[Rule, ...],
    user: dict[str, Any],
    action: str,
    resource: dict[str, Any],
    context: dict[str, Any],
) -> bool:
    """Decide the plainest way: default deny, forbid wins."""
    matching = [each for each in rules if _matches(each, user, action, resource, context)]
    return any(each.permits for each in matching) and all(each.permits for each in matching)


def _matches(
    rule: Rule,
    user: dict[str, Any],
    action: str,
    resource: dict[str, Any],
    context: dict[str, Any],
) -> bool:
    if action not in rule.actions or (rule.roles and user["role"] not in rule.roles):
        return False
    if rule.department is not None and user["dept"] != rule.department:
        return False
    if rule.same_department and user["dept"] != resource["dept"]:
        return False
    if rule.clearance is not None and user["clearance"] < rule.clearance:
        return False
    if rule.sensitivity is not None and resource["sensitivity"] > rule.sensitivity:
        return False
    if rule.compliant and not context["compliant"]:
        return False
    if rule.patch_age is not None and context["patch_age"] > rule.patch_age:
        return False
    return _fits_situation(rule, context)


def _fits_situation(rule: Rule, context: dict[str, Any]) -> bool:
    if rule.countries and context["country"] not in rule.countries:
        return False
    if rule.hours and not rule.hours[0] <= context["hour"] < rule.hours[1]:
        return False
    return rule.trust is None or context["trust"] >= rule.trust


def cedar(rules: tuple[Rule, ...]) -> str:
    """Write the rules in Cedar."""
    return "\n".join(map(_cedar, rules))


def listed(words: tuple[str, ...]) -> str:
    """Write a list of strings, as Cedar and Rego both read it."""
    return "[" + ", ".join(f'"{each}"' for each in words) + "]"


def _cedar(rule: Rule) -> str:
    actions = ", ".join(f'Action::"{each}"' for each in rule.actions)
    asks = [
        f"{listed(rule.roles)}.contains(principal.role)" if rule.roles else "",
        f'principal.dept == "{rule.department}"' if rule.department else "",
        "principal.dept == resource.dept" if rule.same_department else "",
        f"principal.clearance >= {rule.clearance}" if rule.clearance is not None else "",
        f"resource.sensitivity <= {rule.sensitivity}" if rule.sensitivity is not None else "",
        "context.compliant" if rule.compliant else "",
        f"context.patch_age <= {rule.patch_age}" if rule.patch_age is not None else "",
        f"{listed(rule.countries)}.contains(context.country)" if rule.countries else "",
        f"context.hour >= {rule.hours[0]} && context.hour < {rule.hours[1]}" if rule.hours else "",
        f"context.trust >= {rule.trust}" if rule.trust is not None else "",
    ]
    when = " && ".join(filter(None, asks)) or "true"
    effect = "permit" if rule.permits else "forbid"
    return (
        f'@id("{rule.id}") {effect}(principal, action in [{actions}], resource) when {{ {when} }};'
    )


def rego(rules: tuple[Rule, ...]) -> str:
    """Write the rules in Rego."""
    body = "\n".join(map(_rego, rules))
    return (
        "package zt\nimport rego.v1\ndefault allow := false\n"
        f"allow if {{ permitted; not forbidden }}\n{body}\n"
    )


def _rego(rule: Rule) -> str:
    asks = [
        f"input.action in {listed(rule.actions)}",
        f"input.user.role in {listed(rule.roles)}" if rule.roles else "",
        f'input.user.dept == "{rule.department}"' if rule.department else "",
        "input.user.dept == input.resource.dept" if rule.same_department else "",
        f"input.user.clearance >= {rule.clearance}" if rule.clearance is not None else "",
        f"input.resource.sensitivity <= {rule.sensitivity}" if rule.sensitivity is not None else "",
        "input.context.compliant == true" if rule.compliant else "",
        f"input.context.patch_age <= {rule.patch_age}" if rule.patch_age is not None else "",
        f"input.context.country in {listed(rule.countries)}" if rule.countries else "",
        f"input.context.hour >= {rule.hours[0]}" if rule.hours else "",
        f"input.context.hour < {rule.hours[1]}" if rule.hours else "",
        f"input.context.trust >= {rule.trust}" if rule.trust is not None else "",
    ]
    return (
        f"{'permitted' if rule.permits else 'forbidden'} if {{ {'; '.join(filter(None, asks))} }}"
    )
