"""Lists shown page by page: a page begins after a named row, so that it survives what comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def page_after[T](
    rows: Sequence[T], after: str, size: int, key: Callable[[T], str]
) -> tuple[list[T], str]:
    """Give one page of rows and the key to go on from, empty at the end.

    A row that is no longer there begins the list anew.
    """
    start = next((i + 1 for i, row in enumerate(rows) if key(row) == after), 0) if after else 0
    shown = list(rows[start : start + size])
    return shown, key(shown[-1]) if len(rows) > start + size else ""
