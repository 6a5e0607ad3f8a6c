"""Statements on exploitability for one match: from files the caller names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.vex.reading import read_vex
from panshi.protection.supply_chain.vex import Statements, Voice


def heard(files: Iterable[Path]) -> Statements:
    """Read the statements of files; a file none of whose statements count is refused."""
    voices: list[Voice] = []
    for file in files:
        document = read_vex(file)
        if document.refused:
            raise BadInputError(
                document.refused, place=str(file), remedy="give a document whose statements count"
            )
        voices += (Voice(statement=each, unapproved=True) for each in document.statements)
    return Statements(voices)
