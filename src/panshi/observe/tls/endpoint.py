"""Fold what a tool says of one TLS endpoint into the body of a `tls.endpoint/1` observation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from panshi.model.bodies.network import TlsEndpoint
from panshi.observe.tls.names import (
    Version,
    group_named,
    is_elliptic_ephemeral,
    is_ephemeral,
    is_hybrid,
    is_of_tls13,
    is_weak,
)

KIND = "tls.endpoint/1"


def endpoint_id(host: str, port: int | str) -> str:
    """Give the id an endpoint has in estates; IPv6 addresses stand in brackets."""
    bare = host.strip("[]").lower()
    return f"endpoint:[{bare}]:{port}" if ":" in bare else f"endpoint:{bare}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a body keeps of the leaf certificate."""

    expires: date | None = None
    signature: str = ""
    key_algorithm: str = ""
    key_bits: int = 0
    trusted: bool | None = None
    "None where the chain was not judged."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one endpoint offers, as gathered by a tool."""

    versions: frozenset[Version]
    suites: Mapping[Version, tuple[str, ...]] = field(default_factory=dict)
    "Suites per version; a version may be offered without its suites being known."
    groups: tuple[str, ...] = ()
    asked_for_hybrids: bool = False
    "Whether the tool would have seen a hybrid group."
    weak_at_least: int = 0
    "Weak suites the tool found without naming them."
    certificate: Certificate = Certificate()
    weaknesses: Iterable[str] = ()


def endpoint_body(address: str, offer: Offer) -> TlsEndpoint:
    """Give the body; the offer names at least one version."""
    versions = sorted(offer.versions, key=lambda version: version.rank)
    suites = tuple(dict.fromkeys(name for each in versions for name in offer.suites.get(each, ())))
    groups = tuple(dict.fromkeys(group_named(name) for name in offer.groups))
    certificate = offer.certificate
    return TlsEndpoint(
        address=address,
        protocols=tuple(map(str, versions)),
        lowest_protocol=versions[0].rank,
        ciphers=suites,
        weak_ciphers=max(sum(map(is_weak, suites)), offer.weak_at_least),
        forward_secrecy=_forward_secret(offer),
        groups=groups,
        hybrid_key_exchange=any(map(is_hybrid, groups))
        or (False if offer.asked_for_hybrids else None),
        certificate_expires=certificate.expires,
        certificate_trusted=certificate.trusted,
        certificate_signature=certificate.signature,
        key_algorithm=certificate.key_algorithm,
        key_bits=certificate.key_bits,
        vulnerabilities=tuple(sorted(set(offer.weaknesses))),
    )


def _forward_secret(offer: Offer) -> bool:
    """Whether TLS 1.2 always agrees on ephemeral keys; a server of TLS 1.3 alone always does.

    Fail closed: where TLS 1.2 is offered and its suites are not known, the answer is no.
    """
    of_tls12 = [s for s in offer.suites.get(Version.TLS12, ()) if not is_of_tls13(s)]
    if Version.TLS12 in offer.versions:
        return all(map(is_ephemeral, of_tls12)) and any(map(is_elliptic_ephemeral, of_tls12))
    return Version.TLS13 in offer.versions
