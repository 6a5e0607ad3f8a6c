"""The digest of what a decision is made on, and what of it is different today."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from hashlib import sha256

from panshi.model.bodies.exceptions import ExceptionBasis

COORDINATES = frozenset({"log_size", "log_root"})
"Where in the log one looked: sealed with the rest, yet no difference in what was seen."


def digest(basis: ExceptionBasis) -> str:
    """Give the SHA-256 of a basis in one canonical form."""
    return _hashed(asdict(basis))


def seen_digest(basis: ExceptionBasis) -> str:
    """Give the digest of what was seen, wherever in the log one looked."""
    return _hashed({k: v for k, v in asdict(basis).items() if k not in COORDINATES})


def differences(then: ExceptionBasis, now: ExceptionBasis) -> tuple[str, ...]:
    """Name the fields that are not as they were."""
    return tuple(
        each.name
        for each in fields(ExceptionBasis)
        if each.name not in COORDINATES and getattr(then, each.name) != getattr(now, each.name)
    )


def digest_of_items(items: Iterable[str]) -> str:
    """Give the digest of the ids of items, one a line, in order."""
    return sha256("\n".join(sorted(items)).encode()).hexdigest()


def _hashed(values: dict[str, object]) -> str:
    raw = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(raw.encode()).hexdigest()
