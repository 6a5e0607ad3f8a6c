"""Read the leaf certificate of an endpoint (RFC 5280) into what a body keeps of it."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from panshi.observe.tls.endpoint import Certificate


def read_certificate(der: bytes, *, trusted: bool | None = None) -> Certificate:
    """Give the parts that are judged; ValueError where the bytes are no certificate."""
    certificate = x509.load_der_x509_certificate(der)
    algorithm, bits = _key(certificate)
    return Certificate(
        expires=certificate.not_valid_after_utc.date(),
        signature=_signature(certificate),
        key_algorithm=algorithm,
        key_bits=bits,
        trusted=trusted,
    )


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return certificate.public_key_algorithm_oid.dotted_string, 0
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
        case _:
            return type(key).__name__.removesuffix("PublicKey"), 0


def _signature(certificate: x509.Certificate) -> str:
    """Name the algorithm as OpenSSL does, for example `sha256WithRSAEncryption`."""
    oid = certificate.signature_algorithm_oid
    name: str = getattr(oid, "_name", "")
    return name if name and name != "Unknown OID" else oid.dotted_string
