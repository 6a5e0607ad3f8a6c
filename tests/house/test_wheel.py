"""The wheel is the whole product: it runs where there is no Node, no network and no repository."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
IN_EVERY_PACKAGE = (
    "panshi/py.typed",
    "panshi/content/frameworks/",
    "panshi/content/fonts/NotoSansTC-Regular.ttf",
    "panshi/content/fonts/LICENSE",
    "panshi/web/static/vendor/MANIFEST.json",
    "panshi/web/static/vendor/htmx/hx-csp.min.js",
    "panshi/web/static/vendor/noto-sans-tc/noto-sans-tc.css",
    "panshi/web/templates/",
)
IN_NO_PACKAGE = ("axe.min.js", "node_modules", ".venv", ".panshi", "__pycache__")


def build(kind, folder):
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel and its locked runtime dependencies, nothing else."""
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    uv = [ROOT / "tools" / "uv", "pip", "install", "--quiet", "--python", folder / "bin" / "python"]
    runtime = ["--require-hashes", "-r", ROOT / "locks" / "runtime.txt"]
    # Set-up has filled the cache; only where there is none is the registry asked.
    if subprocess.run([*uv, "--offline", *runtime], capture_output=True, check=False).returncode:
        subprocess.run([*uv, *runtime], check=True)
    subprocess.run([*uv, "--offline", "--no-deps", wheel], check=True)
    return folder


def run_alone(installed, tmp_path, *words):
    """Run the installed program with an empty PATH and, where the system allows, no network."""
    isolate = [shutil.which("unshare"), "--net", "--map-root-user"]
    try:
        subprocess.run([*isolate, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError, TypeError):
        isolate = []
    return subprocess.run(
        [*isolate, installed / "bin" / "panshi", *words],
        env={"PATH": os.devnull, "HOME": str(tmp_path), "PANSHI_HOME": str(tmp_path / "home")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_holds_the_product(names):
    missing = [part for part in IN_EVERY_PACKAGE if not any(part in name for name in names)]
    stray = [name for name in names if any(part in name for part in IN_NO_PACKAGE)]
    assert not missing
    assert not stray


def test_the_wheel_holds_code_content_and_browser_assets(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert_holds_the_product(names)
    assert all(name.startswith(("panshi/", "panshi-")) for name in names)


def test_the_source_archive_holds_them_too(tmp_path):
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = archive.getnames()

    assert_holds_the_product(names)
    assert any(name.endswith("/Makefile") for name in names)


def test_the_program_greets_where_nothing_else_is(installed, tmp_path):
    done = run_alone(installed, tmp_path, "--help")

    assert done.returncode == 0, done.stderr
    assert "panshi" in done.stdout


def test_the_program_finds_its_knowledge(installed, tmp_path):
    done = run_alone(installed, tmp_path, "framework", "list")

    assert done.returncode == 0, done.stderr
    assert "zt36" in done.stdout
