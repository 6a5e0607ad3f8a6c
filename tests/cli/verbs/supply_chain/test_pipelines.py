"""The documented pipelines, really run: a vulnerable pin stops, a decision lets it pass, a fix too.

The commands are taken out of the files people copy. Packages come from a folder, not the network.
"""

import os
import shlex
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from panshi.model.supply_chain.vex import VexStatus
from panshi.node.home import Home
from panshi.node.supply_chain.feed_bundles import write
from panshi.node.supply_chain.feeds import import_feeds
from panshi.node.supply_chain.vex_desk import Proposed, VexDesk
from panshi.node.supply_chain.vex_export import exported
from tests.simulators.advisories import osv_record, osv_zip
from tests.web.small_bank import BANK, SYSTEMS, open_small_bank

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[4] / "docs" / "examples" / "pipelines"
INSTALL = "pip install panshi"
NAME, CVE = "DEMO-2026-0007", "CVE-2026-0007"
SEVERE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
DAYS = 30


def gitlab():
    """Commands of the GitLab job."""
    (job,) = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text()).values()
    assert job["stage"] == "test"
    assert job["before_script"] == [INSTALL]
    return job["script"]


def github():
    """Commands of the GitHub job, step by step."""
    said = yaml.safe_load((FOLDER / "github-actions.yml").read_text())
    assert said[True] == ["push"]
    steps = said["jobs"]["gate"]["steps"]
    runs = [each["run"] for each in steps if "run" in each]
    assert INSTALL in runs
    return [line for run in runs for line in run.splitlines() if line != INSTALL]


def wheel(folder, version):
    """Make a package one can really install."""
    info = f"payfile-{version}.dist-info"
    files = {
        "payfile.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: payfile\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in files) + f"{info}/RECORD,,\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"payfile-{version}-py3-none-any.whl", "w") as made:
        for name, text in (files | {f"{info}/RECORD": record}).items():
            made.writestr(name, text)


@pytest.fixture
def project(tmp_path):
    """A project that pins a vulnerable version, beside a node that knows so."""
    for version in ("1.2.0", "1.2.3"):
        wheel(tmp_path / "wheels", version)
    (tmp_path / "requirements.txt").write_text("payfile==1.2.0\n")
    with open_small_bank(Home(path=tmp_path / "node")) as node:
        record = osv_record(
            NAME, package="payfile", severity=[{"type": "CVSS_V3", "score": SEVERE}]
        )
        osv_zip(tmp_path / "feeds" / "osv" / "PyPI" / "all.zip", [record])
        import_feeds(node, (tmp_path / "feeds",), actor="lin.yating")
        write(node, tmp_path / "advisories.bundle", since=0, actor="lin.yating")
        (tmp_path / "node.key").write_text("\n".join(map(str, node.verifier_keys())))
        statements(node, tmp_path)
        yield node, tmp_path


def statements(node, folder):
    """Export what is decided, signed."""
    made = exported(node, system=SYSTEMS[0], signed=True)
    (folder / "vex.json").write_bytes(made.raw)


def environment(folder):
    """What the pipeline's settings give, and a folder instead of the package index."""
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PANSHI_HOME": str(folder / "home"),
        "PANSHI_ADVISORIES": str(folder / "advisories.bundle"),
        "PANSHI_VEX": str(folder / "vex.json"),
        "PANSHI_KEY": str(folder / "node.key"),
        "PANSHI_SYSTEM": SYSTEMS[0],
        "PANSHI_LANG": "en",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder / "wheels"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def run(folder, lines, more=""):
    """Run commands as a runner does: one after the other, until one fails."""
    script = "\n".join(lines) + more
    return subprocess.run(
        ["/bin/sh", "-e", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def decide(node, until):
    """Two people decide that the vulnerability does no harm here, until a day."""
    wanted = Proposed(
        vulnerability=CVE,
        purl="pkg:pypi/payfile@1.2.0",
        system=SYSTEMS[0],
        status=VexStatus.NOT_AFFECTED,
        justification="vulnerable_code_not_in_execute_path",
        impact="files are only written here, never read",
        expires=until,
    )
    number = VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted)
    VexDesk(node, actor="李大華", estate_id=BANK).approve(number)


@pytest.mark.parametrize("lines", [gitlab(), github()], ids=["gitlab", "github"])
def test_a_pin_stops_a_decision_lets_it_pass_until_its_date_and_a_fix_passes(project, lines):
    node, folder = project
    gate = [each for each in lines if " sbom match " in each]
    assert len(gate) == 1

    # Given a vulnerable pin, when the pipeline runs, then its last command stops it
    stopped = run(folder, lines)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert CVE in stopped.stdout
    assert CVE in (folder / "panshi.sarif").read_text()

    # When two people have decided that it does no harm here
    last = datetime.now(UTC).date() + timedelta(days=DAYS)
    decide(node, last)
    statements(node, folder)
    # Then it passes today and on the last day, and the day after it does not
    assert run(folder, gate).returncode == 0
    assert run(folder, gate, f" --on {last}").returncode == 0
    assert run(folder, gate, f" --on {last + timedelta(days=1)}").returncode == 1

    # When the pin is the fixed version, then it passes without anybody deciding anything
    (folder / "requirements.txt").write_text("payfile==1.2.3\n")
    rebuilt = [each for each in lines if "feeds receive" not in each and "venv" not in each]
    fixed = run(folder, rebuilt, f" --on {last + timedelta(days=1)}")
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr


def test_both_pipelines_run_the_same_commands():
    # Given both files, when their commands are split into words, then they are the same
    assert list(map(shlex.split, gitlab())) == list(map(shlex.split, github()))
