"""What analysts decided about found techniques: kept in the home, learned from the next time."""

from __future__ import annotations

from pathlib import Path

from panshi.alliance.extraction.techniques.examples import Example


def decided_examples(home: Path) -> tuple[Example, ...]:
    """Give what was decided, as examples."""
    return ()
