"""A vault over six directories: what is lost, altered, rolled back or full costs no snapshot."""

import importlib.util
import random
import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from panshi.errors import (
    BadInputError,
    ForbiddenError,
    IntegrityError,
    MissingError,
    PanshiError,
    StoreError,
    UsageError,
)
from panshi.node.resilience.vault.opening import opened, unlock, unlock_by
from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.rekeying import adopt, confirm, recipient_key, rotate
from panshi.node.resilience.vault.restoring import restore, verify
from panshi.node.resilience.vault.scrubbing import scrub
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import files
from panshi.resilience.vault.documents import Recipient
from panshi.resilience.vault.history import standing
from panshi.store.vault import directory
from tests.node.resilience.vault.conftest import contents
from tests.simulators.vault_reader import SecondReader

ROOT = Path(__file__).resolve().parents[4]
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"


def fragments(place):
    return sorted(path for path in Path(place).glob("f/*/*") if path.is_file())


def flip(path, dice):
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= dice.randrange(1, 256)
    path.chmod(0o600)
    path.write_bytes(content)


def restored(small, into, *without, **options):
    with small.open(*without) as vault:
        return restore(vault, small.keys(vault), small.root / into, **options)


def test_what_is_sealed_comes_back_with_names_modes_and_times(small):
    # Given two days
    before = small.content()
    first = small.seal(marks={"lsn": "0/16B3748"})
    small.change(1)
    second = small.seal()

    # When both are restored
    restored(small, "out-1", snapshot=first.snapshot)
    done = restored(small, "out-2")

    # Then each is what it was, and the second day cost little
    assert contents(small.root / "out-1/core") == before
    assert contents(small.root / "out-2/core") == small.content()
    assert done.snapshot == second.snapshot
    assert second.stored_bytes < first.stored_bytes / 10
    with small.open() as vault:
        assert verify(vault, small.keys(vault), snapshot="2").marks == {"lsn": "0/16B3748"}


def test_what_has_not_changed_costs_next_to_nothing(small):
    small.seal()
    again = small.seal()

    assert again.new_bytes == 0
    assert again.stored_bytes <= 1_024


@pytest.mark.slow
def test_a_lost_index_or_another_machine_changes_only_the_cost(small):
    small.seal()
    (small.home / "vaults").rename(small.root / "away")
    with small.open() as vault:
        with pytest.raises(MissingError):
            seal(vault, files([small.source]), now=small.now + timedelta(days=1))
        adopt(vault, small.keys(vault))
    small.seal()

    restored(small, "out")
    assert contents(small.root / "out/core") == small.content()


@pytest.mark.slow
def test_any_two_of_six_places_may_be_lost(small):
    small.seal()
    for lost in combinations(range(6), 2):
        with small.open(*lost) as vault:
            assert verify(vault, small.keys(vault)).bytes > 9 << 20


def test_three_places_with_all_keys_give_nothing_and_neither_do_all_without_the_quorum(small):
    small.seal()
    with small.open() as vault:
        its = small.keys(vault)
        # Given k - 1 places and every key there is
        with pytest.raises(IntegrityError):
            restore(vault, its, small.root / "out", without=(0, 2, 5))
        # Given every place and one share too few, or another vault's shares
        with pytest.raises(BadInputError):
            unlock(vault, small.mnemonics[:2])
        master = bytes(32)
        from panshi.resilience.vault.shares import Quorum, split

        with pytest.raises(ForbiddenError):
            unlock(vault, split(master, Quorum(threshold=2, members=2)))
    # Then nothing of it lies around, and no place holds a readable byte of what was sealed
    assert not (small.root / "out").exists()
    marks = ["一百元".encode(), b"SQLite format 3", b"ledger.csv", b"core.sqlite"]
    for place in small.places:
        for path in Path(place).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(mark in content for mark in marks), path


@pytest.mark.slow
def test_flipped_bytes_are_found_named_and_mended(small):
    small.seal()
    small.change(2)
    small.seal()
    dice = random.Random(5)
    every = [path for place in small.places for path in fragments(place)]
    hit = dice.sample(every, max(3, len(every) // 100))
    hit = list({path.name: path for path in hit}.values())
    for path in hit:
        flip(path, dice)

    with small.open() as vault:
        _, found = scrub(vault, now=small.now)
        assert {each.name.rpartition("/")[2] for each in found.damages} == {p.name for p in hit}
        assert {each.what for each in found.damages} == {"altered"}
        assert not found.sound
        _, mended = scrub(vault, now=small.now, repair=True)
        assert mended.repaired == len(hit)
        assert mended.sound
    with small.open() as vault:
        _, after = scrub(vault, now=small.now)
        assert after.sound
        kinds = [(each.kind, each.fields.get("stage")) for each in vault.entries[-2:]]
        assert kinds == [("repair", "begun"), ("repair", "done")]


@pytest.mark.slow
def test_altered_chain_head_catalogue_and_keys_are_found_and_mended(small):
    small.seal()
    dice = random.Random(6)
    for n, pattern in enumerate(("chain/*2.json", "vault.json", "catalogue/*", "keys/*")):
        flip(next(Path(small.places[n]).glob(pattern)), dice)

    # And an entry nobody signed, with a number far beyond the chain
    bogus = Path(small.places[4], "chain", "999999999999.json")
    bogus.write_text("{}\n00\n")

    with small.open() as vault:
        named = {(each.place, each.what) for each in scrub(vault, now=small.now)[1].damages}
        assert named == {
            *((small.places[n], "altered") for n in range(4)),
            (small.places[4], "foreign"),
        }
        _, mended = scrub(vault, now=small.now, repair=True)
        assert mended.sound
    # The place without a head was known by its fragments; all are whole again
    assert not bogus.exists()
    with small.open() as vault:
        assert len(vault.places) == 6
        assert not scrub(vault, now=small.now)[1].damages
    restored(small, "out")


@pytest.mark.slow
def test_two_places_emptied_are_founded_anew(small):
    small.seal()
    for n in (0, 4):
        shutil.rmtree(small.places[n])

    with small.open() as vault:
        _, mended = scrub(vault, now=small.now, repair=True)
        assert not mended.lost
        assert not mended.left
    # Then two others may be lost
    with small.open(1, 2) as vault:
        assert verify(vault, small.keys(vault)).files


@pytest.mark.slow
def test_three_places_lost_are_told_as_lost(small):
    sealed = small.seal()
    for n in (0, 2, 4):
        for path in fragments(small.places[n]):
            path.unlink()
    with small.open() as vault:
        _, found = scrub(vault, now=small.now)
        assert len(found.lost) == sealed.segments
        assert found.hurt == (sealed.snapshot,)
    # What is lost is stored anew by the next seal
    after = small.seal()
    assert after.new_bytes > 9 << 20
    restored(small, "out")


@pytest.mark.slow
def test_one_place_rolled_back_a_week_is_named_and_caught_up(small):
    small.seal()
    shutil.copytree(small.places[3], small.root / "week-ago")
    for day in range(3):
        small.change(day)
        small.seal()
    shutil.rmtree(small.places[3])
    (small.root / "week-ago").rename(small.places[3])

    with small.open() as vault:
        behind = [each for each in vault.damages if each.what == "behind"]
        assert [each.place for each in behind] == [small.places[3]]
        _, mended = scrub(vault, now=small.now, repair=True)
        assert mended.sound
    with small.open(0, 1) as vault:
        assert verify(vault, small.keys(vault)).files


def test_all_places_rolled_back_are_refused(small):
    small.seal()
    for place in small.places:
        shutil.copytree(place, place + "-old")
    small.seal()
    for place in small.places:
        shutil.rmtree(place)
        Path(place + "-old").rename(place)

    with pytest.raises(IntegrityError, match="rolled back"), small.open():
        pass


def test_a_place_that_is_down_is_named_and_completed_later(small):
    sealed = small.seal(2)
    assert len(sealed.absent) == 1
    with pytest.raises(StoreError, match="only 4 of 6 places"):
        small.seal(1, 2)
    with small.open() as vault:
        assert scrub(vault, now=small.now, repair=True)[1].sound


@pytest.mark.slow
def test_a_full_disk_acknowledges_nothing_and_spoils_nothing(small, monkeypatch):
    first = small.seal()
    small.change(3)
    (small.source / "more.bin").write_bytes(random.Random(9).randbytes(9 << 20))
    budget = [5 << 20]
    write = directory.os.write

    def scarce(descriptor, view):
        budget[0] -= len(view)
        if budget[0] < 0:
            raise OSError(28, "No space left on device")
        return write(descriptor, view)

    monkeypatch.setattr(directory.os, "write", scarce)
    with pytest.raises(StoreError, match="No space left"):
        small.seal()
    monkeypatch.undo()

    with small.open() as vault:
        assert [each.snapshot_id() for each in standing(vault.entries)] == [first.snapshot]
        assert verify(vault, small.keys(vault)).files
    small.seal()
    restored(small, "out")
    assert contents(small.root / "out/core") == small.content()
    assert not [path for place in small.places for path in Path(place).glob(".incoming/*")]


@pytest.mark.slow
def test_prune_never_goes_below_retention_and_frees_the_rest(small):
    sealed = []
    for day in range(4):
        (small.source / "noise.bin").write_bytes(random.Random(day).randbytes(1 << 20))
        sealed.append(small.seal())
    # Within the retention of seven days nothing goes
    with small.open() as vault:
        assert not prune(vault, now=small.now)[1].released
    # Afterwards all but the newest two
    small.now += timedelta(days=30)
    before = sum(path.stat().st_size for place in small.places for path in fragments(place))
    with small.open() as vault:
        _, would = prune(vault, now=small.now, dry_run=True, clock_is_right=True)
        _, done = prune(vault, now=small.now, clock_is_right=True)
        assert would.released == done.released == tuple(each.snapshot for each in sealed[:2])
    after = sum(path.stat().st_size for place in small.places for path in fragments(place))
    assert after < before
    with small.open() as vault:
        for each in sealed[2:]:
            assert verify(vault, small.keys(vault), snapshot=each.snapshot).files
        with pytest.raises(MissingError):
            verify(vault, small.keys(vault), snapshot=sealed[0].snapshot)
        with pytest.raises(UsageError):
            prune(vault, now=small.now - timedelta(days=90))


def test_confirmed_shares_open_and_the_old_ones_no_longer_do(small):
    small.seal()
    seeds, key = recipient_key()
    with small.open() as vault:
        heir = Recipient(name="partner", public=key.public())
        its = small.keys(vault)
        vault, mnemonics = rotate(vault, its, now=small.now, recipients=(heir,))  # noqa: PLW2901 -- one entry further
        confirm(vault, mnemonics[1:], now=small.now)
    with small.open() as vault:
        with pytest.raises(ForbiddenError):
            small.keys(vault)
        assert verify(vault, unlock(vault, mnemonics[2:])).files
        assert verify(vault, unlock_by(vault, recipient_key(seeds)[1])).files
        with pytest.raises(MissingError):
            unlock_by(vault, recipient_key()[1])


def test_what_sealed_it_cannot_read_it(small):
    small.seal()
    kept = b"".join(path.read_bytes() for path in small.home.rglob("*.json"))
    with small.open() as vault:
        secret = small.keys(vault).secret
    assert secret.hex().encode() not in kept


def test_an_unreadable_file_or_a_wrong_clock_seals_nothing(small):
    small.seal()
    with small.open() as vault:
        with pytest.raises(BadInputError):
            seal(vault, files([small.root / "absent"]), now=small.now)
        with pytest.raises(UsageError, match="clock"):
            seal(vault, files([small.source]), now=small.now - timedelta(days=9))
    with small.open() as vault:
        assert len(standing(vault.entries)) == 1


def test_places_of_two_vaults_are_told_apart(small, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    Path(small.places[5], "vault.json").chmod(0o600)
    head = Path(small.places[5], "vault.json")
    head.write_text(head.read_text().replace('"retention_days":7', '"retention_days":0'))
    with opened(small.places, other) as vault:
        assert vault.terms.retention == timedelta(days=7)
        assert [each.place for each in vault.damages] == [small.places[5]]


def test_nothing_is_restored_over_what_is_there(small):
    small.seal()
    (small.root / "out").mkdir()
    (small.root / "out/mine").touch()
    with pytest.raises(UsageError):
        restored(small, "out")
    assert [each.name for each in (small.root / "out").iterdir()] == ["mine"]


@pytest.mark.slow
def test_the_restorer_works_where_panshi_is_not(small):
    # Given two places lost and an interpreter that cannot find Panshi
    small.seal()
    small.change(4)
    small.seal()
    share = small.root / "shares.txt"
    share.write_text("\n".join(small.mnemonics[1:4]))
    only = small.root / "only"
    only.mkdir()
    for name in ("cryptography", "zstandard", "pyeclib", "_cffi_backend"):
        for path in Path(importlib.util.find_spec("zstandard").origin).parents[1].glob(f"{name}*"):
            (only / path.name).symlink_to(path)
    blocked = (
        "import sys, runpy, importlib.util as u; sys.argv = sys.argv[1:]; "
        f"sys.path.append({str(only)!r}); "
        "assert not any(map(u.find_spec, ('panshi', 'shamir_mnemonic', 'blake3', 'obstore'))); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    alone = small.root / "panshi_restore.py"
    shutil.copy(RESTORER, alone)

    def run(places, into):
        command = [sys.executable, "-I", "-S", "-c", blocked, str(alone), "--shares", str(share)]
        command += ["--into", str(small.root / into), *places]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")

    done = run(small.places[2:], "out")
    assert done.returncode == 0, done.stderr
    assert contents(small.root / "out/core") == small.content()
    # Then k - 1 places, or a share too few, give nothing
    assert run(small.places[3:], "none").returncode == 1
    share.write_text("\n".join(small.mnemonics[:2]))
    refused = run(small.places, "none-either")
    assert refused.returncode == 1
    assert "3 are needed" in refused.stderr


def test_the_restorer_imports_nothing_of_panshi():
    assert importlib.util.find_spec("panshi") is not None
    assert "import panshi" not in RESTORER.read_text()
    assert "from panshi" not in RESTORER.read_text()


def test_a_vault_is_founded_only_over_empty_places(small):
    from panshi.node.resilience.vault.founding import Wish, found
    from panshi.resilience.vault.shares import Quorum

    wish = Wish(k=4, quorum=Quorum(threshold=2, members=3))
    with pytest.raises(UsageError, match="not empty"):
        found(small.places, small.home, wish, now=small.now)
    with pytest.raises(PanshiError):
        found(small.places[:4], small.home, wish, now=small.now)


@pytest.mark.slow
def test_a_second_reader_written_from_the_document_reads_the_same(small):
    (small.source / "noise.bin").write_bytes(random.Random(3).randbytes(300_000))
    small.seal()
    small.change(8)
    small.seal()
    with small.open() as vault:
        secret = small.keys(vault).secret

    for places in (small.places[:4], small.places[2:], small.places[1:5]):
        read = dict(SecondReader(places, secret).files())
        expected = {
            f"core/{path.relative_to(small.source)}": path.read_bytes()
            for path in small.source.rglob("*")
            if path.is_file() and not path.is_symlink()
        }
        assert read == expected
