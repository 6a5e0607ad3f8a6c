"""Who is here: counted, and turned away beyond the limit."""

from __future__ import annotations

import asyncio


class Census:
    """Counts who is here, and turns away beyond the limit."""

    def __init__(self, most: int) -> None:
        """Allow so many."""
        self.most = most
        self._here: set[asyncio.Protocol] = set()

    def __len__(self) -> int:
        """Count who is here."""
        return len(self._here)

    def enter(self, client: asyncio.Protocol) -> bool:
        """Let a client in, unless too many are here."""
        if len(self._here) >= self.most:
            return False
        self._here.add(client)
        return True

    def leave(self, client: asyncio.Protocol) -> None:
        """Forget a client; one that was turned away was never here."""
        self._here.discard(client)
