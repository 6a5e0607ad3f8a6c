"""What holds for every test."""

import os
import shutil
import tempfile
from collections import Counter

import pytest
from hypothesis import settings

# No test may touch the home a person keeps real evidence in: set before ours is imported.
HOME = tempfile.mkdtemp(prefix="panshi-tests-")
os.environ["PANSHI_HOME"] = HOME

# A busy machine must not turn a property into a failure: time is measured in bench/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


class Whole:
    """A run that ends before every collected test was reported is not green.

    A worker that leaves early, killed or by itself, would otherwise end the run with what
    happened to have passed until then.
    """

    def __init__(self):
        self.collected = set()
        self.reported = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.collected.update(ids)

    def pytest_runtest_logreport(self, report):
        if report.when == "setup" or report.failed:
            self.reported.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        left = self.collected - self.reported
        if left and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        left = self.collected - self.reported
        if left:
            terminalreporter.section("not run", red=True)
            terminalreporter.write_line(f"{len(left)} collected tests never ran:")
            for each in sorted(left)[:40]:
                terminalreporter.write_line(f"  {each}")


def pytest_itemcollected(item):
    # Schemathesis calls every operation's test the same; xdist would run one of them.
    if label := getattr(item, "operation_label", None):
        item._id = item.id.with_params(label)


LONGEST = (
    "tests/e2e/test_every_page.py",
    "tests/node/alliance/test_extraction.py",
    "tests/api/test_contract.py",
    "tests/web/test_exceptions_by_any_way.py",
    "tests/observe/test_hostile.py",
    "tests/observe/bom/test_hostile.py",
    "tests/node/alerting/test_replay.py",
    "tests/store/evidence_log/test_crash.py",
    "tests/node/test_reporting.py",
)
"""Files that take minutes: begun first, so that no worker waits for another in the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONGEST)))
    times = Counter(item.nodeid for item in items)
    if twice := sorted(name for name, count in times.items() if count > 1):
        raise pytest.UsageError(f"tests share a name, so only one of each would run: {twice}")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Whole(), "panshi-whole")


def pytest_unconfigure():
    shutil.rmtree(HOME, ignore_errors=True)
