"""Contradictions, against a search that knows nothing of indexes, and one by one."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.resilience.graph import (
    Exposure,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeId,
    NodeKind,
    exactly,
)
from panshi.model.resilience.plan import ImpactCurve, ImpactKind, ImpactPoint, TeamNeed
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.impact.contradictions import ContradictionKind as Kind
from panshi.resilience.impact.contradictions import contradictions
from panshi.resilience.impact.reach import Reach
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
    layer,
)

DAY = date(2026, 11, 2)
NAMES = [NodeId(f"application:{number}") for number in range(8)]


# -- against a plain search -----------------------------------------------------------------


@st.composite
def graphs(draw):
    """Any graph without rings: redundancy, switch-over, layers with old data, shared causes."""
    nodes, layers = [], []
    for place, name in enumerate(NAMES):
        lower = NAMES[:place]
        groups, exposures = [], ()
        if lower:
            for _ in range(draw(st.integers(0, 2))):
                members = draw(
                    st.lists(st.sampled_from(lower), min_size=1, max_size=3, unique=True)
                )
                groups.append(
                    Group(
                        members=tuple(
                            Member(node=each, switch=exactly(draw(st.integers(0, 90))))
                            for each in members
                        ),
                        needed=draw(st.integers(1, len(members))),
                    )
                )
            causes = [each.id for each in nodes if not each.groups]
            if draw(st.booleans()):
                exposures = (Exposure(cause=draw(st.sampled_from(causes)), probability=0.5),)
        nodes.append(
            Node(
                id=name,
                kind=NodeKind.APPLICATION,
                name_zh=name,
                groups=tuple(groups),
                exposures=exposures,
            )
        )
        layers.append(
            Layer(
                id=name,
                kind=LayerKind.CLOUD,
                serves=name,
                name_zh=name,
                data_age=draw(st.integers(0, 90)),
            )
        )
    return Graph(nodes=tuple(nodes), layers=tuple(layers))


def slow_minutes(graph, lost, minutes, name):
    """How long a node is down: every group looked at anew, from the top, without memory."""
    if name == lost:
        return minutes
    worst = 0.0
    for group in graph.by_id[name].groups:
        own = [slow_minutes(graph, lost, minutes, each.node) for each in group.members]
        if not any(own):
            continue
        costs = sorted(
            value + (0 if place < group.needed else member.switch.likely)
            for place, (value, member) in enumerate(zip(own, group.members, strict=True))
        )
        worst = max(worst, costs[group.needed - 1])
    return worst


def slow_data(graph, lost, age, name):
    """How much data a node loses, likewise."""
    if name == lost:
        return age
    ages = {each.id: each.data_age for each in graph.layers}
    worst = 0.0
    for group in graph.by_id[name].groups:
        own = [slow_data(graph, lost, age, each.node) for each in group.members]
        if not any(own):
            continue
        costs = sorted(
            max(value, 0 if place < group.needed else ages[member.node])
            for place, (value, member) in enumerate(zip(own, group.members, strict=True))
        )
        worst = max(worst, costs[group.needed - 1])
    return worst


def slow_down(graph, lost, name):
    """Whether a node is down, likewise."""
    node = graph.by_id[name]
    return (
        name == lost
        or any(slow_down(graph, lost, each.cause) for each in node.exposures)
        or any(
            sum(not slow_down(graph, lost, each.node) for each in group.members) < group.needed
            for group in node.groups
        )
    )


@settings(max_examples=60)
@given(graphs(), st.sampled_from(NAMES), st.integers(1, 200))
def test_what_a_loss_does_equals_a_plain_search(graph, lost, minutes):
    reach = Reach(graph)
    felt, data = reach.minutes(lost, minutes), reach.data(lost, minutes)
    for name in NAMES:
        assert (felt[name].value if name in felt else 0) == slow_minutes(graph, lost, minutes, name)
        assert (data[name].value if name in data else 0) == slow_data(graph, lost, minutes, name)
        # every way told is a way of the graph, from the node to what was lost
        if name in felt:
            way = reach.path(felt, name)
            assert (way[0], way[-1]) == (name, lost)
            for upper, under in itertools.pairwise(way):
                assert under in graph.by_id[upper].needs


@settings(max_examples=60)
@given(graphs(), st.sampled_from(NAMES))
def test_what_falls_equals_a_plain_search(graph, lost):
    reach = Reach(graph)
    gone = reach.down(lost)
    assert gone == {name for name in NAMES if slow_down(graph, lost, name)}
    for name in gone:
        way = reach.path_down(gone, name, lost)
        assert (way[0], way[-1]) == (name, lost)
        for upper, under in itertools.pairwise(way):
            assert under in graph.by_id[upper].needs


# -- one by one -----------------------------------------------------------------------------


def found(entries=(), day=DAY, **measured):
    name, raw = library.resilience("graph.yaml")
    sources = Sources(
        estate=estate(),
        entries={each.service: each for each in entries},
        measured=Measured(**measured),
        usual=usual_of(raw, source=name),
    )
    return contradictions(sources, graph_of_estate(sources), day)


def only(kind, *entries, **measured):
    return [each for each in found(entries, **measured) if each.kind is kind]


def drill(minutes=45.0, *, passed=True, held=date(2026, 9, 1)):
    return SeenDrill(passed=passed, held=held, minutes=minutes, evidence="e1")


def backup(minutes):
    return SeenBackup(succeeded=True, data_age=minutes, evidence="e2")


def test_a_slower_dependency_is_told_with_its_way():
    # Given payments with an RTO of 120 minutes, whose gateway takes 240 and whose layer takes 150
    slow = entry(layers=(layer(activation=exactly(150)),))
    (one,) = only(Kind.SLOWER_DEPENDENCY, slow)
    # Then the fastest way back is told, and the way to what is slow
    assert (one.subject, one.other, one.wanted, one.found) == (PAY, GATEWAY, 120, 150)
    assert one.path == (PAY, "process:pay", GATEWAY)
    assert one.evidence == ()


def test_a_layer_in_time_makes_a_slow_dependency_harmless():
    assert only(Kind.SLOWER_DEPENDENCY, entry()) == []


def test_a_drill_that_took_longer_counts_although_less_was_stated():
    (one,) = only(Kind.SLOWER_DEPENDENCY, entry(layers=()), drills={CORE: drill(130)})[:1]
    assert (one.other, one.found, one.evidence) == (CORE, 130, ("e1",))
    (own,) = only(Kind.MEASURED_BEYOND_TARGET, drills={CORE: drill(130, passed=False)})
    assert (own.subject, own.wanted, own.found) == (CORE, 60, 130)


def test_backups_rarer_than_the_rpo():
    # Given copies an hour apart, an RPO of 10 minutes and no layer that has newer data
    bare = entry(layers=(layer(data_age=45),))
    (one,) = only(Kind.BACKUP_BEYOND_RPO, bare, backups={LEDGER: backup(60)})
    assert (one.subject, one.other, one.found, one.evidence) == (PAY, LEDGER, 45, ("e2",))
    assert one.path == (PAY, "process:pay", CORE, LEDGER)
    # A replica within the RPO covers it; without an analysis the system is judged for itself
    assert only(Kind.BACKUP_BEYOND_RPO, entry(), backups={LEDGER: backup(60)}) == []
    (alone,) = only(Kind.BACKUP_BEYOND_RPO, backups={LEDGER: backup(60)})
    assert (alone.subject, alone.found) == (CORE, 60)


def test_a_backup_nobody_saw():
    (one,) = only(Kind.BACKUP_UNSEEN, entry(layers=()))
    assert (one.subject, one.other) == (PAY, LEDGER)
    assert only(Kind.BACKUP_UNSEEN, entry(layers=()), backups={LEDGER: backup(5)}) == []


def test_targets_that_contradict_each_other():
    (one,) = only(Kind.RTO_BEYOND_MTPD, entry(rto=300))
    assert (one.wanted, one.found) == (240, 300)
    # the money curve is at its limit after 360 minutes
    assert only(Kind.MTPD_BEYOND_LIMIT, entry()) == []
    (late,) = only(Kind.MTPD_BEYOND_LIMIT, entry(mtpd=400))
    assert (late.wanted, late.found, late.said) == (360, 400, "money")
    law = ImpactCurve(
        kind=ImpactKind.LAW, points=(ImpactPoint(minutes=60, value=3),), limit=3, basis="x"
    )
    (first,) = only(Kind.MTPD_BEYOND_LIMIT, entry(curves=(*entry().curves, law)))
    assert (first.wanted, first.said) == (60, "law")


def test_suppliers_are_tested_within_a_year_or_told():
    told = {each.other for each in only(Kind.SUPPLIER_UNTESTED, entry(layers=()))}
    assert told == {VENDOR, CARRIER}
    plans = {VENDOR: drill(), CARRIER: drill(held=date(2025, 10, 1))}
    (one,) = only(Kind.SUPPLIER_UNTESTED, entry(layers=()), plans=plans)
    assert one.other == CARRIER
    assert one.path == (PAY, "process:pay", GATEWAY, VENDOR, CARRIER)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (None, True),
        (drill(), False),
        (drill(passed=False), True),
        (drill(held=date(2025, 11, 1)), True),
        (drill(held=date(2025, 11, 2)), False),
    ],
)
def test_a_layer_counts_as_drilled_for_a_year(seen, told):
    layers = {} if seen is None else {(PAY, "pay-south"): seen}
    assert bool(only(Kind.LAYER_UNDRILLED, entry(), layers=layers)) is told


def test_no_layer_at_all_or_none_in_time_or_with_old_data():
    assert {each.subject for each in only(Kind.NO_LAYER)} == {PAY}
    assert only(Kind.NO_LAYER, entry()) == []
    (one,) = only(Kind.NO_LAYER_IN_TIME, entry(layers=(layer(activation=exactly(200)),)))
    assert (one.found, one.wanted, one.other) == (200, 120, "layer:pay-south")
    (old,) = only(Kind.LAYER_DATA_BEYOND_RPO, entry(layers=(layer(data_age=11),)))
    assert (old.found, old.wanted) == (11, 10)


def test_one_cause_takes_the_primary_and_every_layer():
    # Given a layer at the south, and a primary that needs the gateway: nothing takes both
    assert only(Kind.FALLS_TOGETHER, entry()) == []
    # When the layer stands on the core too Then its data set and it fall with the primary
    shared = entry(layers=(layer(stands_on=(SOUTH, CORE)),))
    told = {each.other: each for each in only(Kind.FALLS_TOGETHER, shared)}
    assert set(told) == {CORE}
    (way,) = told[NodeId(CORE)].ways
    assert told[NodeId(CORE)].path == (PAY, "process:pay", CORE)
    assert way == (PAY, "layer:pay-south", CORE)


def test_more_people_than_there_are():
    many = (TeamNeed(team=OPERATORS, people=5),)
    (one,) = only(Kind.PEOPLE_SHORT, entry(layers=(layer(people=many, stands_on=(NORTH,)),)))
    assert (one.wanted, one.found) == (3, 5)
    assert one.path == (PAY, "layer:pay-south", OPERATORS)


def test_critical_services_are_analysed():
    assert [each.subject for each in only(Kind.NOT_ANALYSED)] == [PAY]
    assert only(Kind.NOT_ANALYSED, entry()) == []
