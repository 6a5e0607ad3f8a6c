"""Appending and what every reader of the log may rely on."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.evidence import merkle
from panshi.evidence.seal import Leaf
from panshi.model.bodies.devices import DevicePosture
from panshi.store.evidence_log import open_log, sql_log
from panshi.store.keys import load_or_create_signer, rotate_signer, verifier_keys
from tests.simulators.observations import (
    DAY,
    RECEIVED,
    absent,
    account,
    device,
    training,
    unreachable,
)


def test_an_empty_log_has_the_root_of_nothing(log):
    assert log.size() == 0
    assert log.root() == merkle.EMPTY_ROOT
    assert list(log.latest()) == []
    assert log.kinds() == {}


def test_what_goes_in_comes_out_equal(log):
    # Given one of each: seen, absent, unreachable, with and without a facet
    given_ = [device(1), absent(2), unreachable(3), training("林", "cloud"), account("a")]

    # When they are appended
    appended = log.append(given_, RECEIVED)

    # Then each is read back as it was, by id and in order
    assert (appended.new, appended.known) == (5, 0)
    assert [log.get(each).observation for each in appended.ids] == given_
    assert [each.observation for each in log.since(0)] == given_
    assert [each.position for each in log.since(0)] == [0, 1, 2, 3, 4]
    assert {each.received_at for each in log.since(0)} == {RECEIVED}


def test_a_known_observation_keeps_its_id_however_late_it_comes_again(log):
    # Given a log with an observation
    first = log.append([device(1)], RECEIVED)

    # When the same comes again, with company and twice
    again = log.append([device(2), device(1), device(2)], RECEIVED + timedelta(days=9))

    # Then only what is new is sealed
    assert (again.new, again.known) == (1, 2)
    assert again.ids[1] == first.ids[0]
    assert again.ids[0] == again.ids[2]
    assert log.size() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"collector": "mdm 1.3"},
        {"facet": "quarterly"},
        {"observed_at": DAY + timedelta(microseconds=1)},
        {"period_start": DAY - timedelta(days=1)},
        {"body": DevicePosture(managed=False)},
    ],
)
def test_a_difference_in_any_field_makes_a_new_observation(log, change):
    log.append([device(1)], RECEIVED)

    assert log.append([replace(device(1), **change)], RECEIVED).new == 1


def test_the_same_instant_in_another_zone_is_the_same_observation(log):
    taipei = timezone(timedelta(hours=8))
    log.append([device(1)], RECEIVED)

    again = replace(device(1), observed_at=DAY.astimezone(taipei))

    assert log.append([again], RECEIVED).known == 1


def test_an_id_is_the_first_half_of_the_leaf_hash(log):
    (made,) = log.append([device(1)], RECEIVED).ids
    leaf = log.leaf(made)

    assert isinstance(leaf, Leaf)
    assert made == merkle.leaf_hash(leaf.envelope).hex()[:32]
    assert log.root() == merkle.leaf_hash(leaf.envelope)


def test_two_logs_of_the_same_observations_share_no_digest_of_a_body(log, tmp_path):
    # Given the salt, nobody can compare bodies across logs or guess them
    (one,) = log.append([device(1)], RECEIVED).ids
    other = open_log(tmp_path / "other")
    (two,) = other.append([device(1)], RECEIVED).ids
    other.close()

    assert one != two


@pytest.mark.parametrize(
    "broken",
    [
        replace(device(2), body=DevicePosture(managed="yes")),
        replace(device(2), kind="no.such/1"),
        replace(device(2), subject="device:\ud800"),
        replace(device(2), subject="device:\0"),
        replace(device(2), subject="device:" + "x" * 5_000),
        replace(device(2), kind="account.authenticators/1"),
    ],
    ids=["type", "kind", "surrogate", "zero", "long", "other kind"],
)
def test_one_bad_observation_keeps_all_of_its_batch_out(log, broken):
    log.append([device(1)], RECEIVED)

    with pytest.raises(BadInputError):
        log.append([device(3), broken, device(4)], RECEIVED)

    assert log.size() == 1
    assert log.verify().intact


def test_a_time_of_receipt_without_zone_is_refused(log):
    with pytest.raises(BadInputError, match="zone"):
        log.append([device(1)], datetime(2026, 10, 1))  # noqa: DTZ001  (the fault itself)


def test_the_same_checkpoint_is_signed_once(log, place):
    signer = load_or_create_signer(place.home)
    log.append([device(1)], RECEIVED)

    first = log.sign_checkpoint(signer)
    assert log.sign_checkpoint(signer) == first == log.checkpoint()
    by_new_key = log.sign_checkpoint(rotate_signer(place.home))
    log.append([device(2)], RECEIVED)
    later = log.sign_checkpoint(load_or_create_signer(place.home))

    assert len({first, by_new_key, later}) == 3
    assert log.checkpoint() == later
    assert log.verify(keys=verifier_keys(place.home)).checkpoints == 3


def test_nothing_given_is_nothing_done(log):
    assert log.append([], RECEIVED).ids == ()


def test_the_log_is_the_same_after_it_was_closed_and_opened(place):
    # Given a log with more leaves than one tile holds
    log = place.open()
    log.append([device(n) for n in range(300)], RECEIVED)
    root = log.root()
    log.close()

    # When another process opens it
    log = place.open()

    # Then it goes on where it was
    assert (log.size(), log.root()) == (300, root)
    assert log.append([device(n) for n in range(301)], RECEIVED).new == 1
    assert log.verify().intact
    log.close()


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=8), st.data())
def test_however_it_is_cut_into_batches_the_tree_is_the_tree_of_the_leaves(log, sizes, data):
    # Given appends of any sizes
    for size in sizes:
        start = log.size()
        log.append([device(n, day=start % 9) for n in range(start, start + size)], RECEIVED)

    # Then any root and any proof is that of RFC 9162 over the leaves
    leaves = [log.leaf(each.id).hash for each in log.since(0)]
    assert log.root() == merkle.root(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root(leaves[:size])
    assert log.root(size) == root
    sealed = next(log.since(index))
    assert merkle.verify_inclusion(log.inclusion(sealed.id, size), leaves[index], root)
    extension = log.consistency(size, len(leaves))
    assert merkle.verify_consistency(extension, root, merkle.root(leaves))


def test_threads_append_and_read_at_once(log):
    # Given four writers and a reader in one process
    faults = []

    def write(writer):
        for n in range(20):
            log.append([device(writer * 1000 + n)], RECEIVED)

    def read():
        for _ in range(20):
            seen = [each.position for each in log.since(0)]
            if seen != list(range(len(seen))):
                faults.append(seen)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    threads.append(threading.Thread(target=read))

    # When all run
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Then every reading was whole and nothing is lost
    assert not faults
    assert log.size() == 80
    assert log.verify().intact


def test_a_reader_sees_one_state_while_others_append(log):
    log.append([device(n) for n in range(3_000)], RECEIVED)
    reading = log.since(0)
    next(reading)

    log.append([device(n, day=1) for n in range(10)], RECEIVED)

    assert sum(1 for _ in reading) == 2_999


def test_a_reading_left_half_done_leaves_nothing_behind(log):
    log.append([device(n) for n in range(3_000)], RECEIVED)
    for _ in range(10):
        reading = log.latest()
        next(reading)
        reading.close()

    assert log.append([device(1, day=2)], datetime.now(UTC)).new == 1


def test_a_generator_of_many_chunks_is_sealed_as_one(log, monkeypatch):
    # Given observations that repeat within a chunk, across chunks, and from before
    monkeypatch.setattr(sql_log, "CHUNK", 3)
    (known,) = log.append([device(3)], RECEIVED).ids
    numbers = [0, 1, 1, 2, 3, 4, 5, 0, 6, 2]

    appended = log.append((device(n) for n in numbers), RECEIVED)

    assert (appended.new, appended.known) == (6, 4)
    found = log.get_many(appended.ids)
    assert [found[each].observation for each in appended.ids] == [device(n) for n in numbers]
    assert appended.ids[4] == known
    assert log.size() == 7
    assert log.verify().intact


def test_what_a_generator_raises_at_its_end_leaves_the_log_as_it_was(log, monkeypatch):
    monkeypatch.setattr(sql_log, "CHUNK", 3)
    log.append([device(n) for n in range(4)], RECEIVED)
    root = log.root()

    def changed():
        yield from (device(n) for n in range(2, 20))
        raise BadInputError("the file changed while it was read")

    with pytest.raises(BadInputError, match="file changed"):
        log.append(changed(), RECEIVED)

    assert (log.size(), log.root()) == (4, root)
    assert log.verify().intact
    assert log.append((device(n) for n in range(20)), RECEIVED).new == 16
