"""What one question may cost, in measures that are the same on every machine.

Groups of services draw on it in turn. What is decided on when it is spent stays as it is; the
answer is then not proven, and its bound says how far from the best it may be.
"""

from __future__ import annotations

from dataclasses import dataclass

COURSES = 200_000
"Courses of one service told for one question, over all scenarios."
SOLVING = 60.0
"Of the solver for one question, in its own measure."


@dataclass(slots=True, kw_only=True)
class Effort:
    """What is left of it."""

    courses: int = COURSES
    solving: float = SOLVING

    @property
    def spent(self) -> bool:
        """Whether nothing more may be begun."""
        return self.courses <= 0 or self.solving <= 0
