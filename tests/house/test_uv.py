"""uv installs from where the user told pip to install from, unless told otherwise itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(tmp_path):
    """A house whose uv only tells what it was given."""
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "uv", tmp_path / "tools" / "uv")
    told = 'echo "$UV_DEFAULT_INDEX|$SSL_CERT_FILE|$UV_PYTHON_DOWNLOADS|$*"'
    script(bin_folder / "uv", told)
    script(bin_folder / "python", "exit 0")
    return tmp_path


def script(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def pip_says(house, *settings):
    script(house / ".venv" / "bin" / "python", "cat <<'END'\n" + "\n".join(settings) + "\nEND")


def uv(house, *words, **environment):
    told = subprocess.check_output(
        [house / "tools" / "uv", *words],
        env={"PATH": os.environ["PATH"], "HOME": str(house)} | environment,
        text=True,
    )
    return told.strip().split("|")


def test_pip_s_index_and_certificate_are_handed_over(house):
    pip_says(house, "global.cert='/etc/ca.pem'", "global.index-url='https://mirror.example/simple'")

    assert uv(house, "pip", "sync") == [
        "https://mirror.example/simple",
        "/etc/ca.pem",
        "never",
        "pip sync",
    ]


def test_the_environment_beats_pip_s_file(house):
    pip_says(
        house,
        ":env:.index-url='https://env.example/simple'",
        "global.index-url='https://file.example/simple'",
    )

    assert uv(house)[0] == "https://env.example/simple"


def test_extra_indexes_are_not_handed_over(house):
    pip_says(house, "global.extra-index-url='https://extra.example/simple'")

    assert uv(house)[0] == ""


def test_what_the_user_told_uv_wins(house):
    pip_says(house, "global.index-url='https://mirror.example/simple'")

    assert (
        uv(house, UV_DEFAULT_INDEX="https://own.example/simple")[0] == "https://own.example/simple"
    )
    (house / ".config" / "uv").mkdir(parents=True)
    (house / ".config" / "uv" / "uv.toml").touch()
    assert uv(house)[0] == ""


def test_a_house_without_settings_uses_the_defaults(house):
    assert uv(house)[:2] == ["", ""]
