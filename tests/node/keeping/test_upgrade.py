"""A home of the earlier release comes up to this one, however often it is interrupted."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from panshi.errors import StoreError, UsageError
from panshi.model.bodies.hosts import KernelParameters
from panshi.model.observation import Observation
from panshi.node.home import Home
from panshi.node.keeping.restore import restore
from panshi.node.keeping.upgrade import upgrade
from panshi.node.node import Node
from panshi.store.evidence_log import VERSION, stored_version
from tests.node.keeping.conftest import fill
from tests.simulators.small_estate import NOW


def earlier(home: Home) -> None:
    """Put a home back into the form of the release before: no table of erased digests."""
    if home.database:
        with psycopg.connect(home.database) as raw:
            raw.execute("SET search_path = panshi_evidence")
            raw.execute("DROP TABLE erased")
            raw.execute("UPDATE version SET version = 1")
        return
    with closing(sqlite3.connect(home.path / "evidence.sqlite3")) as raw:
        raw.execute("DROP TABLE erased")
        raw.execute("PRAGMA user_version = 1")
        raw.commit()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("server").make("old_" + tmp_path.name.lower())
    home = Home(path=tmp_path / "home", database=url)
    with Node.open(home, clock=lambda: NOW) as node:
        seen = (
            Observation(
                kind="host.kernel/1",
                subject=f"host:h{n}",
                observed_at=NOW - timedelta(days=1),
                collector="test 1",
                body=KernelParameters(release="6.1"),
            )
            for n in range(200)
        )
        node.log.append(seen, NOW)
        node.checkpoint()
    earlier(home)
    return home


def test_an_earlier_home_says_what_to_do_and_then_opens(old_home: Home, tmp_path: Path) -> None:
    # Given a home of the release before
    with pytest.raises(StoreError, match="run `panshi upgrade`; nothing was changed"):
        Node.open(old_home)

    # When it is upgraded, a database of its own being backed up by its own means
    backup = tmp_path / "before.panshi"
    if old_home.database:
        with pytest.raises(UsageError, match="pg_dump"):
            upgrade(old_home, at=NOW, backup=backup)
    report = upgrade(old_home, at=NOW, backup=None if old_home.database else backup)

    # Then it opens, verifies, holds all there was, and erasing works
    assert (report.log_version_before, report.log_version) == (1, VERSION)
    with Node.open(old_home, clock=lambda: NOW) as node:
        assert node.log.size() == report.observations == 200
        assert node.log.root().hex() == report.root
        assert node.verify_log().intact
        node.audit("alice", "try", "x")
        node.redact((next(node.log.records("audit.event/1")).id,), why="asked", actor="dpo")
        assert node.verify_log().intact
    # and doing it again does nothing
    again = upgrade(old_home, at=NOW, backup=None)
    assert again.log_version_before == VERSION


def test_the_backup_made_before_restores_to_the_earlier_form(tmp_path: Path, home: Home) -> None:
    size, root = fill(home, 30)
    with closing(sqlite3.connect(home.path / "evidence.sqlite3")) as raw:
        raw.execute("PRAGMA user_version = 1")
        raw.commit()
    upgrade(home, at=NOW, backup=tmp_path / "before.panshi")

    other = Home(path=tmp_path / "other")
    report = restore(tmp_path / "before.panshi", other)

    assert report.needs_upgrade
    assert report.observations == size
    assert upgrade(other, at=NOW, backup=None).root == root


def test_a_newer_home_or_none_is_left_alone(home: Home) -> None:
    with pytest.raises(UsageError, match="nothing to upgrade"):
        upgrade(home, at=NOW, backup=None)
    fill(home, 3)
    with closing(sqlite3.connect(home.path / "evidence.sqlite3")) as raw:
        raw.execute("PRAGMA user_version = 99")
        raw.commit()
    with pytest.raises(StoreError, match="newer than this Panshi"):
        upgrade(home, at=NOW, backup=None)


def test_a_full_disk_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    # Given a home of the release before on a disk with little left
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("only root can mount a small file system to fill")
    try:
        home = Home(path=disk / "home")
        fill(home, 30)
        earlier(home)
        before = (home.path / "evidence.sqlite3").read_bytes()

        with pytest.raises(StoreError, match=r"MiB are needed.*nothing was changed"):
            upgrade(home, at=NOW, backup=disk / "before.panshi")

        assert (home.path / "evidence.sqlite3").read_bytes() == before
        assert sorted(each.name for each in disk.iterdir()) == ["home"]
    finally:
        subprocess.run(["umount", disk], check=True)


SLOWLY = """
import os, sys, time
from pathlib import Path
from panshi.node.home import Home
from panshi.node.keeping import upgrade as module
from panshi.store import evidence_log
from tests.simulators.small_estate import NOW

step = evidence_log.upgrade
def told(*given):
    print("changing", flush=True)
    step(*given)
    print("changed", flush=True)
evidence_log.upgrade = told
module.upgrade(Home(path=Path(sys.argv[1])), at=NOW, backup=Path(sys.argv[2]))
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, str]]:
    """A home of the release before with 100,000 observations, to copy: folder, size, root."""
    made = Home(path=tmp_path_factory.mktemp("large") / "home")
    size, root = fill(made, 100_000)
    earlier(made)
    yield made.path, size, root
    shutil.rmtree(made.path)


@pytest.mark.slow
@pytest.mark.parametrize("after", ["", "changing", "changed"])
def test_an_upgrade_of_100_000_rows_killed_half_way_goes_on_and_loses_nothing(
    tmp_path: Path, home: Home, large: tuple[Path, int, str], after: str
) -> None:
    # Given 100,000 observations in the form of the release before
    folder, size, root = large
    shutil.copytree(folder, home.path)

    # When the upgrade is killed while it backs up, while it changes, or while it verifies
    child = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(home.path), str(tmp_path / "one.panshi")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    if after:
        for line in child.stdout:
            if line.strip() == after:
                break
    else:
        while not list(tmp_path.glob("*.part")) and child.poll() is None:
            time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    # Then running it again brings all of it over
    report = upgrade(home, at=NOW, backup=tmp_path / ("two.panshi" if after else "one.panshi"))
    assert (report.observations, report.root) == (size, root)
    assert stored_version(home.path) == VERSION
    with Node.open(home, clock=lambda: NOW) as node:
        assert node.verify_log().intact
    shutil.rmtree(home.path)
