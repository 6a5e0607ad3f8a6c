"""Clocks of repairs: the ones in force, and how the institution changes them by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.bodies.vulnerability_following import (
    DECISION,
    PROPOSAL,
    ClockDecision,
    ClockProposal,
)
from panshi.model.observation import ObservationId
from panshi.node.node import Node
from panshi.node.supply_chain.priority_content import shipped_clocks, shipped_tree
from panshi.protection.supply_chain.priority.changing import (
    ClockChange,
    changes,
    clocks_on,
    proposal_defect,
)
from panshi.protection.supply_chain.priority.policy import Clocks, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksAnswer:
    """The clocks in force and what was proposed, as CLI and API answer them."""

    rules: tuple[tuple[str, str, str, int, int], ...]
    "Name, title in zh-TW and English, days, and the most there may be."
    working_days: bool
    holidays: tuple[date, ...]
    since: date | None
    proposals: tuple[ProposalAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswer:
    """One proposal of other clocks."""

    id: str
    days: dict[str, int]
    working_days: bool | None
    why: str
    proposed_by: str
    decided_by: str
    state: str
    "`open`, `in_force`, `refused` or `void`."
    flaw: str


def clock_changes(node: Node) -> tuple[ClockChange, ...]:
    """Give every proposal with what became of it, oldest first."""
    steps = [each for kind in (PROPOSAL, DECISION) for each in node.log.records(kind)]
    return changes(steps, shipped_clocks(), pair_defect)


def clocks_in_force(node: Node) -> Clocks:
    """Give the clocks of now."""
    return clocks_on(clock_changes(node), shipped_clocks(), node.clock())


def policy_of(node: Node) -> Policy:
    """Give the rules of deciding in force."""
    return Policy(tree=shipped_tree(), clocks=clocks_in_force(node))


def propose(
    node: Node,
    *,
    actor: str,
    days: dict[str, int],
    why: str,
    working_days: bool | None = None,
    holidays: tuple[date, ...] | None = None,
    estate_id: str | None = None,
) -> ObservationId:
    """Seal a proposal of other clocks; it changes nothing before a second person confirms it."""
    body = ClockProposal(
        days=tuple(sorted(days.items())),
        working_days=working_days,
        holidays=holidays,
        why=why,
        proposed_by=acting_person(actor),
    )
    flaw = proposal_defect(body, shipped_clocks())
    if flaw:
        raise UsageError(flaw, remedy="panshi sbom clocks shows the clocks and their limits")
    return node.record(PROPOSAL, body, facet="clocks", actor=actor, estate_id=estate_id)


def decide_clocks(
    node: Node,
    proposal: str,
    *,
    actor: str,
    confirmed: bool,
    note: str = "",
    estate_id: str | None = None,
) -> ObservationId:
    """Seal a second person's decision on a proposal."""
    found = next((each for each in clock_changes(node) if each.evidence_id == proposal), None)
    if found is None:
        raise MissingError(f"there is no proposal {proposal[:40]!r}", remedy="panshi sbom clocks")
    if not found.open:
        raise UsageError("this proposal was decided on", place=proposal)
    person = acting_person(actor)
    defect = pair_defect(found.proposal.proposed_by, person)
    if defect:
        raise ForbiddenError(
            f"a second person has to decide: {defect}", place=proposal,
            remedy="let somebody else confirm it",
        )  # fmt: skip
    body = ClockDecision(proposal=proposal, confirmed=confirmed, decided_by=person, note=note)
    return node.record(DECISION, body, facet="clocks", actor=actor, estate_id=estate_id)


def clocks_answer(node: Node, *, people: bool = True) -> ClocksAnswer:
    """Give the clocks as CLI and API answer them."""
    clocks = clocks_in_force(node)
    return ClocksAnswer(
        rules=tuple(
            (each.id, each.title_zh, each.title_en, each.days, each.most) for each in clocks.rules
        ),
        working_days=clocks.working,
        holidays=tuple(sorted(clocks.holidays)),
        since=clocks.since,
        proposals=tuple(
            ProposalAnswer(
                id=each.evidence_id,
                days=dict(each.proposal.days),
                working_days=each.proposal.working_days,
                why=each.proposal.why,
                proposed_by=each.proposal.proposed_by if people else "",
                decided_by=each.decision.decided_by if people and each.decision else "",
                state=_state(each),
                flaw=each.flaw,
            )
            for each in clock_changes(node)
        ),
    )


def _state(change: ClockChange) -> str:
    if change.flaw:
        return "void"
    if change.open:
        return "open"
    return "in_force" if change.in_force else "refused"
