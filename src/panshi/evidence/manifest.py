"""A signed list of files: what a set of files handed out consists of, and who vouches for it.

The form is that of a C2SP signed note: the log's origin, the word `panshi-files/1` (so that no
list can be read as a checkpoint, whose second line is a number), one line per file with SHA-256,
size and path, an empty line, and the signatures. The lines are sorted by path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from panshi.errors import BadInputError
from panshi.evidence.checkpoint import NoteSignature, Signer

FORM = "panshi-files/1"
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file of the list."""

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        """Refuse paths that could lead out of the folder they are unpacked to."""
        parts = self.path.split("/")
        if not set(self.path) <= SAFE or any(each in {"", ".", ".."} for each in parts):
            raise BadInputError(f"{self.path!r} cannot name a file of a bundle")

    @property
    def line(self) -> str:
        """The line as it is signed."""
        return f"{self.sha256} {self.size} {self.path}\n"


def signed_list(origin: str, files: Iterable[Listed], signers: Collection[Signer]) -> str:
    """Write and sign the list."""
    lines = "".join(each.line for each in sorted(files, key=lambda each: each.path))
    text = f"{origin}\n{FORM}\n{lines}"
    if not signers:
        raise BadInputError("a list of files nobody signs proves nothing")
    signatures = (
        NoteSignature(
            name=signer.key.name, key_id=signer.key.id, signature=signer.sign(text.encode())
        ).line
        for signer in signers
    )
    return f"{text}\n{''.join(signatures)}"
