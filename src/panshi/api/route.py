"""One route of the API: method, path, the action the policy engine decides on, handler, types.

    Route(
        method="GET",
        path="/things/{thing}",
        action="thing.view",
        handler=thing,
        summary="One thing",
        query=ThingQuery,      # frozen dataclass; read it with `queried(asked, ThingQuery)`
        answers=ThingAnswer,   # type of the JSON answered: dataclass, TypedDict, tuple[X, ...]
    )

A change takes `body=ThingChange`, a frozen dataclass that the handler reads with
`given(asked, ThingChange)`; unknown fields are refused before the handler is called. Descriptions
are the strings that stand under the fields. Named parts of paths are described in `names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from panshi.api.exchange import JSON, Answered, Asked
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
    query: type | None = None
    "Frozen dataclass of the query's parts; None where it takes none."
    body: type | None = None
    "Frozen dataclass of the JSON body; None where there is none or it is a file."
    takes_body: bool = False
    "The body is a file, of any type."
    answers: Any = None
    "Type of the JSON answered; None where the answer is not JSON."
    media_type: str = JSON
    statuses: tuple[int, ...] = (200,)
    "What success may answer."
    conflicts: bool = False
    "Whether it may answer 409: what stands now does not allow it."
    opens: str = ""
    """What a member's signature or token must open (`panshi.model.alliance.member.Scope`, or a word
    of `panshi.api.member_gate`); such a route asks for no token of the API and has no action."""
    example: Any = None
    "A body that works on the demo bank, for the document."

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern."""
        rest = re.sub(r"\{(\w+):rest\}", r"(?P<\1>.+)", self.path)
        return re.compile(PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", rest))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Named parts of the path, in order."""
        return tuple(re.findall(r"\{(\w+)", self.path))

    @property
    def of_hub(self) -> bool:
        """Whether only a hub has it; elsewhere there is no such path."""
        return self.path.startswith("/hub/")

    @property
    def tag(self) -> str:
        """The room of use it belongs to."""
        return self.handler.__module__.rpartition(".")[2]

    @property
    def reading(self) -> bool:
        """Whether it leaves everything as it is, even where a file is sent."""
        return self.method == "GET" or self.action.endswith(".view")
