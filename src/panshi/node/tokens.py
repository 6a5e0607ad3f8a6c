"""Service tokens for the API: random, shown once, kept as digests, with a role and an expiry."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from panshi.errors import StoreError, UsageError

FILE = "tokens.json"
PREFIX = "panshi_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token: never the token itself."""

    name: str
    role: str
    sha256: str
    created: datetime
    expires: datetime


class Tokens:
    """The tokens of one node, in one file readable by its owner only."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the file may not exist yet."""
        self._path = home / FILE

    def list(self) -> tuple[Token, ...]:
        """Every token that was made and not revoked."""
        if not self._path.exists():
            return ()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=tuple[Token, ...])
        except msgspec.MsgspecError as error:
            raise StoreError(
                f"the token file is damaged: {error}",
                place=str(self._path),
                remedy="move it away and make new tokens",
            ) from error

    def make(self, *, name: str, role: str, days: int, now: datetime) -> str:
        """Make a token and give it, this once, in clear."""
        kept = self.list()
        if any(token.name == name for token in kept):
            raise UsageError(f"there is a token {name!r}", remedy="revoke it or take another name")
        clear = PREFIX + secrets.token_urlsafe(32)
        made = Token(
            name=name,
            role=role,
            sha256=_digest(clear),
            created=now,
            expires=now + timedelta(days=days),
        )
        self._write((*kept, made))
        return clear

    def revoke(self, name: str) -> None:
        """Forget a token."""
        kept = tuple(token for token in self.list() if token.name != name)
        if len(kept) == len(self.list()):
            raise UsageError(f"there is no token {name!r}", remedy="`panshi token list`")
        self._write(kept)

    def holder(self, clear: str, now: datetime) -> Token | None:
        """Give the token that was presented, if it is known and has not expired."""
        digest = _digest(clear)
        for token in self.list():
            if hmac.compare_digest(token.sha256, digest) and now < token.expires:
                return token
        return None

    def _write(self, tokens: tuple[Token, ...]) -> None:
        partial = self._path.with_suffix(".part")
        partial.touch(mode=0o600)
        partial.write_bytes(msgspec.json.encode(tokens))
        partial.replace(self._path)


def _digest(clear: str) -> str:
    return hashlib.sha256(clear.encode()).hexdigest()
