"""Drill plans and how they stand: when each was last run, what is due, what waits for officers.

A plan that is due runs by itself where the private key of a recipient is kept for drills; where
none is, it waits for officers who bring their shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from panshi.model.bodies.vault import DRILL, VaultDrill
from panshi.node.node import Node
from panshi.node.remembered import remembered_of_records
from panshi.node.resilience.drill_files import ENDINGS, FOLDER, read_plans
from panshi.observe.vault_sources.source import FILE, read_setup
from panshi.resilience.vault_drill import DrillPlan, due_at, is_due


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """A plan and how it stands."""

    plan: DrillPlan
    last: datetime | None
    "When it was last run."
    passed: bool | None
    due: bool
    due_at: datetime | None
    "When it is due again; None where it never ran or has no period."
    since: datetime
    "When its file was last written."


def plan_states(node: Node) -> tuple[PlanState, ...]:
    """Give every plan with its last drill, what is due first."""
    newest: dict[str, tuple[datetime, bool]] = {}
    for sealed in node.log.latest((DRILL,)):
        at, body = sealed.observation.observed_at, sealed.observation.body
        if isinstance(body, VaultDrill):
            seen = (at, body.passed)
            newest[body.plan] = max(newest.get(body.plan, seen), seen)
    written = {path.stem: path.stat().st_mtime for path in _files(node)}
    now = node.clock()
    found = []
    for plan in read_plans(node.home.path):
        last, passed = newest.get(plan.id, (None, None))
        found.append(
            PlanState(
                plan=plan,
                last=last,
                passed=passed,
                due=is_due(plan, last, now),
                due_at=due_at(plan, last),
                since=datetime.fromtimestamp(written.get(plan.id, now.timestamp()), UTC),
            )
        )
    return tuple(sorted(found, key=lambda each: (not each.due, each.plan.id)))


def waiting_for_officers(node: Node) -> tuple[PlanState, ...]:
    """Give what is due and cannot run by itself."""
    files = sorted(_files(node))
    if not files:
        return ()
    setup = node.home.path / FILE
    state = tuple(
        (path.name, path.stat().st_mtime_ns, path.stat().st_size)
        for path in (*files, *([setup] if setup.exists() else []))
    )

    def make() -> tuple[PlanState, ...]:
        if read_setup(node.home.path).drill_key:
            return ()
        return tuple(each for each in plan_states(node) if each.due)

    estate = node.estate().id
    return remembered_of_records(node, "drills of officers", estate, make, beside=state)


def _files(node: Node) -> list[Path]:
    folder = node.home.path / FOLDER
    return [each for each in folder.iterdir() if each.suffix in ENDINGS] if folder.is_dir() else []
