"""Compile inner loops for the machine; the one place that names the compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a function; the copy kept on disk goes by the date of the function's own file.

    So a compiled function calls others of its own file only.
    """
    return cast("F", njit(cache=True, nogil=True)(function))
