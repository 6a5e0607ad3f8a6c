"""A candidate becomes a confirmed mapping only by people: the state of a pair from its records.

Each record says what one person decided with which reason; the newest decides, and a decision is
undone by a new record, never by deleting one. To call two clauses equal where one of them binds
(應, 不得) takes two people who say the same, one after the other. A record without a reason has
no effect, by whatever way it came into the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from panshi.governance.persons import name_defect, pair_defect
from panshi.model.bodies.norms import MappingDecision
from panshi.model.control import MappingRelation

EQUAL = frozenset({MappingRelation.EQUAL, MappingRelation.EQUIVALENT})


class Decision(StrEnum):
    """What a person may say of a candidate."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PairState(StrEnum):
    """Where a pair stands."""

    CANDIDATE = "candidate"
    AWAITING = "awaiting_second"
    "Confirmed as equal by one person where two are needed."
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStanding:
    """The state of one pair, by whom and why."""

    state: PairState = PairState.CANDIDATE
    relation: MappingRelation | None = None
    by: tuple[str, ...] = ()
    reason: str = ""
    changed: bool = False
    "The person chose another relation than the candidate proposed."
    versions: tuple[str, str] = ("", "")
    "Versions of the norms it was decided on."


def defect(event: MappingDecision) -> str:
    """Say why a record has no effect; empty where it has one."""
    if event.judgement not in set(Decision):
        return f"{event.judgement!r} is no decision"
    if not event.reason.strip():
        return "no reason is given"
    if event.relation not in set(MappingRelation):
        return f"{event.relation!r} is no relation"
    if event.judgement == Decision.CONFIRMED and event.relation == MappingRelation.NONE:
        return "a pair without relationship is rejected, not confirmed"
    return name_defect(event.judged_by)


def standing(events: Sequence[MappingDecision], *, binding: bool) -> PairStanding:
    """Fold the records of one pair, oldest first; `binding`: one of the clauses is 應 or 不得."""
    valid = [event for event in events if not defect(event)]
    if not valid or valid[-1].judgement == Decision.WITHDRAWN:
        return PairStanding()
    newest = valid[-1]
    state = PairState.REJECTED
    people: tuple[str, ...] = (newest.judged_by,)
    relation = MappingRelation(newest.relation)
    if newest.judgement == Decision.CONFIRMED:
        state = PairState.CONFIRMED
        if binding and relation in EQUAL:
            second = _another(valid, newest)
            people = (second, newest.judged_by) if second else people
            state = PairState.CONFIRMED if second else PairState.AWAITING
    return PairStanding(
        state=state,
        relation=relation,
        by=people,
        reason=newest.reason,
        changed=bool(newest.proposed_relation) and newest.proposed_relation != newest.relation,
        versions=(newest.first_version, newest.second_version),
    )


def _another(valid: Sequence[MappingDecision], newest: MappingDecision) -> str:
    """Find someone else who said the same, with nothing else said in between."""
    for event in reversed(valid[:-1]):
        if (event.judgement, event.relation) != (newest.judgement, newest.relation) or (
            (event.first_version, event.second_version)
            != (newest.first_version, newest.second_version)
        ):
            return ""
        if not pair_defect(event.judged_by, newest.judged_by):
            return event.judged_by
    return ""
