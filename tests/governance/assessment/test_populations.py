"""Which assets a control is judged over."""

from __future__ import annotations

import pytest

from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.populations import Populations
from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.control import Neighbour, Population
from panshi.model.predicate import Comparison, Condition
from tests.governance.assessment.worlds import NOW, estate, host

SERVER = Asset(
    id=AssetId("host:s"),
    kind=AssetKind.HOST,
    name="s",
    attributes={"role": "server", "fields": ("remote", "cloud")},
    inventories=("cmdb", "edr"),
)


def members(population, *more, hosts=3, fields=None):
    return Populations(estate(hosts, *more, fields=fields), Moment(NOW)).of(population)


def test_kind_and_where_choose():
    where = Condition(field="role", comparison=Comparison.IS, value="server")
    assert members(Population(kind=AssetKind.HOST), SERVER).size() == 4
    assert members(Population(kind=AssetKind.HOST, where=where), SERVER).ids == ("host:s",)
    assert members(Population(kind=AssetKind.SITE)).size() == 0


@pytest.mark.parametrize(
    ("near", "found"),
    [
        (Neighbour(relation=RelationKind.RUNS_ON, outgoing=False), (host(0),)),
        (Neighbour(relation=RelationKind.RUNS_ON), ()),
        (Neighbour(relation=RelationKind.PART_OF, outgoing=False), ()),
        (Neighbour(relation=RelationKind.RUNS_ON, outgoing=False, kind=AssetKind.SITE), ()),
        (
            Neighbour(
                relation=RelationKind.RUNS_ON,
                outgoing=False,
                kind=AssetKind.SYSTEM,
                where=Condition(field="tier", comparison=Comparison.IS, value=1),
            ),
            (),
        ),
    ],
)
def test_neighbours_choose(near, found):
    assert members(Population(kind=AssetKind.HOST, related=near)).ids == found


def test_fields_narrow():
    hosts = Population(kind=AssetKind.HOST)
    known = members(hosts, SERVER, fields=("remote",))
    assert known.of_field("cloud") == ("host:s",)
    assert known.size("remote") == 4
    assert known.holds(AssetId(host(0)), "remote")
    assert not known.holds(AssetId(host(0)), "cloud")
    assert not known.holds(AssetId("host:none"), "cloud")


def test_an_empty_field_is_known_only_if_every_asset_says_its_fields():
    hosts = Population(kind=AssetKind.HOST)
    assert members(hosts, SERVER, fields=("remote",)).known_empty("app_admin")
    assert not members(hosts, SERVER).known_empty("app_admin")
    assert not members(hosts, hosts=0).known_empty("app_admin")
    assert not members(hosts, SERVER, fields=("remote",)).known_empty("")


def test_members_that_an_inventory_misses_are_counted():
    both = Population(kind=AssetKind.HOST, inventories=("cmdb", "edr"))
    assert members(both, SERVER).apart == 3
