"""The likely course of disasters on banks small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import replace

from panshi.model.resilience.graph import (
    Draw,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeId,
    NodeKind,
    Pool,
    all_of,
    exactly,
)
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.resilience.story.course import told
from panshi.resilience.story.tale import Fate

SITE, FAR, SERVICE = NodeId("site:main"), NodeId("site:far"), NodeId("service:pay")
DATA, PRIMARY = NodeId("dataset:pay"), NodeId("process:pay")
SEATS, PATH = NodeId("site:far#seats"), NodeId("site:far#restore")


def bank(*layers: Layer, rto: float = 120.0, seats: float = 10.0) -> Graph:
    """A service on one site with its data, and layers that stand on the far site."""
    nodes = [
        Node(id=SITE, kind=NodeKind.SITE, name_zh="主"),
        Node(id=FAR, kind=NodeKind.SITE, name_zh="遠"),
        Node(id=DATA, kind=NodeKind.DATASET, name_zh="資料"),
        Node(id=PRIMARY, kind=NodeKind.PROCESS, name_zh="作業", groups=all_of(SITE, DATA)),
        *(
            Node(id=each.id, kind=NodeKind.LAYER, name_zh=each.name_zh, groups=all_of(FAR))
            for each in layers
        ),
    ]
    members = (
        Member(node=PRIMARY),
        *(Member(node=each.id, switch=each.activation) for each in layers),
    )
    service = Node(
        id=SERVICE,
        kind=NodeKind.SERVICE,
        name_zh="支付",
        groups=(Group(members=members, name="layers"),),
        critical=True,
        rto=rto,
        rpo=30.0,
    )
    pools = (
        Pool(id=SEATS, unit="seats", capacity=seats),
        Pool(id=PATH, unit="MiB/s", capacity=100.0),
    )
    return Graph(nodes=(*nodes, service), layers=layers, pools=pools)


def layer(name: str, minutes: float = 60.0, **more: object) -> Layer:
    return replace(
        Layer(
            id=NodeId(f"layer:{name}"),
            kind=LayerKind.REMOTE_SITE,
            serves=SERVICE,
            name_zh=name,
            activation=exactly(minutes),
        ),
        **more,
    )


def disaster(*shocks: Shock) -> Scenario:
    return Scenario(id="d", title_zh="災", title_en="disaster", shocks=shocks)


QUAKE = Shock(at=0, nodes=(SITE,), duration=exactly(5_000))
RANSOM = Shock(
    at=300, effect=Effect.CORRUPTION, nodes=(DATA,), duration=exactly(2_000), dwell=9_000
)


def only(graph: Graph, *shocks: Shock):
    (tale,) = told(graph, disaster(*shocks)).services
    return tale


def test_without_a_layer_a_service_waits_for_its_site():
    tale = only(bank(), QUAKE)
    assert (tale.lost_at, tale.outage, tale.late) == (0, 5_000, True)
    assert tale.why[-1] == SITE


def test_a_layer_takes_over_after_its_switch_over_and_says_so():
    tale = only(bank(layer("remote", 60)), QUAKE)
    assert (tale.outage, tale.late) == (60, False)
    assert [(each.fate, each.chosen) for each in tale.layers] == [(Fate.READY, True)]


def test_a_layer_on_lost_ground_is_lost_as_well():
    both = Shock(at=0, nodes=(SITE, FAR), duration=exactly(5_000))
    tale = only(bank(layer("remote")), both)
    assert tale.layers[0].fate is Fate.GONE
    assert tale.layers[0].why[-1] == FAR
    assert tale.late


def test_a_live_copy_serves_until_ransomware_spoils_it_and_then_no_more():
    # Given a service that moved to a live copy at minute 60
    tale = only(bank(layer("remote", 60)), QUAKE, RANSOM)
    # Then it is lost again when data is encrypted, until the primary is back
    assert tale.down == ((0, 60), (300, 5_000))
    assert tale.layers[0].fate is Fate.POISONED
    assert tale.loss == 9_000


def test_an_immutable_copy_older_than_the_entry_serves():
    vault = layer("vault", 90, replicates=False, retention=20_000.0, data_age=60.0)
    tale = only(bank(vault), QUAKE, RANSOM)
    assert (tale.outage, tale.late) == (90, False)


def test_a_copy_that_does_not_reach_back_far_enough_is_no_clean_copy():
    vault = layer("vault", 90, replicates=False, retention=8_000.0)
    tale = only(bank(vault), replace(RANSOM, at=0))
    assert tale.layers[0].fate is Fate.NO_CLEAN_COPY


def test_data_comes_in_beside_the_activation():
    # 100 GiB through 100 MiB/s take 17 minutes and 4 seconds: less than switching over
    slow = layer("vault", 90, restore_gib=100.0, restore_pool=PATH)
    assert only(bank(slow), QUAKE).outage == 90
    much = layer("vault", 90, restore_gib=1_000.0, restore_pool=PATH)
    assert only(bank(much), QUAKE).outage == 171


def test_a_layer_without_seats_is_crowded_out():
    wide = layer("remote", 60, draws=(Draw(pool=SEATS, amount=11),))
    tale = only(bank(wide), QUAKE)
    assert tale.layers[0].fate is Fate.CROWDED
    assert tale.outage == 5_000


def test_a_work_around_that_ends_too_soon_does_not_count():
    short = layer("hand", 30, lasts=600.0)
    assert only(bank(short), QUAKE).layers[0].fate is Fate.TOO_SHORT
    long = layer("hand", 30, lasts=6_000.0)
    assert only(bank(long), QUAKE).outage == 30


def test_of_two_layers_the_first_to_serve_is_chosen():
    tale = only(bank(layer("slow", 100), layer("fast", 20)), QUAKE)
    assert tale.outage == 20
    assert [each.layer.name_zh for each in tale.layers if each.chosen] == ["fast"]


def test_what_is_less_likely_than_not_does_not_happen():
    assert not only(bank(), replace(QUAKE, probability=0.4)).lost
