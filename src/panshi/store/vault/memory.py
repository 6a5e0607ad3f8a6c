"""What the sealing machine keeps of a vault: keys to seal with, how far the chain had come, a lock.

Below `<home>/vaults/<vault id>`, for the owner only. It opens nothing that was sealed.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import MissingError, StoreError
from panshi.store.place import ready_directory, write_new_file


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKeys:
    """What it takes to seal."""

    signing: bytes
    chunks: bytes
    terms: bytes
    "What the heads of all places must say."


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The folder of one vault."""

    path: Path

    @classmethod
    def below(cls, home: Path, vault: bytes) -> Memory:
        """Give the folder of a vault."""
        return cls(path=home / "vaults" / vault.hex())

    @property
    def index(self) -> Path:
        """File of the index."""
        return self.path / "index.lmdb"

    def keep(self, keys: SealingKeys) -> None:
        """Keep the keys to seal with; the same again is no fault."""
        ready_directory(self.path)
        value = {
            "signing": keys.signing.hex(),
            "chunks": keys.chunks.hex(),
            "terms": keys.terms.decode(),
        }
        try:
            write_new_file(self.path / "sealing.json", json.dumps(value).encode())
        except FileExistsError as error:
            if self.keys() != keys:
                raise StoreError(
                    "other keys of this vault are kept here already", place=str(self.path)
                ) from error

    def keys(self) -> SealingKeys:
        """Give the keys to seal with."""
        try:
            value = json.loads((self.path / "sealing.json").read_bytes())
            return SealingKeys(
                signing=bytes.fromhex(value["signing"]),
                chunks=bytes.fromhex(value["chunks"]),
                terms=value["terms"].encode(),
            )
        except FileNotFoundError as error:
            raise MissingError(
                "this machine may not seal to the vault: it keeps no keys of it",
                place=str(self.path),
                remedy="panshi vault keys adopt --share FILE …, with a quorum of the officers",
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                "the keys to seal with are malformed",
                place=str(self.path / "sealing.json"),
                remedy="remove the file, then panshi vault keys adopt",
            ) from error

    def seen(self) -> tuple[int, str] | None:
        """How far the chain had come when this machine last looked: number and digest."""
        try:
            value = json.loads((self.path / "seen.json").read_bytes())
            return int(value["sequence"]), str(value["digest"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                "the memory of the chain is malformed",
                place=str(self.path / "seen.json"),
                remedy="compare `panshi vault list` with the evidence log, then remove the file",
            ) from error

    def see(self, sequence: int, digest: str) -> None:
        """Remember how far the chain has come."""
        ready_directory(self.path)
        self._write("seen.json", {"sequence": sequence, "digest": digest})

    def lost(self) -> frozenset[bytes]:
        """Segments scrub found to be beyond repair: no new snapshot may rest on them."""
        try:
            value = json.loads((self.path / "lost.json").read_bytes())
            return frozenset(map(bytes.fromhex, value))
        except FileNotFoundError:
            return frozenset()
        except (ValueError, TypeError) as error:
            raise StoreError(
                "the list of lost segments is malformed",
                place=str(self.path / "lost.json"),
                remedy="remove it, then panshi vault scrub",
            ) from error

    def lose(self, segments: frozenset[bytes], *, found: frozenset[bytes]) -> None:
        """Remember that segments are lost, and forget it of those that were found."""
        ready_directory(self.path)
        with self._faults(), (self.path / "lost.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = self.lost()
            after = (before - found) | segments
            if after != before:
                self._write("lost.json", sorted(each.hex() for each in after))

    def runs(self) -> frozenset[bytes]:
        """Seals of this machine that began and are not known to have ended."""
        try:
            return frozenset(map(bytes.fromhex, json.loads((self.path / "runs.json").read_bytes())))
        except FileNotFoundError:
            return frozenset()
        except (ValueError, TypeError) as error:
            raise StoreError(
                "the list of seals under way is malformed",
                place=str(self.path / "runs.json"),
                remedy="remove it: what they left goes once the chain is past them",
            ) from error

    def begin(self, run: bytes) -> None:
        """Remember that a seal begins; what it leaves behind is told by this."""
        ready_directory(self.path)
        self._write("runs.json", sorted(each.hex() for each in self.runs() | {run}))

    def end(self, *runs: bytes) -> None:
        """Forget seals that left nothing behind."""
        if not self.runs().isdisjoint(runs):
            self._write("runs.json", sorted(each.hex() for each in self.runs() - set(runs)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one on this machine who changes the vault."""
        ready_directory(self.path)
        with self._faults():
            file = (self.path / "lock").open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(
                    "another seal, prune or repair of this vault is running",
                    place=str(self.path),
                    remedy="wait for it to end",
                ) from error
            yield

    def _write(self, name: str, value: object) -> None:
        beside = self.path / f".{name}.{os.getpid()}"
        with self._faults():
            try:
                with beside.open("w") as file:
                    json.dump(value, file)
                    file.flush()
                    os.fsync(file.fileno())
                # Lost with the power, the older memory still holds.
                beside.replace(self.path / name)
            finally:
                beside.unlink(missing_ok=True)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"this machine cannot remember how far the vault has come: {error.strerror}",
                place=str(self.path),
                remedy="free some space; what `panshi vault list` shows stands",
            ) from error
