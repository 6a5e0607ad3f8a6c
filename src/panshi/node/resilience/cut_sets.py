"""Cut sets of fault trees: solved in a process of its own, within memory and time.

How large a tree's diagram grows cannot be told beforehand. So a child process solves it: it may use
the memory and processor time asked for and no more, and whatever becomes of it, the caller gets a
solution or `TooLargeError` with what to do next.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from panshi.errors import PanshiError
from panshi.model.resilience.fault_tree import FaultTree
from panshi.node.home import Home
from panshi.observe.open_psa.document import read_fault_trees
from panshi.resilience.faults.solution import Glance, Solution, TooLargeError, Wishes

_PATIENCE = 20
"How many times the processor time may pass on the clock, since others use the machine too."
_CHILD = "panshi.node.resilience.solving"


class Task(msgspec.Struct, frozen=True):
    """What the child is given."""

    tree: FaultTree
    wishes: Wishes
    tops: tuple[int, ...] = ()
    "Gates to glance at; without them the top is solved."


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it answers: a solution, or why there is none."""

    solution: Solution | None = None
    glances: tuple[Glance, ...] = ()
    problem: str = ""
    remedy: str = ""


def solved_file(
    *paths: Path, wishes: Wishes, top: str = "", mission_hours: float = 8_760.0
) -> Solution:
    """Solve a fault tree of Open-PSA, in one file or spread over several."""
    told = read_fault_trees(*paths, mission_hours=mission_hours)
    return replace(solved(told.tree(top), wishes), mission_hours=mission_hours)


def solved(tree: FaultTree, wishes: Wishes) -> Solution:
    """Solve a tree in a child process."""
    found = _outcome(Task(tree, wishes)).solution
    if found is None:
        raise PanshiError("the solving process answered without a solution", remedy="report it")
    return found


def glanced(tree: FaultTree, tops: tuple[int, ...], wishes: Wishes) -> tuple[Glance, ...]:
    """Give the short sets of many gates of a tree, worked out in a child process."""
    return _outcome(Task(tree, wishes, tops)).glances if tops else ()


def _outcome(task: Task) -> Outcome:
    wishes = task.wishes
    try:
        child = subprocess.run(  # noqa: S603 -- our own module by our own interpreter
            [sys.executable, "-m", _CHILD],
            input=msgspec.json.encode(task),
            capture_output=True,
            env=_environment(),
            timeout=wishes.seconds * _PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(wishes) from error
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_long(wishes)
    try:
        outcome = msgspec.json.decode(child.stdout, type=Outcome)
    except msgspec.DecodeError as error:
        told = child.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PanshiError(
            f"the solving process ended with {child.returncode}: {''.join(told)[:300]}",
            remedy="report it with the tree",
        ) from error
    if outcome.problem:
        raise TooLargeError(outcome.problem, remedy=outcome.remedy)
    return outcome


def _too_long(wishes: Wishes) -> TooLargeError:
    return TooLargeError(
        f"not solved within {wishes.seconds} s of processor time",
        remedy="ask for the sets of at most 4 events (order 4), or give it more time",
    )


def _environment() -> dict[str, str]:
    """Give the child this environment; its compiled loops are kept below a home that exists."""
    given = dict(os.environ)
    given["OPENBLAS_NUM_THREADS"] = "1"  # its threads would reserve memory nobody uses
    home = Home.locate(given)
    if home.exists and os.access(home.path, os.W_OK):
        given.setdefault("NUMBA_CACHE_DIR", str(home.path / "compiled"))
    return given
