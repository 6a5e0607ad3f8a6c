"""How many requests one sender may make: token buckets in memory, one per token or address.

A bucket holds `burst` requests and fills by `per_second`. Buckets of the least recent senders are
forgotten first, so that memory stays bounded; a forgotten bucket is a full one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from panshi.errors import UsageError

VARIABLE = "PANSHI_API_RATE"
DEFAULT = 50.0
BURSTS = 4
"A bucket holds as much as comes in this many seconds."
UNKNOWN_SHARE = 0.1
"Of the rate, for an address that shows no valid token."
MOST = 20_000
"Senders remembered."


@dataclass(slots=True, kw_only=True)
class Buckets:
    """One bucket per sender; used from one thread."""

    per_second: float
    burst: float
    most: int = MOST
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, sender: str, now: float) -> float:
        """Give 0 and take one request, or how many seconds to wait for one."""
        left, at = self._left.pop(sender, (self.burst, now))
        left = min(self.burst, left + max(0.0, now - at) * self.per_second)
        taken = left >= 1
        self._left[sender] = (left - 1 if taken else left, now)
        if len(self._left) > self.most:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) / self.per_second


def per_second(environment: Mapping[str, str]) -> float:
    """Read how many requests a second one token may make."""
    text = environment.get(VARIABLE, "")
    try:
        found = float(text) if text else DEFAULT
    except ValueError as error:
        raise UsageError(f"{VARIABLE} is not a number: {text[:40]!r}", remedy="50") from error
    if not 0 < found <= 1e6:  # noqa: PLR2004 -- more is no limit
        raise UsageError(f"{VARIABLE} is out of range: {text[:40]!r}", remedy="50")
    return found


def buckets(rate: float) -> Buckets:
    """Give buckets of a rate."""
    return Buckets(per_second=rate, burst=rate * BURSTS)
