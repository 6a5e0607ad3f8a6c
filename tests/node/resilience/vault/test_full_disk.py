"""A disk that really is full, under every verb: said in words, and nothing acknowledged is lost."""

import random
import shutil
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from panshi.errors import StoreError
from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.restoring import restore, verify
from panshi.node.resilience.vault.scrubbing import scrub
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import files
from panshi.resilience.vault.history import standing
from panshi.store.vault.directory import DirectoryPlace
from tests.node.resilience.vault.conftest import contents, founded

pytestmark = pytest.mark.slow
FREE = "No space left"


@pytest.fixture
def disk(tmp_path):
    """A file system of 20 MiB."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "panshi-test", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def filled(disk):
    """Fill what is free, to the last block."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
    assert not shutil.disk_usage(disk).free
    return ballast


def tight(tmp_path, disk):
    """Every place on the small disk; the first snapshot takes a third of it."""
    return founded(tmp_path, [str(disk / f"place-{n}") for n in range(6)], noise=3 << 20)


def stands(small, *snapshots):
    with small.open() as vault:
        assert [each.snapshot_id() for each in standing(vault.entries)] == list(snapshots)
        for each in snapshots:
            assert verify(vault, small.keys(vault), snapshot=each).files


def test_seal_takes_back_what_it_could_not_finish(tmp_path, disk):
    small = tight(tmp_path, disk)
    first = small.seal()
    free = shutil.disk_usage(disk).free
    (small.source / "more.bin").write_bytes(random.Random(9).randbytes(12 << 20))

    with pytest.raises(StoreError, match=FREE):
        small.seal()

    # Nothing was acknowledged, nothing spoilt, and the disk is as free as before
    stands(small, first.snapshot)
    assert shutil.disk_usage(disk).free >= free - (256 << 10)
    (small.source / "more.bin").unlink()
    small.change(1)
    second = small.seal()
    stands(small, first.snapshot, second.snapshot)


def test_one_full_place_is_named_and_completed_later(tmp_path, disk):
    places = [str(tmp_path / f"place-{n}") for n in range(5)] + [str(disk / "place-5")]
    small = founded(tmp_path, places, noise=3 << 20)
    ballast = filled(disk)

    sealed = small.seal()

    assert sealed.absent == (places[5],)
    ballast.unlink()
    with small.open() as vault:
        assert {each.place for each in vault.damages} == {places[5]}
        assert scrub(vault, now=small.now, repair=True)[1].sound
    with small.open(0, 1) as vault:
        assert verify(vault, small.keys(vault)).files


def test_restore_leaves_nothing_half_done(tmp_path, disk):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)])
    small.seal()
    (disk / "taken").write_bytes(bytes(14 << 20))

    with small.open() as vault, pytest.raises(StoreError, match=FREE):
        restore(vault, small.keys(vault), disk / "out")

    assert [each.name for each in disk.iterdir()] == ["taken"]
    with small.open() as vault:
        restore(vault, small.keys(vault), tmp_path / "out")
    assert contents(tmp_path / "out/core") == small.content()


def test_prune_frees_a_full_disk_that_an_interrupted_seal_left(tmp_path, disk):
    small = tight(tmp_path, disk)
    sealed = []
    for n in range(3):
        small.change(n)
        sealed.append(small.seal())
    small.now += small.now - small.now.replace(year=small.now.year - 1)  # retention is over
    # Given a disk with no room at all, not even for an entry of the chain
    ballast = filled(disk)
    with small.open() as vault, pytest.raises(StoreError, match=FREE):
        prune(vault, now=small.now, clock_is_right=True)
    stands(small, *(each.snapshot for each in sealed))
    # When the room is taken by what a killed seal left, prune takes that away first
    ballast.unlink()
    with closing(DirectoryPlace(Path(small.places[0]))) as place:
        place.put(f"f/{5:012d}/{'ab' * 16}", [bytes(1 << 20)])
        place.flush()
    with small.open() as vault:
        assert vault.head.sequence == 4
        vault.memory.begin(b"\xab" * 8)
    filled(disk)
    with small.open() as vault:
        _, done = prune(vault, now=small.now, clock_is_right=True)
        assert done.released == (sealed[0].snapshot,)
    stands(small, *(each.snapshot for each in sealed[1:]))


def test_scrub_names_damage_on_a_full_disk_and_mends_it_when_there_is_room(tmp_path, disk):
    small = tight(tmp_path, disk)
    sealed = small.seal()
    hit = next(Path(small.places[2]).glob("f/*/*"))
    content = hit.read_bytes()
    hit.unlink()
    ballast = filled(disk)

    with small.open() as vault:
        _, found = scrub(vault, now=small.now)
        assert [(each.place, each.what) for each in found.damages] == [(small.places[2], "missing")]
        with pytest.raises(StoreError, match=FREE):
            scrub(vault, now=small.now, repair=True)
    stands(small, sealed.snapshot)
    ballast.unlink()
    with small.open() as vault:
        assert scrub(vault, now=small.now, repair=True)[1].sound
    assert hit.read_bytes() == content


def test_a_sealing_machine_without_room_says_so(tmp_path, disk):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=3 << 20)
    first = small.seal()
    shutil.copytree(small.home, disk / "home")
    ballast = filled(disk)
    small.change(1)

    with (
        small.open(home=disk / "home") as vault,
        pytest.raises(StoreError, match="space"),
    ):
        seal(vault, files([small.source]), now=small.now)
    ballast.unlink()
    with small.open() as vault:
        assert first.snapshot in {each.snapshot_id() for each in standing(vault.entries)}
    small.seal()
