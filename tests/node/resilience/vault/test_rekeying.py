"""New shares never lock anybody out: the old ones open until the new ones were used."""

import subprocess
import sys
from pathlib import Path

import pytest

from panshi.errors import ForbiddenError, StoreError
from panshi.node.resilience.vault.opening import unlock
from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.rekeying import confirm, rotate
from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.scrubbing import scrub
from tests.node.resilience.vault.conftest import founded

ROOT = Path(__file__).resolve().parents[4]
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"


@pytest.fixture
def little(tmp_path):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=100_000)
    small.seal()
    return small


def key_files(small):
    return {path.name[:6] for place in small.places for path in Path(place, "keys").iterdir()}


def alone(small, words, into):
    """Restore without Panshi."""
    path = small.root / f"{into}.txt"
    path.write_text("\n".join(words))
    done = subprocess.run(
        [sys.executable, RESTORER, "--shares", path, "--into", small.root / into, *small.places],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode


def test_shares_that_could_not_be_handed_over_change_nothing(little):
    def broken(_mnemonics):
        raise StoreError("the pipe is broken")

    with little.open() as vault, pytest.raises(StoreError, match="pipe"):
        rotate(vault, little.keys(vault), now=little.now, hand=broken)

    with little.open() as vault:
        assert verify(vault, little.keys(vault)).files
        assert vault.head.kind == "snapshot"
    assert key_files(little) == {"000001"}


def test_until_the_new_shares_are_confirmed_the_old_ones_open_too(little):
    with little.open() as vault:
        _, new = rotate(vault, little.keys(vault), now=little.now)

    # What sweeps and mends leaves both
    with little.open() as vault:
        prune(vault, now=little.now)
    next(Path(little.places[2], "keys").glob("000001-*")).unlink()
    with little.open() as vault:
        assert scrub(vault, now=little.now, repair=True)[1].sound
    assert key_files(little) == {"000001", "000002"}
    for words in (little.mnemonics[:3], new[:3]):
        with little.open() as vault:
            assert verify(vault, unlock(vault, words)).files
    assert alone(little, little.mnemonics[:3], "by-old") == 0

    # The old shares cannot confirm; the new ones do
    with little.open() as vault, pytest.raises(ForbiddenError):
        confirm(vault, little.mnemonics[:3], now=little.now)
    with little.open() as vault:
        confirm(vault, new[2:], now=little.now)
    assert key_files(little) == {"000002"}
    with little.open() as vault:
        with pytest.raises(ForbiddenError):
            little.keys(vault)
        assert verify(vault, unlock(vault, new[:3])).files
    assert alone(little, little.mnemonics[:3], "by-old-again") == 1
    assert alone(little, new[:3], "by-new") == 0


def test_a_place_that_was_away_loses_the_old_key_file_with_the_next_prune(little):
    with little.open() as vault:
        _, new = rotate(vault, little.keys(vault), now=little.now)
    with little.open(4) as vault:
        confirm(vault, new[2:], now=little.now)
    assert key_files(little) == {"000001", "000002"}

    with little.open() as vault:
        prune(vault, now=little.now)

    assert key_files(little) == {"000002"}
