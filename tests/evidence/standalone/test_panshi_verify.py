"""The stand-alone verifier as somebody without Panshi runs it."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from panshi.evidence import proof
from panshi.evidence.checkpoint import KeySigner
from panshi.evidence.standalone import panshi_verify
from panshi.store.evidence_log import open_log
from panshi.store.keys import load_or_create_signer, verifier_keys
from tests.simulators.observations import RECEIVED, account, device

SCRIPT = Path(panshi_verify.__file__)
STANDARD = {"argparse", "base64", "collections", "hashlib", "json", "pathlib", "subprocess", "sys"}
STANDARD |= {"tempfile", "typing", "__future__"}


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A log with a checkpoint: (home, log, id of an observation, file with its proof)."""
    home = tmp_path_factory.mktemp("home")
    log = open_log(home)
    ids = log.append([device(n) for n in range(9)], RECEIVED).ids
    log.sign_checkpoint(load_or_create_signer(home))
    file = home / "proof.json"
    file.write_bytes(proof.to_json(proof.prove(log, ids[4], verifier_keys(home))) + b"\n")
    yield home, log, ids[4], file
    log.close()


def run(*words, isolated=False, path=None):
    """Without site packages there is no `cryptography`; without a path no `openssl`."""
    flags = ["-I", "-S"] if isolated else ["-I"]
    environment = {"PATH": path if path is not None else "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, *flags, SCRIPT, *map(str, words)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_it_is_short_and_imports_nothing_of_ours():
    source = SCRIPT.read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert len(source.splitlines()) < 200
    assert imported <= STANDARD | {"cryptography"}


@pytest.mark.parametrize("isolated", [False, True], ids=["cryptography", "openssl"])
def test_it_verifies_and_refutes(signed, tmp_path, isolated):
    if isolated and shutil.which("openssl") is None:
        pytest.skip("no `openssl` on this machine")
    home, _, made, file = signed
    (key,) = map(str, verifier_keys(home))
    altered = tmp_path / "altered.json"
    altered.write_bytes(file.read_bytes().replace(b'managed\\":true', b'managed\\":null'))
    bundle = json.loads(file.read_bytes())
    bundle["checkpoint"] = bundle["checkpoint"].replace("\n9\n", "\n10\n")
    unsigned = tmp_path / "unsigned.json"
    unsigned.write_bytes(panshi_verify.canonical(bundle))

    good = run(file, "--key", key, "--json", isolated=isolated)
    shown = json.loads(good.stdout)

    assert good.returncode == 0
    assert (shown["verified"], shown["pinned"], shown["what"]) == (True, True, made)
    assert shown["envelope"]["subject"] == "device:d-00004"
    assert run(file, isolated=isolated).stdout.startswith(f"verified: {made}")
    assert run(altered, isolated=isolated).returncode == 1
    assert "altered" in run(altered, isolated=isolated).stdout
    assert run(unsigned, isolated=isolated).returncode == 1
    assert run(file, "--key", key.replace("+", "+0", 1), isolated=isolated).returncode == 1


def test_without_any_means_to_check_the_signature_it_says_so(signed, tmp_path):
    _, _, _, file = signed

    done = run(file, isolated=True, path=str(tmp_path))

    assert done.returncode == 4
    assert "not checked" in done.stdout


def test_an_algorithm_it_does_not_know_is_not_taken_for_verified(signed, tmp_path):
    # Given a checkpoint signed with ML-DSA-65 only
    home, log, made, _ = signed
    origin = load_or_create_signer(home).origin
    signer = KeySigner(private=MLDSA65PrivateKey.generate(), name=origin, origin=origin)
    log.sign_checkpoint(signer)
    bundle = proof.prove(log, made, [signer.key])
    file = tmp_path / "proof.json"
    file.write_bytes(proof.to_json(bundle))

    # Then Panshi verifies it and the stand-alone verifier says that it could not
    assert proof.verify(bundle, [signer.key]).pinned
    assert run(file).returncode == 4


def test_many_proofs_in_one_file_and_the_worst_counts(signed, tmp_path):
    _, _, _, file = signed
    many = tmp_path / "many.jsonl"
    many.write_bytes(file.read_bytes() * 3)
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes(file.read_bytes() + b"{}\n" + file.read_bytes())

    assert run(many).stdout.count("verified: ") == 3
    assert run(mixed).returncode == 3


def test_an_erased_body_is_said_to_be_erased(tmp_path):
    log = open_log(tmp_path)
    (made,) = log.append([account("林")], RECEIVED).ids
    log.redact([made], why="retention ended", by="dpo", at=RECEIVED)
    log.sign_checkpoint(load_or_create_signer(tmp_path))
    file = tmp_path / "proof.json"
    file.write_bytes(proof.to_json(proof.prove(log, made, verifier_keys(tmp_path))))
    log.close()

    done = run(file)

    assert done.returncode == 0
    assert "erased True" in done.stdout


def test_it_runs_on_an_older_python(signed):
    older = shutil.which("python3", path="/usr/bin")
    if older is None:
        pytest.skip("no other Python on this machine")
    _, _, made, file = signed

    done = subprocess.run(
        [older, "-I", "-S", SCRIPT, file], capture_output=True, text=True, check=False
    )

    assert (done.returncode, made in done.stdout) == (0, True), done.stdout + done.stderr
