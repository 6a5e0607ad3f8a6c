"""What the decision point says of itself: the address others know it by, and who vouches for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What the decision point says of itself."""

    base: str = ""
    """For example https://pdp.bank.example; empty where it was not told."""
    secure: bool = False
    """Whether it speaks TLS itself."""
    sign: Callable[[dict[str, object]], str] | None = None
    """Makes the JWT of signed metadata."""
    keys: Mapping[str, object] | None = None
    """Public keys with which it is checked, as a JWK set."""
