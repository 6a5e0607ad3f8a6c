"""The algorithms of a TPM this program takes: identifiers of TPM_ALG_ID and what they stand for.

SHA-1 is left out on purpose: a quote over SHA-1 banks proves too little since collisions are
affordable. Curves are the NIST ones TPMs carry.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from panshi.protection.zero_trust.devices.wire import MalformedError

RSA, ECC, NULL = 0x0001, 0x0023, 0x0010
AES, CFB = 0x0006, 0x0043
RSASSA, RSAPSS, ECDSA = 0x0014, 0x0016, 0x0018

type Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512

_HASHES: dict[int, tuple[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]]] = {
    0x000B: ("sha256", hashes.SHA256),
    0x000C: ("sha384", hashes.SHA384),
    0x000D: ("sha512", hashes.SHA512),
}
_CURVES: dict[int, type[ec.EllipticCurve]] = {
    0x0003: ec.SECP256R1,
    0x0004: ec.SECP384R1,
    0x0005: ec.SECP521R1,
}
BANKS = {name: number for number, (name, _) in _HASHES.items()}
"Names of the PCR banks that count, by which people and tpm2-tools name them."


def hash_of(number: int) -> Hash:
    """Give the hash a TPM names."""
    if number not in _HASHES:
        raise MalformedError(f"hash algorithm {number:#06x} is not taken (SHA-256, -384, -512 are)")
    return _HASHES[number][1]()


def bank_of(number: int) -> str:
    """Name a PCR bank."""
    return _HASHES[number][0] if number in _HASHES else f"{number:#06x}"


def curve_of(number: int) -> ec.EllipticCurve:
    """Give the curve a TPM names."""
    if number not in _CURVES:
        raise MalformedError(f"curve {number:#06x} is not taken (NIST P-256, P-384, P-521 are)")
    return _CURVES[number]()


def digest(algorithm: Hash, *parts: bytes) -> bytes:
    """Hash the parts one after another."""
    made = hashes.Hash(algorithm)
    for part in parts:
        made.update(part)
    return made.finalize()
