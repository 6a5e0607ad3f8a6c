"""The mixed set of bench/vault.py, from a fixed seed: ledgers, a database, noise, small files.

At full size 8 CSV ledgers of 620,000 rows, a SQLite file of 8 KiB pages (900,000 accounts, 4.2
million transactions), 4 random files of 56 MiB and 12,000 small JSON files. Day two edits, triples
and appends rows, updates accounts at random, inserts transactions and adds 20 MiB of noise.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

LEDGERS = 8
_STATUS = ("OK", "OK", "OK", "PENDING", "REVERSED")
_NAMES = (
    "林怡君",
    "陳冠宇",
    "黃淑芬",
    "Wang Li-Hua",
    "Acme Trading",
    "張家豪",
    "吳美玲",
    "Lee Tse",
)


def _row(dice: random.Random, number: int, ledger: int) -> str:
    account = dice.randrange(1_000_000)
    amount = dice.lognormvariate(8, 2)
    return (
        f"{ledger:02d}{number:012d},2026-09-{1 + number % 30:02d}T{number % 24:02d}:"
        f"{dice.randrange(60):02d}:{dice.randrange(60):02d},{account:012d},{account % 160:04d},"
        f"{dice.choice(_NAMES)},{amount:.2f},TWD,{dice.lognormvariate(11, 2):.2f},"
        f"{dice.choice(_STATUS)}\n"
    )


def first_day(root: Path, scale: float) -> None:
    """Build the set."""
    dice = random.Random(11)
    (root / "ledgers").mkdir(parents=True)
    for ledger in range(LEDGERS):
        with (root / "ledgers" / f"ledger-{ledger}.csv").open("w") as file:
            file.writelines(_row(dice, n, ledger) for n in range(int(620_000 * scale)))
    with closing(sqlite3.connect(root / "core.sqlite")) as base:
        base.executescript(
            "PRAGMA page_size=8192; PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;"
            "CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT, balance REAL);"
            "CREATE TABLE movement(id INTEGER PRIMARY KEY, account INTEGER, amount REAL, note TEXT)"
        )
        accounts = max(1, int(900_000 * scale))
        base.executemany(
            "INSERT INTO account VALUES(?,?,?)",
            ((n, dice.choice(_NAMES), dice.lognormvariate(11, 2)) for n in range(accounts)),
        )
        _movements(base, dice, accounts, int(4_200_000 * scale))
        base.execute("CREATE INDEX of_account ON movement(account)")
        base.commit()
    for n in range(4):
        (root / f"noise-{n}.bin").write_bytes(dice.randbytes(int((56 << 20) * scale)))
    for n in range(int(12_000 * scale)):
        folder = root / "small" / f"{n % 100:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        text = f'{{"id": {n}, "blob": "{dice.randbytes(200).hex()}", "pad": "{"." * (n % 900)}"}}'
        (folder / f"{n:06d}.json").write_text(text)


def _movements(base: sqlite3.Connection, dice: random.Random, accounts: int, count: int) -> None:
    base.executemany(
        "INSERT INTO movement(account, amount, note) VALUES(?,?,?)",
        (
            (dice.randrange(accounts), dice.lognormvariate(8, 2), dice.choice(_STATUS))
            for _ in range(count)
        ),
    )


def second_day(root: Path, scale: float) -> None:
    """Change about two hundredths of it."""
    dice = random.Random(12)
    for ledger in range(LEDGERS):
        path = root / "ledgers" / f"ledger-{ledger}.csv"
        lines = path.read_text().splitlines(keepends=True)
        for n in dice.sample(range(len(lines)), max(1, int(200 * scale))):
            lines[n] = lines[n].rpartition(",")[0] + ",CHANGED\n"
        for n in dice.sample(range(len(lines)), max(1, int(20 * scale))):
            lines[n] *= 3
        lines += [_row(dice, len(lines) + n, ledger) for n in range(int(12_000 * scale))]
        path.write_text("".join(lines))
    with closing(sqlite3.connect(root / "core.sqlite")) as base:
        accounts = max(1, int(900_000 * scale))
        base.executemany(
            "UPDATE account SET balance=? WHERE id=?",
            (
                (dice.lognormvariate(11, 2), dice.randrange(accounts))
                for _ in range(int(3_000 * scale))
            ),
        )
        _movements(base, dice, accounts, int(60_000 * scale))
        base.commit()
    (root / "noise-new.bin").write_bytes(dice.randbytes(int((20 << 20) * scale)))
