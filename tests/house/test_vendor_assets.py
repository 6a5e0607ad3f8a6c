"""What the browser and the board pack need is here, whole, and described."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from vendor_assets import BUNDLES, MANIFEST

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "src" / "panshi" / "web" / "static" / "vendor" / "noto-sans-tc"


def manifest(bundle):
    return json.loads((ROOT / bundle.folder / MANIFEST).read_bytes())


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.folder)
def test_each_file_is_the_one_the_manifest_describes(bundle):
    folder = ROOT / bundle.folder
    described = {name: about["sha256"] for name, about in manifest(bundle)["files"].items()}
    present = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }

    assert present == described


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.folder)
def test_each_package_comes_in_its_locked_version_with_a_licence(bundle):
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_bytes())["packages"]
    described = manifest(bundle)

    for name, about in described["packages"].items():
        assert about["version"] == lock[f"node_modules/{name}"]["version"]
    licensed = {
        about["package"]
        for about in described["files"].values()
        if about["source"].startswith("LICENSE")
    }
    assert licensed == set(described["packages"])


def test_the_npm_lock_pins_by_integrity_and_names_no_address():
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_bytes())["packages"]
    packages = [about for path, about in lock.items() if path]

    assert all(about["integrity"].startswith("sha512-") for about in packages)
    assert not any("resolved" in about for about in packages)


def test_the_browser_font_names_only_files_that_are_here():
    sheet = (FONT / "noto-sans-tc.css").read_text(encoding="utf-8")
    named = re.findall(r"url\(([^)]+)\)", sheet)

    assert {FONT / name for name in named} == set((FONT / "files").iterdir())
    assert {"font-weight: 400;", "font-weight: 700;"} <= set(
        re.findall(r"font-weight: \d+;", sheet)
    )


def test_nothing_for_tests_only_reaches_the_product():
    assert not list((ROOT / "src").rglob("axe*.js"))
