"""Open the node a verb works on, and say who is acting."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime, time

from panshi.errors import UsageError
from panshi.node.home import Home
from panshi.node.node import Node


def open_node() -> Node:
    """Open the node below PANSHI_HOME."""
    return Node.open(Home.locate(os.environ))


def actor() -> str:
    """Name the person at the terminal for the audit trail."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:uid-{os.getuid()}"


def moment(text: str) -> datetime:
    """Read a date (its last instant, UTC) or a time with zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date or time",
            remedy="write 2026-09-30 or 2026-09-30T12:00+08:00",
        ) from error
    if len(text) == len("2026-09-30"):
        return datetime.combine(found.date(), time.max, tzinfo=UTC)
    if found.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone", remedy=f"write {text}+08:00")
    return found
