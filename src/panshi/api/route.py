"""One route of the API: method, path, the action the policy engine decides on, handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from panshi.api.exchange import Answered, Asked
from panshi.node.node import Node

PREFIX = "/api/v1"
type Handler = Callable[[Node, Asked], Answered]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method on one path."""

    method: str
    path: str
    "Below the prefix; `{name}` takes one segment, `{name:rest}` all that follows."
    action: str
    "What the policy engine is asked; empty for what anyone may read."
    handler: Handler
    summary: str
    query: tuple[str, ...] = ()
    takes_body: bool = False
    answers: type | None = None
    "Type of the JSON answered; None where it is not JSON or free in form."

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern."""
        rest = re.sub(r"\{(\w+):rest\}", r"(?P<\1>.+)", self.path)
        return re.compile(PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", rest))
