"""Names and limits of the vault format, version 1 (docs/reference/vault-format.md, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import BadInputError, UsageError

HEAD = "vault.json"
HEAD_FORMAT = "panshi-vault/1"
FRAGMENTS, CHAIN, CATALOGUES, KEYS = "f/", "chain/", "catalogue/", "keys/"
ID_BYTES = 16
HASH_BYTES = 32
DIGITS = 12
"Of a number in a name."
MOST_DOCUMENT = 1 << 20
"No head and no key file is larger."
MOST_PLACES = 16
"What one SLIP-39 group, hence one quorum of place keepers, can hold."


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a segment is dispersed: any `k` of its `n` fragments give it back."""

    k: int
    n: int

    def __post_init__(self) -> None:
        """Refuse what protects nothing."""
        if not 2 <= self.k < self.n <= MOST_PLACES:  # noqa: PLR2004 -- k = 1 would be copies
            raise UsageError(
                f"{self.k} of {self.n} places does not fit together",
                remedy=f"choose 2 ≤ k < n ≤ {MOST_PLACES}: k places restore, n − k may be lost",
            )

    @property
    def spare(self) -> int:
        """How many places may be lost."""
        return self.n - self.k

    @property
    def need(self) -> int:
        """How many places must take an entry: one may be lost at once, and no two sets miss."""
        return max(self.k + 1, self.n // 2 + 1)


def fragment_name(session: int, segment: bytes) -> str:
    """Name of this place's fragment of a segment; a seal's fragments lie in one folder."""
    return f"{FRAGMENTS}{session:012d}/{segment.hex()}"


def entry_name(sequence: int) -> str:
    """Name of an entry of the chain."""
    return f"{CHAIN}{sequence:012d}.json"


def catalogue_name(sequence: int, digest: str) -> str:
    """Name of the catalogue of a snapshot; its digest keeps an interrupted seal out of the way."""
    return f"{CATALOGUES}{sequence:012d}-{digest[:16]}.bin"


def keys_name(epoch: int, digest: str) -> str:
    """Name of the key file of an epoch."""
    return f"{KEYS}{epoch:06d}-{digest[:16]}.json"


def sequence_of(name: str) -> int | None:
    """Read the number in the name of an entry of the chain."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return _number(stem)


def number_of(name: str) -> int | None:
    """Read the snapshot's number, or a key file's epoch, in the name of an object."""
    digits = name.partition("/")[2].partition("/")[0].partition("-")[0]
    return _number(digits)


def _number(digits: str) -> int | None:
    sound = digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS
    return int(digits) if sound else None


def identity(text: object, what: str) -> bytes:
    """Read a vault's or segment's id from its hexadecimal form."""
    try:
        raw = bytes.fromhex(str(text))
    except ValueError:
        raw = b""
    if len(raw) != ID_BYTES:
        raise BadInputError(f"{what} is not {ID_BYTES} bytes in hexadecimal digits")
    return raw
