"""Sets of zero-trust policies as the JSON that command line and API answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.policies.checking import Report
from panshi.protection.zero_trust.policies.comparing import Change, Example, Group, Tally
from panshi.protection.zero_trust.policies.difference import PolicyChange
from panshi.protection.zero_trust.policies.issue import Issue
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.versions import History, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """One step of a proposal."""

    step: str
    at: datetime
    by: str
    "Empty for whoever may not see people."
    why: str
    void: str
    "Why it counts for nothing; empty where it counts."
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswer:
    """One proposal and how it stands."""

    number: str
    version: str
    "SHA-256 of the set."
    base: str
    "The set it was written against."
    state: str
    author: str
    approved_by: str
    at: datetime
    decided_at: datetime | None
    why: str
    emergency: bool
    review_due: datetime | None
    "Until when a second person has to look at an emergency restoration."
    policies: int
    tests: int
    warnings: int
    compared: int
    newly_allowed: int
    newly_denied: int
    steps: tuple[StepAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer:
    """What is in force, and everything handed in."""

    in_force: str
    since: datetime | None
    shipped: bool
    "The set that comes with the program is in force."
    waiting: int
    proposals: tuple[ProposalAnswer, ...]
    drafts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """A set with its texts."""

    version: str
    files: dict[str, str]
    schema: str
    tests: str
    fail_secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAnswer:
    """One finding."""

    level: str
    code: str
    file: str
    line: int
    policy: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestAnswer:
    """How one unit test ended."""

    name: str
    line: int
    passed: bool
    allowed: bool
    reasons: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """Whether a set may be handed in."""

    version: str
    sound: bool
    policies: tuple[str, ...]
    issues: tuple[IssueAnswer, ...]
    tests: tuple[TestAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """One policy before and after."""

    kind: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleAnswer:
    """One recorded request that would end otherwise."""

    id: str
    at: datetime
    principal: str
    allowed: bool
    reasons: tuple[str, ...]
    would_allow: bool
    would_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """Requests that change alike."""

    change: str
    role: str
    resource: str
    action: str
    count: int
    examples: tuple[ExampleAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowAnswer:
    """What a set would have said to recorded requests."""

    version: str
    compared: int
    newly_allowed: int
    newly_denied: int
    reasons_changed: int
    drifted: int
    "Requests that the set in force itself would answer otherwise today: entities changed since."
    groups: tuple[GroupAnswer, ...]


def history_answer(
    history: History, drafts: Iterable[str], *, people: bool = True
) -> HistoryAnswer:
    """Answer what there is, newest first."""
    return HistoryAnswer(
        in_force=history.version,
        since=history.since,
        shipped=history.version == history.shipped,
        waiting=len(history.waiting),
        proposals=tuple(
            proposal_answer(each, people=people) for each in reversed(history.proposals)
        ),
        drafts=tuple(drafts),
    )


def proposal_answer(proposal: Proposal, *, people: bool = True) -> ProposalAnswer:
    """Answer one proposal."""
    opened = proposal.opened
    return ProposalAnswer(
        number=proposal.number,
        version=proposal.version,
        base=proposal.base,
        state=proposal.state,
        author=proposal.author if people else "",
        approved_by=proposal.approved_by if people else "",
        at=proposal.at,
        decided_at=proposal.decided_at,
        why=proposal.why,
        emergency=proposal.emergency,
        review_due=proposal.review_due,
        policies=opened.policy_count,
        tests=opened.test_count,
        warnings=opened.warning_count,
        compared=opened.compared,
        newly_allowed=opened.newly_allowed,
        newly_denied=opened.newly_denied,
        steps=tuple(
            StepAnswer(
                step=each.body.step,
                at=each.at,
                by=each.body.by if people else "",
                why=each.body.why,
                void=each.void,
                evidence=each.id,
            )
            for each in proposal.steps
        ),
    )


def set_answer(policies: PolicySet) -> SetAnswer:
    """Answer a set with its texts."""
    return SetAnswer(
        version=policies.version,
        files={each.name: each.text for each in policies.files},
        schema=policies.schema,
        tests=policies.tests,
        fail_secure=policies.fail_secure,
    )


def check_answer(report: Report) -> CheckAnswer:
    """Answer what was found in a set."""
    return CheckAnswer(
        version=report.version,
        sound=report.sound,
        policies=tuple(each.name for each in report.policies),
        issues=tuple(map(_issue, report.issues)),
        tests=tuple(
            TestAnswer(
                name=each.case.name,
                line=each.case.line,
                passed=each.passed,
                allowed=each.ruling.allowed,
                reasons=each.ruling.reasons,
                errors=each.ruling.errors,
            )
            for each in report.results
        ),
    )


def change_answers(changes: Iterable[PolicyChange]) -> tuple[ChangeAnswer, ...]:
    """Answer what changed between two sets."""
    return tuple(ChangeAnswer(kind=e.kind, name=e.name, lines=e.lines) for e in changes)


def shadow_answer(version: str, tally: Tally, *, people: bool = True) -> ShadowAnswer:
    """Answer a comparison over recorded requests."""
    return ShadowAnswer(
        version=version,
        compared=tally.compared,
        newly_allowed=tally.count(Change.ALLOWED),
        newly_denied=tally.count(Change.DENIED),
        reasons_changed=tally.count(Change.REASONS),
        drifted=tally.drifted,
        groups=tuple(_group(each, people=people) for each in tally.ordered),
    )


def _issue(issue: Issue) -> IssueAnswer:
    return IssueAnswer(
        level=issue.level,
        code=issue.code,
        file=issue.file,
        line=issue.line,
        policy=issue.policy,
        zh=issue.zh,
        en=issue.en,
    )


def _group(group: Group, *, people: bool) -> GroupAnswer:
    return GroupAnswer(
        change=group.change,
        role=group.role,
        resource=str(group.resource),
        action=group.action,
        count=group.count,
        examples=tuple(_example(each, people=people) for each in group.examples),
    )


def _example(example: Example, *, people: bool) -> ExampleAnswer:
    recorded = example.recorded
    principal: Uid = recorded.request.principal
    return ExampleAnswer(
        id=recorded.id,
        at=datetime.fromtimestamp(recorded.at, UTC),
        principal=str(principal) if people else principal.type,
        allowed=example.before.allowed,
        reasons=example.before.reasons,
        would_allow=example.after.allowed,
        would_reasons=example.after.reasons,
    )
