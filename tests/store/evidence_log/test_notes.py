"""What was signed is kept beside the database too: a rebuilt log is found out and never signed."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing

import psycopg
import pytest

from panshi.errors import IntegrityError, StoreError
from panshi.evidence.checkpoint import parse_note
from panshi.store.evidence_log import FILE_NAME
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.keys import load_or_create_signer, verifier_keys
from tests.simulators.observations import RECEIVED, device


@pytest.fixture
def signer(place):
    return load_or_create_signer(place.home)


def kept(place):
    return place.home / "checkpoints" / "notes.log"


def run(place, sql):
    if place.dialect == "sqlite":
        with closing(sqlite3.connect(place.home / FILE_NAME)) as raw, raw:
            raw.execute(sql)
    else:
        with psycopg.connect(place.url, options="-c search_path=panshi_evidence") as raw:
            raw.execute(sql)


def rebuilt(place, *observations):
    """Throw the database away and make another one with the same keys."""
    if place.dialect == "sqlite":
        for each in place.home.glob(f"{FILE_NAME}*"):
            each.unlink()
    else:
        with psycopg.connect(place.url, autocommit=True) as raw:
            raw.execute("DROP SCHEMA panshi_evidence CASCADE")
    # Whoever rebuilds it moves the kept notes out of the way, for nothing is appended against them.
    aside = kept(place).with_suffix(".aside")
    kept(place).rename(aside)
    log = place.open()
    log.append(observations, RECEIVED)
    aside.rename(kept(place))
    return log


def signed_log(place, signer, count=300):
    log = place.open()
    log.append([device(n) for n in range(count)], RECEIVED)
    log.sign_checkpoint(signer)
    log.close()


def test_each_note_is_kept_once_and_can_be_read(place, log, signer):
    assert not kept(place).exists()
    log.append([device(1)], RECEIVED)
    notes = [log.sign_checkpoint(signer), log.sign_checkpoint(signer)]
    log.append([device(2)], RECEIVED)
    notes.append(log.sign_checkpoint(signer))

    lines = [json.loads(line) for line in kept(place).read_text().splitlines()]

    assert [line["note"] for line in lines] == notes[1:]
    assert [line["size"] for line in lines] == [1, 2]
    assert stat.S_IMODE(kept(place).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("count", "problem"),
    [
        (300, "the leaves do not give the root signed"),
        (301, "the leaves do not give the root signed"),
        (299, "the log is shorter than what was signed"),
    ],
)
def test_a_log_rebuilt_without_its_checkpoints_is_found_and_not_signed(
    place, signer, count, problem
):
    # Given a log that was signed, and another one in its place with what somebody prefers
    signed_log(place, signer)
    before = kept(place).read_bytes()
    log = rebuilt(place, *(device(n, compliant=True) for n in range(count)))

    # Then verifying tells, with keys and without
    for keys in ((), verifier_keys(place.home)):
        damage = {each.place: each.problem for each in log.verify(keys=keys).damage}
        assert damage["checkpoint of size 300"] == problem
    report = log.verify(keys=verifier_keys(place.home))
    assert ("checkpoints", "no signed checkpoint covers the log") in {
        (each.place, each.problem) for each in report.damage
    }
    assert report.uncovered == count

    # And it is not signed
    with pytest.raises(IntegrityError, match="nothing was written"):
        log.sign_checkpoint(signer)
    assert log.checkpoint() == ""
    assert kept(place).read_bytes() == before

    # Nor is anything appended to it
    size = log.size()
    with pytest.raises(IntegrityError, match="nothing was written"):
        log.append([device(1000)], RECEIVED)
    assert log.size() == size
    log.close()


def test_what_was_appended_since_is_told_as_uncovered(log, signer):
    keys = (signer.key,)
    log.append([device(n) for n in range(10)], RECEIVED)

    # Given nothing signed at all, then with keys that is damage
    assert (log.verify().intact, log.verify().uncovered) == (True, 10)
    assert [each.problem for each in log.verify(keys=keys).damage] == [
        "no signed checkpoint covers the log"
    ]

    # Given a checkpoint, then what came after it is counted
    log.sign_checkpoint(signer)
    assert (log.verify(keys=keys).intact, log.verify(keys=keys).uncovered) == (True, 0)
    log.append([device(n) for n in range(10, 17)], RECEIVED)
    assert (log.verify(keys=keys).intact, log.verify(keys=keys).uncovered) == (True, 7)


def test_a_home_from_before_notes_were_kept_beside_is_seeded_once(place, log, signer):
    # Given checkpoints in the database only
    log.append([device(1)], RECEIVED)
    first = log.sign_checkpoint(signer)
    log.append([device(2)], RECEIVED)
    second = log.sign_checkpoint(signer)
    shutil.rmtree(kept(place).parent)

    # When the log is verified
    assert log.verify(keys=(signer.key,)).checkpoints == 2

    # Then both are kept from now on, and those of the database alone are not taken over again
    assert [note for _, note in NoteFile(place.home).read()] == [first, second]
    run(place, "DELETE FROM checkpoint")
    assert log.verify(keys=(signer.key,)).checkpoints == 2
    assert log.sign_checkpoint(signer)
    assert log.verify(keys=(signer.key,)).intact


def test_signing_seeds_too(place, log, signer):
    log.append([device(1)], RECEIVED)
    note = log.sign_checkpoint(signer)
    shutil.rmtree(kept(place).parent)

    assert log.sign_checkpoint(signer) == note

    assert [each for _, each in NoteFile(place.home).read()] == [note]


def test_a_line_cut_short_by_a_loss_of_power_is_no_note_and_no_damage(place, log, signer):
    log.append([device(1)], RECEIVED)
    first = log.sign_checkpoint(signer)
    with kept(place).open("ab") as file:
        file.write(kept(place).read_bytes()[:40])
    assert log.verify(keys=(signer.key,)).intact
    assert NoteFile(place.home).last() == first

    log.append([device(2)], RECEIVED)
    second = log.sign_checkpoint(signer)

    assert [each for _, each in NoteFile(place.home).read()] == [first, second]
    assert log.verify(keys=(signer.key,)).checkpoints == 2


def test_a_line_that_is_no_note_is_damage_and_nothing_is_signed_after_it(place, log, signer):
    log.append([device(1)], RECEIVED)
    log.sign_checkpoint(signer)
    with kept(place).open("ab") as file:
        file.write(b"not a note\n")

    assert [each.place for each in log.verify().damage] == ["kept checkpoint 2"]
    with pytest.raises(IntegrityError, match="cannot be read"):
        log.sign_checkpoint(signer)


def test_a_note_of_a_stranger_among_those_kept_is_found_where_keys_are_given(
    place, log, signer, tmp_path
):
    log.append([device(1)], RECEIVED)
    log.sign_checkpoint(signer)
    log.sign_checkpoint(load_or_create_signer(tmp_path / "stranger"))
    run(place, "DELETE FROM checkpoint")

    assert log.verify().intact
    report = log.verify(keys=(signer.key,))
    assert [each.place for each in report.damage] == ["kept checkpoint 2"]


def test_a_damaged_note_in_the_database_keeps_the_log_from_being_signed(place, log, signer):
    log.append([device(1)], RECEIVED)
    log.sign_checkpoint(signer)
    run(place, "UPDATE checkpoint SET note = 'x'")

    with pytest.raises(IntegrityError, match="cannot be read"):
        log.sign_checkpoint(signer)


def test_the_newest_of_many_notes_is_found_from_the_end(tmp_path, log, signer):
    """However long lines are, and wherever the first piece read begins."""
    log.append([device(1)], RECEIVED)
    note = log.sign_checkpoint(signer)
    file = NoteFile(tmp_path / "many")
    assert file.last() == ""
    text, lines = note.split("\n\n")
    long = f"{text}\n\n" + lines * 90
    for each in (note, long, note, long):
        file.append(each)
        assert file.last() == each
    assert len(long) > 8_192
    assert parse_note(file.last()).checkpoint.size == 1
    # And a last line cut short, longer than what is read at once, is taken away
    with file.path.open("ab") as raw:
        raw.write(b"x" * 20_000)
    assert file.last() == long
    file.append(note)
    assert [each for _, each in file.read()] == [note, long, note, long, note]


def test_a_file_that_cannot_be_written_keeps_the_log_from_being_signed(place, log, signer):
    log.append([device(1)], RECEIVED)
    kept(place).mkdir(parents=True)

    with pytest.raises(StoreError, match="signed checkpoints cannot be used"):
        log.sign_checkpoint(signer)
    assert log.checkpoint() == ""
