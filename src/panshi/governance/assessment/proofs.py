"""Rule 7, explanation as data: for every verdict and stage the tree of rules that led to it.

Nobody writes a proof. Each node names the rule, the parameters it was applied with and what it
rests on, so that every number in it can be computed again from the node alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.governance.assessment.items import items_of
from panshi.governance.assessment.judging import Judge
from panshi.governance.assessment.spelling import described, neighbourhood
from panshi.governance.assessment.stages import Stages
from panshi.governance.assessment.statistics import (
    chance_at_least,
    evidenced_count,
    looks_needed,
)
from panshi.governance.assessment.weighing import Applied, apply
from panshi.governance.exceptions.story import ExceptionState
from panshi.model.control import Basis, Control, Framework
from panshi.model.observation import utc
from panshi.model.verdict import Item, ItemState, Proof, Verdict

_FRESH = frozenset({ItemState.PASSING, ItemState.FAILING})


class Prover:
    """Proof trees over one judge and its stages."""

    def __init__(self, judge: Judge, stages: Stages) -> None:
        self._judge = judge
        self._stages = stages

    def of_control(self, key: str, in_field: str, *, log: tuple[int, str] = (0, "")) -> Proof:
        """Give the proof of one verdict down to its observations."""
        grounds = self._judge.grounds
        control = grounds.controls[key]
        verdict = self._judge.verdict(key, in_field)
        parameters: dict[str, str | int | float] = {
            "basis": verdict.basis.value,
            "in_field": in_field,
            "as_of": utc(grounds.moment.as_of).isoformat(),
            "day": grounds.moment.day.isoformat(),
            "estate": grounds.estate.id,
            "estate_version": grounds.estate.version,
            "met": int(verdict.met),
            "met_without_exceptions": int(verdict.met_without_exceptions),
            "log_size": log[0],
            "log_root": log[1],
        }
        claim = grounds.records.claim(key)
        if claim is not None:
            parameters |= {"claimed": claim.body.share, "claimed_by": claim.body.owner}
        return Proof(
            rule="control",
            subject=key,
            conclusion=verdict.status.value,
            parameters=parameters,
            evidence_ids=self._judge.full_verdict(key, in_field).evidence_ids,
            children=tuple(self._children(control, in_field, verdict)),
        )

    def of_stage(self, framework: Framework, group: str, in_field: str) -> Proof:
        """Give the proof of a stage: its controls in short and its gate."""
        found = self._stages.of_group(framework, group, in_field)
        controls = [
            control
            for control in framework.controls
            if control.stage and (not group or control.group == group)
        ]
        return Proof(
            rule="stage",
            subject=f"{framework.id}/{group}" if group else framework.id,
            conclusion=str(found.stage),
            parameters={
                "in_field": in_field,
                "claimed_stage": found.claimed_stage,
                "possible_stage": found.possible_stage,
                "without_exceptions": found.without_exceptions,
                "to_lift": " ".join(found.to_lift),
            },
            children=(
                *(self._short(control.key, in_field) for control in controls),
                self._gate(framework, group),
            ),
        )

    def _gate(self, framework: Framework, group: str) -> Proof:
        gate = self._stages.gate(framework, group)
        return Proof(
            rule="gate",
            subject=f"{framework.id}/{group}" if group else framework.id,
            conclusion="open" if gate.open else "closed",
            parameters={"clauses": len(gate.clauses), "blockers": " ".join(gate.blockers)},
            children=tuple(self._short(clause, "") for clause in gate.clauses),
        )

    def _short(self, key: str, in_field: str) -> Proof:
        verdict = self._judge.verdict(key, in_field)
        return Proof(
            rule="control",
            subject=key,
            conclusion=verdict.status.value,
            parameters={
                "in_field": in_field,
                "stage": verdict.stage,
                "met": int(verdict.met),
                "met_without_exceptions": int(verdict.met_without_exceptions),
            },
            evidence_ids=self._judge.full_verdict(key, in_field).evidence_ids,
        )

    # -- children of a control -------------------------------------------------------------

    def _children(self, control: Control, in_field: str, verdict: Verdict) -> Iterator[Proof]:
        match control.basis:
            case Basis.EVIDENCE:
                items = tuple(items_of(self._judge, control, in_field))
                yield self._population(control, in_field, items)
                yield self._freshness(control, verdict, items)
                if verdict.tally.population:
                    yield self._beta_binomial(control, in_field, verdict)
            case Basis.ATTESTED:
                yield self._attestation(control)
            case Basis.DERIVED:
                yield self._derived(control, in_field, verdict)
            case Basis.NOT_YET | Basis.NOT_JUDGED:
                pass
        yield from self._departed(control, in_field)
        yield from self._contradictions(control, in_field)
        yield from self._exceptions(control, in_field)
        yield from self._not_applicable(control)

    def _population(self, control: Control, in_field: str, items: tuple[Item, ...]) -> Proof:
        grounds = self._judge.grounds
        members = grounds.members(control)
        population = control.population
        parameters: dict[str, str | int | float] = {
            "estate_version": grounds.estate.version,
            "in_field": in_field,
        }
        if population is not None and members is not None:
            parameters |= {
                "kind": population.kind.value,
                "where": described(population.where),
                "related": neighbourhood(population.related),
                "inventories": " ".join(population.inventories),
                "not_in_every_inventory": members.apart,
                "whole_estate": members.size(),
                "fields_known": int(members.labelled),
            }
        return Proof(
            rule="population",
            subject=control.key,
            conclusion=str(len(items)),
            parameters=parameters,
            items=items,
        )

    def _departed(self, control: Control, in_field: str) -> Iterator[Proof]:
        """Give the earlier population, where items left it with a failure."""
        departures = self._judge.grounds.departures
        departed = self._judge.departed(control, in_field)
        if departures is None or departed is None or not departed.failed:
            return
        members = self._judge.grounds.members(control)
        yield Proof(
            rule="population_shrank",
            subject=control.key,
            conclusion=str(len(departed.failed)),
            parameters={
                "estate_version": departures.previous.version,
                "in_field": in_field,
                "population_before": departures.earlier(control, in_field),
                "population": members.size(in_field) if members is not None else 0,
            },
            items=departed.failed,
            evidence_ids=departed.evidence_ids,
        )

    def _freshness(self, control: Control, verdict: Verdict, items: tuple[Item, ...]) -> Proof:
        tally = verdict.tally
        check = control.check
        return Proof(
            rule="freshness",
            subject=control.key,
            conclusion=str(tally.seen),
            parameters={
                "observation": check.observation if check is not None else "",
                "passes": described(check.passes if check is not None else None),
                "about": described(check.about if check is not None else None),
                "across": check.across.value if check is not None else "",
                "absent_passes": int(check.absent_passes) if check is not None else 0,
                "fresh_days": verdict.fresh_days,
                "day": self._judge.grounds.moment.day.isoformat(),
                "passing": tally.passing,
                "failing": tally.failing,
                "stale_fail": tally.stale_fail,
                "stale_pass": tally.stale_pass,
                "never_seen": tally.unseen - tally.stale_pass,
            },
            items=tuple(item for item in items if item.state not in _FRESH),
        )

    def _beta_binomial(self, control: Control, in_field: str, verdict: Verdict) -> Proof:
        tally, confidence = verdict.tally, verdict.confidence
        weighed = self._judge.weighed(control, in_field)
        target = self._judge.grounds.target(control)
        parameters: dict[str, str | int | float] = {
            "population": tally.population,
            "seen": tally.seen,
            "passing": tally.passing,
            "target_permille": target,
            "wanted": weighed.wanted,
            "confidence": confidence,
            "excepted": tally.excepted,
        }
        if verdict.probability is not None:
            sample = (tally.passing, tally.seen, tally.population)
            count = evidenced_count(*sample, confidence)
            parameters |= {
                "probability": verdict.probability,
                "evidenced_count": count,
                "evidenced": count / tally.population,
                "possible": verdict.possible or 0.0,
                "probability_with_exceptions": chance_at_least(
                    max(weighed.wanted - tally.excepted, 0), *sample
                ),
            }
        more = looks_needed(tally.passing, tally.seen, tally.population, target, confidence)
        if more is not None:
            parameters["looks_needed"] = more
        known = verdict.probability is not None
        return Proof(
            rule="beta_binomial",
            subject=control.key,
            conclusion=f"{verdict.probability:.6f}" if known else "unknown",
            parameters=parameters,
        )

    def _attestation(self, control: Control) -> Proof:
        found = self._judge.attested(control)
        needs = control.attesting
        parameters: dict[str, str | int | float] = {
            "day": self._judge.grounds.moment.day.isoformat(),
            "valid_days": needs.valid_days if needs is not None else 0,
            "countersigned": int(needs.countersigned) if needs is not None else 0,
            "lacking": " ".join(found.defects),
        }
        if found.record is not None:
            body = found.record.body
            parameters |= {
                "owner": body.owner,
                "scope": body.scope,
                "expires": body.expires.isoformat(),
                "attachment": body.attachment,
                "attachment_sha256": body.attachment_sha256,
                "countersigned_by": body.countersigned_by,
                "fulfilled": int(body.fulfilled),
            }
        return Proof(
            rule="attestation",
            subject=control.key,
            conclusion=found.code.value,
            parameters=parameters,
            evidence_ids=(found.record.sealed.id, *found.record.also)
            if found.record is not None
            else (),
        )

    def _derived(self, control: Control, in_field: str, verdict: Verdict) -> Proof:
        parts = self._judge.parts(control, in_field)
        unknown = len(control.made_of) - len(parts)
        circular = control.key in self._judge.grounds.circular
        return Proof(
            rule="derived",
            subject=control.key,
            conclusion=verdict.status.value,
            parameters={
                "parts": len(control.made_of),
                "met": sum(part.met for part in parts),
                "unknown_parts": unknown,
                "circular": int(circular),
            },
            children=tuple(self.of_control(part.control, in_field) for part in parts),
        )

    def _contradictions(self, control: Control, in_field: str) -> Iterator[Proof]:
        found = self._judge.contradicted(control, in_field)
        still = {sealed.id for sealed in found.open}
        for sealed in found.heard:
            yield Proof(
                rule="contradiction",
                subject=sealed.observation.subject,
                conclusion="open" if sealed.id in still else "lifted",
                parameters={
                    "observation": sealed.observation.kind,
                    "facet": sealed.observation.facet,
                    "observed_at": sealed.observation.observed_at.isoformat(),
                },
                evidence_ids=(sealed.id,),
            )

    def _exceptions(self, control: Control, in_field: str) -> Iterator[Proof]:
        hits: dict[str, int] = {}
        if control.basis is Basis.EVIDENCE:
            for applied in self._judge.excused(control, in_field).applied:
                hits[applied.story.number] = applied.items
        for story in self._judge.grounds.records.exceptions.of(control.key):
            items = hits.get(story.number, 0)
            yield _exception(apply(self._judge.grounds, story, self._judge.evidenced, items=items))

    def _not_applicable(self, control: Control) -> Iterator[Proof]:
        signed = self._judge.grounds.signed_away(control)
        if signed is not None:
            body = signed.record.body
            yield Proof(
                rule="not_applicable",
                subject=control.key,
                conclusion="signed" if signed.stands else "void",
                parameters={
                    "owner": body.owner,
                    "reason": body.reason,
                    "expires": signed.expires_on.isoformat(),
                    "countersigned_by": body.countersigned_by,
                    "lacking": " ".join(signed.defects),
                },
                evidence_ids=(
                    signed.record.sealed.id,
                    *((signed.against.sealed.id,) if signed.against is not None else ()),
                ),
            )


def _exception(applied: Applied) -> Proof:
    story = applied.story
    request, need = story.request, story.need
    state = applied.standing.state.value
    if applied.standing.state is ExceptionState.ACTIVE and not applied.live:
        state = "unsupported" if applied.unmet else "over_authority"
    return Proof(
        rule="exception",
        subject=story.control,
        conclusion="live" if applied.live else state,
        parameters={
            "number": story.number,
            "why": story.flaw.value if story.flaw is not None else "",
            "scope": " ".join(request.scope),
            "effective": (story.begins or request.effective).isoformat(),
            "expires": request.expires.isoformat(),
            "requested_by": request.requested_by,
            "approved_by": " ".join(f"{each.person}/{each.office}" for each in story.approvals),
            "level": need.level.id if need is not None else "",
            "offices_missing": " ".join(applied.missing),
            "compensating": " ".join(request.compensating),
            "compensating_unmet": " ".join(applied.unmet),
            "failing_items_in_scope": applied.items,
        },
        evidence_ids=story.grounds or tuple(step.sealed.id for step in story.steps),
    )
