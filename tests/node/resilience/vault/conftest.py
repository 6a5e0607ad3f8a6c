"""A small vault over six directories, and a source that changes."""

import random
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from panshi.node.resilience.vault.founding import Wish, found
from panshi.node.resilience.vault.opening import opened, unlock
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import files
from panshi.resilience.vault.shares import Quorum

START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class SmallVault:
    root: Path
    places: list[str]
    mnemonics: tuple[str, ...]
    now: datetime = START

    @property
    def home(self):
        return self.root / "home"

    @property
    def source(self):
        return self.root / "core"

    @contextmanager
    def open(self, *without, home=None):
        places = [each for n, each in enumerate(self.places) if n not in without]
        with opened(places, home or self.home) as vault:
            yield vault

    def seal(self, *without, **options):
        self.now += timedelta(days=1)
        with self.open(*without) as vault:
            return seal(vault, files([self.source]), now=self.now, **options)[1]

    def keys(self, vault):
        return unlock(vault, self.mnemonics[:3])

    def change(self, seed):
        dice = random.Random(seed)
        with closing(sqlite3.connect(self.source / "core.sqlite")) as base:
            base.executemany(
                "UPDATE account SET balance=? WHERE id=?",
                [(dice.random(), dice.randrange(3_000)) for _ in range(20)],
            )
            base.commit()
        with (self.source / "ledger.csv").open("a") as file:
            file.writelines(f"{seed},{n},{dice.random()}\n" for n in range(200))

    def content(self):
        return contents(self.source)


def contents(root):
    """Path, mode, time and bytes of everything below a folder."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns if not path.is_symlink() else 0,
            path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(root.rglob("*"))
    }


def founded(root, places, *, noise=9 << 20, k=4):
    """A vault at these places, with a source of its own below a folder."""
    source = root / "core"
    (source / "empty").mkdir(parents=True)
    dice = random.Random(1)
    with closing(sqlite3.connect(source / "core.sqlite")) as base:
        base.execute("CREATE TABLE account(id INTEGER PRIMARY KEY, balance REAL, name TEXT)")
        rows = [(n, dice.random(), dice.randbytes(40).hex()) for n in range(3_000)]
        base.executemany("INSERT INTO account VALUES(?,?,?)", rows)
        base.commit()
    (source / "ledger.csv").write_text("".join(f"{n},{dice.random()}\n" for n in range(30_000)))
    (source / "noise.bin").write_bytes(dice.randbytes(noise))
    (source / "帳戶 餘額.txt").write_text("一百元\n")
    (source / "nothing").touch()
    (source / "link").symlink_to("ledger.csv")
    (source / "ledger.csv").chmod(0o640)
    wish = Wish(k=k, quorum=Quorum(threshold=3, members=5), retention=timedelta(days=7), keep=2)
    vault, mnemonics = found(places, root / "home", wish, now=START)
    vault.close()
    return SmallVault(root=root, places=places, mnemonics=mnemonics)


@pytest.fixture
def small(tmp_path):
    return founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)])
