"""Inner functions that borrow the tables they are given and count no references to them.

The compiler counts who holds an array. A call that hands on some twenty of them is twenty atomic
additions and as many subtractions, on counters all threads share: that took two thirds of a
simulation. Whoever calls a way in holds its arrays until it returns, so what is called inside need
not count. The price: it makes no arrays but views of what it was given. A line is copied by
`tile.copy_to`, as an assignment would make room for a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from panshi.resilience.compiled import inner


def borrows[F: Callable[..., Any]](function: F) -> F:
    """Compile what only other compiled functions call, and what makes no arrays."""
    made = inner(function)
    cast("Any", made).targetoptions["_nrt"] = False
    return made
