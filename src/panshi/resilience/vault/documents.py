"""The two JSON documents besides the chain: a place's head and the key file of an epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.resilience.vault import keys
from panshi.resilience.vault.chain import UNREADABLE, canonical
from panshi.resilience.vault.history import Terms
from panshi.resilience.vault.layout import HEAD_FORMAT, Spread, identity
from panshi.resilience.vault.shares import Quorum

KEYS_FORMAT = "panshi-vault-keys/1"
MALFORMED = (*UNREADABLE, BadInputError, UsageError)
"What a document that is none, or says what cannot be, may raise on the way."


def agreement(terms: Terms) -> bytes:
    """Write what the heads of all places say alike; the chain begins with its digest."""
    return canonical(_stated(terms))


def head(terms: Terms, index: int) -> bytes:
    """Write the head of a place."""
    return canonical({**_stated(terms), "place": index}) + b"\n"


def _stated(terms: Terms) -> dict[str, Any]:
    return {
        "format": HEAD_FORMAT,
        "vault": terms.vault.hex(),
        "k": terms.spread.k,
        "n": terms.spread.n,
        "places": list(terms.places),
        "retention_days": terms.retention.days,
        "keep": terms.keep,
        "signing_key": terms.signer.hex(),
        "reading_key": terms.reader.hex(),
    }


def read_head(content: bytes) -> tuple[Terms, int]:
    """Read the head of a place: the terms of its vault and which place it is."""
    try:
        value = json.loads(content)
        if value["format"] != HEAD_FORMAT:
            raise IntegrityError(
                f"this place holds {str(value['format'])[:60]!r}, not {HEAD_FORMAT}",
                remedy="read it with the release that wrote it",
            )
        terms = Terms(
            vault=identity(value["vault"], "the vault's id"),
            spread=Spread(k=int(value["k"]), n=int(value["n"])),
            retention=timedelta(days=int(value["retention_days"])),
            keep=int(value["keep"]),
            signer=bytes.fromhex(value["signing_key"]),
            reader=bytes.fromhex(value["reading_key"]),
            places=tuple(map(str, value["places"])),
        )
        index = int(value["place"])
    except MALFORMED as error:
        raise IntegrityError("the head of a place is malformed") from error
    if not 0 <= index < terms.spread.n:
        raise IntegrityError("the head of a place names a place that cannot be")
    return terms, index


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody outside the quorum whose hybrid key opens the vault alone (a partner, an heir)."""

    name: str
    public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """The wrapped vault secret of an epoch."""

    epoch: int
    quorum: Quorum
    wrapped: bytes
    recipients: tuple[tuple[Recipient, bytes], ...] = ()
    "Each with the secret sealed to its key."

    def encode(self, vault: bytes) -> bytes:
        """Write the file."""
        value: dict[str, Any] = {
            "format": KEYS_FORMAT,
            "vault": vault.hex(),
            "epoch": self.epoch,
            "threshold": self.quorum.threshold,
            "members": self.quorum.members,
            "wrapped": self.wrapped.hex(),
            "recipients": [
                {"name": who.name, "key": who.public.hex(), "sealed": sealed.hex()}
                for who, sealed in self.recipients
            ],
        }
        return canonical(value) + b"\n"

    @classmethod
    def parse(cls, content: bytes) -> KeyFile:
        """Read the file."""
        try:
            value = json.loads(content)
            if value["format"] != KEYS_FORMAT:
                raise IntegrityError("the key file of the vault is of another version")
            return cls(
                epoch=int(value["epoch"]),
                quorum=Quorum(threshold=int(value["threshold"]), members=int(value["members"])),
                wrapped=bytes.fromhex(value["wrapped"]),
                recipients=tuple(
                    (
                        Recipient(name=str(each["name"]), public=bytes.fromhex(each["key"])),
                        bytes.fromhex(each["sealed"]),
                    )
                    for each in value["recipients"]
                ),
            )
        except MALFORMED as error:
            raise IntegrityError("the key file of the vault is malformed") from error


def wrapped(
    secret: bytes,
    master: bytes,
    *,
    vault: bytes,
    epoch: int,
    quorum: Quorum,
    recipients: Sequence[Recipient] = (),
) -> KeyFile:
    """Wrap the vault secret for the officers of an epoch and for every recipient."""
    return KeyFile(
        epoch=epoch,
        quorum=quorum,
        wrapped=keys.wrap(secret, master, vault, epoch),
        recipients=tuple(
            (each, keys.seal_to(each.public, secret, b"recipient" + vault)) for each in recipients
        ),
    )
