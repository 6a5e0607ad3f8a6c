"""One spelling for what every TLS tool names differently: versions, suites, groups, weaknesses.

Suites keep the spelling of their tool (IANA or OpenSSL); what they mean is read from the parts
of the name, which both spellings share. Groups take their IANA spelling.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Version(StrEnum):
    """A protocol version, in ascending order."""

    SSL2 = "SSLv2"
    SSL3 = "SSLv3"
    TLS10 = "TLSv1.0"
    TLS11 = "TLSv1.1"
    TLS12 = "TLSv1.2"
    TLS13 = "TLSv1.3"

    @property
    def rank(self) -> float:
        """Its number, with SSLv2 as 0.2 and SSLv3 as 0.3 so that older is always less."""
        return _RANKS[self]


_RANKS = {
    Version.SSL2: 0.2,
    Version.SSL3: 0.3,
    Version.TLS10: 1.0,
    Version.TLS11: 1.1,
    Version.TLS12: 1.2,
    Version.TLS13: 1.3,
}
_VERSIONS = {
    re.sub(r"[^0-9a-z]", "", spelling.lower()): version
    for version in Version
    for spelling in (version, version.removesuffix(".0"), version.replace("v", ""))
} | {"tls1": Version.TLS10, "ssl20": Version.SSL2, "ssl30": Version.SSL3}

_WEAK = frozenset(
    {"NULL", "EXPORT", "EXPORT40", "EXPORT1024", "EXP", "EXP1024", "RC4", "DES", "DES40"}
    | {"3DES", "CBC3", "ANON", "ADH", "AECDH"}
)
_EPHEMERAL = frozenset({"ECDHE", "DHE", "EDH", "EECDH"})
# RFC 9150: integrity-only suites of TLS 1.3 encrypt nothing.
_INTEGRITY_ONLY = frozenset({"TLS_SHA256_SHA256", "TLS_SHA384_SHA384"})
_GROUPS = {
    "prime256v1": "secp256r1",
    "p256": "secp256r1",
    "p384": "secp384r1",
    "p521": "secp521r1",
    "curve25519": "x25519",
    "curve448": "x448",
    "x25519mlkem768": "X25519MLKEM768",
    "mlkem768x25519": "X25519MLKEM768",
    "secp256r1mlkem768": "SecP256r1MLKEM768",
    "p256mlkem768": "SecP256r1MLKEM768",
    "secp384r1mlkem1024": "SecP384r1MLKEM1024",
    "p384mlkem1024": "SecP384r1MLKEM1024",
    "x25519kyber768draft00": "X25519Kyber768Draft00",
    "x25519kyber768": "X25519Kyber768Draft00",
    "curvesm2mlkem768": "curveSM2MLKEM768",
    "mlkem512": "MLKEM512",
    "mlkem768": "MLKEM768",
    "mlkem1024": "MLKEM1024",
}
_POST_QUANTUM = re.compile(r"mlkem|kyber|frodo|hqc|bike|ntru", re.IGNORECASE)
_WEAKNESSES = {
    "heartbleed": "heartbleed",
    "ccs": "ccs-injection",
    "openssl_ccs_injection": "ccs-injection",
    "ticketbleed": "ticketbleed",
    "robot": "robot",
    "secure_renego": "insecure-renegotiation",
    "session_renegotiation": "insecure-renegotiation",
    "secure_client_renego": "client-renegotiation-dos",
    "crime_tls": "crime",
    "tls_compression": "crime",
    "breach": "breach",
    "poodle_ssl": "poodle",
    "poodle_tls": "poodle-tls",
    "sweet32": "sweet32",
    "freak": "freak",
    "drown": "drown",
    "logjam": "logjam",
    "logjam-common_primes": "logjam-common-primes",
    "beast": "beast",
    "lucky13": "lucky13",
    "rc4": "rc4",
    "opossum": "opossum",
    "winshock": "winshock",
}


def version_named(text: str) -> Version | None:
    """Give the version a tool means by `TLSv1`, `TLS1_2`, `TLS 1.3`, `tls_1_0` or `SSL_3_0`."""
    return _VERSIONS.get(re.sub(r"[^0-9a-z]", "", text.lower()))


def is_weak(suite: str) -> bool:
    """Whether the suite has a null, export, RC4, DES, 3DES or anonymous part."""
    return suite in _INTEGRITY_ONLY or not _WEAK.isdisjoint(_parts(suite))


def is_ephemeral(suite: str) -> bool:
    """Whether the suite's key exchange is ephemeral; suites of TLS 1.3 always are."""
    return not _EPHEMERAL.isdisjoint(_parts(suite)) or is_of_tls13(suite)


def is_elliptic_ephemeral(suite: str) -> bool:
    """Whether the suite uses ECDHE."""
    return not {"ECDHE", "EECDH"}.isdisjoint(_parts(suite))


def is_of_tls13(suite: str) -> bool:
    """Whether the suite belongs to TLS 1.3, whose names say nothing of key exchange."""
    return suite.startswith("TLS_") and "_WITH_" not in suite


def group_named(text: str) -> str:
    """Give the IANA spelling of a key exchange group where it is known, else the tool's."""
    plain = text.strip()
    return _GROUPS.get(re.sub(r"[^0-9a-z]", "", plain.lower()), _lowered(plain))


def is_hybrid(group: str) -> bool:
    """Whether the group joins a classical and a post-quantum part (not ML-KEM alone)."""
    found = _POST_QUANTUM.search(group)
    return found is not None and (found.start() > 0 or bool(re.search(r"[xp]\d{3}", group)))


def weakness_named(text: str) -> str:
    """Give one name for a weakness, whatever the tool calls it."""
    return _WEAKNESSES.get(text.lower(), text.lower().replace("_", "-"))


def _lowered(group: str) -> str:
    return group.lower() if re.fullmatch(r"[Xx](25519|448)", group) else group


def _parts(suite: str) -> frozenset[str]:
    return frozenset(re.split(r"[-_]", suite.upper()))
