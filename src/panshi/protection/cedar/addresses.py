"""Cedar's `ip`: an IPv4 or IPv6 address, alone or with the length of a prefix."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from panshi.protection.cedar.faults import EvaluationError

BITS = {4: 32, 6: 128}
PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")
HEXTET = re.compile(r"[0-9A-Fa-f:]+")
LOOPBACK_4, MULTICAST_4, MULTICAST_6 = 127, 0xE, 0xFF


@dataclass(frozen=True, slots=True)
class IpAddress:
    """An address or a range of addresses."""

    version: int
    "4 or 6."
    number: int
    "The address as written, host bits included: they count in `==`."
    prefix: int

    @classmethod
    def parse(cls, text: str) -> IpAddress:
        """Read `10.0.0.0/8` or `::1`; no embedded IPv4, no zone, no leading zeros."""
        host, slash, prefix = text.partition("/")
        try:
            address = ipaddress.ip_address(host)
        except ValueError as error:
            raise EvaluationError(f"`{text}` is not an IP address or range") from error
        bits = BITS[address.version]
        if address.version == 6 and HEXTET.fullmatch(host) is None:  # noqa: PLR2004
            raise EvaluationError(f"`{text}` embeds an IPv4 address or a zone")
        if not slash:
            return cls(address.version, int(address), bits)
        if PREFIX.fullmatch(prefix) is None or int(prefix) > bits:
            raise EvaluationError(f"`{text}` has no valid prefix length")
        return cls(address.version, int(address), int(prefix))

    def __str__(self) -> str:
        """With its prefix, as Cedar prints it."""
        kind = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address  # noqa: PLR2004
        return f"{kind(self.number)}/{self.prefix}"

    def within(self, other: IpAddress) -> bool:
        """Whether every address of this range lies in the other."""
        if self.version != other.version or self.prefix < other.prefix:
            return False
        shift = BITS[self.version] - other.prefix
        return self.number >> shift == other.number >> shift

    def is_loopback(self) -> bool:
        """127.0.0.0/8 or ::1."""
        if self.version == 4:  # noqa: PLR2004
            return self.prefix >= 8 and self.number >> 24 == LOOPBACK_4  # noqa: PLR2004
        return self.prefix == BITS[6] and self.number == 1

    def is_multicast(self) -> bool:
        """224.0.0.0/4 or ff00::/8."""
        if self.version == 4:  # noqa: PLR2004
            return self.prefix >= 4 and self.number >> 28 == MULTICAST_4  # noqa: PLR2004
        return self.prefix >= 8 and self.number >> 120 == MULTICAST_6  # noqa: PLR2004
