"""Whether a step of a person was sealed when it was made.

A step says when it was made; the log says when it was received. Two that are far apart were made
up afterwards or ahead, and such a step counts for nothing.
"""

from __future__ import annotations

from datetime import timedelta

from panshi.model.observation import Sealed

APART = timedelta(days=1)
"A step dated earlier than its receipt by more than this was made up afterwards."
CLOCKS_DIFFER = timedelta(minutes=5)
"Clocks of two machines may differ by so much."


def dated_apart(sealed: Sealed) -> bool:
    """Whether a step is dated otherwise than when it was received."""
    ahead = sealed.observation.observed_at - sealed.received_at
    return ahead > CLOCKS_DIFFER or -ahead > APART
