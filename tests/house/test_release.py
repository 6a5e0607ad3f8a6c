"""A release carries its bill, its statements and its provenance, and they hold."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from release_provenance import BUILDER
from release_provenance import main as prove
from release_sbom import LOCK, bill, locked
from release_sbom import main as write_bill
from release_vex import StatementError, document

from panshi.cli.main import main
from panshi.observe.bom.strict import check_bom
from tests.simulators import builds

ROOT = Path(__file__).resolve().parents[2]
STATEMENT = """
[[statement]]
vulnerability = "CVE-2026-0001"
component = "{component}"
status = "not_affected"
justification = "vulnerable_code_not_present"
impact = "the module is not imported"
"""


@pytest.fixture
def dist(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.delenv("RELEASE_KEY", raising=False)
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "panshi-0.1.0-py3-none-any.whl").write_bytes(b"wheel")
    return folder


def written(dist):
    write_bill([str(dist / "panshi-0.1.0-py3-none-any.whl")])
    return dist / "panshi-0.1.0.cdx.json"


def test_the_bill_names_every_locked_dependency_with_its_digests(dist):
    found = json.loads(written(dist).read_text())

    lock = locked(LOCK.read_text())
    assert [each["purl"] for each in found["components"]] == [each.purl for each in lock]
    assert all(each["hashes"] for each in found["components"])
    assert check_bom(dist / "panshi-0.1.0.cdx.json") == ()


def test_everything_in_the_bill_is_reached_from_panshi(dist):
    found = json.loads(written(dist).read_text())
    needs = {each["ref"]: each["dependsOn"] for each in found["dependencies"]}
    reached, waiting = set(), [found["metadata"]["component"]["bom-ref"]]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(needs[here])

    assert reached == set(needs)


def test_the_same_commit_gives_the_same_bill(dist):
    wheel = dist / "panshi-0.1.0-py3-none-any.whl"
    lock = LOCK.read_text()

    assert bill(wheel, lock) == bill(wheel, lock)
    other = bill(wheel, lock.replace("==", "==9", 1))
    assert other["serialNumber"] != bill(wheel, lock)["serialNumber"]


def test_a_signed_release_verifies_and_an_altered_one_does_not(dist, tmp_path, capsys):
    key = builds.ed25519()
    (tmp_path / "key.pem").write_bytes(builds.private_pem(key))
    (tmp_path / "pub.pem").write_bytes(builds.public_pem(key))
    bill_path = written(dist)
    prove([str(dist), "--key", str(tmp_path / "key.pem")])
    words = [
        "secure-dev", "verify", str(dist / "panshi-0.1.0.intoto.jsonl"),
        "--key", str(tmp_path / "pub.pem"), "--builder", BUILDER,
        "--artifact", str(dist / "panshi-0.1.0-py3-none-any.whl"), "--artifact", str(bill_path),
    ]  # fmt: skip

    assert main(words) == 0
    bill_path.write_text("{}")
    assert main(words) == 1
    assert capsys.readouterr().out


def test_without_a_key_it_says_so_and_verifies_nothing(dist, tmp_path, capsys):
    prove([str(dist)])

    assert "NOT SIGNED" in capsys.readouterr().out
    (tmp_path / "pub.pem").write_bytes(builds.public_pem(builds.ed25519()))
    path = str(dist / "panshi-0.1.0.intoto.jsonl")
    assert main(["secure-dev", "verify", path, "--key", str(tmp_path / "pub.pem")]) == 1


def test_the_sums_are_those_sha256sum_checks(dist):
    prove([str(dist)])

    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist, check=True)


def test_a_statement_speaks_of_what_is_locked():
    lock = LOCK.read_text()
    component = locked(lock)[0].purl

    found = document(STATEMENT.format(component=component), lock, "ab" * 32)

    assert found["statements"][0]["status"] == "not_affected"
    assert found["statements"][0]["products"][0]["subcomponents"] == [{"@id": component}]
    with pytest.raises(StatementError, match="not in the lock"):
        document(STATEMENT.format(component="pkg:pypi/nothing@1"), lock, "")
    wrong = STATEMENT.format(component=component).replace('"not_affected"', '"affected"')
    with pytest.raises(StatementError, match="do not fit"):
        document(wrong, lock, "")
    assert document("", lock, "")["statements"] == []


def test_what_the_repository_states_fits_its_lock():
    text = (ROOT / "tools" / "release_vex.toml").read_text()

    document(text, LOCK.read_text(), "")


def test_the_tools_run_as_make_runs_them(dist):
    wheel = dist / "panshi-0.1.0-py3-none-any.whl"
    for tool, given in (("sbom", wheel), ("vex", wheel), ("provenance", dist)):
        script = ROOT / "tools" / f"release_{tool}.py"
        subprocess.run([sys.executable, str(script), str(given)], check=True, capture_output=True)
