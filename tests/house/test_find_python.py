"""Setting up finds an interpreter that runs, or says in one sentence that there is none."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find(**environment):
    return subprocess.run(
        [ROOT / "tools" / "find_python"],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def script(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_what_it_finds_is_new_enough():
    found = find().stdout.strip()

    version = subprocess.check_output(
        [found, "-c", "import sys; print(sys.version_info >= (3, 12))"]
    )
    assert version.strip() == b"True"


def test_a_named_interpreter_is_the_only_candidate(tmp_path):
    refusing = script(tmp_path / "python3", "exit 127")

    done = find(PANSHI_PYTHON=str(refusing))

    assert done.returncode == 1
    assert not done.stdout
    assert len(done.stderr.splitlines()) == 1


def test_a_shim_that_refuses_to_start_is_passed_over(tmp_path):
    # Given the newest name on PATH belongs to a shim that will not run
    script(tmp_path / "python3.13", "echo 'version not selected' >&2; exit 127")
    script(tmp_path / "python3.12", f'exec "{sys.executable}" "$@"')

    # When a Python is looked for
    found = find(PATH=f"{tmp_path}:{os.environ['PATH']}").stdout.strip()

    # Then it is the interpreter behind the one that runs
    assert Path(found) == Path(sys.executable).resolve()
