"""A member's side: the headers that sign a request for a hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureKeyResolver,
    algorithms,
)

from panshi.alliance.members.claims import LONGEST, TAG
from panshi.alliance.members.keys import thumbprint

LABEL = "hub"


@dataclass(slots=True, kw_only=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class _Own(HTTPSignatureKeyResolver):
    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 -- its interface
        return self._private


def signed_headers(  # noqa: PLR0913 -- the parts of a request
    method: str,
    url: str,
    body: bytes | None,
    private: Ed25519PrivateKey,
    *,
    now: datetime,
    nonce: str,
    idempotency_key: str = "",
    content_type: str = "application/json",
    good_for: timedelta = LONGEST,
) -> dict[str, str]:
    """Give the headers of a request, its signature among them.

    `now` has a zone; `nonce` is of at least 16 random characters and never used again.
    """
    message = _Message(method=method, url=url)
    covered = ["@method", "@target-uri"]
    if body is not None:
        message.headers["content-type"] = content_type
        covered.append("content-type")
    if idempotency_key:
        message.headers["idempotency-key"] = f'"{idempotency_key}"'
        covered.append("idempotency-key")
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Own(private))
    signer.sign(
        message,
        key_id=thumbprint(private.public_key().public_bytes_raw()),
        created=now,
        expires=now + good_for,
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=covered,
        body=body,  # adds its Content-Digest and covers it
    )
    return message.headers
