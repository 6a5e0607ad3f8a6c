"""The graph says of an estate what the estate says, and what drills and analyses add."""

from datetime import date

from panshi.model.resilience.graph import NodeId, NodeKind
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.measured import Measured, SeenBackup, SeenDrill
from panshi.resilience.usual import usual_of
from panshi.store import library
from tests.simulators.two_site_bank import (
    CARRIER,
    CORE,
    GATEWAY,
    LEDGER,
    NORTH,
    OPERATORS,
    PAY,
    SOUTH,
    VENDOR,
    entry,
    estate,
)


def built(entries=(), **measured):
    name, raw = library.resilience("graph.yaml")
    return graph_of_estate(
        Sources(
            estate=estate(),
            entries={each.service: each for each in entries},
            measured=Measured(**measured),
            usual=usual_of(raw, source=name),
        )
    )


def needs(graph, name):
    return set(graph.by_id[NodeId(name)].needs)


def test_a_service_stands_on_its_primary_way_and_that_on_systems():
    graph = built()
    assert needs(graph, PAY) == {"process:pay"}
    assert needs(graph, "process:pay") == {CORE, GATEWAY}


def test_hosts_are_redundant_as_far_as_is_stated_and_tests_do_not_count():
    graph = built()
    (hosts,) = (each for each in graph.by_id[NodeId(CORE)].groups if each.name == "hosts")
    assert hosts.needed == 1
    assert [each.node for each in hosts.members] == ["host:a", "host:b"]


def test_who_runs_a_system_is_needed_and_who_only_supplies_is_not():
    graph = built()
    assert VENDOR in needs(graph, GATEWAY)
    assert CARRIER not in needs(graph, CORE)
    assert CARRIER in needs(graph, VENDOR)


def test_sites_stand_on_power_ground_and_cables():
    graph = built()
    north = graph.by_id[NodeId(NORTH)]
    assert {"power:taipei", "infrastructure:north-generator", "zone:taipei"} == set(north.needs)
    assert graph.by_id[NodeId("site:tokyo")].kind is NodeKind.CLOUD_REGION
    assert "cable:jp" in needs(graph, "site:tokyo")


def test_an_analysis_brings_targets_and_layers_with_people_and_paths():
    graph = built([entry()])
    service, (layer,) = graph.by_id[NodeId(PAY)], graph.layers
    assert (service.rto, service.rpo) == (120, 10)
    assert [each.node for each in service.groups[0].members] == ["process:pay", "layer:pay-south"]
    assert needs(graph, "layer:pay-south") == {SOUTH, OPERATORS}
    assert [(each.pool, each.amount) for each in layer.draws] == [(OPERATORS, 2)]
    assert layer.restore_pool == f"{SOUTH}#restore"
    assert {each.id for each in graph.pools} == {OPERATORS, f"{SOUTH}#restore", f"{NORTH}#seats"}


def test_what_a_drill_measured_takes_the_place_of_what_was_planned():
    drill = SeenDrill(passed=True, held=date(2026, 9, 1), minutes=80, evidence="e")
    graph = built([entry()], layers={(PAY, "pay-south"): drill}, drills={CORE: drill})
    assert graph.layers[0].activation.likely == drill.minutes
    assert graph.layers[0].drilled_on == drill.held
    assert graph.by_id[NodeId(CORE)].repair.evidence == "e"


def test_a_drill_that_failed_measures_nothing():
    drill = SeenDrill(passed=False, held=date(2026, 9, 1), minutes=80, evidence="e")
    graph = built([entry()], layers={(PAY, "pay-south"): drill})
    assert graph.layers[0].activation.likely == entry().layers[0].activation.likely
    assert graph.layers[0].drilled_on is None


def test_a_data_set_is_as_old_as_its_backup_or_that_of_its_system():
    backup = SeenBackup(succeeded=True, data_age=360, evidence="e")
    assert built(backups={LEDGER: backup}).by_id[NodeId(LEDGER)].data_age == backup.data_age
    assert built(backups={CORE: backup}).by_id[NodeId(LEDGER)].data_age == backup.data_age


def test_the_same_sources_give_the_same_graph():
    assert built([entry()]) == built([entry()])
