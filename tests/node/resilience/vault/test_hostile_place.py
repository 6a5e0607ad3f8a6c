"""One hostile place of six: whatever its head says, the vault is restored, and repair mends it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.node.resilience.vault.restoring import restore
from panshi.node.resilience.vault.scrubbing import scrub
from tests.node.resilience.vault.conftest import contents

ROOT = Path(__file__).resolve().parents[4]
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"


def heads(good):
    """Heads a place may hand out."""
    value = json.loads(good)
    return {
        "deep": b"[" * 200_000,
        "list": b"[]",
        "endless": json.dumps(value | {"k": float("inf")}).encode(),
        "far": json.dumps(value | {"retention_days": 10**12}).encode(),
        "letters": good.replace(b'"vault":"', b'"vault":"z', 1),
        "k": json.dumps(value | {"k": 9}).encode(),
        "place": json.dumps(value | {"place": [1]}).encode(),
        "negative": json.dumps(value | {"place": -1}).encode(),
        "large": b" " * (2 << 20) + good,
    }


def test_a_hostile_head_neither_stops_a_restore_nor_withstands_repair(small):
    # Given a vault whose sixth place hands out each head in turn
    small.seal()
    path = Path(small.places[5], "vault.json")
    good = path.read_bytes()
    path.chmod(0o600)
    for name, bad in heads(good).items():
        path.write_bytes(bad)

        # When it is opened, then the place is told as altered, and repair gives it its head back
        with small.open() as vault:
            assert [(each.place, each.what) for each in vault.damages] == [
                (small.places[5], "altered")
            ], name
            small.now += timedelta(minutes=1)
            scrub(vault, now=small.now, repair=True)
        assert path.read_bytes() == good, name
        path.chmod(0o600)

    # And a restore goes on without it
    path.write_bytes(b"[" * 200_000)
    with small.open() as vault:
        restore(vault, small.keys(vault), small.root / "out")
    assert contents(small.root / "out/core") == small.content()


@pytest.mark.slow
def test_a_hostile_place_does_not_stop_the_one_file_restorer(small):
    small.seal()
    share = small.root / "shares.txt"
    share.write_text("\n".join(small.mnemonics[:3]))
    path = Path(small.places[5], "vault.json")
    good = path.read_bytes()
    path.chmod(0o600)

    def run(*words):
        command = [sys.executable, str(RESTORER), *words, *small.places]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    for name, bad in heads(good).items():
        path.write_bytes(bad)
        assert run("--list").returncode == 0, name

    # And so it is with a chain, a key file and fragments that are anything but themselves
    path.write_bytes(good)
    place = Path(small.places[0])
    for each in [*place.glob("chain/*"), *place.glob("keys/*"), *place.glob("catalogue/*")]:
        each.chmod(0o600)
        each.write_bytes(b"[" * 200_000 + b"\n" + b"00" * 64)
    (place / "chain" / ("9" * 200 + ".json")).write_bytes(b"x")
    for each in list(place.glob("f/*/*"))[:3]:
        each.chmod(0o600)
        each.write_bytes(bytes(1 << 20))
    done = run("--shares", str(share), "--into", str(small.root / "out"))
    assert done.returncode == 0, done.stderr
    assert contents(small.root / "out/core") == small.content()
