"""A serving process runs the drills that are due, and what fails lowers the control it rests on."""

import time

import pytest

from panshi.model.verdict import Status
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.drills import drills_of
from panshi.node.resilience.marking import seal_source
from tests.api.server import serve
from tests.simulators.vaulted import SYSTEM, drill_plan, vaulted_bank

CONTROL = "zt36/5-4"
PATIENCE = 120


@pytest.mark.slow
def test_due_drills_run_while_it_serves_and_a_failed_one_lowers_the_control(tmp_path):
    # Given a sealed source, a drill that will pass and one that loses too many places, both due
    with vaulted_bank(tmp_path) as bank:
        (tmp_path / "papers").mkdir()
        (tmp_path / "papers" / "a.txt").write_text("契約")
        bank.source(
            name="papers",
            kind="files",
            path=str(tmp_path / "papers"),
            asset=SYSTEM,
            drill_key="drill.key",
        )
        bank.backed_up()
        seal_source(bank.node, "papers", actor="cli:tester")
        lost = [{"func": "withhold", "places": ["taipei", "taoyuan", "taichung"]}]
        drill_plan(bank.home, "site-lost", source="papers", every_days=30, method=lost)
        drill_plan(bank.home, "monthly", source="papers", every_days=30)
        assert bank.node.verdict(CONTROL).status is Status.MET

    # When a process serves
    _, process = serve(tmp_path / "home")
    until = time.monotonic() + PATIENCE
    with Node.open(Home(path=tmp_path / "home")) as node:
        while len(list(drills_of(node))) < 2 and time.monotonic() < until:
            time.sleep(0.2)
    process.terminate()
    assert process.wait(50) == 0

    # Then both were run by the schedule, the failure counts, and nothing runs twice
    with Node.open(Home(path=tmp_path / "home")) as node:
        told = {body.plan: (body.passed, body.scheduled) for _, body, _ in drills_of(node)}
        assert told == {"monthly": (True, True), "site-lost": (False, True)}
        assert len(list(drills_of(node))) == len(told)
        assert node.verdict(CONTROL).status is Status.NOT_MET
