"""Tokens of enforcement points: random, shown once, kept as digests with scopes and an expiry.

    FOLDER/tokens.json     readable by its owner only; written whole or not at all

The secret has 256 bits, so a plain SHA-256 of it gives nothing away.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from panshi.errors import MissingError, StoreError, UsageError
from panshi.store.place import ready_directory

FILE = "tokens.json"
PREFIX = "pzt_"
MOST_DAYS = 3650
DAY_S = 86_400
SCOPES = ("zt.evaluate", "zt.search", "zt.enforce", "zt.sessions", "zt.devices", "zt.admin")
_NAME = re.compile(r"[\w.@:+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToken:
    """What is kept of a token: never the token itself."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    created: float
    """Seconds since 1970."""
    expires: float


class PointTokens:
    """The tokens of one decision point."""

    def __init__(self, folder: Path) -> None:
        """Remember the place; the file may not exist yet."""
        self._path = folder / FILE

    def list(self) -> tuple[PointToken, ...]:
        """Give every token that was added and not revoked."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"cannot be read: {error.strerror}", place=str(self._path)) from error
        try:
            return msgspec.json.decode(raw, type=tuple[PointToken, ...])
        except msgspec.MsgspecError as error:
            raise StoreError(
                f"the token file is damaged: {error}", place=str(self._path),
                remedy="move it away and add new tokens",
            ) from error  # fmt: skip

    def add(self, name: str, scopes: Iterable[str], *, days: int, now: float) -> str:
        """Add a token and give it, this once, in clear."""
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name[:70]!r} is no name for a token",
                remedy="1 to 64 letters, digits, . @ : + - _",
            )
        kept = self.list()
        if any(each.name == name for each in kept):
            raise UsageError(f"there is a token {name!r}", remedy="revoke it or take another name")
        clear = PREFIX + secrets.token_urlsafe(32)
        made = PointToken(
            name=name, sha256=_digest(clear), scopes=tuple(sorted(set(scopes))), created=now,
            expires=now + days * DAY_S,
        )  # fmt: skip
        self._write((*kept, made))
        return clear

    def revoke(self, name: str) -> None:
        """Forget a token; whoever holds it is asked to leave within a second."""
        kept = self.list()
        left = tuple(each for each in kept if each.name != name)
        if len(left) == len(kept):
            raise MissingError(f"there is no token {name!r}", remedy="`panshi zt token list`")
        self._write(left)

    def holder(self, clear: str, now: float) -> PointToken | None:
        """Give the token that was presented, if it is known and has not expired."""
        digest = _digest(clear)
        return next(
            (
                each
                for each in self.list()
                if hmac.compare_digest(each.sha256, digest) and now < each.expires
            ),
            None,
        )

    def version(self) -> tuple[int, int]:
        """Give what changes when the file does."""
        try:
            told = self._path.stat()
        except OSError:
            return (0, 0)
        return told.st_mtime_ns, told.st_ino

    def _write(self, tokens: tuple[PointToken, ...]) -> None:
        ready_directory(self._path.parent)
        partial = self._path.with_suffix(".part")
        try:
            partial.touch(mode=0o600)
            partial.write_bytes(msgspec.json.encode(tokens))
            partial.replace(self._path)
        except OSError as error:
            raise StoreError(
                f"cannot be written: {error.strerror}", place=str(self._path)
            ) from error


def _digest(clear: str) -> str:
    return hashlib.sha256(clear.encode("utf-8", "surrogateescape")).hexdigest()
