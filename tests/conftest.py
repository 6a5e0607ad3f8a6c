"""What holds for every test."""

import os
import shutil
import tempfile

from hypothesis import settings

# No test may touch the home a person keeps real evidence in: set before ours is imported.
HOME = tempfile.mkdtemp(prefix="panshi-tests-")
os.environ["PANSHI_HOME"] = HOME

# A busy machine must not turn a property into a failure: time is measured in bench/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_unconfigure():
    shutil.rmtree(HOME, ignore_errors=True)
