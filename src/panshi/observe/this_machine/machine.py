"""The machine under observation: a root folder, bounded reads, and commands that change nothing.

All paths are taken below `root`, so that a folder with a foreign /etc and /proc can be observed
like the machine itself; commands are run and sockets asked only where the root is really `/`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from panshi.errors import PanshiError
from panshi.model.observation import Body, Outcome
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits

_LARGEST_FILE = 64 * MIB
_MOST_NAMES = 100_000
_PROGRAM_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_ENVIRONMENT = {"LC_ALL": "C", "PATH": ":".join(_PROGRAM_FOLDERS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one look gave."""

    kind: str
    subject: str
    body: Body | None = None
    outcome: Outcome = Outcome.SEEN
    reason: str = ""
    facet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A Linux system below a root folder."""

    root: Path = field(default=Path("/"))
    patience: float = 30.0
    "Seconds one command may take."

    @property
    def live(self) -> bool:
        """Whether this is the running system, whose commands and sockets may be asked."""
        return self.root == Path("/")

    @property
    def hostname(self) -> str:
        """The name the kernel or /etc/hostname gives, `localhost` where neither does."""
        for name in ("/proc/sys/kernel/hostname", "/etc/hostname"):
            if (text := (self.text_or_none(name) or "").strip()) and text != "(none)":
                return text.split()[0]
        return "localhost"

    @property
    def host(self) -> str:
        """Asset id of this machine."""
        return f"host:{self.hostname}"

    def path(self, name: str) -> Path:
        """Where the absolute path `name` of the machine is to be found."""
        return self.root / name.lstrip("/")

    def has(self, name: str) -> bool:
        """Whether there is such a file or folder (also if it may not be read)."""
        try:
            self.path(name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (OSError, ValueError):
            return True
        return True

    def text(self, name: str) -> str:
        """Give a text file; `PanshiError` with the reason where it cannot be read."""
        try:
            with open_source(self.path(name), Limits(max_bytes=_LARGEST_FILE)) as source:
                return b"".join(iter(source.read, b"")).decode("utf-8", "replace")
        except PanshiError as error:
            raise PanshiError(error.problem, place=name, remedy=error.remedy) from error

    def text_or_none(self, name: str) -> str | None:
        """Give a text file, or None where it is missing or may not be read."""
        try:
            return self.text(name)
        except PanshiError:
            return None

    def entries(self, folder: str) -> tuple[str, ...]:
        """Give the sorted names in a folder, none where it is missing; raises where unreadable."""
        try:
            with os.scandir(self.path(folder)) as found:
                return tuple(sorted(entry.name for entry in islice(found, _MOST_NAMES)))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise PanshiError(f"cannot be listed: {error.strerror}", place=folder) from error

    def names(self, folder: str) -> tuple[str, ...]:
        """Give the sorted names in a folder, none where it is missing or may not be read."""
        try:
            return self.entries(folder)
        except PanshiError:
            return ()

    def program(self, name: str) -> str | None:
        """Where an installed program is, looked for in the system's own folders only."""
        for folder in _PROGRAM_FOLDERS:
            if self.path(f"{folder}/{name}").is_file():
                return f"{folder}/{name}"
        return None

    def run(self, program: str, *arguments: str) -> str:
        """Run a read-only command and give its output; `PanshiError` where it does not succeed."""
        place = program.rpartition("/")[2]
        if not self.live:
            raise PanshiError("commands are run on the live system only", place=place)
        try:
            done = subprocess.run(  # noqa: S603  fixed programs of the system, no shell
                (program, *arguments),
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                timeout=self.patience,
            )
        except subprocess.TimeoutExpired as error:
            raise PanshiError(f"took longer than {self.patience:g} s", place=place) from error
        except OSError as error:
            raise PanshiError(f"cannot be run: {error.strerror}", place=place) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
            raise PanshiError(
                f"ended with status {done.returncode}: {(said or ['no message'])[0][:200]}",
                place=place,
            )
        return done.stdout.decode("utf-8", "replace")

    def processes(self) -> Iterator[tuple[int, str]]:
        """Give number and short name of each process that can be seen."""
        for name in self.names("/proc"):
            if name.isdecimal() and (text := self.text_or_none(f"/proc/{name}/comm")):
                yield int(name), text.strip()

    def modified(self, name: str) -> float | None:
        """When a file or folder last changed, in seconds since 1970; None where not told."""
        with suppress(OSError):
            return self.path(name).stat().st_mtime
        return None


def day_number(text: str) -> date | None:
    """Give the day that many days after 1970-01-01 (shadow(5)), None for no such number."""
    try:
        return date.fromordinal(date(1970, 1, 1).toordinal() + int(text))
    except (ValueError, OverflowError):
        return None
