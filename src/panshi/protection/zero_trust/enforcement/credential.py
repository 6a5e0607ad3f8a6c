"""How a session and a certificate are named once they are known.

The registry of sessions is read by people and kept in logs; the credential in a browser's cookie
must not follow from anything there. A session is therefore known by the digest of its credential.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

SHORTEST, LONGEST = 22, 900
"A credential carries at least 128 bits."
THUMBPRINT = "x5t#S256:"
"Prefix of a certificate's name, after RFC 8705."


def session_id_of(credential: str) -> str | None:
    """Give the id of the session a credential belongs to; None for what cannot be one."""
    if not SHORTEST <= len(credential) <= LONGEST or not credential.isascii():
        return None
    digest = sha256(b"panshi-zt-session\0" + credential.encode("ascii")).digest()
    return "s-" + urlsafe_b64encode(digest[:18]).decode("ascii")


def workload_session_id(workload: str, credential: str, network: str) -> str:
    """Give the id of a workload's session; no credential of a person leads to it."""
    told = f"panshi-zt-workload\0{workload}\0{credential}\0{network}"
    return "w-" + urlsafe_b64encode(sha256(told.encode()).digest()[:18]).decode("ascii")


def thumbprint_of(certificate: x509.Certificate) -> str:
    """Name a certificate."""
    digest = sha256(certificate.public_bytes(Encoding.DER)).digest()
    return THUMBPRINT + urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def workload_of(certificate: x509.Certificate) -> str | None:
    """Give the SPIFFE id of a workload: the one URI of its certificate (X.509-SVID, 2)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return None
    uris = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    return uris[0] if len(uris) == 1 and uris[0].startswith("spiffe://") else None
