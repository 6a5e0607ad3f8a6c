"""Exceptions as an OSCAL plan of action: valid; a deviation stands only while it counts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from panshi.errors import UsageError
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.exceptions import details
from panshi.node.home import Home
from panshi.report.exception_answers import detail_without_persons
from panshi.report.oscal import deviations
from tests.report.oscal.test_exports import faults_by_schema
from tests.simulators.guarded_bank import (
    BROKEN,
    CISO,
    FAILING,
    OWNER,
    REVIEWER,
    SOUND,
    found_bank,
    incident,
    open_bank,
)

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def node(tmp_path: Path, clock):
    with open_bank(Home(path=tmp_path), lambda: clock[0]) as opened:
        found_bank(opened)
        for number in range(3):
            asked = Asked(
                control=BROKEN,
                scope=FAILING[number : number + 1],
                reason="old switches",
                residual_risk="lateral movement",
                compensating=(SOUND,),
                effective=TODAY,
                expires=TODAY + timedelta(days=60),
            )
            ExceptionDesk(opened, actor=OWNER).request(asked)
        ExceptionDesk(opened, actor=REVIEWER).review("EX-2026-001")
        ExceptionDesk(opened, actor=CISO).approve("EX-2026-001", why="agreed")
        ExceptionDesk(opened, actor=OWNER).withdraw("EX-2026-003")
        yield opened


def plan(node):
    estate = node.estate()
    raw = deviations(details(node), estate, NOW)
    return json.loads(raw)["plan-of-action-and-milestones"], raw


def statuses(node):
    return [risk["status"] for risk in plan(node)[0]["risks"]]


@pytest.mark.data
def test_it_is_valid_by_the_official_schema(node):
    assert faults_by_schema("poam", json.loads(plan(node)[1])) == []


def test_a_deviation_is_approved_only_while_the_exception_counts(node, clock):
    assert statuses(node) == ["deviation-approved", "deviation-requested", "open"]
    # When what compensates fails, the risk is open again
    clock[0] += timedelta(hours=1)
    node.log.append([incident(clock[0], over=False)], clock[0])
    assert statuses(node)[0] == "open"
    factor = plan(node)[0]["risks"][0]["mitigating-factors"][0]
    assert {"name": "met", "value": "false"}.items() <= factor["props"][1].items()


def test_it_is_the_same_each_time_and_refers_to_what_is_there(node):
    found, raw = plan(node)
    assert raw == plan(node)[1]
    risks = {risk["uuid"] for risk in found["risks"]}
    assert {item["related-risks"][0]["risk-uuid"] for item in found["poam-items"]} == risks
    assert found["risks"][0]["deadline"] == "2027-01-20T00:00:00+08:00"


def test_it_can_be_written_without_names(node):
    told = tuple(map(detail_without_persons, details(node)))
    assert OWNER not in deviations(told, node.estate(), NOW).decode()


def test_nothing_to_write_is_said(node):
    with pytest.raises(UsageError, match="no exception"):
        deviations((), node.estate(), NOW)
