"""Compile inner loops for the machine; the one place that names the compiler.

`compiled` is for ways in: kept on disk for the next start, free of the interpreter. The copy goes
by the date of the function's own file, so a compiled function calls others of its own file, or such
as are `inner`: made anew with the way in that uses them, and never called from Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba

_njit = cast("Callable[..., Callable[[Any], Any]]", numba.njit)
"The stubs of the compiler do not know all it may be told."


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a way in."""
    return cast("F", _njit(cache=True, nogil=True, error_model="numpy")(function))


def inner[F: Callable[..., Any]](function: F) -> F:
    """Compile what only other compiled functions call."""
    made = _njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(
        function
    )
    return cast("F", made)
