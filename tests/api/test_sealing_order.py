"""What is ordered survives a process that is killed; the next one that serves goes on with it."""

import subprocess
import sys
import time

import pytest

from panshi.model.bodies.continuity_judged import SCENARIO
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.sealing_order import order_sealing, sealing_of
from panshi.node.resilience.story import scenarios_of
from tests.api.server import serve
from tests.simulators.two_site_bank import BANK, settle

PATIENCE = 90
WORKING = """
import sys
from pathlib import Path
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.sealing_order import keep_sealing
with Node.open(Home(path=Path(sys.argv[1]))) as node:
    keep_sealing(node, lambda: False)
"""


def wait(node, far):
    until = time.monotonic() + PATIENCE
    while not far(sealing_of(node, BANK)) and time.monotonic() < until:
        time.sleep(0.02)


@pytest.mark.slow
def test_what_a_killed_process_left_is_sealed_by_the_next(tmp_path):
    # Given an order of every disaster
    with Node.open(Home(path=tmp_path)) as node:
        settle(node, seal=False)
        order_sealing(node, BANK, actor="lin", trials=0)
        every = [each.id for each in scenarios_of(node, BANK)]
        # When the process that works it off is killed after the first
        process = subprocess.Popen([sys.executable, "-c", WORKING, str(tmp_path)])
        wait(node, lambda state: state is None or state.done)
        process.kill()
        process.wait()
        left = sealing_of(node, BANK)
        # And another process serves
        _, process = serve(tmp_path)
        wait(node, lambda state: state is None)
        process.terminate()
        assert process.wait(50) == 0
        # Then each is sealed, and at most the one that was being worked out twice
        found = [each.observation.facet for each in node.log.records(SCENARIO)]
        assert sorted(set(found)) == sorted(every)
        assert len(found) <= len(every) + 1
        assert left.done
        assert node.log.verify(keys=node.verifier_keys()).intact
