"""A home of some content, and the databases it may be moved to."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.model.bodies.hosts import KernelParameters
from panshi.model.observation import Observation
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.postgres import MISSING, binaries, postgres_server
from tests.simulators.small_estate import NOW, small_estate


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as started:
        yield started


def fill(home: Home, count: int = 300) -> tuple[int, str]:
    """Give size and root of a log with an erased body, an estate and signed checkpoints."""
    with Node.open(home, clock=lambda: NOW) as node:
        node.commit_estate(small_estate(), by="tester")
        seen = (
            Observation(
                kind="host.kernel/1",
                subject=f"host:h{n % 20}",
                facet=f"f{n}",
                observed_at=NOW - timedelta(days=1),
                collector="test 1",
                body=KernelParameters(release=f"6.{n}", randomize_va_space=2),
            )
            for n in range(count)
        )
        node.log.append(seen, NOW)
        node.audit("alice", "try", "something", detail="personal")
        audit = next(node.log.records("audit.event/1"))
        node.redact((audit.id,), why="retention ended", actor="dpo")
        return node.log.size(), node.log.root().hex()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(path=tmp_path / "home")
