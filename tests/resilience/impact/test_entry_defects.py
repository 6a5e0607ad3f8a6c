"""What cannot be read is refused with its part; what can is left to the approver."""

import pytest

from panshi.model.asset import AssetId
from panshi.model.resilience.graph import exactly
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactKind,
    ImpactPoint,
    RecoveryNeed,
    TeamNeed,
)
from panshi.resilience.impact.entry_defects import defects
from tests.simulators.two_site_bank import CORE, NORTH, SOUTH, entry, estate, layer


def curve(*points, kind=ImpactKind.MONEY, limit=10.0):
    made = tuple(ImpactPoint(minutes=minutes, value=value) for minutes, value in points)
    return ImpactCurve(kind=kind, points=made, limit=limit)


def test_a_good_analysis_has_none_even_where_it_contradicts():
    assert defects(entry(), estate()) == ()
    assert defects(entry(rto=9_000), estate()) == ()


@pytest.mark.parametrize(
    ("part", "made"),
    [
        ("service", entry(service=AssetId("service:none"))),
        ("service", entry(service=CORE)),
        ("owner", entry(owner=" ")),
        ("rto", entry(rto=0)),
        ("mtpd", entry(mtpd=float("inf"))),
        ("rpo", entry(rpo=float("nan"))),
        ("curves[1].kind", entry(curves=(curve((1, 1)), curve((1, 1))))),
        ("curves[0]", entry(curves=(curve(),))),
        ("curves[0].points[1].minutes", entry(curves=(curve((5, 1), (5, 2)),))),
        ("curves[0].points[1].value", entry(curves=(curve((5, 2), (6, 1)),))),
        ("curves[0].limit", entry(curves=(curve((5, 2), kind=ImpactKind.LAW, limit=5),))),
        ("needs[0].level", entry(needs=(RecoveryNeed(within=5, level=1.5),))),
        ("needs[0].systems", entry(needs=(RecoveryNeed(within=5, level=1, systems=(NORTH,)),))),
        (
            "needs[1].within",
            entry(needs=(RecoveryNeed(within=5, level=0.5), RecoveryNeed(within=5, level=1))),
        ),
        ("layers[0].id", entry(layers=(layer(id="South One"),))),
        ("layers[1].id", entry(layers=(layer(), layer()))),
        ("layers[0].capacity", entry(layers=(layer(capacity=0),))),
        ("layers[0].people", entry(layers=(layer(people=(TeamNeed(team="a;b", people=1),)),))),
        ("layers[0].stands_on", entry(layers=(layer(stands_on=(), people=()),))),
        ("layers[0].stands_on", entry(layers=(layer(stands_on=(SOUTH, SOUTH)),))),
        ("layers[0].activation", entry(layers=(layer(activation=exactly(1e9)),))),
    ],
)
def test_a_mistake_is_told_with_its_part(part, made):
    assert part in {each.part for each in defects(made, estate())}


def test_a_layer_id_belongs_to_one_service():
    (one,) = defects(entry(), estate(), taken=("pay-south",))
    assert one.part == "layers[0].id"
