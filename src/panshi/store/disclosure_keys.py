"""Keys of the disclosure channel: OpenPGP (Sequoia) and age, below PANSHI_HOME/disclosure.

    disclosure/openpgp-0001.asc   private keys, numbered; the newest is offered, all open mail
    disclosure/age-0001.txt

What was encrypted to an older or an expired key can still be opened; an expired key is offered to
nobody. Nothing here is cryptography of ours.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from panshi.errors import BadInputError, StoreError
from panshi.store.place import ready_directory, write_new_file

FOLDER = "disclosure"
YEARS = 2
"An OpenPGP key lasts so long."
_ENDINGS = {"openpgp": "asc", "age": "txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedKey:
    """The public half of a key, as reporters are told of it."""

    kind: str
    public: str
    fingerprint: str
    expires: datetime | None

    def offered(self, now: datetime) -> bool:
        """Whether it may still be used to write to us."""
        return self.expires is None or now < self.expires


class DisclosureKeys:
    """The keys of one home."""

    def __init__(self, home: Path) -> None:
        """Remember the place; nothing may be there yet."""
        self._folder = home / FOLDER

    def make(self, kind: str, *, name: str = "") -> OfferedKey:
        """Make a new key of a kind; older ones still open mail."""
        ready_directory(self._folder)
        if kind == "openpgp":
            private = str(_sequoia().Tsk.generate(name, validity_seconds=YEARS * 365 * 86_400))
        else:
            private = f"{_age().x25519.Identity.generate()}\n"
        number = len(self._files(kind)) + 1
        write_new_file(self._folder / f"{kind}-{number:04d}.{_ENDINGS[kind]}", private.encode())
        return self._offered(kind, private)

    def newest(self) -> tuple[OfferedKey, ...]:
        """Give the newest key of each kind."""
        return tuple(
            self._offered(kind, _private(files[-1]))
            for kind in _ENDINGS
            if (files := self._files(kind))
        )

    def open(self, kind: str, content: bytes) -> bytes:
        """Open what was encrypted to any key of ours."""
        for path in reversed(self._files(kind)):
            opened = _opened(kind, _private(path), content)
            if opened is not None:
                return opened
        raise BadInputError(
            f"no {kind} key of this node opens the message",
            remedy="the newest public key stands at the address security.txt names",
        )

    def signed(self, text: str, now: datetime) -> str:
        """Sign a text in the clear (RFC 9580, cleartext framework); as it is without a key."""
        files = self._files("openpgp")
        if not files or not self._offered("openpgp", _private(files[-1])).offered(now):
            return text
        sequoia = _sequoia()
        key = sequoia.Tsk.from_bytes(_private(files[-1]).encode())
        made: bytes = sequoia.sign(key.signer(), text.encode(), mode=sequoia.SignatureMode.CLEAR)
        return made.decode()

    def signature(self, content: bytes, now: datetime) -> bytes:
        """Give a detached OpenPGP signature; empty without a key that holds."""
        files = self._files("openpgp")
        if not files or not self._offered("openpgp", _private(files[-1])).offered(now):
            return b""
        sequoia = _sequoia()
        key = sequoia.Tsk.from_bytes(_private(files[-1]).encode())
        made: bytes = sequoia.sign(key.signer(), content, mode=sequoia.SignatureMode.DETACHED)
        return made

    def _files(self, kind: str) -> list[Path]:
        return sorted(self._folder.glob(f"{kind}-*.{_ENDINGS[kind]}"))

    def _offered(self, kind: str, private: str) -> OfferedKey:
        if kind == "age":
            public = str(_age().x25519.Identity.from_str(private.strip()).to_public())
            return OfferedKey(kind=kind, public=public, fingerprint=public, expires=None)
        certificate = _sequoia().Tsk.from_bytes(private.encode()).extract_certificate()
        return OfferedKey(
            kind=kind,
            public=str(certificate),
            fingerprint=certificate.fingerprint.upper(),
            expires=certificate.expiration,
        )


def _opened(kind: str, private: str, content: bytes) -> bytes | None:
    try:
        if kind == "age":
            identity = _age().x25519.Identity.from_str(private.strip())
            opened: bytes = _age().decrypt(content, [identity])
        else:
            key = _sequoia().Tsk.from_bytes(private.encode())
            opened = _sequoia().decrypt(content, decryptor=key.decryptor()).bytes
    except _failures():
        return None
    return opened


def _failures() -> tuple[type[Exception], ...]:
    """Give what the libraries raise where something cannot be opened."""
    return (_age().DecryptError, RuntimeError, ValueError, OSError, EOFError, TypeError)


def _private(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise StoreError(
                    "others on this machine may read this private file",
                    place=str(path),
                    remedy=f"chmod 600 {path}; replace the key if it may have been read",
                )
            return file.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            "the key cannot be read", place=str(path), remedy="restore it from a backup"
        ) from error


def _sequoia() -> Any:  # noqa: ANN401 -- a module
    import pysequoia  # noqa: PLC0415 -- loaded only where mail is opened or something signed

    return pysequoia


def _age() -> Any:  # noqa: ANN401 -- a module
    import pyrage  # noqa: PLC0415 -- as above

    return pyrage
