"""Whatever is altered behind the log's back is found, with its place."""

import sqlite3
from contextlib import contextmanager

import psycopg
import pytest

from panshi.evidence import merkle
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Observation
from panshi.store.evidence_log import open_log, verification
from panshi.store.keys import load_or_create_signer, rotate_signer, verifier_keys
from tests.simulators.observations import RECEIVED, account, device, training, unreachable


class Tamperer:
    """Somebody with the rights of the database's owner."""

    def __init__(self, place):
        self.place = place

    @contextmanager
    def _connected(self):
        if self.place.dialect == "sqlite":
            connection = sqlite3.connect(self.place.home / "evidence.sqlite3")
            mark = "?"
        else:
            connection = psycopg.connect(self.place.url, options="-c search_path=panshi_evidence")
            mark = "%s"
        yield connection, mark
        connection.commit()
        connection.close()

    def run(self, sql, *arguments):
        with self._connected() as (connection, mark):
            connection.execute(sql.replace("?", mark), arguments)

    def value(self, sql, *arguments):
        with self._connected() as (connection, mark):
            return connection.execute(sql.replace("?", mark), arguments).fetchone()[0]


@pytest.fixture
def filled(log, place):
    """A log of 606 observations under two checkpoints."""
    signer = load_or_create_signer(place.home)
    log.append([device(n) for n in range(400)], RECEIVED)
    log.sign_checkpoint(signer)
    log.append([device(n, day=1) for n in range(200)], RECEIVED)
    ids = log.append([account("a"), training("b", "ai"), unreachable(3)], RECEIVED).ids
    log.redact([ids[0]], why="retention ended", by="dpo", at=RECEIVED)
    log.sign_checkpoint(signer)
    return log


def test_an_untouched_log_is_intact(filled, place):
    told = []

    report = filled.verify(lambda done, size: told.append((done, size)))

    assert report.intact
    assert report.root == filled.root().hex()
    assert (report.size, report.bodies, report.erased, report.checkpoints) == (604, 602, 1, 2)
    assert report.uncovered == 0
    assert told[-1] == (604, 604)
    assert filled.verify(keys=verifier_keys(place.home)).intact


def test_an_empty_log_is_intact(log, place):
    log.sign_checkpoint(load_or_create_signer(place.home))

    report = log.verify()

    assert (report.intact, report.size, report.checkpoints) == (True, 0, 1)
    assert report.root == merkle.EMPTY_ROOT.hex()


def flipped(raw, at=40):
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize("column", ["envelope", "body", "nonce", "id"])
def test_a_flipped_bit_in_a_leaf_is_found_at_its_position(filled, place, column):
    tamperer = Tamperer(place)
    raw = bytes(tamperer.value(f"SELECT {column} FROM leaf WHERE position = 300"))
    at = 40 if len(raw) > 40 else 3
    tamperer.run(f"UPDATE leaf SET {column} = ? WHERE position = 300", flipped(raw, at))

    report = filled.verify()

    assert not report.intact
    assert report.damage[0].place == "position 300"


@pytest.mark.parametrize(
    ("sql", "place_named"),
    [
        ("DELETE FROM leaf WHERE position = 300", "position 300"),
        ("DELETE FROM leaf WHERE position >= 600", "head"),
        ("UPDATE leaf SET body = NULL, nonce = NULL WHERE position = 7", "position 7"),
        ("DELETE FROM redaction", "position 600"),
        ("UPDATE redaction SET audit = (SELECT id FROM leaf WHERE position = 601)", "position 600"),
        ("UPDATE redaction SET audit = (SELECT id FROM leaf WHERE position = 600)", "position 600"),
        ("INSERT INTO redaction SELECT 7, audit FROM redaction", "position 7"),
        ("INSERT INTO erased SELECT 7, id FROM leaf WHERE position = 7", "position 7"),
        ("UPDATE observation SET outcome = 1 WHERE position = 9", "position 9"),
        ("UPDATE observation SET observed_at = observed_at + 1 WHERE position = 9", "position 9"),
        ("DELETE FROM observation WHERE position = 9", "position 9"),
        ("UPDATE series SET subject = 'device:x' WHERE subject = 'device:d-00009'", "position 9"),
        ("UPDATE collector SET name = 'other' WHERE id = 1", "position 0"),
        ("UPDATE latest SET position = 5 WHERE position = 405", "position 405"),
        ("DELETE FROM latest WHERE position = 399", "position 399"),
        ("UPDATE latest SET received_at = 0 WHERE position = 399", "series 400"),
        ("UPDATE kind SET observations = 1 WHERE id = 1", "kind device.posture/1"),
        ("UPDATE head SET size = 603", "head"),
        ("UPDATE head SET size = 605", "head"),
        ("DELETE FROM tile WHERE id = 1", "tile 0/1"),
        ("DELETE FROM tile WHERE id > 281474976710655", "tile 1/0"),
        ("UPDATE checkpoint SET note = 'x' WHERE id = 1", "checkpoint 1"),
    ],
)
def test_a_change_by_hand_is_found_with_its_place(filled, place, sql, place_named):
    Tamperer(place).run(sql)

    report = filled.verify()

    assert place_named in {each.place for each in report.damage}


@pytest.mark.usefixtures("filled")
def test_a_history_rewritten_whole_is_betrayed_by_the_signed_checkpoint(place, tmp_path):
    """Somebody redoes leaves, tiles and root to fit: only the signature they cannot redo."""
    # Given another log, made consistently, whose first device says something else
    forged = open_log(tmp_path / "forged")
    forged.append([device(0, compliant=True), *(device(n) for n in range(1, 450))], RECEIVED)
    assert forged.verify().intact

    # When it is put under the old checkpoints
    notes = [Tamperer(place).value("SELECT note FROM checkpoint WHERE id = ?", n) for n in (1, 2)]
    with sqlite3.connect(tmp_path / "forged" / "evidence.sqlite3") as raw:
        for n, note in enumerate(notes):
            raw.execute("INSERT INTO checkpoint VALUES (?, 0, ?)", (n + 1, note))

    # Then both tell: one root differs, the other is of a longer log
    found = {each.place: each.problem for each in forged.verify().damage}
    forged.close()
    assert found == {
        "checkpoint of size 400": "the leaves do not give the root signed",
        "checkpoint of size 604": "the log is shorter than what was signed",
    }


def test_a_checkpoint_by_a_foreign_key_is_found_where_keys_are_given(filled, place, tmp_path):
    filled.sign_checkpoint(load_or_create_signer(tmp_path))

    assert filled.verify().intact
    report = filled.verify(keys=verifier_keys(place.home))
    assert [each.place for each in report.damage] == ["checkpoint 3"]


def test_checkpoints_by_older_keys_stay_good(filled, place):
    filled.sign_checkpoint(rotate_signer(place.home))

    report = filled.verify(keys=verifier_keys(place.home))

    assert (report.intact, report.checkpoints) == (True, 3)


def test_a_body_removed_under_the_record_of_another_redaction_is_found(filled, place):
    """The row that explains must name a record of this very observation."""
    tamperer = Tamperer(place)
    tamperer.run("UPDATE leaf SET body = NULL, nonce = NULL WHERE position = 7")
    tamperer.run("INSERT INTO redaction SELECT 7, audit FROM redaction")

    (damage,) = filled.verify().damage

    assert damage.place == "position 7"
    assert "no sealed redaction says why" in damage.problem


def test_an_audit_event_of_another_action_explains_no_missing_body(filled, place):
    # Given an event that names the observation and is of another action
    erased = next(filled.since(7)).id
    body = AuditEvent(actor="x", action="evidence.show", target=erased, allowed=True)
    seen = Observation(
        kind="audit.event/1", subject="x", observed_at=RECEIVED, collector="x", body=body
    )
    (event,) = filled.append([seen], RECEIVED).ids
    # When a body is removed in its name
    tamperer = Tamperer(place)
    tamperer.run("UPDATE leaf SET body = NULL, nonce = NULL WHERE position = 7")
    tamperer.run("INSERT INTO redaction VALUES (7, ?)", bytes.fromhex(event))

    assert [each.place for each in filled.verify().damage] == ["position 7"]


def test_very_much_damage_is_cut_short(filled, place, monkeypatch):
    monkeypatch.setattr(verification, "MAX_DAMAGE", 100)
    Tamperer(place).run("UPDATE observation SET received_at = 0")

    assert len(filled.verify().damage) == 100
