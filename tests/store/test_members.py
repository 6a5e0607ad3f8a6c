"""A signed request counts once, a submission has one answer, and both outlive a kill."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import MissingError, UsageError
from panshi.store.members import ANSWERS_KEPT, PLACE, Begun, KeptToken, MemberStore

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SOON = NOW + timedelta(minutes=6)
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path):
    kept = MemberStore(tmp_path)
    yield kept
    kept.close()


def begin(store, key="2026-000001", sha256=A, kind="tickets", member="bank-017", now=NOW):
    return store.begin(member, key, sha256, kind=kind, size=10, signed_by="k", now=now)


def finish(store, key="2026-000001", answer=b"receipt", member="bank-017", now=NOW):
    store.finish(member, key, answer, status=202, items=3, now=now)


def test_a_nonce_counts_once_per_key(store):
    assert store.first_time("k1", "n", SOON, NOW)
    assert not store.first_time("k1", "n", SOON, NOW)
    assert store.first_time("k2", "n", SOON, NOW)


def test_a_nonce_is_known_after_the_process_died(tmp_path):
    # Given a store that was never closed
    assert MemberStore(tmp_path).first_time("k1", "n", SOON, NOW)
    # Then another process knows the nonce
    assert not MemberStore(tmp_path).first_time("k1", "n", SOON, NOW)


def test_nonces_that_are_good_for_nothing_any_more_are_forgotten(store, tmp_path):
    for number in range(600):
        store.first_time("k1", f"n{number}", NOW + timedelta(seconds=1), NOW)
    for number in range(600):
        store.first_time("k1", f"m{number}", SOON, NOW + timedelta(minutes=2))
    with sqlite3.connect(tmp_path / PLACE) as raw:
        assert raw.execute("SELECT count(*) FROM nonce").fetchone()[0] < 1_100


def test_the_same_submission_has_one_answer(store):
    assert begin(store)[0] is Begun.FRESH
    finish(store)
    again, kept = begin(store)
    assert again is Begun.DONE
    assert (kept.answer, kept.status, kept.items) == (b"receipt", 202, 3)


def test_another_content_under_the_same_key_is_a_conflict(store):
    begin(store)
    assert begin(store, sha256=B)[0] is Begun.CONFLICT
    finish(store)
    assert begin(store, sha256=B)[0] is Begun.CONFLICT
    assert begin(store, kind="objects")[0] is Begun.CONFLICT
    # And another member's keys are its own
    assert begin(store, sha256=B, member="bank-018")[0] is Begun.FRESH


def test_what_is_in_hand_is_not_done_twice_at_the_same_time(store):
    begin(store)
    assert begin(store)[0] is Begun.IN_HAND
    store.leave("bank-017", "2026-000001")
    assert begin(store)[0] is Begun.FRESH


def test_what_was_begun_when_the_process_died_is_done_again(tmp_path):
    begin(MemberStore(tmp_path))
    assert begin(MemberStore(tmp_path))[0] is Begun.FRESH


def test_an_answer_is_forgotten_and_that_there_was_one_is_not(store):
    begin(store)
    finish(store)
    later = NOW + ANSWERS_KEPT + timedelta(seconds=1)
    begin(store, key="2026-000002", now=later)
    finish(store, key="2026-000002", now=later)
    again, kept = begin(store)
    assert again is Begun.DONE
    assert kept.answer is None
    assert begin(store, sha256=B)[0] is Begun.CONFLICT


def test_submissions_are_paged_newest_first(store):
    for number in range(5):
        begin(store, key=f"2026-00000{number}")
        finish(store, key=f"2026-00000{number}")
    begin(store, member="bank-018")
    first = store.submissions("bank-017", limit=3)
    rest = store.submissions("bank-017", before=first[-1].id, limit=3)
    assert [each.idempotency_key[-1] for each in (*first, *rest)] == list("43210")
    assert len(store.submissions()) == 6
    assert store.totals() == {"bank-017": (5, 15, NOW)}


def token(name="taxii", days=1):
    return KeptToken(
        member="bank-017",
        name=name,
        scopes=("taxii.read",),
        created=NOW,
        expires=NOW + timedelta(days=days),
    )


def test_a_token_is_kept_as_a_digest_and_opens_until_it_expires(store, tmp_path):
    store.add_token(token(), "pmt_secret")
    assert store.token("pmt_secret", NOW).scopes == ("taxii.read",)
    assert store.token("pmt_other", NOW) is None
    assert store.token("pmt_secret", NOW + timedelta(days=1)) is None
    store.close()
    assert b"pmt_secret" not in (tmp_path / PLACE).read_bytes()
    assert stat.S_IMODE((tmp_path / PLACE).stat().st_mode) == 0o600


def test_a_member_holds_few_tokens_and_each_name_once(store):
    for number in range(20):
        store.add_token(token(f"t{number}"), f"pmt_{number}")
    with pytest.raises(UsageError, match="at most 20"):
        store.add_token(token("one more"), "pmt_x")
    store.revoke_token("bank-017", "t3")
    assert store.token("pmt_3", NOW) is None
    with pytest.raises(UsageError, match="there is a token"):
        store.add_token(token("t4"), "pmt_y")
    with pytest.raises(MissingError):
        store.revoke_token("bank-017", "t3")
