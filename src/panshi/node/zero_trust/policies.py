"""Policy sets of an institution: drafts, checks, handing in, approving, restoring, history.

    save_draft(node, "night-shift", texts, actor=…)    a working copy, not sealed
    check(node, policies)                              valid, linted, tested
    submit(node, "night-shift", why=…, actor=…)        sealed, its bytes kept under their digest
    approve(node, "2026-003", why=…, actor=…)          by another person: in force at once
    restore(node, version, why=…, actor=…)             in an emergency, looked at afterwards

What is in force follows from the sealed steps (`panshi.protection.zero_trust.policies.versions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance import persons
from panshi.governance.persons import acting_person
from panshi.model.bodies.zero_trust_policies import ZeroTrustPolicyStep
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.protection.cedar import CompiledPolicies, Schema, compile_policies
from panshi.protection.zero_trust.policies import checking
from panshi.protection.zero_trust.policies.checking import Report
from panshi.protection.zero_trust.policies.difference import PolicyChange, difference
from panshi.protection.zero_trust.policies.policy_set import SHORT, PolicySet, read_set
from panshi.protection.zero_trust.policies.ruling import enforced
from panshi.protection.zero_trust.policies.versions import (
    KIND,
    History,
    Proposal,
    Step,
    defect,
    history_of,
)
from panshi.store import library
from panshi.store.attachments import Attachments
from panshi.store.policy_drafts import KeptDraft, PolicyDrafts

CEDAR = "zero_trust.cedar"
SCHEMA = "zero_trust.cedarschema"
TESTS = "zero_trust.tests.yaml"
SHIPPED = "shipped"
IN_FORCE = "in-force"
NOBODY_TRIED = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A working copy."""

    name: str
    policies: PolicySet
    base: str
    editors: tuple[str, ...]
    edited_at: datetime


# -- what there is -------------------------------------------------------------------------------


@cache
def shipped() -> PolicySet:
    """Give the set that comes with the program."""
    texts = {name: library.policies(name)[1].decode() for name in (CEDAR, SCHEMA, TESTS)}
    return PolicySet.of({CEDAR: texts[CEDAR]}, texts[SCHEMA], texts[TESTS])


def history(node: Node, estate_id: str | None = None) -> History:
    """Give every proposal and what is in force."""
    if not node.estate_ids():
        return history_of((), shipped=shipped().version, people=persons)
    return history_of(own_records(node, KIND, estate_id), shipped=shipped().version, people=persons)


def policy_set(node: Node, name: str = IN_FORCE, estate_id: str | None = None) -> PolicySet:
    """Give a set by `in-force`, `shipped`, the number of a proposal, or the start of a digest."""
    if name == SHIPPED:
        return shipped()
    version = (
        history(node, estate_id).version if name == IN_FORCE else _version(node, name, estate_id)
    )
    if version == shipped().version:
        return shipped()
    raw = Attachments(node.home.path).read(version)
    return read_set(raw, source=f"policies {version[:SHORT]}")


def _version(node: Node, name: str, estate_id: str | None) -> str:
    known = history(node, estate_id)
    proposal = known.proposal(name)
    if proposal is not None:
        return proposal.version
    versions = {each.version for each in known.proposals} | {known.shipped, known.version}
    fitting = sorted(each for each in versions if each.startswith(name.lower()))
    if len(fitting) != 1 or not name:
        raise MissingError(
            f"{name[:80]!r} names {len(fitting) or 'no'} sets of policies",
            remedy="`panshi zt policy list` shows numbers and versions",
        )
    return fitting[0]


def proposal(node: Node, number: str, estate_id: str | None = None) -> Proposal:
    """Give one proposal, or say that there is none."""
    found = history(node, estate_id).proposal(number)
    if found is None:
        raise MissingError(f"there is no proposal {number!r}", remedy="`panshi zt policy list`")
    return found


# -- checking ------------------------------------------------------------------------------------


def compiled(policies: PolicySet, *, trials: bool = False) -> CompiledPolicies:
    """Compile what takes effect; with `trials` also what only reports."""
    text = policies.text if trials else "\n".join(enforced(policies).values())
    return compile_policies(text, source="policies", schema=Schema.parse(policies.schema))


def check(policies: PolicySet) -> Report:
    """Validate, lint and test a set."""
    return checking.check(policies, compiled)


def changes(old: PolicySet, new: PolicySet) -> tuple[PolicyChange, ...]:
    """Tell what changed between two sets."""
    return difference(old, new)


# -- drafts --------------------------------------------------------------------------------------


def drafts(node: Node) -> tuple[Draft, ...]:
    """Give every working copy, the one edited last first."""
    kept = PolicyDrafts(node.home.path)
    found = (_draft(kept.read(name)) for name in kept.names())
    return tuple(sorted(found, key=lambda each: each.edited_at, reverse=True))


def draft(node: Node, name: str) -> Draft:
    """Give one working copy."""
    return _draft(PolicyDrafts(node.home.path).read(name))


def begin_draft(
    node: Node, name: str, *, actor: str, source: str = IN_FORCE, estate_id: str | None = None
) -> Draft:
    """Begin a working copy of a set."""
    kept = PolicyDrafts(node.home.path)
    if name in kept.names():
        raise UsageError(f"there is a draft {name!r} already", remedy="edit or discard it")
    policies = policy_set(node, source, estate_id)
    base = history(node, estate_id).version
    return _keep(node, name, policies, base=base, editors=(), actor=actor)


def save_draft(node: Node, name: str, policies: PolicySet, *, actor: str) -> Draft:
    """Put another text in place of a working copy's; faulty ones may be kept, not handed in."""
    there = draft(node, name)
    return _keep(node, name, policies, base=there.base, editors=there.editors, actor=actor)


def rebase_draft(node: Node, name: str, *, actor: str, estate_id: str | None = None) -> Draft:
    """Say that a working copy takes account of what is in force now."""
    there = draft(node, name)
    base = history(node, estate_id).version
    return _keep(node, name, there.policies, base=base, editors=there.editors, actor=actor)


def discard_draft(node: Node, name: str, *, actor: str) -> None:
    """Forget a working copy."""
    draft(node, name)
    PolicyDrafts(node.home.path).discard(name)
    node.audit(actor, "zt_policy.draft", name, detail="discarded")


def _keep(
    node: Node, name: str, policies: PolicySet, *, base: str, editors: tuple[str, ...], actor: str
) -> Draft:
    person = acting_person(actor)
    made = KeptDraft(
        name=name,
        content=policies.canonical,
        base=base,
        editors=editors if person in editors else (*editors, person),
        edited_at=node.clock(),
    )
    PolicyDrafts(node.home.path).write(made)
    return _draft(made)


def _draft(kept: KeptDraft) -> Draft:
    policies = read_set(kept.content, source=f"draft {kept.name}")
    return Draft(
        name=kept.name,
        policies=policies,
        base=kept.base,
        editors=kept.editors,
        edited_at=kept.edited_at,
    )


def from_files(
    files: Mapping[str, str], schema: str | None, tests: str | None, *, like: PolicySet
) -> PolicySet:
    """Make a set of files; schema and tests that are not given are those of another set."""
    return PolicySet.of(
        dict(files),
        like.schema if schema is None else schema,
        like.tests if tests is None else tests,
        fail_secure=like.fail_secure,
    )


# -- steps ---------------------------------------------------------------------------------------


def submit(
    node: Node,
    name: str,
    *,
    why: str,
    actor: str,
    tried: tuple[int, int, int] = NOBODY_TRIED,
    estate_id: str | None = None,
) -> str:
    """Hand a draft in; it has to be valid, clean and pass all its tests. Gives its number."""
    found = draft(node, name)
    report = check(found.policies)
    if not report.sound:
        first = report.errors[0]
        raise BadInputError(
            f"the draft has {len(report.errors)} errors, first: {first.en}",
            place=first.place,
            remedy="`panshi zt policy validate` tells all of them",
        )
    compared, allowed, denied = tried
    body = ZeroTrustPolicyStep(
        number=_next_number(node, estate_id),
        step=Step.SUBMIT,
        policy_version=report.version,
        by=acting_person(actor),
        written_by=found.editors,
        why=why.strip(),
        base_version=found.base,
        policy_count=len(report.policies),
        test_count=len(report.results),
        warning_count=len(report.warnings),
        compared=compared,
        newly_allowed=allowed,
        newly_denied=denied,
    )
    _take(node, body, actor=actor, estate_id=estate_id, content=found.policies.canonical)
    PolicyDrafts(node.home.path).discard(name)
    return body.number


def approve(
    node: Node,
    number: str,
    *,
    why: str,
    actor: str,
    seen: str = "",
    estate_id: str | None = None,
) -> Proposal:
    """Put a proposal in force; `seen` is the version that was looked at."""
    found = proposal(node, number, estate_id)
    if seen and seen != found.version:
        raise UsageError("another set was looked at than the one handed in", remedy="look again")
    report = check(policy_set(node, number, estate_id))
    if not report.sound:
        raise BadInputError(
            f"the set does not pass any more: {report.errors[0].en}",
            place=report.errors[0].place,
            remedy="this release reads it otherwise; hand a corrected set in",
        )
    return _rule(node, found, Step.APPROVE, why=why, actor=actor, estate_id=estate_id)


def reject(
    node: Node, number: str, *, why: str, actor: str, estate_id: str | None = None
) -> Proposal:
    """Refuse a proposal."""
    found = proposal(node, number, estate_id)
    return _rule(node, found, Step.REJECT, why=why, actor=actor, estate_id=estate_id)


def withdraw(
    node: Node, number: str, *, why: str, actor: str, estate_id: str | None = None
) -> Proposal:
    """Take one's own proposal back."""
    found = proposal(node, number, estate_id)
    return _rule(node, found, Step.WITHDRAW, why=why, actor=actor, estate_id=estate_id)


def review(
    node: Node, number: str, *, why: str, actor: str, estate_id: str | None = None
) -> Proposal:
    """Look at an emergency restoration afterwards."""
    found = proposal(node, number, estate_id)
    return _rule(node, found, Step.REVIEW, why=why, actor=actor, estate_id=estate_id)


def restore(
    node: Node, name: str, *, why: str, actor: str, estate_id: str | None = None
) -> Proposal:
    """Put a set back in force alone, at once; another person looks at it afterwards."""
    policies = policy_set(node, name, estate_id)
    body = ZeroTrustPolicyStep(
        number=_next_number(node, estate_id),
        step=Step.RESTORE,
        policy_version=policies.version,
        by=acting_person(actor),
        why=why.strip(),
        base_version=history(node, estate_id).version,
    )
    _take(node, body, actor=actor, estate_id=estate_id, content=policies.canonical)
    return proposal(node, body.number, estate_id)


def _rule(
    node: Node, found: Proposal, step: Step, *, why: str, actor: str, estate_id: str | None
) -> Proposal:
    body = ZeroTrustPolicyStep(
        number=found.number,
        step=step,
        policy_version=found.version,
        by=acting_person(actor),
        why=why.strip(),
    )
    _take(node, body, actor=actor, estate_id=estate_id)
    return proposal(node, found.number, estate_id)


def _take(
    node: Node,
    body: ZeroTrustPolicyStep,
    *,
    actor: str,
    estate_id: str | None,
    content: bytes = b"",
) -> ObservationId:
    """Seal a step that the rules allow; nothing is kept of one they do not."""
    problem = defect(history(node, estate_id), body, persons)
    if problem:
        raise ForbiddenError(
            f"this step cannot be taken: {problem}", remedy="`panshi zt policy list` shows why"
        )
    if content:
        Attachments(node.home.path).keep(content, name=body.policy_version[:SHORT])
    return node.record(KIND, body, facet=body.number, actor=actor, estate_id=estate_id)


def _next_number(node: Node, estate_id: str | None) -> str:
    year = day_of(node.clock()).year
    mine = [
        each.number
        for each in history(node, estate_id).proposals
        if each.number.startswith(f"{year}-")
    ]
    last = max((int(each.partition("-")[2]) for each in mine if _counted(each)), default=0)
    return f"{year}-{last + 1:03d}"


def _counted(number: str) -> bool:
    return number.partition("-")[2].isdecimal()
