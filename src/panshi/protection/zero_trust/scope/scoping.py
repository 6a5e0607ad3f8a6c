"""The scope of an estate: every system judged, the funnel counted, what is chosen.

scope(estate, said, readings, controls)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.model.asset import Asset, AssetKind
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.model.control import Control
from panshi.model.estate import Estate
from panshi.protection.zero_trust.scope.answering import Said, answered
from panshi.protection.zero_trust.scope.cloud import Applicability, CloudModel, applicability
from panshi.protection.zero_trust.scope.deriving import derive
from panshi.protection.zero_trust.scope.facts import Facts, Field
from panshi.protection.zero_trust.scope.fields import FieldFinding, Standing, classify
from panshi.protection.zero_trust.scope.funnel import FieldFunnel, Steps, funnel, steps
from panshi.protection.zero_trust.scope.impact import impact
from panshi.protection.zero_trust.scope.quick import QuickTest, high_risk, low_impact
from panshi.protection.zero_trust.scope.readings import Method, Readings
from panshi.protection.zero_trust.scope.risk import risk
from panshi.protection.zero_trust.scope.scores import Total

LAST_STEP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class InField:
    """One system in one field."""

    finding: FieldFinding
    risk: Total
    impact: Total
    steps: Steps
    computed: bool
    "Chosen by the rule: its field is, and it reaches the end."
    choice: Choice
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemScope:
    """One system of the estate."""

    system: Asset
    facts: Facts
    fields: Mapping[Field, InField]
    quick: tuple[QuickTest, QuickTest]
    model: CloudModel | None
    asks: tuple[str, ...]
    "Facts that a step of the funnel hangs on, the most telling first."
    refines: tuple[str, ...]
    "Further facts, which would settle scores."

    @property
    def in_fields(self) -> tuple[Field, ...]:
        """The fields it is in."""
        return tuple(
            field for field, each in self.fields.items() if each.finding.standing is Standing.IN
        )

    @property
    def chosen_in(self) -> tuple[Field, ...]:
        """The fields in which it is chosen."""
        return tuple(field for field, each in self.fields.items() if each.chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the zero-trust plan of an estate begins with."""

    systems: tuple[SystemScope, ...]
    funnel: tuple[FieldFunnel, ...]
    said: Said
    readings: Readings
    applicability: tuple[Applicability, ...]

    @property
    def chosen_fields(self) -> tuple[Field, ...]:
        """Fields to begin with."""
        return tuple(each.field for each in self.funnel if each.chosen)

    @property
    def chosen_systems(self) -> tuple[SystemScope, ...]:
        """Systems to begin with."""
        return tuple(each for each in self.systems if each.chosen_in)

    @property
    def asks(self) -> dict[str, tuple[str, ...]]:
        """Facts that are missing, with the systems that miss them; most systems first."""
        found: dict[str, list[str]] = {}
        for each in self.systems:
            for name in each.asks:
                found.setdefault(name, []).append(each.system.id)
        ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return {name: tuple(systems) for name, systems in ordered}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A system before it is known which fields are chosen."""

    system: Asset
    facts: Facts
    findings: tuple[FieldFinding, ...]
    quick: tuple[QuickTest, QuickTest]
    sums: tuple[tuple[Total, Total], ...]
    steps: tuple[Steps, ...]


def scope(estate: Estate, said: Said, readings: Readings, controls: tuple[Control, ...]) -> Scope:
    """Judge every system of an estate."""
    systems = estate.by_kind.get(AssetKind.SYSTEM, ())
    judged = [_judged(estate, system, said, readings) for system in systems]
    counted = tuple(
        funnel(field, [each.steps[at] for each in judged], said.choice(field))
        for at, field in enumerate(Field)
    )
    chosen = {each.field for each in counted if each.chosen}
    return Scope(
        systems=tuple(_told(each, chosen, said, readings) for each in judged),
        funnel=counted,
        said=said,
        readings=readings,
        applicability=tuple(
            applicability(controls, model, unlisted_apply=readings.cloud_stage_iv)
            for model in CloudModel
        ),
    )


def _judged(estate: Estate, system: Asset, said: Said, readings: Readings) -> _Judged:
    facts = answered(derive(estate, system), said.about(system.id))
    labels = system.attributes.get("fields")
    stated = frozenset(labels) if isinstance(labels, tuple) else None
    findings = classify(facts, readings, stated)
    quick = (high_risk(facts), low_impact(facts, readings))
    sums = tuple((risk(facts, field, readings), impact(facts, field, readings)) for field in Field)
    return _Judged(
        system=system,
        facts=facts,
        findings=findings,
        quick=quick,
        sums=sums,
        steps=tuple(
            steps(finding.standing, quick, pair, readings)
            for finding, pair in zip(findings, sums, strict=True)
        ),
    )


def _told(judged: _Judged, chosen: set[Field], said: Said, readings: Readings) -> SystemScope:
    fields: dict[Field, InField] = {}
    parts = zip(judged.findings, judged.sums, judged.steps, strict=True)
    for finding, (risks, impacts), passed in parts:
        computed = finding.field in chosen and passed.passed == LAST_STEP
        choice = said.choice(finding.field, judged.system.id)
        inside = finding.field in chosen and finding.standing is Standing.IN
        fields[finding.field] = InField(
            finding=finding,
            risk=risks,
            impact=impacts,
            steps=passed,
            computed=computed,
            choice=choice,
            chosen=computed if choice is Choice.COMPUTED else inside and choice is Choice.CHOSEN,
        )
    asks, refines = _questions(fields, judged.quick, readings)
    model = judged.facts.word("cloud_model")
    return SystemScope(
        system=judged.system,
        facts=judged.facts,
        fields=fields,
        quick=judged.quick,
        model=CloudModel(model) if model in set(CloudModel) else None,
        asks=asks,
        refines=refines,
    )


def _questions(
    fields: Mapping[Field, InField], quick: tuple[QuickTest, QuickTest], readings: Readings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what the steps hang on, the fact that opens most fields first; then what refines."""
    weight: dict[str, int] = {}

    def need(names: tuple[str, ...], by: int = 1) -> None:
        for name in names:
            weight[name] = weight.get(name, 0) + by

    refining: dict[str, None] = {}
    for each in fields.values():
        need(each.finding.asks)
        standing = each.finding.standing
        if standing is Standing.OUT:
            continue
        scored = [name for part in (each.risk, each.impact) for s in part.scores for name in s.asks]
        if standing is Standing.IN:
            if each.steps.open_at and readings.method is not Method.FACTOR_TABLES:
                need(quick[0].asks)
                need(quick[1].asks if each.steps.high_risk is not False else ())
            if each.steps.open_at and readings.method is not Method.QUICK_TESTS:
                need(tuple(dict.fromkeys(scored)))
            refining |= dict.fromkeys((*each.finding.could_exempt, *scored))
    asks = tuple(sorted(weight, key=lambda name: (-weight[name], name)))
    return asks, tuple(name for name in refining if name not in weight)
