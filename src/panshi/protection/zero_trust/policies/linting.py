"""What is Cedar and yet not what anybody meant: rules of the house for a set of policies.

Errors keep a set from being handed in; warnings are shown to whoever approves. That a policy can
never change an answer is said only where it is certain (see `conditions`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import cedarpy

from panshi.protection.zero_trust.policies.conditions import (
    Demands,
    Groups,
    demands,
    groups_of,
    paths,
)
from panshi.protection.zero_trust.policies.issue import Issue, Level
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import Statement

OBLIGATIONS = re.compile(r"(step-up:[a-z0-9_.:/-]{1,80}|notify|terminate)")
KNOWN = frozenset({"id", "reason_zh", "reason_en", "obligation", "narrow", "report_only"})
_ACTION = re.compile(
    r"\baction\s+([^;{]*?)(?:\s+in\s+(\[[^\]]*\]|[^\s;{]+))?\s*(?:appliesTo\b|;|\{)"
)
_NAME = re.compile(r'"((?:\\.|[^"\\])*)"|([A-Za-z_]\w*)')
_COMMENT = re.compile(r"//[^\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A policy with what it demands."""

    part: Statement
    demands: Demands
    reads: frozenset[str]

    @property
    def counts(self) -> bool:
        return self.part.annotation("report_only") is None


def lint(policies: PolicySet, parts: tuple[Statement, ...]) -> tuple[Issue, ...]:
    """Check a set that is valid; gives its findings in the order of the text."""
    taken = tuple(_taken(policies, parts))
    found = [
        *_named_once(parts),
        *(issue for each in parts for issue in _annotated(each)),
        *(issue for each in taken for issue in _secure(policies, each)),
        *(issue for each in taken for issue in _effective(each, taken)),
    ]
    order = {file.name: place for place, file in enumerate(policies.files)}
    return tuple(sorted(found, key=lambda each: (order.get(each.file, -1), each.line, each.code)))


def action_groups(schema: str) -> Groups:
    """Give the actions a schema declares with those at or below each."""
    pairs = []
    for names, groups in _ACTION.findall(_COMMENT.sub("", schema)):
        above = [_action(one or two) for one, two in _NAME.findall(groups) if two != "Action"]
        pairs += [(_action(one or two), above) for one, two in _NAME.findall(names)]
    return groups_of(pairs)


def _action(name: str) -> str:
    return f"Action::{json.dumps(name, ensure_ascii=False)}"


def _taken(policies: PolicySet, parts: tuple[Statement, ...]) -> Iterator[_Taken]:
    groups = action_groups(policies.schema)
    for part in parts:
        parsed = json.loads(cedarpy.policies_to_json_str(part.text))["staticPolicies"]
        for est in parsed.values():
            yield _Taken(part=part, demands=demands(est, groups), reads=paths(est))


def _issue(
    part: Statement, code: str, zh: str, en: str, *, level: Level = Level.ERROR, line: int = 0
) -> Issue:
    return Issue(
        level=level,
        code=code,
        file=part.file,
        line=line or part.line,
        policy=part.name,
        zh=zh,
        en=en,
    )


def _named_once(parts: tuple[Statement, ...]) -> Iterator[Issue]:
    first: dict[str, Statement] = {}
    for part in parts:
        if not part.annotation("id"):
            yield _issue(part, "no-id", "政策沒有 @id", "the policy has no @id")
        elif part.name in first:
            there = first[part.name]
            place = f"{there.file}:{there.line}"
            yield _issue(
                part,
                "duplicate-id",
                f"代號 {part.name} 已用於 {place}",
                f"the id {part.name} is used at {place} already",
            )
        else:
            first[part.name] = part


def _annotated(part: Statement) -> Iterator[Issue]:
    for name in ("reason_zh", "reason_en"):
        if not (part.annotation(name) or "").strip():
            yield _issue(
                part,
                "no-reason",
                f"缺少 @{name}：使用者看不到理由",
                f"@{name} is missing: people are told no reason",
            )
    obligation = part.annotation("obligation")
    if obligation is not None and not OBLIGATIONS.fullmatch(obligation):
        yield _issue(
            part,
            "obligation",
            f"不認得的義務 {obligation[:80]!r}；可用 step-up:…、notify、terminate",
            f"unknown obligation {obligation[:80]!r}; there are step-up:…, notify, terminate",
            line=part.line_of("@obligation"),
        )
    for name, _text in part.annotations:
        if name not in KNOWN:
            yield _issue(
                part,
                "annotation",
                f"決策點不讀取註記 @{name}",
                f"the decision point does not read @{name}",
                level=Level.WARNING,
                line=part.line_of(f"@{name}"),
            )


def _secure(policies: PolicySet, each: _Taken) -> Iterator[Issue]:
    """Refuse a permit that does not say what doubtful signals mean."""
    asks = any(path.startswith("context.signals") for path in each.reads)
    if policies.fail_secure and each.part.effect == "permit" and not asks:
        yield _issue(
            each.part,
            "not-fail-secure",
            "准許未對 context.signals 設條件；安全失效的政策集不得如此",
            "a permit without a condition on context.signals, in a set that fails secure",
        )


def _effective(each: _Taken, others: tuple[_Taken, ...]) -> Iterator[Issue]:
    """Warn of a policy that can never change an answer."""
    part = each.part
    if each.demands.impossible:
        kind = "forbid-never-applies" if part.effect == "forbid" else "permit-never-applies"
        yield _issue(
            part,
            kind,
            "條件互相矛盾，永遠不會適用",
            "its conditions contradict each other: it never applies",
            level=Level.WARNING,
        )
        return
    for other in others:
        if other is each or not other.counts or not each.demands.within(other.demands):
            continue
        there = other.part
        if there.effect == part.effect and (
            there.index < part.index or not other.demands.within(each.demands)
        ):
            yield _issue(
                part,
                "shadowed",
                f"{there.name} 已涵蓋此政策，刪除它不會改變任何決定",
                f"{there.name} covers it: without it every answer is the same",
                level=Level.WARNING,
            )
            return
        if there.effect == "forbid" and part.effect == "permit":
            yield _issue(
                part,
                "unreachable",
                f"凡符合此准許者皆被 {there.name} 禁止",
                f"whatever it permits is forbidden by {there.name}",
                level=Level.WARNING,
            )
            return
