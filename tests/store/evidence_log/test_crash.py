"""kill -9 in the middle of appending, again and again: nothing acknowledged is lost.

A child appends and says over a pipe which ids were acknowledged; it is killed at a random
moment. Then the log is opened anew: every acknowledged id is there, and the log verifies.
"""

import os
import random
import signal
import threading
from contextlib import suppress
from itertools import count

import pytest

from panshi.errors import StoreError
from panshi.evidence.merkle import verify_inclusion
from tests.simulators.observations import RECEIVED, device
from tests.store.evidence_log.conftest import Place

ROUNDS = 200
ROUNDS_PER_LOG = 25
"""A new log every so often keeps each round's complete verification short."""

pytestmark = pytest.mark.slow


def append_until_killed(place, pipe, first, sizes):
    """The child: append batches, report the ids of each once it is acknowledged."""
    log = place.open()
    os.write(pipe, b"ready\n")
    for size in sizes:
        batch = [device(first + n, day=first % 7) for n in range(size)]
        first += size
        ids = log.append(batch, RECEIVED).ids
        os.write(pipe, "".join(f"{each}\n" for each in ids).encode())


def one_round(place, chance, first):
    """Start a child, kill it, and give the ids it had acknowledged."""
    reading, writing = os.pipe()
    sizes = [chance.choice([1, 2, 7, 40]) for _ in range(10_000)]
    child = os.fork()
    if child == 0:
        os.close(reading)
        with suppress(BrokenPipeError, StoreError):
            append_until_killed(place, writing, first, sizes)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.readline() == b"ready\n"
        signal.pthread_sigmask(signal.SIG_BLOCK, [])
        pause = chance.uniform(0.0, 0.04)
        with suppress(InterruptedError):
            signal.sigtimedwait([signal.SIGUSR1], pause)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # A line cut short is still an acknowledgement only if it is whole.
        return [line[:-1].decode() for line in pipe if line.endswith(b"\n")]


def test_kill_9_loses_nothing_acknowledged(place):
    chance = random.Random(20260930)
    home = place.home
    acknowledged = set()
    total = 0
    firsts = count(0, 1_000_000)
    for number in range(ROUNDS):
        if place.dialect == "sqlite" and number % ROUNDS_PER_LOG == 0:
            place.home, acknowledged = home / str(number), set()
        ids = one_round(place, chance, next(firsts))
        acknowledged.update(ids)
        total += len(ids)
        log = place.open()
        assert acknowledged <= set(log.get_many(acknowledged)), f"round {number}"
        if place.dialect == "sqlite" or number % 20 == 19:
            report = log.verify()
            assert report.intact, f"round {number}: {report.damage}"
            assert report.root == log.root().hex()
        for each in ids[-2:]:
            leaf = log.leaf(each)
            assert verify_inclusion(log.inclusion(each), leaf.hash, log.root())
        log.close()
    assert total > ROUNDS, "the children were killed before they did anything"


def test_kill_9_in_the_middle_of_one_long_append_leaves_nothing_of_it(place):
    """However many observations, and however many of them the database was given already."""
    log = place.open()
    log.append([device(n) for n in range(100)], RECEIVED)
    before = (100, log.root())
    log.close()

    def cut_short():
        for n in range(20_000):
            if n == 18_000:
                os.kill(os.getpid(), signal.SIGKILL)
            yield device(n, day=1)

    child = os.fork()
    if child == 0:
        place.open().append(cut_short(), RECEIVED)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    log = place.open()
    assert (log.size(), log.root()) == before
    assert log.verify().intact
    assert log.append((device(n, day=1) for n in range(20_000)), RECEIVED).new == 20_000
    log.close()


def append_for_ever(log, first, acknowledged):
    for start in count(first, 10):
        acknowledged += log.append([device(start + n) for n in range(10)], RECEIVED).ids


@pytest.mark.postgres
def test_a_database_server_killed_in_the_middle_loses_nothing_acknowledged(server, tmp_path):
    """kill -9 of a server process: the server recovers from its write-ahead log."""
    place = Place("postgres", tmp_path / "home", server.make("killed"))
    chance = random.Random(20260930)
    acknowledged = []
    for number in range(20):
        log = place.open()
        killer = threading.Timer(chance.uniform(0.0, 0.1), server.kill_a_backend, ["killed"])
        killer.start()
        with pytest.raises(StoreError, match="cannot be reached"):
            append_for_ever(log, number * 1_000_000, acknowledged)
        killer.join()
        log.close()

    log = place.open()
    assert set(log.get_many(acknowledged)) == set(acknowledged)
    assert log.verify().intact
    log.close()
    server.drop("killed")
