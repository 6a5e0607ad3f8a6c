"""Reading TPM structures: big-endian, sized, and never beyond the bytes there are.

Types as in TCG TPM 2.0 Library Specification, Part 2: Structures. A structure that ends early,
claims more than a TPM can send or leaves bytes over is malformed; nothing of it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import BadInputError

LARGEST = 4096
"Bytes of the largest structure read here; a TPM's own buffer holds no more (TPM2_MAX_RESPONSE)."
LARGEST_PART = 1024


class MalformedError(BadInputError):
    """The bytes are not the TPM structure they should be."""


def bounded(data: bytes, what: str) -> bytes:
    """Refuse what no TPM sends."""
    if len(data) > LARGEST:
        raise MalformedError(f"{what} has {len(data):,} bytes, a TPM sends {LARGEST:,} at most")
    return data


@dataclass(slots=True)
class Wire:
    """A place in the bytes of one structure."""

    data: bytes
    what: str
    at: int = 0

    def take(self, count: int) -> bytes:
        """Give the next bytes."""
        end = self.at + count
        if end > len(self.data):
            raise MalformedError(f"{self.what} ends after {len(self.data)} bytes")
        part, self.at = self.data[self.at : end], end
        return part

    def whole(self, size: int) -> int:
        """Give an unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size))

    def sized(self) -> bytes:
        """Give a TPM2B: two bytes of length and so many bytes."""
        size = self.whole(2)
        if size > LARGEST_PART:
            raise MalformedError(f"a part of {self.what} claims {size:,} bytes")
        return self.take(size)

    def done(self) -> None:
        """Refuse bytes left over."""
        if self.at != len(self.data):
            raise MalformedError(f"{self.what} has {len(self.data) - self.at} bytes too many")


def sized(data: bytes) -> bytes:
    """Give a TPM2B of the bytes."""
    return len(data).to_bytes(2) + data
