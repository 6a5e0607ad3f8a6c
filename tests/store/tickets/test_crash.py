"""kill -9 at random moments: no acknowledged ticket is lost, none is held twice, the chain holds.

A child puts tickets in and says over a pipe which were acknowledged; it is killed at a random
moment, and the next child sends the last batch of it again, as a member would. `bench/tickets.py
--kills 100` does the same through the whole way of a ticket.
"""

import os
import random
import signal
import time
from contextlib import suppress

import pytest

from panshi.errors import StoreError
from tests.simulators.tickets import arrival

ROUNDS = 15
LONGEST = 0.05

pytestmark = pytest.mark.slow


def put_until_killed(place, pipe, first):
    """The child: put batches in, and tell the numbers of each once it is acknowledged."""
    tickets = place.open()
    os.write(pipe, b"ready\n")
    chance = random.Random(first)
    while True:
        batch = [arrival(str(first + n)) for n in range(chance.choice([1, 3, 20]))]
        placed = tickets.append(batch)
        assert all(each.position for each in placed)
        told = "".join(f"{each.ticket.number}\n" for each in batch)
        os.write(pipe, told.encode())
        first += len(batch)


def one_round(place, chance, first):
    """Start a child, kill it, and give the numbers it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with suppress(BrokenPipeError, StoreError):
            put_until_killed(place, writing, first)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.readline() == b"ready\n"
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # A line cut short is no acknowledgement.
        return [int(line) for line in pipe if line.endswith(b"\n")]


def test_kill_9_loses_no_acknowledged_ticket_and_holds_none_twice(place):
    chance = random.Random(20260930)
    acknowledged, first = set(), 0
    for _ in range(ROUNDS):
        told = one_round(place, chance, first)
        acknowledged.update(told)
        # The next sender begins with what it knows of: a batch that may stand already.
        first = max(0, max(acknowledged, default=0) - 5)
    tickets = place.open()
    held, position = [], 0
    while page := tickets.since(position, 500):
        position = page[-1][0]
        held += [int(each.number) for _, each in page]
    assert acknowledged
    assert acknowledged <= set(held)
    assert len(held) == len(set(held))
    assert list(tickets.verify()) == []
    tickets.close()
