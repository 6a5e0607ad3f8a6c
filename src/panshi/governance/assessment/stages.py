"""Stages and the baseline gate (rules 4 and 6), per group and field and for the whole estate.

A group stands at the highest stage s such that every control of stages up to s is met. Controls
signed not applicable are left out, and in a field those whose population is known to be empty
there; where nothing is left to judge there is no stage. Whatever is unknown does not count.

Before any stage above I counts, the binding clauses (應, 不得) that the crosswalk says overlap the
group's controls must hold, be attested or be under a live exception. Clauses are law for the
institution and are judged over the whole estate, also for a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from panshi.governance.assessment.judging import Judge
from panshi.model.control import Basis, Control, Framework, Mapping, MappingRelation
from panshi.model.verdict import StageVerdict, Status

FIRST = 1
"The stage that needs no open gate."

type Holds = Callable[[Control, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The binding clauses over a group's controls."""

    clauses: tuple[str, ...]
    blockers: tuple[str, ...]
    "Clauses that neither hold nor are excepted."
    without_exceptions: bool
    "Whether it would be open if no exception lived."
    possible: bool
    "Whether it could be open if all that is unknown were well."

    @property
    def open(self) -> bool:
        """Whether stages above the first count."""
        return not self.blockers


class Stages:
    """Stage verdicts of staged frameworks."""

    def __init__(self, judge: Judge, mappings: Iterable[Mapping]) -> None:
        self._judge = judge
        self._clauses = _overlaps(judge, mappings)

    def of_framework(self, framework: Framework, fields: Iterable[str]) -> tuple[StageVerdict, ...]:
        """Give the stages of the whole estate and of each field: all controls, then each group."""
        if not framework.staged:
            return ()
        groups = ["", *(group.id for group in framework.groups if _staged(framework, group.id))]
        gates = {group: self.gate(framework, group) for group in groups}
        return tuple(
            self._of_group(framework, group, in_field, gates[group])
            for in_field in fields
            for group in groups
        )

    def of_group(self, framework: Framework, group: str, in_field: str) -> StageVerdict:
        """Give the stage of one group, or of all controls where the group is empty."""
        return self._of_group(framework, group, in_field, self.gate(framework, group))

    def _of_group(
        self, framework: Framework, group: str, in_field: str, gate: Gate
    ) -> StageVerdict:
        judged = [
            control
            for control in _staged(framework, group)
            if not self._left_out(control, in_field)
        ]
        plain = _reached(judged, self._met, in_field)
        stage = plain if gate.open else min(plain, FIRST)
        bare = _reached(judged, self._met_without_exceptions, in_field)
        possible = _reached(judged, self._possible, in_field)
        return StageVerdict(
            framework=framework.id,
            group=group,
            in_field=in_field,
            stage=stage,
            claimed_stage=_reached(judged, self._claimed, in_field),
            possible_stage=possible if gate.possible else min(possible, FIRST),
            gate_open=gate.open,
            gate_blockers=gate.blockers,
            to_lift=self._to_lift(judged, stage, gate, in_field),
            without_exceptions=bare if gate.without_exceptions else min(bare, FIRST),
        )

    def gate(self, framework: Framework, group: str) -> Gate:
        """Give the gate over a group's controls, or over all where the group is empty."""
        clauses = tuple(
            dict.fromkeys(
                clause
                for control in _staged(framework, group)
                for clause in self._clauses.get(control.key, ())
            )
        )
        return Gate(
            clauses=clauses,
            blockers=tuple(clause for clause in clauses if not self._clause_holds(clause)),
            without_exceptions=all(self._clause_holds_bare(clause) for clause in clauses),
            possible=all(self._clause_possible(clause) for clause in clauses),
        )

    def demanded(
        self, framework: Framework, group: str, in_field: str, stage: int
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give every control that must be met for a stage, and every clause its gate asks for."""
        controls = tuple(
            control.key
            for control in _staged(framework, group)
            if control.stage <= stage and not self._left_out(control, in_field)
        )
        return controls, self.gate(framework, group).clauses if stage > FIRST else ()

    # -- clauses ---------------------------------------------------------------------------

    def _clause_holds(self, clause: str) -> bool:
        verdict = self._judge.verdict(clause)
        if verdict.met or verdict.status is Status.NOT_APPLICABLE:
            return True
        contradicted = self._judge.contradicted(self._control(clause)).open
        return not contradicted and self._judge.wholly_excepted(clause)

    def _clause_holds_bare(self, clause: str) -> bool:
        verdict = self._judge.verdict(clause)
        return verdict.met_without_exceptions or verdict.status is Status.NOT_APPLICABLE

    def _clause_possible(self, clause: str) -> bool:
        return self._clause_holds(clause) or self._possible(self._control(clause), "")

    def _control(self, key: str) -> Control:
        return self._judge.grounds.controls[key]

    # -- what counts as holding ------------------------------------------------------------

    def _met(self, control: Control, in_field: str) -> bool:
        return self._judge.verdict(control.key, in_field).met

    def _met_without_exceptions(self, control: Control, in_field: str) -> bool:
        return self._judge.verdict(control.key, in_field).met_without_exceptions

    def _claimed(self, control: Control, in_field: str) -> bool:
        verdict = self._judge.verdict(control.key, in_field)
        known = self._judge.grounds.controls
        unclaimed = self._judge.grounds.records.claim(control.key) is None
        if control.basis is Basis.DERIVED and unclaimed:
            parts = self._judge.parts(control, in_field)
            return bool(parts) and all(self._claimed(known[p.control], in_field) for p in parts)
        if verdict.claimed is not None:
            return verdict.claimed >= (verdict.target or 1.0)
        return verdict.status is Status.ATTESTED

    def _possible(self, control: Control, in_field: str) -> bool:
        verdict = self._judge.verdict(control.key, in_field)
        if verdict.met:
            return True
        if self._judge.contradicted(control, in_field).open:
            return False
        match control.basis:
            case Basis.EVIDENCE:
                weighed = self._judge.weighed(control, in_field)
                hopeful = verdict.tally.passing + verdict.tally.unseen + verdict.tally.excepted
                return hopeful >= weighed.wanted
            case Basis.ATTESTED:
                return not self._judge.attested(control).acknowledged
            case Basis.DERIVED:
                parts = self._judge.parts(control, in_field)
                known = self._judge.grounds.controls
                return all(self._possible(known[part.control], in_field) for part in parts)
            case Basis.NOT_YET | Basis.NOT_JUDGED:
                return True

    def _left_out(self, control: Control, in_field: str) -> bool:
        verdict = self._judge.verdict(control.key, in_field)
        if verdict.status is Status.NOT_APPLICABLE:
            return True
        if control.basis is Basis.NOT_JUDGED and verdict.status is Status.NOT_JUDGED:
            return True
        members = self._judge.grounds.members(control)
        return (
            verdict.status is Status.NO_POPULATION
            and members is not None
            and members.known_empty(in_field)
        )

    def _to_lift(
        self, judged: list[Control], stage: int, gate: Gate, in_field: str
    ) -> tuple[str, ...]:
        """Every unmet control up to the next stage, and the gate: all are needed, none is spare."""
        above = [control.stage for control in judged if control.stage > stage]
        if not above:
            return ()
        following = min(above)
        unmet = tuple(
            control.key
            for control in judged
            if control.stage <= following and not self._met(control, in_field)
        )
        return (*unmet, *gate.blockers) if following > FIRST else unmet


def _reached(judged: list[Control], holds: Holds, in_field: str) -> int:
    reached = 0
    for stage in sorted({control.stage for control in judged}):
        if not all(holds(control, in_field) for control in judged if control.stage == stage):
            break
        reached = stage
    return reached


def _staged(framework: Framework, group: str) -> list[Control]:
    """Staged controls of a group, or of the framework where the group is empty."""
    return [
        control
        for control in framework.controls
        if control.stage and (not group or control.group == group)
    ]


def _overlaps(judge: Judge, mappings: Iterable[Mapping]) -> dict[str, tuple[str, ...]]:
    """Give, per control, the binding clauses of other frameworks that overlap it."""
    known = judge.grounds.controls
    found: dict[str, list[str]] = {}
    for pair in mappings:
        if pair.relation is MappingRelation.NONE:
            continue
        for one, other in ((pair.source, pair.target), (pair.target, pair.source)):
            here, clause = known.get(one), known.get(other)
            if here is None or clause is None or here.framework == clause.framework:
                continue
            if here.stage and clause.strength.binding:
                found.setdefault(one, []).append(other)
    return {key: tuple(dict.fromkeys(clauses)) for key, clauses in found.items()}
