"""From Cedar's decision to the answer people and enforcement points get.

What follows from the determining policies alone (names, sentences, obligations, validity, what to
record) is worked out once for each combination of them and remembered by the caller.

Fail secure: Cedar skips a policy it cannot evaluate. A skipped `permit` opens nothing; a skipped
`forbid` would open what it should close, so an error in one denies. `ANY` denies on every error,
`OFF` keeps to Cedar; a policy may say `@fail_secure("off")` for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from panshi.protection.cedar import PolicyError, Request, Uid, Value
from panshi.protection.cedar.entities import EntityStore
from panshi.protection.zero_trust.decisions.facts import PolicyFacts
from panshi.protection.zero_trust.decisions.json_values import shown
from panshi.protection.zero_trust.decisions.obligations import Duty
from panshi.protection.zero_trust.decisions.records import MASK, is_secret

MOST_VALUES = 64
VARIABLES = ("principal", "action", "resource", "context")
CONTEXT = 3
_ABSENT = object()
_PLAIN = frozenset({bool, int, str})


class FailSecure(StrEnum):
    """Which policy errors deny."""

    FORBID = "forbid"
    ANY = "any"
    OFF = "off"


class Read(NamedTuple):
    """One attribute that is read: where it is found."""

    name: str
    """Dotted, as people are shown it."""
    variable: int
    """Place in a request: principal, action, resource, context."""
    names: tuple[str, ...]
    """Attribute after attribute."""
    masked: bool
    """Whether its name says that it is a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one combination of determining policies amounts to."""

    allowed: bool
    names: tuple[str, ...]
    """Names of the policies."""
    admin_en: str
    admin_zh: str
    user_en: str
    user_zh: str
    duties: tuple[Duty, ...]
    ttl: int
    reads: tuple[Read, ...]
    """What to show of the attributes."""
    opening: bytes
    """How its AuthZEN answer begins, up to what differs from decision to decision."""


def denying(
    errors: Iterable[PolicyError], facts: Mapping[str, PolicyFacts], mode: FailSecure
) -> tuple[str, ...]:
    """Give the policies whose error denies; an error nobody can place denies too."""
    if mode is FailSecure.OFF:
        return ()
    return tuple(
        each.policy
        for each in errors
        if (known := facts.get(each.policy)) is None
        or (known.fail_secure and (known.forbids or mode is FailSecure.ANY))
    )


def verdict(
    facts: Mapping[str, PolicyFacts],
    reasons: tuple[str, ...],
    failed: tuple[str, ...],
    *,
    allowed: bool,
    ttl: int,
) -> Verdict:
    """Work out the verdict of these determining policies and of the errors that deny."""
    deciding = [facts[each] for each in (*failed, *reasons) if each in facts]
    names = tuple(facts[each].name if each in facts else each for each in reasons)
    admin_en, admin_zh = _for_admin(names, facts, failed, allowed=allowed)
    spoken = next((each for each in deciding if each.reason_en or each.reason_zh), None)
    plain_en = "Allowed." if allowed else "The policies in force do not allow this."
    plain_zh = "准許。" if allowed else "目前的政策不允許此存取。"
    return spoken_verdict(
        allowed=allowed,
        names=names,
        admin=(admin_en, admin_zh),
        user=(
            (spoken.reason_en if spoken else "") or plain_en,
            (spoken.reason_zh if spoken else "") or plain_zh,
        ),
        duties=tuple(dict.fromkeys(duty for each in deciding for duty in each.duties)),
        ttl=min((each.ttl for each in deciding if each.ttl is not None), default=ttl),
        reads=_reads(deciding or facts.values(), situation_only=not deciding),
    )


def spoken_verdict(
    *,
    allowed: bool,
    names: tuple[str, ...],
    admin: tuple[str, str],
    user: tuple[str, str],
    duties: tuple[Duty, ...],
    ttl: int,
    reads: tuple[Read, ...],
) -> Verdict:
    """Make a verdict from its sentences, English first."""
    context = {
        "reason_admin": {"en": admin[0], "zh": admin[1]},
        "reason_user": {"en": user[0], "zh": user[1]},
        "policies": list(names),
        "ttl": ttl,
    }
    written = json.dumps(context, ensure_ascii=False, separators=(",", ":")).encode()
    return Verdict(
        allowed=allowed,
        names=names,
        admin_en=admin[0],
        admin_zh=admin[1],
        user_en=user[0],
        user_zh=user[1],
        duties=duties,
        ttl=ttl,
        reads=reads,
        opening=b'{"decision":%b,"context":%b' % (b"true" if allowed else b"false", written[:-1]),
    )


def _for_admin(
    names: tuple[str, ...],
    facts: Mapping[str, PolicyFacts],
    failed: tuple[str, ...],
    *,
    allowed: bool,
) -> tuple[str, str]:
    listed = ", ".join(names)
    if allowed:
        return f"permitted by {listed}", f"由政策 {listed} 准許"
    if failed:
        broken = ", ".join(facts[each].name if each in facts else each for each in failed)
        return (
            f"denied because a policy could not be evaluated: {broken}",
            f"政策無法評估，故予拒絕：{broken}",
        )
    if names:
        return f"forbidden by {listed}", f"由政策 {listed} 禁止"
    return "no policy permits it", "無政策准許"


def _reads(policies: Iterable[PolicyFacts], *, situation_only: bool) -> tuple[Read, ...]:
    """Give what they read, the longest paths only.

    Where no policy decided, only the situation is given: what is stored of the two sides does not
    change from question to question.
    """
    paths = sorted({path for each in policies for path in each.reads})
    return tuple(
        Read(".".join(path), VARIABLES.index(path[0]), path[1:], is_secret(path[-1]))
        for path, after in zip(paths, (*paths, ())[1:], strict=True)
        if after[: len(path)] != path and (path[0] == "context" or not situation_only)
    )[:MOST_VALUES]


def attributes_read(
    reads: Iterable[Read], request: Request, entities: EntityStore
) -> dict[str, object]:
    """Give the values behind the paths, those that are there; secrets are masked."""
    found: dict[str, object] = {}
    context = request[3]
    for name, variable, names, masked in reads:
        if variable == CONTEXT and len(names) == 1:
            value = context.get(names[0], _ABSENT)
        else:
            value = _value(request[variable], names, entities)
        if value is not _ABSENT:
            if masked:
                value = MASK
            elif type(value) not in _PLAIN:
                value = shown(_as_value(value))
            found[name] = value
    return found


def _value(at: object, names: tuple[str, ...], entities: EntityStore) -> object:
    for name in names:
        if isinstance(at, Uid):
            entity = entities.get(at)
            at = entity.attributes if entity is not None else {}
        if not isinstance(at, Mapping) or name not in at:
            return _ABSENT
        at = at[name]
    return at


def _as_value(value: object) -> Value:
    return value  # type: ignore[return-value]
