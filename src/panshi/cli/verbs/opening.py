"""Open the node a verb works on, and say who is acting."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from panshi.errors import UsageError
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.home import Home

if TYPE_CHECKING:
    from panshi.node.node import Node


def open_node() -> Node:
    """Open the node below PANSHI_HOME."""
    from panshi.node.node import Node  # start-up: not every verb opens a node

    return Node.open(Home.locate(os.environ))


def actor() -> str:
    """Name the person at the terminal for the audit trail."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:uid-{os.getuid()}"


def everywhere(verbs: argparse._SubParsersAction[Any]) -> None:
    """Let `--json` and `--lang` stand after a sub-verb too."""
    for parser in verbs.choices.values():
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        parser.add_argument("--lang", choices=("zh", "zh-TW", "en"), default=argparse.SUPPRESS)


def bounded(low: int, high: int) -> Callable[[str], int]:
    """Read a whole number between two limits, both included."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text[:12]) <= high:
            raise UsageError(
                f"{text[:40]!r} is not a whole number from {low:,} to {high:,}",
                remedy=f"for example {low}",
            )
        return int(text)

    return read


def moment(text: str) -> datetime:
    """Read a date (its last instant, Taipei time) or a time with zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date or time",
            remedy="write 2026-09-30 or 2026-09-30T12:00+08:00",
        ) from error
    if len(text) == len("2026-09-30"):
        return datetime.combine(found.date(), time.max, tzinfo=INSTITUTION_ZONE)
    if found.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone", remedy=f"write {text}+08:00")
    return found
