"""Tokens for the API: random, shown once, kept as digests, with a role, scopes and an expiry.

A token holds one role and may do no more than it. Scopes narrow that to the actions they name,
estates to what speaks of these estates. A token bound to a person acts as that person, as long as
the person may sign in and holds the role; one without is a service and decides nothing in person.
When a token was last used is kept beside the tokens, to the minute.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

import msgspec

from panshi.errors import MissingError, StoreError, UsageError
from panshi.protection.access.roles import ACTIONS, ROLES

FILE = "tokens.json"
USED = "tokens-used.json"
PREFIX = "panshi_"
NAME = re.compile(r"[\w.@:+-]{1,64}")
MOST_DAYS = 3650
USED_TO = timedelta(minutes=1)
"How exact the time of last use is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token: never the token itself."""

    name: str
    role: str
    sha256: str
    created: datetime
    expires: datetime
    scopes: tuple[str, ...] = ()
    "Actions it may do, of those its role may; empty for all that need no person."
    estates: tuple[str, ...] = ()
    "Estates it may ask about; empty for all."
    person: str = ""
    "Account it acts as; empty for a service."

    @property
    def actor(self) -> str:
        """Who acts, for records and the audit trail."""
        return self.person or f"token:{self.name}"


class Tokens:
    """The tokens of one node, in one file readable by its owner only."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the file may not exist yet."""
        self._path = home / FILE
        self._used = home / USED
        self._seen: dict[str, datetime] = {}
        self._lock = Lock()

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

    def make(
        self,
        *,
        name: str,
        role: str,
        days: int,
        now: datetime,
        scopes: Collection[str] = (),
        estates: Collection[str] = (),
        person: str = "",
    ) -> str:
        """Make a token and give it, this once, in clear."""
        _check(name, role, days, scopes)
        with self._lock:
            kept = self.list()
            if any(token.name == name for token in kept):
                raise UsageError(
                    f"there is a token {name!r}", remedy="revoke it or take another name"
                )
            clear = _clear()
            made = Token(
                name=name,
                role=role,
                sha256=_digest(clear),
                created=now,
                expires=now + timedelta(days=days),
                scopes=tuple(sorted(set(scopes))),
                estates=tuple(sorted(set(estates))),
                person=person,
            )
            self._write((*kept, made))
        return clear

    def rotate(self, name: str, now: datetime) -> str:
        """Give a token a new secret for as long as it was made for; the old one opens nothing."""
        clear = _clear()
        with self._lock:
            kept = self.list()
            old = self._named(kept, name)
            new = replace(
                old, sha256=_digest(clear), created=now, expires=now + (old.expires - old.created)
            )
            self._write(tuple(new if token is old else token for token in kept))
        return clear

    def revoke(self, name: str) -> None:
        """Forget a token."""
        with self._lock:
            kept = self.list()
            gone = self._named(kept, name)
            self._write(tuple(token for token in kept if token is not gone))

    def get(self, name: str) -> Token:
        """Give one token by its name."""
        return self._named(self.list(), name)

    def holder(self, clear: str, now: datetime) -> Token | None:
        """Give the token that was presented, if it is known and has not expired."""
        digest = _digest(clear)
        for token in self.list():
            if hmac.compare_digest(token.sha256, digest) and now < token.expires:
                return token
        return None

    def used(self) -> dict[str, datetime]:
        """When each token was last used, by name."""
        try:
            return msgspec.json.decode(self._used.read_bytes(), type=dict[str, datetime])
        except (OSError, msgspec.MsgspecError):
            return {}

    def note_use(self, token: Token, now: datetime) -> None:
        """Remember when a token was used; told to the minute, so that not every call writes."""
        last = self._seen.get(token.sha256)
        if last is not None and now - last < USED_TO:
            return
        with self._lock:
            self._seen[token.sha256] = now
            names = {each.name for each in self.list()}
            known = {name: at for name, at in self.used().items() if name in names}
            _replace(self._used, msgspec.json.encode(known | {token.name: now}))

    @staticmethod
    def _named(tokens: tuple[Token, ...], name: str) -> Token:
        found = next((token for token in tokens if token.name == name), None)
        if found is None:
            raise MissingError(f"there is no token {name!r}", remedy="`panshi token list`")
        return found

    def _write(self, tokens: tuple[Token, ...]) -> None:
        _replace(self._path, msgspec.json.encode(tokens))


def _check(name: str, role: str, days: int, scopes: Collection[str]) -> None:
    """Refuse what could never open anything, or could be mistaken for something else."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name[:70]!r} is no name for a token", remedy="1 to 64 letters, digits, . @ : + - _"
        )
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}", remedy="roles: " + ", ".join(ROLES))
    if not 0 <= days <= MOST_DAYS:
        raise UsageError(f"a token lasts up to {MOST_DAYS:,} days", remedy="--days 90")
    unknown = sorted(set(scopes) - set(ACTIONS))
    if unknown:
        raise UsageError(
            f"there is no action {unknown[0][:60]!r}", remedy="scopes: " + ", ".join(ACTIONS)
        )


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".part")
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)


def _clear() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _digest(clear: str) -> str:
    return hashlib.sha256(clear.encode()).hexdigest()
