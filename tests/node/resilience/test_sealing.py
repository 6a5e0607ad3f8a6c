"""What the plan bears, sealed: layers, partners, the disaster, and the story read from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from panshi.errors import MissingError
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.bodies.continuity_judged import PARTNER, SCENARIO, SERVICE_LAYERS
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.observation import Observation
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.drill_calendar import DrillState, calendar_of
from panshi.node.resilience.impact import ImpactDesk
from panshi.node.resilience.outcomes import outcomes_of
from panshi.node.resilience.sealing import bearing_of, seal_continuity
from panshi.node.resilience.story import newest_outcomes, scenarios_of, story_of
from panshi.node.resilience.story_answers import story_answer
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, NOW, PAY, entry, estate, layer


@pytest.fixture
def node(tmp_path):
    with Node.open(Home(path=tmp_path / "home"), clock=Clock(NOW)) as opened:
        opened.commit_estate(estate(NOW), by="test", at=NOW)
        yield opened


def analysed(node):
    ImpactDesk(node, actor="lin", estate_id=BANK).propose(entry(layers=(layer(),)))
    ImpactDesk(node, actor="wang", estate_id=BANK).decide(PAY, ImpactRuling.APPROVE)


def newest(node, kind):
    return [each.observation.body for each in node.log.records(kind)]


def test_nothing_is_sealed_of_services_without_analysis(node):
    seal_continuity(node, actor="test", estate_id=BANK, trials=0)
    assert newest(node, SERVICE_LAYERS) == []


def test_a_service_with_one_layer_is_told_so_and_a_drill_counts_for_it(node):
    # Given an analysis in force with one layer
    analysed(node)
    seal_continuity(node, actor="test", estate_id=BANK, trials=0)
    (body,) = newest(node, SERVICE_LAYERS)
    assert (body.layers, body.tested_layers, body.survives_each) == (1, 0, False)
    assert body.impact_analysed is not None
    # When the layer is really switched to
    at = NOW - timedelta(days=3)
    held = SwitchOverDrill(
        passed=True, held=at.date(), layer=layer().id, switch_minutes=42, target_minutes=120
    )
    seen = Observation(
        kind=SWITCH_OVER,
        subject=PAY,
        facet=layer().id,
        observed_at=at,
        collector="test",
        body=held,
    )
    node.log.append((seen,), NOW)
    seal_continuity(node, actor="test", estate_id=BANK, trials=0)
    # Then it counts as tested, and the calendar tells when it is due again
    assert newest(node, SERVICE_LAYERS)[-1].tested_layers == 1
    bearing = bearing_of(node, BANK)
    (row,) = calendar_of(node, bearing.graph, bearing.day, BANK)
    assert (row.state, row.due) == (DrillState.PASSED, at.date() + timedelta(days=365))


def test_the_story_says_whether_what_was_sealed_is_still_current(node):
    analysed(node)
    seal_continuity(node, actor="test", estate_id=BANK, trials=0)
    assert len(newest(node, SCENARIO)) == len(scenarios_of(node, BANK))
    assert story_of(node, BANK).current
    # When the plan changes Then the sealed outcome is outdated
    changed = entry(layers=(layer(), layer(id="pay-hand")))
    ImpactDesk(node, actor="lin", estate_id=BANK).propose(changed)
    ImpactDesk(node, actor="wang", estate_id=BANK).decide(PAY, ImpactRuling.APPROVE)
    told = story_answer(story_of(node, BANK))
    assert not told.current
    assert told.remedy is None
    assert {each.service for each in told.services} >= {PAY}


def test_partners_are_those_of_the_first_tier(node):
    analysed(node)
    seal_continuity(node, actor="test", estate_id=BANK, trials=0)
    assert newest(node, PARTNER) == []


def test_each_disaster_is_a_series_of_its_own_and_the_newest_counts(node):
    # Given every disaster sealed once
    analysed(node)
    done: list[int] = []
    seal_continuity(node, actor="test", estate_id=BANK, trials=0, watch=done.append)
    first = {each.scenario.id: each.sealed.id for each in outcomes_of(node, BANK)}
    assert done == list(range(1, len(first) + 1))
    # When one of them is sealed again
    wanted = ("cable-cut", "cable-cut")
    again = seal_continuity(node, actor="test", estate_id=BANK, trials=0, seed=2, wanted=wanted)
    # Then only that one is newer, on its page and in the list
    now = {each.scenario.id: each.sealed.id for each in outcomes_of(node, BANK)}
    assert {each for each, found in now.items() if found != first[each]} == {"cable-cut"}
    assert now["cable-cut"] in again
    assert story_of(node, BANK, "cable-cut").sealed.id == now["cable-cut"]
    assert {each.late for each in outcomes_of(node, BANK)} == {None}


def test_an_outcome_of_an_earlier_day_that_arrives_late_is_history(node):
    # Given an outcome of today
    analysed(node)
    seal_continuity(node, actor="test", estate_id=BANK, trials=0, wanted=("cable-cut",))
    today = story_of(node, BANK, "cable-cut").sealed
    # When one that was worked out a week ago is brought in afterwards
    before = replace(today.observation, observed_at=NOW - timedelta(days=7))
    node.log.append((before,), NOW)
    # Then the newer one is told, in the list and on its page; the past is told of its day
    (listed,) = (each.sealed for each in outcomes_of(node, BANK) if each.sealed)
    assert listed.id == story_of(node, BANK, "cable-cut").sealed.id == today.id
    assert set(newest_outcomes(node, BANK, NOW - timedelta(days=1))) == set()


def test_a_disaster_nobody_knows_is_refused_and_nothing_is_sealed(node):
    analysed(node)
    before = node.log.size()
    with pytest.raises(MissingError, match="nonsense"):
        seal_continuity(node, actor="test", estate_id=BANK, wanted=("cable-cut", "nonsense"))
    assert node.log.size() == before
    assert all(each.body is None and each.late is None for each in outcomes_of(node, BANK))


@pytest.mark.slow
def test_chances_are_told_where_the_disaster_was_played(node):
    analysed(node)
    seal_continuity(node, actor="test", estate_id=BANK, trials=200, wanted=("earthquake",))
    found = {each.scenario.id: each for each in outcomes_of(node, BANK)}
    assert found["earthquake"].late is not None
    assert {each.service for each in found["earthquake"].body.service_chances} == {PAY}
    assert found["compound"].body is None
