"""Nothing new rests on what scrub found to be lost, until a scrub that read it found it again."""

from pathlib import Path

import pytest

from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.scrubbing import scrub
from tests.node.resilience.vault.conftest import founded


@pytest.fixture
def little(tmp_path):
    return founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=100_000)


def spoil(small):
    """Spoil the greatest segment beyond repair; give the fragments and what they were."""
    greatest = max(Path(small.places[0]).glob("f/*/*"), key=lambda path: path.stat().st_size)
    paths = [next(Path(each).glob(f"f/*/{greatest.name}")) for each in small.places[:3]]
    before = {path: path.read_bytes() for path in paths}
    for path, content in before.items():
        path.chmod(0o600)
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return greatest.name, before


def test_a_sampled_scrub_forgets_no_loss_it_did_not_read(little):
    little.seal()
    name, before = spoil(little)
    with little.open() as vault:
        assert scrub(vault, now=little.now)[1].lost == (name,)
    # A sample may draw it or not; that it is lost stays known
    for seed in range(6):
        with little.open() as vault:
            scrub(vault, now=little.now, sample=0.2, seed=seed)
            assert vault.memory.lost() == {bytes.fromhex(name)}
    # So the next seal stores its content anew, and restores
    little.seal(reread=True)
    with little.open() as vault:
        assert verify(vault, little.keys(vault)).files

    # When the fragments are back, a scrub that reads them forgets the loss
    for path, content in before.items():
        path.write_bytes(content)
    with little.open() as vault:
        scrub(vault, now=little.now, sample=1e-9)
        assert vault.memory.lost() == {bytes.fromhex(name)}
        scrub(vault, now=little.now)
        assert not vault.memory.lost()
