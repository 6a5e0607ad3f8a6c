"""The verbs are the ones the handbook promises, and integration runs what a person types."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_help_lists_every_verb():
    shown = subprocess.check_output(["make", "--no-print-directory", "help"], cwd=ROOT, text=True)
    verbs = set(re.findall(r"^  ([a-z0-9-]+) ", shown, re.MULTILINE))

    assert {"setup", "run", "test", "lint", "e2e", "bench", "package", "lock"} <= verbs


def test_a_bare_make_changes_nothing():
    shown = subprocess.check_output(["make", "--no-print-directory"], cwd=ROOT, text=True)

    assert "Show this list" in shown


def test_integration_runs_exactly_make_test():
    script = ROOT / ".ci" / "run"
    commands = [
        line
        for line in script.read_text().splitlines()
        if line and not line.startswith(("#", "set"))
    ]

    assert os.access(script, os.X_OK)
    assert commands[-1] == "exec make test"


def test_scripts_are_executable():
    for name in ("find_python", "uv", "system_packages"):
        assert os.access(ROOT / "tools" / name, os.X_OK)
