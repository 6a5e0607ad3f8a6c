"""Statements on exploitability for one match: from files the caller names, or from the home.

A file that none of the given keys signed counts for nothing, unless the caller says that it shall;
then every ruling that rests on it says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from panshi.errors import BadInputError
from panshi.node.supply_chain.vex_files import FileState, load_files
from panshi.protection.supply_chain.vex import Statements

PEM = "-----BEGIN"


def heard(
    files: Iterable[Path], *, keys: Iterable[str] = (), allow_unsigned: bool = False
) -> tuple[Statements, tuple[FileState, ...]]:
    """Read the statements of files; one none of whose statements can count is refused."""
    loaded = load_files(files, keys=map(_key, keys), allow_unsigned=allow_unsigned)
    for each in loaded.files:
        if not each.counts:
            raise BadInputError(
                f"counts for nothing: {each.why}",
                place=each.file,
                remedy="give the key that signed it (--vex-key), or take it unapproved"
                " (--allow-unsigned-vex), which the answer will tell",
            )
    return loaded.statements, loaded.files


def with_home(statements: Statements) -> Statements:
    """Add what this home has decided, and what its trusted suppliers say."""
    from panshi.node.home import Home  # noqa: PLC0415 -- a node takes long to load
    from panshi.node.node import Node  # noqa: PLC0415
    from panshi.node.supply_chain.vex import effective  # noqa: PLC0415

    with Node.open(Home.locate(os.environ)) as node:
        return Statements((*effective(node).voices, *statements.voices))


def _key(text: str) -> str:
    """Give a key as written, or what a file of that name holds."""
    from panshi.protection.supply_chain.vex.signatures import checked_key  # noqa: PLC0415

    path = Path(text)
    if text.startswith(PEM) or "+" in text or not path.is_file():
        return checked_key(text, source="--vex-key")
    with path.open("rb") as file:
        return checked_key(file.read(1 << 16).decode(errors="replace"), source=text)
