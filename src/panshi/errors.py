"""Every exception Panshi raises on purpose: one root, few children.

Each message says what is wrong, where (file, line, cell, byte) and what to do next.
The command line turns a class into an exit code; the API turns it into a problem document.
"""

from __future__ import annotations


class PanshiError(Exception):
    """Root of all errors Panshi raises on purpose.

    `problem` says what is wrong, `place` where it was found, `remedy` what to do next.
    """

    exit_code = 4

    def __init__(self, problem: str, *, place: str = "", remedy: str = "") -> None:
        """Keep the three parts apart so that every surface can lay them out its own way."""
        self.problem = problem
        self.place = place
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line for a terminal: place, problem, remedy."""
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head} ({self.remedy})" if self.remedy else head


class UsageError(PanshiError):
    """The caller asked for something that does not exist or does not fit together."""

    exit_code = 2


class MissingError(UsageError):
    """What the caller named does not exist."""


class BadInputError(PanshiError):
    """A file or message from outside is malformed, too large, too deep or hostile."""

    exit_code = 3


class ContentError(PanshiError):
    """Knowledge shipped as data (frameworks, policies, demo bank) breaks its own rules."""

    exit_code = 3


class StoreError(PanshiError):
    """The place where state rests cannot be used: full, read-only, locked, of another version."""

    exit_code = 4


class IntegrityError(PanshiError):
    """A proof does not hold: something was altered, removed or signed by another key."""

    exit_code = 4


class ForbiddenError(PanshiError):
    """The policy engine denies the action, or could not decide and therefore denies it."""

    exit_code = 4
