"""Business impact at the desk: four eyes, workbooks all or none, what contradicts and when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.bodies.continuity import DECISION, PROPOSAL, ImpactProposal, ImpactRuling
from panshi.model.bodies.data import BackupStatus
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.bodies.vault import SwitchOverDrill
from panshi.model.observation import Observation
from panshi.model.resilience.graph import NodeId
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.graph import analyses, graph_of
from panshi.node.resilience.impact import (
    ImpactDesk,
    checked,
    exported,
    register,
    shown,
    template,
)
from panshi.node.resilience.switch_over import record_switch_over
from panshi.report.impact_files import analyses_xlsx
from panshi.resilience.impact.analyses import AnalysisState
from panshi.resilience.impact.contradictions import ContradictionKind as Kind
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import CORE, LEDGER, LEND, NOW, PAY, entry, estate, layer

APPROVE, REFUSE = ImpactRuling.APPROVE, ImpactRuling.REFUSE


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def node(tmp_path, clock):
    with Node.open(Home(path=tmp_path / "home"), clock=clock) as opened:
        opened.commit_estate(estate(NOW), by="test", at=NOW)
        yield opened


def lin(node):
    return ImpactDesk(node, actor="lin.yating")


def wang(node):
    return ImpactDesk(node, actor="wang.xiaoming")


def kinds(node):
    return {each.kind for each in checked(node).found if each.subject == PAY}


def see(node, subject, body, kind):
    made = Observation(
        kind=kind, subject=subject, observed_at=node.clock(), collector="test", body=body
    )
    node.log.append((made,), node.clock())


def test_an_analysis_counts_once_a_second_person_approved_it_and_for_a_year(node, clock):
    # Given a proposal
    proposal = lin(node).propose(entry(), why="訪談")
    (row, _) = register(node)
    assert (row.service.id, row.state) == (PAY, AnalysisState.PROPOSED)
    assert row.waiting is not None
    assert Kind.NOT_ANALYSED in kinds(node)
    # When whoever proposed approves Then it is refused and nothing is sealed
    size = sum(1 for _ in node.log.records(DECISION))
    for same in ("lin.yating", "cli:lin.yating", "Ｌin. Yating"):
        with pytest.raises(ForbiddenError, match="does not approve"):
            ImpactDesk(node, actor=same).decide(proposal, APPROVE)
    with pytest.raises(ForbiddenError):
        ImpactDesk(node, actor="token:robot").decide(proposal, APPROVE)
    assert sum(1 for _ in node.log.records(DECISION)) == size
    # When another does Then it is in force, in the graph too, until a year is over
    wang(node).decide("pay", APPROVE)
    assert shown(node, "pay").row.state is AnalysisState.IN_FORCE
    assert graph_of(node).by_id[NodeId(PAY)].rto == entry().rto
    assert Kind.NOT_ANALYSED not in kinds(node)
    clock.to(NOW + timedelta(days=365))
    assert shown(node, PAY).row.state is AnalysisState.IN_FORCE
    clock.to(NOW + timedelta(days=366))
    assert shown(node, PAY).row.state is AnalysisState.LAPSED
    assert graph_of(node).by_id[NodeId(PAY)].rto is None
    assert {Kind.NOT_ANALYSED, Kind.NO_LAYER} <= kinds(node)


def test_a_change_waits_while_what_was_approved_stays_in_force(node):
    lin(node).propose(entry())
    wang(node).decide("pay", APPROVE)
    # When someone proposes an RTO beyond the MTPD Then the page says so before anybody approves
    wang(node).propose(entry(rto=300))
    found = shown(node, "pay")
    assert found.row.shown is not None
    assert found.row.shown.entry.rto == entry().rto
    assert Kind.RTO_BEYOND_MTPD in {each.kind for each in found.if_approved or ()}
    assert Kind.RTO_BEYOND_MTPD not in kinds(node)
    # a refusal says why, and leaves everything as it is
    with pytest.raises(ForbiddenError, match="says why"):
        lin(node).decide("pay", REFUSE)
    lin(node).decide("pay", REFUSE, why="RTO 逾 MTPD")
    assert shown(node, "pay").row.waiting is None
    assert [each.state(shown(node, "pay").day) for each in shown(node, "pay").history] == [
        AnalysisState.REFUSED,
        AnalysisState.IN_FORCE,
    ]
    with pytest.raises(UsageError, match="waits"):
        lin(node).decide("pay", APPROVE)


def test_a_decision_is_on_one_proposal_word_for_word(node):
    first = lin(node).propose(entry())
    lin(node).propose(entry(mtpd=300))
    with pytest.raises(ForbiddenError, match="replaced"):
        wang(node).decide(first, APPROVE)


def test_what_cannot_be_read_is_refused_and_nothing_sealed(node):
    with pytest.raises(BadInputError) as refused:
        lin(node).propose(entry(layers=(layer(stands_on=("site:moon",)),)))
    assert "layers[0].stands_on" in refused.value.place
    lin(node).propose(entry())
    with pytest.raises(BadInputError, match="twice"):
        lin(node).propose(entry(service=LEND))
    with pytest.raises(MissingError):
        shown(node, "nothing")
    assert sum(1 for _ in node.log.records(PROPOSAL)) == 1
    with pytest.raises(UsageError, match="step"):
        node.record(
            PROPOSAL, ImpactProposal(entry=entry(), proposed_by="x"), facet=PAY, actor="lin.yating"
        )


def test_a_workbook_goes_round(node, tmp_path):
    path = tmp_path / "bia.xlsx"
    entries = (entry(), entry(service=LEND, layers=(layer(id="lend-south"),)))
    path.write_bytes(analyses_xlsx(entries))
    # Given a preview Then nothing is sealed, and what would contradict is told
    preview = lin(node).taken_in(path, commit=False)
    assert preview.added == (PAY, LEND)
    assert Kind.LAYER_UNDRILLED in {each.kind for each in preview.contradictions}
    assert analyses(node).by_service == {}
    # When it is taken in and approved Then the export is what was taken in, and nothing changes
    lin(node).taken_in(path)
    for service in ("pay", "lend"):
        wang(node).decide(service, APPROVE)
    path.write_bytes(exported(node))
    again = lin(node).taken_in(path)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    path.write_bytes(template(node))
    with pytest.raises(BadInputError, match="owner is missing"):
        lin(node).taken_in(path)


def test_one_mistake_refuses_the_whole_workbook_with_its_cell(node, tmp_path):
    path = tmp_path / "bia.xlsx"
    wrong = entry(service=LEND, layers=(layer(id="lend-south", stands_on=("site:moon",)),))
    path.write_bytes(analyses_xlsx((entry(), wrong)))
    with pytest.raises(BadInputError) as refused:
        lin(node).taken_in(path)
    assert refused.value.place == "bia.xlsx: layers!K4"
    assert analyses(node).by_service == {}


def test_real_backups_and_drills_speak(node):
    # Given an analysis in force, daily copies seen, and a layer switched to in 150 minutes
    lin(node).propose(entry(layers=(layer(data_age=60),)))
    wang(node).decide("pay", APPROVE)
    today = date(2026, 11, 2)
    see(
        node,
        LEDGER,
        BackupStatus(succeeded=True, finished=today, interval_hours=24),
        "backup.status/1",
    )
    drill = RestoreDrill(
        passed=True,
        held=today,
        rto_minutes=150,
        rto_target_minutes=60,
        layer="pay-south",
    )
    see(node, PAY, drill, "backup.restore_drill/1")
    found = {each.kind: each for each in checked(node).found if each.subject == PAY}
    # Then copies and layer are found wanting, each by its evidence
    assert found[Kind.BACKUP_BEYOND_RPO].found == layer(data_age=60).data_age
    assert found[Kind.NO_LAYER_IN_TIME].found == drill.rto_minutes
    assert found[Kind.NO_LAYER_IN_TIME].evidence
    assert Kind.LAYER_UNDRILLED not in found
    assert Kind.BACKUP_UNSEEN not in found
    # a run that failed leaves a copy two intervals old
    see(
        node,
        LEDGER,
        BackupStatus(succeeded=False, finished=today, interval_hours=24),
        "backup.status/1",
    )
    assert graph_of(node).by_id[NodeId(LEDGER)].data_age == 2 * 24 * 60


def test_a_switch_over_is_of_a_layer_its_service_has(node):
    # Given a service whose layers are known
    lin(node).propose(entry(layers=(layer(id="pay-south"),)))
    wang(node).decide("pay", APPROVE)
    drill = SwitchOverDrill(
        passed=True, held=date(2026, 11, 2), layer="pay-sauth", switch_minutes=5, target_minutes=9
    )
    # When one is mistyped Then it is refused and told which there are
    with pytest.raises(UsageError, match="pay-sauth") as refused:
        record_switch_over(node, PAY, drill, actor="cli:lin")
    assert refused.value.remedy == "layers: pay-south"
    assert record_switch_over(node, PAY, replace(drill, layer="pay-south"), actor="cli:lin")


def test_as_it_was_known(node, clock):
    lin(node).propose(entry())
    clock.to(NOW + timedelta(days=10))
    wang(node).decide("pay", APPROVE)
    then = register(node, as_of=NOW + timedelta(days=5))
    assert then[0].state is AnalysisState.PROPOSED
    assert CORE in graph_of(node, as_of=NOW + timedelta(days=5)).by_id
