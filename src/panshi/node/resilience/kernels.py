"""Have the simulation's kernels compiled before they are needed, once per machine.

Compiling takes some tens of seconds of processor time the first time a machine simulates; what was
compiled is kept beside the program, or in the user's cache where that may not be written. Processes
that start at once wait for the first of them instead of each compiling the same.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock, Timer

from panshi.model.resilience.graph import Graph, Node, NodeId, NodeKind

PATIENCE = 2.0
"Seconds after which a start is told to be compiling; reading what is kept takes less."

type Tell = Callable[[], None]

_ONE_AT_A_TIME = Lock()


def prepared(tell: Tell | None = None) -> None:
    """Return when the kernels are ready; call `tell` if that takes a while."""
    waiting = Timer(PATIENCE, tell if tell is not None else _silent)
    waiting.daemon = True
    waiting.start()
    try:
        with _ONE_AT_A_TIME:
            _compile()
    finally:
        waiting.cancel()


@cache
def _compile() -> None:
    from panshi.resilience.compiled import kept_in  # noqa: PLC0415 -- loads the compiler
    from panshi.resilience.simulation.compiling import compile_graph  # noqa: PLC0415 -- the same
    from panshi.resilience.simulation.running import run_block  # noqa: PLC0415 -- the same
    from panshi.resilience.simulation.timing import run_tiles  # noqa: PLC0415 -- the same

    service = Node(id=NodeId("service:any"), kind=NodeKind.SERVICE, name_zh="任一服務")
    program = compile_graph(Graph(nodes=(service,)))
    with _alone(Path(kept_in(run_tiles))):
        run_block(program, 0, 0, 1)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes waiting, where the folder may be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "compiling.lock").open("ab")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _silent() -> None:
    """Tell nobody."""
