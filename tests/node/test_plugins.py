"""Plug-ins for real: the worked example is built, installed, allowed, used, updated and damaged."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "observer-plugin"
SAMPLE = EXAMPLE / "sample" / "snapshots.json"
PACKAGE = "panshi_observer_restic"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    source = shutil.copytree(EXAMPLE, folder / "source")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture
def panshi(wheel, tmp_path):
    """Run the command line where the example is installed, in a folder of its own."""
    site = tmp_path / "site"
    install(wheel, site)
    ours = {"PANSHI_HOME": str(tmp_path / "home"), "PYTHONPATH": str(site)}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "panshi", *arguments, "--json", "--lang", "en"],
            env=os.environ | ours,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)

    run.site = site
    run.home = tmp_path / "home"
    return run


def install(wheel, site):
    shutil.rmtree(site, ignore_errors=True)
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)


def standing(panshi):
    _, listed = panshi("observe", "--plugins")
    return {each["name"]: (each["standing"], each["problem"]) for each in listed}["restic"]


def test_it_is_off_until_it_is_allowed_and_then_seals_under_its_name(panshi):
    # Given the example as installed: known, and off.
    assert standing(panshi) == ("off", "")
    code, refused = panshi("observe", "restic", str(SAMPLE))
    assert (code, refused["error"]["problem"]) == (2, "there is no observer 'restic'")

    # When an administrator allows it
    code, _ = panshi("observe", "--allow-plugin", "restic")
    assert (code, standing(panshi)) == (0, ("allowed", ""))

    # Then it reads, and its package and version stand in the seal.
    code, report = panshi("observe", "restic", str(SAMPLE), "--option", "remote_copy=yes")
    assert (code, report["observations"], report["kinds"]) == (0, 2, {"backup.status/1": 2})
    _, shown = panshi("evidence", "show", report["ids"][0])
    assert "panshi-observer-restic 1.0.0 (restic)" in json.dumps(shown)
    assert '"remote_copy": true' in json.dumps(shown)


def test_any_other_code_under_its_name_is_off_again(panshi):
    panshi("observe", "--allow-plugin", "restic")
    module = panshi.site / PACKAGE / "__init__.py"
    module.write_text(module.read_text() + "\n# an update nobody looked at\n")

    told, why = standing(panshi)

    assert told == "changed"
    assert "not what is installed" in why
    assert panshi("observe", "restic", str(SAMPLE))[0] == 2


def test_who_takes_it_off_the_list_ends_it(panshi):
    panshi("observe", "--allow-plugin", "restic")
    panshi("observe", "--disallow-plugin", "restic")

    assert standing(panshi)[0] == "off"
    assert panshi("observe", "restic", str(SAMPLE))[0] == 2


def test_no_code_runs_before_it_is_allowed(panshi, tmp_path):
    ran = tmp_path / "ran"
    module = panshi.site / PACKAGE / "__init__.py"
    module.write_text(f"{module.read_text()}\nopen({str(ran)!r}, 'w').close()\n")

    assert standing(panshi)[0] == "off"
    panshi("observe", "restic", str(SAMPLE))
    assert not ran.exists()
    panshi("observe", "--allow-plugin", "restic")
    assert ran.exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [("nmap", "that of an observer of Panshi's own"), ("restic\nrestic2", "")],
)
def test_a_name_that_is_taken_cannot_be_used(name, told, panshi):
    [entries] = panshi.site.glob("*.dist-info/entry_points.txt")
    lines = "".join(f"{each} = {PACKAGE}:OBSERVER\n" for each in name.split("\n"))
    entries.write_text(f"[panshi.observers]\n{lines}")

    _, listed = panshi("observe", "--plugins")

    first = next(each for each in listed if each["name"] == name.split("\n")[0])
    assert (first["standing"] == "unusable") is bool(told)
    assert told in first["problem"]
    # Whoever calls itself otherwise than its entry point is refused when it is allowed.
    other = name.split("\n")[-1]
    code, answer = panshi("observe", "--allow-plugin", other)
    assert code == 2
    assert (
        "cannot be allowed" in answer["error"]["problem"]
        or "calls itself" in (answer["error"]["problem"])
    )


def test_two_packages_of_one_name_are_both_off(panshi):
    [info] = panshi.site.glob("*.dist-info")
    other = info.with_name("another_package-1.0.dist-info")
    shutil.copytree(info, other)
    metadata = other / "METADATA"
    metadata.write_text(metadata.read_text().replace("panshi-observer-restic", "another-package"))

    assert standing(panshi) == ("unusable", "two packages give an observer of that name")


def test_a_link_to_a_folder_is_no_package(panshi):
    [info] = panshi.site.glob("*.dist-info")
    (info / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')

    assert standing(panshi)[0] == "unusable"


@pytest.mark.parametrize("mode", [0o640, 0o666])
def test_a_list_others_may_touch_allows_nothing(mode, panshi):
    panshi("observe", "--allow-plugin", "restic")
    (panshi.home / "plugins.toml").chmod(mode)

    code, answer = panshi("observe", "--plugins")

    assert (code, "others" in answer["error"]["problem"]) == (3, True)


def test_an_allowed_plug_in_that_breaks_says_so_and_stops_nothing_else(panshi, monkeypatch):
    # Given a plug-in that needs something of its surroundings, allowed while that was there
    module = panshi.site / PACKAGE / "__init__.py"
    module.write_text(f"{module.read_text()}\nimport os\nos.environ['RESTIC_HERE']\n")
    monkeypatch.setenv("RESTIC_HERE", "yes")
    code, _ = panshi("observe", "--allow-plugin", "restic")
    assert code == 0

    # When it is gone
    monkeypatch.delenv("RESTIC_HERE")

    # Then the plug-in says why it cannot be used, and other sources go on.
    code, answer = panshi("observe", "restic", str(SAMPLE))
    assert (code, "cannot be imported" in answer["error"]["problem"]) == (2, True)
    golden = Path(__file__).parents[1] / "golden" / "lynis" / "complete.dat"
    assert panshi("observe", "lynis", str(golden))[0] == 0
