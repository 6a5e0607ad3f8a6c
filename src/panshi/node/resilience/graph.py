"""The dependency graph of an estate, with what its impact analyses say and its drills measured.

graph = graph_of(node)                  of the first estate, now
graph = graph_of(node, "demo-bank")
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

from panshi.governance.persons import pair_defect
from panshi.model.asset import AssetId
from panshi.model.bodies.continuity import DECISION, PROPOSAL
from panshi.model.bodies.continuity_judged import PARTNER, PartnerContinuity
from panshi.model.bodies.data import BackupStatus
from panshi.model.bodies.resilience import ContinuityPlan, RestoreDrill
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.estate import Estate
from panshi.model.observation import Sealed
from panshi.model.resilience.graph import Graph
from panshi.model.resilience.plan import ImpactEntry
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.impact.analyses import Analyses, fold
from panshi.resilience.measured import Measured, SeenBackup, SeenDrill
from panshi.resilience.usual import Usual, usual_of
from panshi.store import library

DRILL, BACKUP, PLAN = "backup.restore_drill/1", "backup.status/1", "continuity.plan/1"
YEAR = timedelta(days=365)


def graph_of(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Graph:
    """Build the graph of an estate as it is known now, or was at a moment."""
    return graph_of_estate(sources_of(node, estate_id, as_of))


def sources_of(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Sources:
    """Gather what the graph is built from."""
    estate = node.estate(estate_id)
    return Sources(
        estate=estate,
        entries=entries_in_force(node, estate_id, as_of),
        measured=measured(node, estate, as_of),
        usual=usual(),
    )


def analyses(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Analyses:
    """Give every impact analysis of an estate."""
    steps = [
        *own_records(node, PROPOSAL, estate_id, as_of),
        *own_records(node, DECISION, estate_id, as_of),
    ]
    return fold(sorted(steps, key=lambda each: each.position), two_people=pair_defect)


def entries_in_force(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> dict[AssetId, ImpactEntry]:
    """Give the analysis in force of each service that has one."""
    known, today = analyses(node, estate_id, as_of), day_of(as_of or node.clock())
    found = {}
    for service in known.by_service:
        held = known.in_force(service, today)
        if held is not None:
            found[service] = held.entry
    return found


@cache
def usual() -> Usual:
    """Give the usual figures for what is not stated."""
    name, raw = library.resilience("graph.yaml")
    return usual_of(raw, source=name)


def measured(node: Node, estate: Estate, as_of: datetime | None = None) -> Measured:
    """Gather what drills, backups and plans of suppliers showed, the newest of each."""
    today = day_of(as_of or node.clock())
    drills: dict[AssetId, SeenDrill] = {}
    layers: dict[tuple[AssetId, str], SeenDrill] = {}
    backups: dict[AssetId, SeenBackup] = {}
    plans: dict[AssetId, SeenDrill] = {}
    for asset, sealed in _newest(node, estate, (DRILL, SWITCH_OVER, BACKUP, PLAN, PARTNER), as_of):
        match sealed.observation.body:
            case RestoreDrill() as body:
                drill = _drill(sealed, body)
                if drill.held + YEAR < today:
                    continue
                if body.layer and asset.startswith("service:"):
                    _keep(layers, (asset, body.layer), drill)
                else:
                    _keep(drills, asset, drill)
                if asset.startswith("supplier:") and body.passed:
                    _keep(plans, asset, drill)
            case SwitchOverDrill() as body if body.held + YEAR >= today:
                _keep(layers, (asset, body.layer), _switched(sealed, body))
            case BackupStatus() as body:
                backups[asset] = _backup(sealed, body)
            case ContinuityPlan() as body if asset.startswith("supplier:") and body.tested_layers:
                held = day_of(sealed.observation.observed_at)
                _keep(plans, asset, _tested(sealed, held))
            case PartnerContinuity(plan_tested=date() as held) if held + YEAR >= today:
                _keep(plans, asset, _tested(sealed, held))
            case _:
                continue
    return Measured(drills=drills, layers=layers, backups=backups, plans=plans)


def _newest(
    node: Node, estate: Estate, kinds: tuple[str, ...], as_of: datetime | None
) -> Iterator[tuple[AssetId, Sealed]]:
    """Yield the newest look of each series of some kinds, oldest first, with the asset it is of."""
    found = node.log.latest(kinds, as_of=as_of)
    for each in sorted(found, key=lambda one: (one.observation.observed_at, one.position)):
        asset = estate.resolve(each.observation.subject)
        if asset is not None:
            yield asset, each


def _keep[K](known: dict[K, SeenDrill], key: K, drill: SeenDrill) -> None:
    held = known.get(key)
    if held is None or held.held <= drill.held:
        known[key] = drill


def _drill(sealed: Sealed, body: RestoreDrill) -> SeenDrill:
    return SeenDrill(
        passed=body.passed,
        held=body.held,
        minutes=body.rto_minutes,
        data_minutes=body.rpo_minutes,
        evidence=sealed.id,
    )


def _switched(sealed: Sealed, body: SwitchOverDrill) -> SeenDrill:
    return SeenDrill(
        passed=body.passed, held=body.held, minutes=body.switch_minutes, evidence=sealed.id
    )


def _tested(sealed: Sealed, held: date) -> SeenDrill:
    return SeenDrill(passed=True, held=held, minutes=0, evidence=sealed.id)


def _backup(sealed: Sealed, body: BackupStatus) -> SeenBackup:
    """How old the newest good copy gets: an interval, or longer where the last run is overdue.

    After a run that failed the copy before it is all there is: two intervals at least. Only the day
    a run finished is known, so only the whole days between are counted.
    """
    interval = body.interval_hours * 60
    days = (day_of(sealed.observation.observed_at) - body.finished).days
    late = max(0, days - 1) * 24 * 60
    return SeenBackup(
        succeeded=body.succeeded,
        data_age=max(interval if body.succeeded else 2 * interval, late),
        evidence=sealed.id,
        immutable=body.immutable,
    )
