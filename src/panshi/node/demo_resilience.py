"""How the demo bank plans to go on: impact analyses, recovery layers, drills; all demo data.

Analyses take the way real ones take: one person proposes, another approves. Drills carry made-up
times and say so by their collector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.observation import Body, Observation
from panshi.node.node import Node
from panshi.node.resilience.demo_plan import Plan, entry_of, read_resilience
from panshi.node.resilience.impact import ImpactDesk

DRILL = "backup.restore_drill/1"
COLLECTOR = "示範備援演練"


def seed_resilience(node: Node, estate_id: str, now: datetime) -> None:
    """Propose and approve every analysis, leave one waiting, seal what drills showed."""
    plan = read_resilience()
    entries = {each.service: entry_of(plan, each) for each in plan.services}
    for service in sorted(plan.services, key=lambda each: -(each.ago or plan.analysed.ago)):
        at = now - timedelta(days=service.ago or plan.analysed.ago)
        _desk(node, plan.analysed.by, estate_id, at).propose(
            entries[service.service], why=plan.analysed.why
        )
        _desk(node, plan.analysed.second, estate_id, at).decide(
            service.service, ImpactRuling.APPROVE
        )
    open_ = plan.waiting
    changed = replace(entries[open_.service], mtpd=open_.mtpd)
    at = now - timedelta(days=open_.ago)
    _desk(node, open_.by, estate_id, at).propose(changed, why=open_.why)
    targets = {each.service: (each.rto, each.rpo) for each in plan.services}
    seen = sorted(_drills(plan, targets, now), key=lambda each: each.observed_at)
    node.log.append(tuple(seen), now)


def _desk(node: Node, actor: str, estate_id: str, at: datetime) -> ImpactDesk:
    return ImpactDesk(node, actor=actor, estate_id=estate_id, at=at)


def _drills(
    plan: Plan, targets: dict[str, tuple[float, float]], now: datetime
) -> Iterator[Observation]:
    for drill in plan.drills:
        at = now - timedelta(days=drill.ago)
        yield _seen(
            SWITCH_OVER,
            drill.service,
            drill.layer,
            at,
            SwitchOverDrill(
                passed=drill.passed,
                held=at.date(),
                layer=drill.layer,
                from_layer="主要作業",
                switch_minutes=drill.minutes,
                target_minutes=targets[drill.service][0],
                live_business=drill.live,
                people=12,
                partners=drill.partners,
            ),
        )
    for partner in plan.partners:
        at = now - timedelta(days=partner.ago)
        yield _seen(
            DRILL,
            partner.supplier,
            "聯合演練",
            at,
            RestoreDrill(
                passed=True,
                held=at.date(),
                rto_minutes=partner.minutes,
                rto_target_minutes=240.0,
                isolated=True,
            ),
        )


def _seen(kind: str, subject: str, facet: str, at: datetime, body: Body) -> Observation:
    return Observation(
        kind=kind, subject=subject, facet=facet, observed_at=at, collector=COLLECTOR, body=body
    )
