"""What a hub seals about incident tickets: the chain of what was accepted."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

CHAIN = "hub.ticket_chain/1"


@observation_kind(CHAIN, "事件單鏈結摘要", "Chain of accepted tickets")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChain(Body):
    """How many versions of tickets were accepted, and the digest over all of them."""

    position: int
    digest: str
    "SHA-256, hexadecimal."
