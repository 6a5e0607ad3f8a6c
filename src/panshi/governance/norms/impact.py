"""What a new version or a drafted clause would change, judged on today's evidence.

Two assessments of the same estate on the same evidence, under the text in force and under the
proposed one, are laid side by side: clauses whose verdict changes, clauses that are new, clauses
that fall away, and those nobody can judge yet because they have no check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.model.control import Basis, Framework
from panshi.model.verdict import Status, Verdict


class Effect(StrEnum):
    """What adopting the text does to one clause."""

    FAILS = "fails"
    "Not met under the proposal: new, or met or unknown today."
    UNKNOWN = "unknown"
    "Too little is seen to say; new, or known today."
    MET = "met"
    "Met under the proposal: new, or not met today."
    NO_CHECK = "no_check"
    "New, and nothing judges it yet."
    DROPPED = "dropped"
    "In force today, not in the proposal."
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One clause before and after."""

    clause: str
    effect: Effect
    before: Status | None = None
    after: Status | None = None
    failing: tuple[int, int] = (0, 0)
    "Items that fail, today and under the proposal."
    unseen: tuple[int, int] = (0, 0)
    population: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Every clause of a proposal on today's evidence."""

    framework: str
    version: str
    impacts: tuple[Impact, ...]

    def count(self, effect: Effect) -> int:
        """How many clauses have an effect."""
        return sum(each.effect is effect for each in self.impacts)


_MET = frozenset({Status.MET, Status.ATTESTED, Status.NOT_APPLICABLE})
_FAILED = frozenset({Status.NOT_MET, Status.NOT_ATTESTED})


def outlook(
    proposed: Framework,
    after: Iterable[Verdict],
    before: Iterable[Verdict],
    came_from: Mapping[str, str],
) -> Outlook:
    """Lay two assessments side by side; `came_from` names the clause each one was before."""
    today = {verdict.control.partition("/")[2]: verdict for verdict in before}
    found: list[Impact] = []
    for verdict in after:
        clause = verdict.control.partition("/")[2]
        former = today.get(came_from.get(clause, ""))
        found.append(_impact(clause, verdict, former))
    kept = set(came_from.values())
    found.extend(
        Impact(
            clause=clause,
            effect=Effect.DROPPED,
            before=verdict.status,
            failing=(_failing(verdict), 0),
            unseen=(verdict.tally.unseen, 0),
        )
        for clause, verdict in today.items()
        if clause not in kept and verdict.status is not Status.NOT_JUDGED
    )
    return Outlook(framework=proposed.id, version=proposed.version, impacts=tuple(found))


def _impact(clause: str, after: Verdict, before: Verdict | None) -> Impact:
    return Impact(
        clause=clause,
        effect=_effect(after, before),
        before=before.status if before else None,
        after=after.status,
        failing=(_failing(before) if before else 0, _failing(after)),
        unseen=(before.tally.unseen if before else 0, after.tally.unseen),
        population=after.tally.population,
    )


def _effect(after: Verdict, before: Verdict | None) -> Effect:
    if before is not None and _class(before.status) == _class(after.status):
        return Effect.SAME
    if after.status is Status.NOT_JUDGED:
        return Effect.NO_CHECK if after.basis is Basis.NOT_YET and before is None else Effect.SAME
    if after.status in _FAILED:
        return Effect.FAILS
    return Effect.MET if after.status in _MET else Effect.UNKNOWN


def _class(status: Status) -> str:
    if status in _MET:
        return "met"
    if status in _FAILED:
        return "failed"
    return "none" if status is Status.NOT_JUDGED else "unknown"


def _failing(verdict: Verdict) -> int:
    return verdict.tally.failing + verdict.tally.stale_fail
