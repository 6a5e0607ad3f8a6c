"""What the parts of a bastion ask of one another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from panshi.pep.asking import Channel
from panshi.pep.bastion.configuration import BastionSettings
from panshi.pep.bastion.guarded import Gatekeeper, Visitor, Way
from panshi.protection.zero_trust.assurance.mapping import AssuranceMapping


class Admitted(Protocol):
    """A connection that says who is on it."""

    async def visitor(self) -> Visitor:
        """Give who it is, with a session at the decision point."""
        ...


class House(Protocol):
    """What stands behind every connection."""

    settings: BastionSettings
    channel: Channel
    mapping: AssuranceMapping
    gate: Gatekeeper
    clock: Callable[[], float]

    def leave(self, visitor: Visitor) -> None:
        """End the session of a connection that is gone."""
        ...

    def forwarding(self, login: Admitted, port: int) -> Callable[..., Awaitable[None]]:
        """Give the handler of one forwarded connection."""
        ...

    def holding(self, way: Way) -> AbstractAsyncContextManager[None]:
        """Keep a way among those that are open; seal its recording after."""
        ...
