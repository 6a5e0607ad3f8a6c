"""The locks pin every dependency by hash, and say nothing of where it came from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in PIN.finditer(lock.read_text(encoding="utf-8"))}


def names(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_pin_has_a_hash(lock):
    requirements = lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    pinned = [line for line in requirements if PIN.match(line)]

    assert pinned
    assert all("--hash=sha256:" in line for line in pinned)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_names_an_address(lock):
    assert "://" not in lock.read_text(encoding="utf-8")


def test_development_runs_on_the_versions_that_ship():
    runtime = pins(ROOT / "locks" / "runtime.txt")
    dev = pins(ROOT / "locks" / "dev.txt")

    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert names(project["project"]["dependencies"]) <= set(pins(ROOT / "locks" / "runtime.txt"))
    assert names(project["dependency-groups"]["dev"]) <= set(pins(ROOT / "locks" / "dev.txt"))
