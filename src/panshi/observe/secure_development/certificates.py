"""Who the certificate of a sigstore bundle names; read for people, and worth nothing by itself.

A Fulcio certificate names an identity (a workflow, an e-mail address) in its subject alternative
name and who vouched for it in an extension. Whether the certificate is genuine needs the roots and
the transparency log of that sigstore instance, which are not asked here (ADR 0200).
"""

from __future__ import annotations

import binascii
from base64 import b64decode

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from panshi.observe.reading.texts import clean

_MOST = 64 * 1024
_ISSUERS = ("1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1")
"Fulcio's extensions for who vouched: DER text, and the older bare one."


def named(raw: object) -> tuple[str, str]:
    """Give identity and issuer; empty where the certificate cannot be read."""
    if not isinstance(raw, str) or len(raw) > _MOST:
        return "", ""
    try:
        certificate = x509.load_der_x509_certificate(b64decode(raw, validate=True))
        names = certificate.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        ).value
    except (binascii.Error, ValueError, TypeError, x509.ExtensionNotFound):
        return "", ""
    values = [str(each.value) for each in names if hasattr(each, "value")]  # type: ignore[attr-defined]
    return clean(values[0], 300) if values else "", _issuer(certificate)


def _issuer(certificate: x509.Certificate) -> str:
    for oid in _ISSUERS:
        try:
            found = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(oid)).value
        except (ValueError, x509.ExtensionNotFound):
            continue
        if isinstance(found, x509.UnrecognizedExtension):
            raw = found.value
            text = raw[2:] if raw[:1] == b"\x0c" and len(raw) == raw[1] + 2 else raw
            return clean(text.decode("utf-8", "replace"), 300)
    return ""
