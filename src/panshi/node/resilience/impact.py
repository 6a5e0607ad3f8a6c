"""Business impact: the register, one service, what contradicts, and the steps people take.

register(node)                      every service with its analysis and contradictions
shown(node, "service:deposit")      one, with its history
checked(node)                       every contradiction, each with its way through the graph
desk = ImpactDesk(node, actor="lin"); desk.propose(entry); desk.decide(id, ruling)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.bodies.continuity import (
    DECISION,
    PROPOSAL,
    ImpactDecision,
    ImpactProposal,
    ImpactRuling,
)
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, ObservationId
from panshi.model.resilience.graph import Graph
from panshi.model.resilience.impact_layout import PlacedEntry
from panshi.model.resilience.plan import ImpactEntry
from panshi.model.zone import day_of
from panshi.node.desk import Desk
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.remembered import remembered_of_records
from panshi.node.resilience.graph import analyses, sources_of
from panshi.observe.impact_sheets import entries_of_sheets
from panshi.report.impact_files import analyses_xlsx, template_xlsx
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.impact.analyses import (
    Analyses,
    Analysis,
    AnalysisState,
    decision_defect,
)
from panshi.resilience.impact.contradictions import Contradiction, contradictions
from panshi.resilience.impact.entry_defects import defects

COLLECTOR = "panshi continuity"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceImpact:
    """One service of the register."""

    service: Asset
    critical: bool
    shown: Analysis | None
    "What is in force, or has lapsed, or waits."
    state: AnalysisState | None
    "None where nobody ever analysed it."
    waiting: Analysis | None
    "The proposal that waits for a second person."
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Every contradiction, and the graph it was found in."""

    estate: Estate
    graph: Graph
    day: date
    found: tuple[Contradiction, ...]

    def name(self, node: str) -> str:
        """Give what people call a node."""
        known = self.graph.by_id.get(node)  # type: ignore[call-overload]
        return str(known.name_zh) if known is not None else node

    def of(self, service: str) -> tuple[Contradiction, ...]:
        """Those of one service or system."""
        return tuple(each for each in self.found if each.subject == service)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShown:
    """One service with everything known of its impact."""

    row: ServiceImpact
    history: tuple[Analysis, ...]
    "Newest first."
    checked: Checked
    if_approved: tuple[Contradiction, ...] | None
    "What would contradict if what waits were approved; None where nothing waits."
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactPreview:
    """What a workbook would propose."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    contradictions: tuple[Contradiction, ...]
    "Of the services it speaks of, were all of it approved."
    checked: Checked


def checked(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Checked:
    """Find every contradiction of an estate; kept as long as nothing it rests on changes."""
    if as_of is not None:
        return _check(sources_of(node, estate_id, as_of), day_of(as_of))
    estate = node.estate(estate_id)
    return remembered_of_records(
        node,
        "contradictions",
        estate.id,
        lambda: _check(sources_of(node, estate.id), day_of(node.clock())),
    )


def register(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> tuple[ServiceImpact, ...]:
    """Give every service: critical ones first, then by id."""
    estate, day = node.estate(estate_id), day_of(as_of or node.clock())
    known, check = analyses(node, estate_id, as_of), checked(node, estate_id, as_of)
    rows = [_row(asset, known, check, day) for asset in estate.by_kind.get(AssetKind.SERVICE, ())]
    return tuple(sorted(rows, key=lambda each: (not each.critical, each.service.id)))


def shown(
    node: Node, service: str, estate_id: str | None = None, as_of: datetime | None = None
) -> ServiceShown:
    """Give one service; its name may leave `service:` out."""
    estate, day = node.estate(estate_id), day_of(as_of or node.clock())
    asset = _service(estate, service)
    known, check = analyses(node, estate_id, as_of), checked(node, estate_id, as_of)
    row = _row(asset, known, check, day)
    after = None
    if row.waiting is not None:
        sources = sources_of(node, estate_id, as_of)
        after = _with(sources, (row.waiting.entry,), day).of(asset.id)
    return ServiceShown(
        row=row,
        history=tuple(reversed(known.by_service.get(asset.id, ()))),
        checked=check,
        if_approved=after,
        day=day,
    )


def exported(node: Node, estate_id: str | None = None) -> bytes:
    """Write what is in force, or else what waits, as a workbook."""
    day, known = day_of(node.clock()), analyses(node, estate_id)
    held = (known.shown(service, day) for service in sorted(known.by_service))
    return analyses_xlsx(each.entry for each in held if each is not None)


def template(node: Node, estate_id: str | None = None) -> bytes:
    """Write the questions for every service of the estate."""
    return template_xlsx(node.estate(estate_id).by_kind.get(AssetKind.SERVICE, ()))


class ImpactDesk(Desk):
    """Where one person proposes and decides."""

    def propose(self, entry: ImpactEntry, *, why: str = "") -> ObservationId:
        """Propose an analysis; refused where it cannot be read."""
        self._refuse_defects((PlacedEntry(entry=entry),))
        return self._proposed(entry, why)

    def decide(self, proposal: str, ruling: ImpactRuling, *, why: str = "") -> ObservationId:
        """Approve or refuse the proposal of a service, or of an evidence id."""
        person = acting_person(self.actor)
        analysis = self._waiting(proposal)
        at = self.moment
        defect = decision_defect(analysis, ruling, person, why, pair_defect, day_of(at))
        if defect:
            self.node.audit(self.actor, DECISION, proposal, allowed=False, detail=defect)
            raise ForbiddenError(defect, place=proposal, remedy="nothing was sealed")
        body = ImpactDecision(
            proposal=analysis.sealed.id, ruling=ruling, decided_by=person, why=why.strip()
        )
        return self._seal(DECISION, analysis.entry.service, body, at)

    def taken_in(self, path: Path, *, commit: bool = True) -> ImpactPreview:
        """Propose the analyses of a workbook that differ from what is known; all or none."""
        placed = entries_of_sheets(path)
        self._refuse_defects(placed, path.name)
        day, known = day_of(self.moment), analyses(self.node, self.estate.id)
        added, changed = [], []
        for each in placed:
            service = each.entry.service
            held = known.open(service, day) or known.in_force(service, day)
            if held is None:
                added.append(each.entry)
            elif held.entry != each.entry:
                changed.append(each.entry)
        after = _with(sources_of(self.node, self.estate.id), (each.entry for each in placed), day)
        if commit:
            for entry in (*added, *changed):
                self._proposed(entry, path.name)
        about = {str(each.entry.service) for each in placed}
        return ImpactPreview(
            added=tuple(each.service for each in added),
            changed=tuple(each.service for each in changed),
            unchanged=len(placed) - len(added) - len(changed),
            contradictions=tuple(each for each in after.found if str(each.subject) in about),
            checked=after,
        )

    def _waiting(self, proposal: str) -> Analysis:
        day, known = day_of(self.moment), analyses(self.node, self.estate.id)
        found = known.find(proposal)
        if found is None:
            asset = _service(self.estate, proposal)
            found = known.open(asset.id, day)
        if found is None:
            raise UsageError(
                f"no proposal of {proposal[:60]!r} waits",
                remedy="`panshi continuity bia list` shows what waits",
            )
        return found

    def _refuse_defects(self, placed: Iterable[PlacedEntry], source: str = "") -> None:
        day, known = day_of(self.moment), analyses(self.node, self.estate.id)
        taken: dict[AssetId, frozenset[str]] = {}
        for service in known.by_service:
            held = known.shown(service, day)
            if held is not None:
                taken[service] = frozenset(layer.id for layer in held.entry.layers)
        wanted = tuple(placed)
        taken |= {
            each.entry.service: frozenset(layer.id for layer in each.entry.layers)
            for each in wanted
        }
        for each in wanted:
            others = (ids for service, ids in taken.items() if service != each.entry.service)
            for defect in defects(each.entry, self.estate, frozenset().union(*others)):
                cell = each.place(defect.part)
                place = f"{source}: {cell}" if cell else f"{each.entry.service}: {defect.part}"
                raise BadInputError(defect.problem, place=place, remedy=defect.remedy)

    def _proposed(self, entry: ImpactEntry, why: str) -> ObservationId:
        body = ImpactProposal(entry=entry, proposed_by=acting_person(self.actor), why=why.strip())
        return self._seal(PROPOSAL, entry.service, body, self.moment)

    def _seal(self, kind: str, service: AssetId, body: Body, at: datetime) -> ObservationId:
        made = Observation(
            kind=kind,
            subject=institution_of(self.estate),
            facet=service,
            observed_at=at,
            collector=COLLECTOR,
            body=body,
        )
        sealed = self.node.log.append((made,), at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, service)
        return sealed


def _service(estate: Estate, name: str) -> Asset:
    """Find a service by its id, with or without its kind."""
    wanted = name if name.startswith("service:") else f"service:{name}"
    found = estate.by_id.get(AssetId(wanted))
    if found is None:
        raise MissingError(
            f"there is no service {name[:60]!r}", remedy="`panshi continuity bia list` shows them"
        )
    return found


def _row(asset: Asset, known: Analyses, check: Checked, day: date) -> ServiceImpact:
    analysis = known.shown(asset.id, day)
    return ServiceImpact(
        service=asset,
        critical=bool(asset.attributes.get("critical", False)),
        shown=analysis,
        state=analysis.state(day) if analysis is not None else None,
        waiting=known.open(asset.id, day),
        contradictions=check.of(asset.id),
    )


def _check(sources: Sources, day: date) -> Checked:
    graph = graph_of_estate(sources)
    return Checked(
        estate=sources.estate,
        graph=graph,
        day=day,
        found=contradictions(sources, graph, day),
    )


def _with(sources: Sources, entries: Iterable[ImpactEntry], day: date) -> Checked:
    """Find what would contradict if these analyses were in force too."""
    after: Mapping[AssetId, ImpactEntry] = {
        **sources.entries,
        **{each.service: each for each in entries},
    }
    return _check(replace(sources, entries=after), day)
