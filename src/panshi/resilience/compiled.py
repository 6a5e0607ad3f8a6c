"""Compile inner loops for the machine; the one place that names the compiler.

`compiled` is for ways in: kept on disk for the next start, free of the interpreter. `inner` and
`borrows` are for what only other compiled functions call: made anew with the way in that uses it.
What is kept goes by everything it was made of and what the compiler was told of it, the compiler
alone would look at the file of the way in only: so who edits an inner function, or how it is
compiled, never runs the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

_njit = cast("Callable[..., Callable[[Any], Any]]", numba.njit)
"The stubs of the compiler do not know all it may be told."
_WAY_IN = {"nogil": True, "error_model": "numpy"}
_INNER = {**_WAY_IN, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class _Kept(FunctionCache):
    """Compiled code on disk, by all it was made of."""

    def _index_key(self, signature: object, codegen: object) -> tuple[object, ...]:
        theirs = cast("Any", super())._index_key(signature, codegen)  # noqa: SLF001 -- ours to extend
        return (*theirs, made_of(self._py_func), repr(_WAY_IN))


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a way in."""
    made = _njit(**_WAY_IN)(function)
    made._cache = cast("Any", _Kept)(function)  # noqa: SLF001 -- as `cache=True` does, with our key
    return cast("F", made)


def inner[F: Callable[..., Any]](function: F) -> F:
    """Compile what only other compiled functions call."""
    return cast("F", _njit(**_INNER)(function))


def borrows[F: Callable[..., Any]](function: F) -> F:
    """Compile as `inner` does what borrows the arrays it is given and counts no references to them.

    The compiler counts who holds an array. A call that hands on some twenty of them is twenty
    atomic additions and as many subtractions, on counters all threads share: that took two thirds
    of a simulation. Whoever calls a way in holds its arrays until it returns, so what is called
    inside need not count. The price: it makes no arrays but views of what it was given, and copies
    a line element by element, as an assignment would make room for a copy.
    """
    return cast("F", _njit(**_INNER, _nrt=False)(function))


def kept_in(function: object) -> str:
    """Give the folder in which the compiled form of a way in is kept."""
    return str(cast("Any", function).stats.cache_path)


def made_of(function: FunctionType) -> str:
    """Give a digest of a function, of all it calls and how that is compiled, of all it names."""
    found = sha256()
    for part in _parts(function, set()):
        found.update(part)
    return found.hexdigest()


def _parts(function: FunctionType, seen: set[str]) -> Iterator[bytes]:
    code = function.__code__
    yield code.co_code
    yield repr([each for each in code.co_consts if not isinstance(each, CodeType)]).encode()
    for name in code.co_names:
        value = function.__globals__.get(name)
        yield name.encode()
        if isinstance(value, Dispatcher):
            called = value.py_func
            where = f"{called.__module__}.{called.__qualname__}"
            yield where.encode()
            yield repr(sorted(value.targetoptions.items())).encode()
            if where not in seen:
                seen.add(where)
                yield from _parts(called, seen)
        elif not callable(value) and not hasattr(value, "__file__"):
            yield repr(value).encode()
