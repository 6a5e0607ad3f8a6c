"""Programs of PostgreSQL, of the server's own version, run bounded and never through a shell.

The server refuses to run as root, so where Panshi itself runs as root (a container, mostly), what
it starts runs as `postgres`, with that account's group and no other. What is started over restored
data gets none of Panshi's environment: no key that stands there, and nothing that leads elsewhere.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from panshi.errors import StoreError, UsageError

_PLACES = (Path("/usr/lib/postgresql"), Path("/usr/pgsql"), Path("/opt/homebrew/opt"))
SERVER_USER = "postgres"
LONGEST = 86_400
APART = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}
"The whole environment of what runs over restored data."
_TOLD = 400


def program(name: str, major: int = 0) -> Path:
    """Find a program of a major version, else the newest."""
    wanted = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    if major and wanted.exists():
        return wanted
    found = [each for place in _PLACES for each in sorted(place.glob(f"*/bin/{name}"))]
    named = shutil.which(name)
    if not found and named is None:
        raise UsageError(
            f"there is no {name} on this machine",
            remedy="install PostgreSQL's server and client of the source's version",
        )
    return found[-1] if found else Path(str(named))


def server_user() -> str | None:
    """Who runs a server we start; None for the present user, and where there is no other."""
    if os.geteuid() != 0:
        return None
    return next((each.pw_name for each in pwd.getpwall() if each.pw_name == SERVER_USER), None)


def server_group(user: str | None) -> int | None:
    """Group of the server's user."""
    return None if user is None else pwd.getpwnam(user).pw_gid


def run(words: Sequence[str | Path], *, timeout: float = LONGEST, apart: bool = False) -> str:
    """Run a program to its end; its own last words are told where it fails.

    `apart` runs it as the server's user, in an environment of its own.
    """
    user = server_user() if apart else None
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program, arguments never through a shell
            [str(each) for each in words],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            user=user,
            group=server_group(user),
            extra_groups=None if user is None else [],
            cwd="/",
            env=APART if apart else {**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise StoreError(
            f"{Path(words[0]).name} did not end within {timeout:.0f} s",
            remedy="look at the source's server and its log",
        ) from error
    if done.returncode:
        raise StoreError(
            f"{Path(words[0]).name} failed: {(done.stderr or done.stdout).strip()[-_TOLD:]}",
            remedy="the account needs REPLICATION and SELECT on the tables",
        )
    return done.stdout
