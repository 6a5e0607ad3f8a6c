"""Two runs at once, on one machine or on two: what one acknowledged, the other never undoes."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import IntegrityError, PanshiError, StoreError, UsageError
from panshi.node.resilience.vault.opening import open_vault, opened
from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.rekeying import adopt
from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.scrubbing import scrub
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import Item, files
from panshi.resilience.vault.history import standing
from panshi.resilience.vault.layout import entry_name
from panshi.store.vault.directory import DirectoryPlace
from tests.node.resilience.vault.conftest import founded

NOISE = 200_000


@pytest.fixture
def little(tmp_path):
    return founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=NOISE)


@pytest.fixture
def paired(tmp_path):
    """Any two of six places restore, and two machines may seal."""
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=NOISE, k=2)
    with small.open(home=small.root / "other") as vault:
        adopt(vault, small.keys(vault))
    return small


def unreadable(small):
    """The source, and then a file whose disk fails."""
    yield from files([small.source])

    def fails():
        raise OSError(5, "Input/output error")

    yield Item(path="broken", open=fails)


def whole(small, *snapshots):
    with small.open(home=small.root / "reader") as vault:
        assert [each.snapshot_id() for each in standing(vault.entries)] == list(snapshots)
        for each in snapshots:
            assert verify(vault, small.keys(vault), snapshot=each).files


def test_a_seal_that_fails_takes_back_nothing_but_its_own(little):
    # Given a run that opened the vault before another one sealed
    late = open_vault(little.places, little.home)
    first = little.seal()

    # When it fails in the middle
    with pytest.raises(PanshiError):
        seal(late, unreadable(little), now=little.now)

    # Then what was acknowledged is whole, and nothing of the failure is left
    whole(little, first.snapshot)
    with little.open() as vault:
        assert scrub(vault, now=little.now)[1].stray == 0


def test_a_seal_goes_on_from_the_chain_as_it_is_now(little):
    late = open_vault(little.places, little.home)
    first = little.seal()

    _, second = seal(late, files([little.source]), now=little.now)

    assert second.sequence == first.sequence + 1
    assert second.new_bytes == 0
    whole(little, first.snapshot, second.snapshot)


def test_a_prune_that_opened_early_spares_what_was_sealed_since(little):
    first = little.seal()
    late = open_vault(little.places, little.home)
    little.change(1)
    second = little.seal()

    _, done = prune(late, now=little.now)

    assert [name for name, _ in done.kept] == [first.snapshot, second.snapshot]
    whole(little, first.snapshot, second.snapshot)


def test_a_prune_spares_what_another_machine_is_writing_and_frees_its_own(little):
    little.seal()
    # Given fragments with the chain's next number: one of another machine, one of a killed seal
    with little.open() as vault:
        vault.memory.begin(b"\xab" * 8)
        theirs, ours = (f"f/{vault.head.sequence + 1:012d}/{each * 16}" for each in ("cd", "ab"))
        for name in (theirs, ours):
            vault.places[0].put(name, [bytes(64)])
        vault.places[0].flush()

        prune(vault, now=little.now)

    assert Path(little.places[0], theirs).exists()
    assert not Path(little.places[0], ours).exists()
    # When the chain is past that number, it was nobody's
    little.seal()
    with little.open() as vault:
        prune(vault, now=little.now)
    assert not Path(little.places[0], theirs).exists()


def test_what_an_entry_at_one_place_names_is_no_leftover(little, monkeypatch):
    # Given a seal that broke off when one place had its entry
    put = DirectoryPlace.put

    def broken(self, name, parts):
        if name.startswith("chain/") and self.label != little.places[0]:
            raise StoreError("the line is cut")
        return put(self, name, parts)

    monkeypatch.setattr(DirectoryPlace, "put", broken)
    with pytest.raises(StoreError, match="only 1 of 6 places"):
        little.seal()
    monkeypatch.undo()

    # When prune runs while that place is away
    with little.open(0) as vault:
        prune(vault, now=little.now)

    # Then the entry is believed when it is back, and all it names is there
    with little.open(home=little.root / "reader") as vault:
        assert verify(vault, little.keys(vault)).files


def test_two_machines_that_see_half_of_the_places_each_acknowledge_nothing(paired):
    with (
        paired.open(3, 4, 5) as vault,
        pytest.raises(StoreError, match="only 3 of 6 places"),
    ):
        seal(vault, files([paired.source]), now=paired.now)
    with (
        paired.open(0, 1, 2, home=paired.root / "other") as vault,
        pytest.raises(StoreError, match="only 3 of 6 places"),
    ):
        seal(vault, files([paired.source]), now=paired.now)
    whole(paired)


def test_fewer_places_than_a_majority_may_not_be_asked_for(paired):
    with paired.open() as vault, pytest.raises(UsageError, match="3 places are too few"):
        seal(vault, files([paired.source]), now=paired.now, need=3)


def test_of_two_entries_with_one_number_the_acknowledged_one_is_never_written_over(paired):
    # Given an entry that reached two places only, and another that four places acknowledged
    world = paired.root / "world"
    places = [shutil.copytree(each, world / Path(each).name) for each in paired.places]
    with opened(map(str, places), paired.root / "other") as vault:
        _, halted = seal(vault, files([paired.source]), now=paired.now + timedelta(hours=1))
    shutil.rmtree(paired.root / "other" / "vaults")
    first = paired.seal(4, 5)
    name = entry_name(halted.sequence)
    for n in (4, 5):
        shutil.copy(world / f"place-{n}" / name, Path(paired.places[n], name))
    with paired.open(home=paired.root / "other") as vault:
        adopt(vault, paired.keys(vault))

    # When too few places are at hand to tell which was acknowledged, nothing is added to either
    for home in (paired.home, paired.root / "other"):
        with pytest.raises(IntegrityError), paired.open(2, 3, home=home) as vault:
            scrub(vault, now=paired.now, repair=True)
        with pytest.raises(IntegrityError), paired.open(2, 3, home=home) as vault:
            seal(vault, files([paired.source]), now=paired.now)

    # Then all of them tell, and repair takes the other entry away
    with paired.open() as vault:
        assert scrub(vault, now=paired.now, repair=True)[1].repaired
    with paired.open() as vault:
        assert not vault.damages
    whole(paired, first.snapshot)
