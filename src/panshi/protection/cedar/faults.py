"""What goes wrong while a policy is evaluated: Cedar then skips the policy and says so."""

from __future__ import annotations


class EvaluationError(Exception):
    """A policy cannot be evaluated: wrong type, nothing there, overflow, malformed constant."""
