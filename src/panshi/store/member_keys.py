"""A member's own side: the keys it signs with, and the hub it is enrolled at.

    member/hub.json                address of the hub, the member's id there, the key in use
    keys/member/<thumbprint>.pem

Private files belong to their owner only; one that others may read is refused. They rest with the
node's other keys, so that a backup without keys leaves them out.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.errors import MissingError, StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory, write_new_file

FOLDER = "member"
FILE = "hub.json"
KEYS = Path("keys") / "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Where this node is a member."""

    hub: str
    "Address of the hub, without a path."
    member: str
    key: str
    "Thumbprint of the key in use."


class MemberKeys:
    """The keys of one node as a member."""

    def __init__(self, home: Path) -> None:
        """Remember the place; nothing may be there yet."""
        self._folder = home / FOLDER
        self._private = home / KEYS

    def keep(self, thumbprint: str, private: Ed25519PrivateKey) -> None:
        """Keep a private key for its owner only."""
        ready_directory(self._private)
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_new_file(self._private / f"{thumbprint}.pem", pem)

    def private(self, thumbprint: str) -> Ed25519PrivateKey:
        """Give a private key that was kept."""
        path = self._private / f"{thumbprint}.pem"
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise StoreError(
                        "others on this machine may read this private key",
                        place=str(path),
                        remedy=f"chmod 600 {path}; rotate the key if it may have been read",
                    )
                key = serialization.load_pem_private_key(file.read(), password=None)
        except FileNotFoundError as error:
            raise MissingError(
                f"there is no key {thumbprint[:50]!r}", remedy="`panshi member keygen` makes one"
            ) from error
        except (OSError, ValueError, TypeError) as error:
            raise StoreError("the private key cannot be read", place=str(path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise StoreError("the private key is not Ed25519", place=str(path))
        return key

    def kept(self) -> tuple[str, ...]:
        """Thumbprints of the keys kept here, newest last."""
        paths = sorted(self._private.glob("*.pem"), key=lambda each: each.stat().st_mtime_ns)
        return tuple(each.stem for each in paths)

    def enrolment(self) -> Enrolment | None:
        """Give where this node is a member; None where it is nowhere."""
        path = self._folder / FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Enrolment)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError("the enrolment cannot be read", place=str(path)) from error

    def enrolled(self, enrolment: Enrolment) -> None:
        """Keep where this node is a member, whole or not at all."""
        ready_directory(self._folder)
        path, partial = self._folder / FILE, self._folder / f"{FILE}.part"
        partial.touch(mode=OWNER_ONLY_FILE)
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(enrolment)))
        partial.replace(path)
