"""Cedar's `like`: a pattern of literal text and wildcards, matched from left to right."""

from __future__ import annotations

from collections.abc import Callable


def matcher(pattern: tuple[str | None, ...]) -> Callable[[str], bool]:
    """Compile literal runs with `None` for `*` between them; time is bounded by text × runs."""
    if not any(part is None for part in pattern):
        whole = "".join(part for part in pattern if part is not None)
        return lambda text: text == whole
    head = pattern[0] or ""
    tail = pattern[-1] or ""
    runs = tuple(
        part for part in pattern[bool(head) : len(pattern) - bool(tail)] if part is not None
    )

    def fits(text: str) -> bool:
        if len(text) < len(head) + len(tail):
            return False
        if not (text.startswith(head) and text.endswith(tail)):
            return False
        at, end = len(head), len(text) - len(tail)
        for run in runs:
            found = text.find(run, at, end)
            if found < 0:
                return False
            at = found + len(run)
        return True

    return fits
