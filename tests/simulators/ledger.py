"""A ledger under load: double entries that always balance, written by several clerks at once."""

import random
import threading
import time
from contextlib import contextmanager

import psycopg

ACCOUNTS = 300
CLERKS = 3
PATIENCE = 60
SCHEMA = """
CREATE TABLE account (id integer PRIMARY KEY, name text NOT NULL, balance numeric(18,2) NOT NULL);
CREATE TABLE posting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account integer NOT NULL REFERENCES account,
    amount numeric(18,2) NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    memo text
);
INSERT INTO account SELECT n, '客戶' || n, 10000 FROM generate_series(1, 300) AS n;
"""


def make_ledger(server, name: str) -> str:
    """Make a database with accounts and an empty journal."""
    address = server.make(name)
    with psycopg.connect(address) as connection:
        connection.execute(SCHEMA)
    return address


class Workload:
    """Clerks at work; `done` counts committed transfers."""

    def __init__(self, address: str):
        self.address = address
        self.stop = threading.Event()
        self.done = 0
        self.faults: list[str] = []
        self.last_commit = 0.0
        self._lock = threading.Lock()
        self.clerks = [
            threading.Thread(target=self._work, args=(seed,), daemon=True) for seed in range(CLERKS)
        ]

    def until(self, transfers: int) -> None:
        """Wait until so many transfers are committed."""
        end = time.monotonic() + PATIENCE
        while self.done < transfers:
            if time.monotonic() > end or self.faults:
                raise TimeoutError(f"{self.done} transfers; {self.faults}")
            time.sleep(0.01)

    def _work(self, seed: int) -> None:
        luck = random.Random(seed)
        try:
            with psycopg.connect(self.address) as connection:
                while not self.stop.is_set():
                    self._transfer(connection, luck)
        except psycopg.Error as error:
            if not self.stop.is_set():
                self.faults.append(str(error))

    def _transfer(self, connection, luck: random.Random) -> None:
        giver, taker = sorted(luck.sample(range(1, ACCOUNTS + 1), 2))
        amount = luck.randint(1, 5_000) / 100
        move = "UPDATE account SET balance = balance + %s WHERE id = %s"
        note = "INSERT INTO posting (account, amount, memo) VALUES (%s, %s, %s)"
        connection.execute(move, (-amount, giver))
        connection.execute(note, (giver, -amount, "付\t款\n\\"))
        connection.execute(move, (amount, taker))
        connection.execute(note, (taker, amount, None))
        connection.commit()
        with self._lock:
            self.done += 1
            self.last_commit = time.time()
        self.stop.wait(0.005)


@contextmanager
def ledger_workload(address: str):
    """Clerks at work for as long as the block runs."""
    load = Workload(address)
    for each in load.clerks:
        each.start()
    try:
        yield load
    finally:
        load.stop.set()
        for each in load.clerks:
            each.join(PATIENCE)
