"""Quarters freeze once, from evidence as it was; definitions change openly; figures are equal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Standing
from panshi.node.indicators import (
    body_of,
    define,
    definitions,
    freeze,
    indicator_named,
    measured,
    snapshots,
    standings,
)
from tests.simulators.institution import Clock, open_institution, see_accounts
from tests.web.small_bank import BANK

Q4 = Quarter.read("2025Q4")
AFTER = Q4.ends + timedelta(days=9)
SHARE = """
share: passing
looks: {kind: account.authenticators/1, population: {kind: account}}
passes: {field: factors, at_least: 2}
"""


@pytest.fixture
def clock():
    return Clock(datetime(2025, 12, 20, 4, tzinfo=UTC))


@pytest.fixture
def node(tmp_path, clock):
    """Six of twelve accounts pass in December; a definition says so."""
    with open_institution(tmp_path, clock) as opened:
        see_accounts(opened, passing=6)
        shipped = definitions(opened, BANK)["phishing-resistant"].now
        body = replace(
            body_of(shipped), indicator="ours", formula=SHARE, targets=("2025Q4=0.5",), why="ours"
        )
        define(opened, body, actor="lin", estate_id=BANK)
        yield opened


def frozen_value(node, quarter=Q4):
    (found,) = [each for each in snapshots(node, BANK) if each.quarter == quarter]
    return found.newest.value("ours").value


def test_a_quarter_freezes_after_its_end_and_once(node, clock):
    with pytest.raises(UsageError, match="ends on 2025-12-31"):
        freeze(node, Q4, actor="he", estate_id=BANK)
    clock.to(AFTER)
    freeze(node, Q4, actor="he", estate_id=BANK)
    assert frozen_value(node) == 0.5
    with pytest.raises(UsageError, match="does not change"):
        freeze(node, Q4, actor="he", estate_id=BANK)
    with pytest.raises(ForbiddenError):
        freeze(node, Q4.after(-1), actor="token:ci", estate_id=BANK)


def test_what_comes_later_changes_no_frozen_quarter(node, clock):
    clock.to(AFTER)
    see_accounts(node, passing=12)
    freeze(node, Q4, actor="he", estate_id=BANK)
    # Seen after the quarter, so it is not in it; now it is.
    assert frozen_value(node) == 0.5
    now = {each.indicator.id: each for each in measured(node, BANK).values}["ours"]
    assert now.measured.value == 1.0
    assert indicator_named(node, "ours", BANK).last.value == 0.5


def test_a_correction_leaves_evidence_out_and_stands_beside(node, clock):
    clock.to(AFTER)
    freeze(node, Q4, actor="he", estate_id=BANK)
    wrong = [
        each.id
        for each in node.log.records("account.authenticators/1")
        if each.observation.body.factors < 2
    ]
    with pytest.raises(UsageError, match="was not frozen yet"):
        freeze(node, Q4.after(-1), actor="he", estate_id=BANK, why="x")
    freeze(node, Q4, actor="he", estate_id=BANK, why="a broken export", without=wrong)
    (found,) = snapshots(node, BANK)
    # Unseen is not passing: leaving failures out raises nothing, it only lowers what was seen.
    assert found.first.value("ours").value == 0.5
    assert found.newest.value("ours").value == 0.5
    assert found.newest.value("ours").coverage == 0.5
    assert found.newest.body.why == "a broken export"


def test_a_definition_of_another_measure_begins_a_new_segment(node, clock):
    clock.to(AFTER)
    freeze(node, Q4, actor="he", estate_id=BANK)
    before = definitions(node, BANK)["ours"].now
    define(
        node,
        replace(body_of(before), formula="{met: any, of: {framework: zt36}}", why="broader"),
        actor="lin",
        estate_id=BANK,
    )
    clock.to(Q4.after(1).ends + timedelta(days=2))
    freeze(node, Q4.after(1), actor="he", estate_id=BANK)
    found = indicator_named(node, "ours", BANK)
    assert [len(each.points) for each in found.trend.segments] == [1, 1]
    assert [each.revision for each in found.trend.points] == [1, 2]
    assert frozen_value(node) == 0.5


def test_a_definition_is_refused_with_its_reason(node):
    now = body_of(definitions(node, BANK)["ours"].now)
    with pytest.raises(UsageError, match="means already"):
        define(node, replace(now, why="again"), actor="lin", estate_id=BANK)
    with pytest.raises(BadInputError):
        define(node, replace(now, formula="{met: all}", why="x"), actor="lin", estate_id=BANK)
    with pytest.raises(MissingError):
        define(node, replace(now, owner="cook", why="x"), actor="lin", estate_id=BANK)
    text = "{met: any, of: {framework: law}}"
    with pytest.raises(UsageError, match="no framework 'law'"):
        define(node, replace(now, formula=text, why="x"), actor="lin", estate_id=BANK)
    with pytest.raises(ForbiddenError):
        define(node, replace(now, tolerance=0.5, why="x"), actor="token:ci", estate_id=BANK)
    with pytest.raises(MissingError):
        indicator_named(node, "no-such", BANK)


def test_what_is_remembered_is_measured_anew_when_something_is_seen(node):
    assert indicator_named(node, "ours", BANK).now.measured.value == 0.5
    see_accounts(node, passing=9)
    found = indicator_named(node, "ours", BANK).now
    assert found.measured.value == 0.75
    assert found.standing is Standing.ON_TARGET
    assert len(standings(node, BANK)) == len(definitions(node, BANK))
