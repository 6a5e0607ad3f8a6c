"""The demo bank, built once for all who read it."""

import fcntl
import os
import shutil

import pytest

from panshi.node.demo import build_demo
from panshi.node.home import Home
from panshi.node.node import Node


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory):
    """A home with the demo bank, of all workers together; copy it before you open it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, begun = shared / "demo-bank", shared / "demo-bank-begun"
    with (shared / "demo-bank.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            shutil.rmtree(begun, ignore_errors=True)
            with Node.open(Home(path=begun)) as node:
                build_demo(node, actor="test")
            begun.rename(home)
    return home
