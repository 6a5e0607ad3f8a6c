"""The child that solves one fault tree: bounds first, then a task in, an outcome out.

python -m panshi.node.resilience.solving < task.json > outcome.json
"""

from __future__ import annotations

import resource
import sys

import msgspec

from panshi.node.resilience.cut_sets import Outcome, Task
from panshi.resilience.faults.solution import MIB, TooLargeError, Wishes

_PROGRAM = 2_048 * MIB
"Address space of the interpreter, its libraries and the compiler, beside what the tree needs."


def main() -> None:
    """Solve what comes in."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    bound(task.wishes)
    try:
        outcome = _outcome(task)
    except TooLargeError as error:
        outcome = Outcome(problem=error.problem, remedy=error.remedy)
    except MemoryError:
        outcome = Outcome(
            problem=f"does not fit into {task.wishes.memory_mib:,} MiB",
            remedy="ask for the sets of at most 4 events (order 4), or give it more memory",
        )
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


def _outcome(task: Task) -> Outcome:
    from panshi.resilience.faults.exact import solve  # noqa: PLC0415 -- loads a compiler, bounded
    from panshi.resilience.faults.glances import glances  # noqa: PLC0415 -- the same

    if task.tops:
        return Outcome(glances=glances(task.tree, task.tops, task.wishes))
    return Outcome(solution=solve(task.tree, task.wishes))


def bound(wishes: Wishes) -> None:
    """Let this process have so much memory and processor time."""
    space = wishes.memory_mib * MIB + _PROGRAM
    for what, most in ((resource.RLIMIT_AS, space), (resource.RLIMIT_CPU, wishes.seconds)):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, hard))


if __name__ == "__main__":
    main()
