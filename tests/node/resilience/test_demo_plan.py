"""The plan of the demo bank: how large it is, and what the planner proves on it."""

from datetime import UTC, datetime

from panshi.model.asset import AssetId, AssetKind, RelationKind
from panshi.model.resilience.graph import NodeId
from panshi.node.resilience.demo_plan import entry_of, planned, read_resilience
from panshi.node.resilience.graph import usual
from panshi.node.resilience.story import Option, with_options
from panshi.observe.demo_bank import demo_estate, demo_files, read_plan
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.measured import Measured
from panshi.resilience.remedy.planning import remedy

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_remedy_of_120_services_is_proven():
    # Given: the demo bank with its analyses of this year and every layer that is offered to it
    estate, plan = demo_estate(read_plan(*demo_files()), NOW), read_resilience()
    valid = {e.service for e in plan.services if (e.ago or plan.analysed.ago) <= 365}
    sources = Sources(
        estate=estate,
        entries={
            AssetId(e.service): entry_of(plan, e) for e in plan.services if e.service in valid
        },
        measured=Measured(),
        usual=usual(),
    )
    options = tuple(
        Option(service=AssetId(each.service), layer=planned(plan, each))
        for each in plan.candidates
        if each.service in valid
    )
    graph = graph_of_estate(with_options(sources, options))

    # When: the cheapest remedy of its compound disaster is sought
    found = remedy(
        graph,
        frozenset(NodeId(f"layer:{each.layer.id}") for each in options),
        plan.scenarios[:1],
    )

    # Then: it is proven, and worth its proof: many are late before, none after
    assert len(graph.services) == 120
    assert found.proven
    late = [each for each in found.before.missed if each.objective == "rto"]
    assert len(late) > 60
    assert not [each for each in found.best.missed if each.objective == "rto"]


def test_every_product_is_part_of_a_line_and_stands_on_systems():
    # Given: the services of the demo bank
    plan = read_plan(*demo_files())
    estate = demo_estate(plan, NOW)
    parts = {e.source: e.target for e in estate.relations if e.kind is RelationKind.PART_OF}
    services = estate.by_kind[AssetKind.SERVICE]

    # When: products are told from lines of business
    products = [each for each in services if each.id in parts]

    # Then: each belongs to a line, needs systems, and has an analysis of its own
    assert len(services) - len(products) == len(plan.bank.services)
    used = {e.source for e in estate.relations if e.kind is RelationKind.DEPENDS_ON}
    analysed = {AssetId(each.service) for each in read_resilience().services}
    lines = {f"service:{each.id}" for each in plan.bank.services}
    assert all(parts[each.id] in lines for each in products)
    assert {each.id for each in products} <= used & analysed
