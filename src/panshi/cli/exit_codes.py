"""What the command line answers to the shell."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    DONE = 0
    NOT_GOOD_ENOUGH = 1
    "Done, and the answer is below the gate the caller asked for."
    USAGE = 2
    BAD_INPUT = 3
    INCOMPLETE = 4
    "Could not complete: the state directory, a proof, a peer."
