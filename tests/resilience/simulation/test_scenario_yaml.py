"""Scenarios as data: those that ship are sound, faults are found, combinations keep their clock."""

import pytest

from panshi.errors import ContentError, UsageError
from panshi.node.resilience.simulation import MISSION, scenario_for, shipped
from panshi.resilience.simulation.scenario_yaml import chosen, load_scenarios

GOOD = """
id: flood
title_zh: 水災
title_en: Flood
story_zh: 淹水。
story_en: Water.
source: internal
shocks:
  - {at: 0, kind: site, probability: 0.3, duration: {low: 1, likely: 2, high: 3}}
"""


def test_all_that_ship_are_there_in_two_languages():
    known = shipped()

    assert {"earthquake", "cable-cut", "ransomware", "war-relocation", "compound"} <= set(known)
    assert len(known) == 10
    assert all(each.title_zh and each.title_en and each.shocks for each in known.values())


def test_a_combination_keeps_its_clock():
    found = chosen(shipped(), "cable-cut@120+ransomware@360")

    assert [shock.at for shock in found.shocks] == [120, 360, 360]
    assert found.id == "cable-cut@120+ransomware@360"
    assert [shock.at for shock in shipped()["compound"].shocks] == [0, 0, 0, 120, 360, 360]
    assert scenario_for(shipped(), MISSION) is None


@pytest.mark.parametrize("wanted", ["flod", "earthquake@soon", "earthquake+", "earthquake@-5"])
def test_what_cannot_be_meant_is_refused(wanted):
    with pytest.raises(UsageError):
        chosen(shipped(), wanted)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title_en: Flood", "title_en: ''"),
        ("source: internal", "sauce: internal"),
        ("probability: 0.3", "probability: 1.3"),
        ("kind: site", "kind: castle"),
        ("high: 3", "high: 1"),
        ("low: 1, likely: 2, high: 3", "low: 0, likely: 0, high: 0"),
        ("at: 0", "at: 99999"),
        ("at: 0", "at: 0, dwell: 5"),
        ("shocks:", "parts: [{scenario: flood}]\nshocks:"),
        ("shocks:", "]["),
    ],
)
def test_faults_are_found(old, new):
    assert load_scenarios([("flood.yaml", GOOD.encode())])
    with pytest.raises(ContentError):
        load_scenarios([("flood.yaml", GOOD.replace(old, new).encode())])
