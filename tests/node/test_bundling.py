"""The examiner's bundle verifies without Panshi and without a network, and no byte can change."""

import io
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from panshi.errors import UsageError
from panshi.node.bundling import Scope, write_bundle
from panshi.node.home import Home
from panshi.node.node import Node
from tests.web.small_bank import open_small_bank

CONTROLS = ("1-1", "2-5", "5-4")


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with open_small_bank(Home(path=tmp_path_factory.mktemp("node"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def packed(node, tmp_path_factory):
    place = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    with place.open("wb") as file:
        write_bundle(node, file, Scope(controls=CONTROLS))
    return place


@pytest.fixture
def folder(packed, tmp_path):
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "b")
    return tmp_path / "b"


def alone(script, *words, missing=("panshi", "msgspec")):
    """Run a script with Python's standard library and cryptography only, without a network."""
    cut_off = [shutil.which("unshare"), "--net", "--map-root-user"]
    if not cut_off[0] or subprocess.run([*cut_off, "true"], check=False).returncode:
        cut_off = []
    run = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({missing!r})); "
        f"sys.argv = sys.argv[1:]; runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [*cut_off, sys.executable, "-I", "-B", "-c", run, str(script), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_verifies_unpacked_with_the_key_one_trusts(node, folder):
    code, said = alone(folder / "verify.py", "--key", str(node.signer.key))
    assert code == 0, said
    assert said.splitlines()[-1] == "VERIFIED by the key you gave"
    assert "3 verdicts rest on that log" in said


def test_it_verifies_packed_with_a_verifier_from_elsewhere(node, packed, tmp_path):
    # Given the two scripts as an examiner keeps them
    kept = files("panshi.evidence").joinpath("standalone")
    (tmp_path / "verify.py").write_bytes(kept.joinpath("panshi_verify_bundle.py").read_bytes())
    (tmp_path / "panshi_verify.py").write_bytes(kept.joinpath("panshi_verify.py").read_bytes())

    # Then the archive needs not be unpacked
    code, said = alone(tmp_path / "verify.py", packed, "--key", str(node.signer.key))
    assert code == 0, said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the machine has no openssl")
def test_it_verifies_with_openssl_where_there_is_no_cryptography(folder):
    code, said = alone(folder / "verify.py", missing=("panshi", "cryptography.exceptions"))
    assert code == 0, said


def test_another_key_is_not_enough(folder, tmp_path):
    with Node.open(Home(path=tmp_path / "other")) as other:
        stranger = str(other.signer.key)
    code, said = alone(folder / "verify.py", "--key", stranger)
    assert code == 1
    assert "the key you trust did not sign it" in said


def test_altering_any_file_is_found_and_names_it(folder, packed):
    # Given every file of the bundle, the signed list among them
    names = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()]
    assert len(names) == len(zipfile.ZipFile(packed).namelist())
    for name in names:
        whole = (folder / name).read_bytes()
        # When one byte of it changes (in a comment of the scripts, so that they still run)
        place = whole.index(b"#") + 1 if name.endswith(".py") else len(whole) // 2
        changed = bytearray(whole)
        changed[place] ^= 0x04
        (folder / name).write_bytes(bytes(changed))
        code, said = alone(folder / "verify.py")
        (folder / name).write_bytes(whole)
        # Then it does not verify, and the file is named
        assert code in {1, 3}, (name, said)
        assert name in said, (name, said)
    assert alone(folder / "verify.py")[0] == 0


def test_a_file_too_many_or_too_few_is_found(folder):
    (folder / "extra.txt").write_text("x")
    assert "extra.txt" in alone(folder / "verify.py")[1]
    (folder / "extra.txt").unlink()
    (folder / "data" / "items.csv").unlink()
    code, said = alone(folder / "verify.py")
    assert code == 1
    assert "data/items.csv" in said


def test_personal_bodies_are_withheld_and_proven_all_the_same(node, folder):
    # Given a bundle for somebody who may not read personal data
    withheld = (folder / "evidence" / "withheld.csv").read_text("utf-8-sig").splitlines()[1:]
    proofs = (folder / "evidence" / "proofs.jsonl").read_text()

    # Then bodies of personal kinds are not in it, and everything verifies
    kinds = {line.split(",")[1] for line in withheld}
    assert "record.claim/1" in kinds
    assert "王小明" not in proofs
    # And with the right to read them, they are
    file = io.BytesIO()
    write_bundle(node, file, Scope(controls=CONTROLS, personal=True))
    with zipfile.ZipFile(file) as archive:
        assert "王小明" in archive.read("evidence/proofs.jsonl").decode()
        assert archive.read("evidence/withheld.csv").decode("utf-8-sig").count("\n") == 1


def test_the_log_may_have_grown_since(node, tmp_path):
    # Given a bundle as of an earlier moment, under a checkpoint of now
    node.audit("somebody", "test", "growth")
    place = tmp_path / "grown.zip"
    earlier = datetime(2026, 9, 30, 4, 0, tzinfo=UTC) + timedelta(hours=1)
    with place.open("wb") as file:
        made = write_bundle(node, file, Scope(controls=CONTROLS, as_of=earlier))
    assert made.as_of == earlier
    with zipfile.ZipFile(place) as archive:
        archive.extractall(tmp_path / "g")
    code, said = alone(tmp_path / "g" / "verify.py")
    assert code == 0, said


def test_an_unknown_control_is_refused(node, tmp_path):
    with (tmp_path / "x").open("wb") as file, pytest.raises(UsageError):
        write_bundle(node, file, Scope(controls=("99-99",)))
