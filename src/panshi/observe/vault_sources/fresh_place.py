"""A fresh, empty place for a restore, apart from everything live, gone when it is over.

Made below the machine's temporary folder or one that is named. The server that is started in it may
run as another user, who must be able to walk in from the root: nobody else may enter the place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.errors import StoreError
from panshi.observe.vault_sources.programs import server_user


@contextmanager
def fresh_place(below: str = "", *, keep: bool = False) -> Iterator[Path]:
    """Make a place; removed at the end unless it is to be kept."""
    try:
        made = Path(tempfile.mkdtemp(prefix="panshi-restore-", dir=below or None)).resolve()
    except OSError as error:
        raise StoreError(
            f"no fresh place can be made: {error.strerror}",
            place=below or tempfile.gettempdir(),
            remedy="name another folder with --into",
        ) from error
    try:
        if owner := server_user():
            shutil.chown(made, owner)
        yield made
    finally:
        if not keep:
            shutil.rmtree(made, ignore_errors=True)
