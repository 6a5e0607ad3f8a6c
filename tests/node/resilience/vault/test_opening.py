"""Heads are believed only where they say what the chain signs and what this machine was told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from panshi.errors import IntegrityError, PanshiError, StoreError
from panshi.node.resilience.vault.rekeying import adopt, recipient_key
from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.scrubbing import scrub
from tests.node.resilience.vault.conftest import founded


@pytest.fixture
def little(tmp_path):
    return founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=100_000)


ROOT = Path(__file__).resolve().parents[4]
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"
FORGED = {
    "reading_key": recipient_key()[1].public().hex(),
    "signing_key": "ab" * 32,
    "keep": 0,
    "retention_days": 0,
    "k": 2,
    "places": ["elsewhere"] * 6,
}


def forge(small, numbers, field):
    for n in numbers:
        path = Path(small.places[n], "vault.json")
        path.chmod(0o600)
        path.write_text(json.dumps(json.loads(path.read_bytes()) | {field: FORGED[field]}))


@pytest.mark.parametrize("field", FORGED)
def test_forged_heads_at_most_places_are_named_refused_and_mended(little, field):
    first = little.seal()
    honest = [Path(each, "vault.json").read_bytes() for each in little.places]
    forge(little, range(4), field)

    # The sealing machine writes nothing to places that say otherwise
    with pytest.raises(StoreError, match="only 2 of 6 places"):
        little.seal()
    # And the honest heads are what is mended from
    with little.open() as vault:
        assert {each.place for each in vault.damages} == set(little.places[:4])
        assert vault.terms.keep == 2
        assert scrub(vault, now=little.now, repair=True)[1].sound
    got = [json.loads(Path(each, "vault.json").read_bytes()) for each in little.places]
    assert got == [json.loads(each) for each in honest]
    with little.open(home=little.root / "reader") as vault:
        assert verify(vault, little.keys(vault)).snapshot == first.snapshot


@pytest.mark.parametrize("field", FORGED)
def test_heads_forged_everywhere_open_nothing(little, field):
    little.seal()
    forge(little, range(6), field)

    for home in (little.home, little.root / "reader"):
        with pytest.raises(IntegrityError), little.open(home=home):
            pass


@pytest.mark.parametrize("field", FORGED)
def test_who_never_saw_the_vault_finds_the_one_honest_head(little, field):
    little.seal()
    forge(little, range(5), field)

    with little.open(home=little.root / "reader") as vault:
        assert list(vault.places) == [5]
        adopt(vault, little.keys(vault))
    done = subprocess.run(
        [sys.executable, str(RESTORER), "--list", *little.places],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with little.open(home=little.root / "reader") as vault:
        assert scrub(vault, now=little.now, repair=True)[1].sound
    with little.open() as vault:
        assert not vault.damages


def test_another_vault_in_its_place_is_not_sealed_to(little, tmp_path_factory):
    little.seal()
    root = tmp_path_factory.mktemp("other")
    founded(root, [str(root / f"place-{n}") for n in range(6)], noise=1_000)
    for n in range(6):
        Path(little.places[n]).rename(little.places[n] + "-away")
        (root / f"place-{n}").rename(little.places[n])

    with pytest.raises(PanshiError, match="keeps no keys of it"):
        little.seal()
