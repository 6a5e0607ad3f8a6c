"""The public part of a TPM key: what it is, what it may do, and the Name the TPM knows it by.

TPMT_PUBLIC of TCG TPM 2.0 Library, Part 2, 12.2.4; a Name is the digest of that structure under
its own name algorithm (Part 1, 16), a qualified name binds it to the keys above it (Part 1, 26).
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from panshi.protection.zero_trust.devices import algorithms as alg
from panshi.protection.zero_trust.devices.wire import MalformedError, Wire, bounded

OWNER, ENDORSEMENT = 0x40000001, 0x4000000B

FIXED_TPM, FIXED_PARENT, SENSITIVE_DATA_ORIGIN = 1 << 1, 1 << 4, 1 << 5
RESTRICTED, DECRYPT, SIGN = 1 << 16, 1 << 17, 1 << 18
_SIZE = 2
"Bytes of the length before a TPM2B."
_LEAST_RSA_BITS = 2048
_MOST_RSA_BITS = 4096
_COMMON_EXPONENT = 65537

type PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TpmPublic:
    """A key as its TPM describes it."""

    raw: bytes
    "TPMT_PUBLIC, over which the Name is taken."
    name_algorithm: int
    attributes: int
    scheme: int
    "Signature scheme a restricted signing key is bound to, else the null algorithm."
    scheme_hash: int
    symmetric_bits: int
    "Bits of the AES key that protects what lies below a storage key; 0 for a signing key."
    key: PublicKey

    @property
    def name(self) -> bytes:
        """The Name: name algorithm and digest of the structure."""
        return _named(self.name_algorithm, self.raw)

    @property
    def hex_name(self) -> str:
        """The Name as people and files write it."""
        return self.name.hex()

    def has(self, attributes: int) -> bool:
        """Whether all of these attributes are set."""
        return self.attributes & attributes == attributes

    def qualified_under(self, parent: bytes) -> bytes:
        """Give the qualified name below a parent's (a hierarchy's is its handle)."""
        return _named(self.name_algorithm, parent, self.name)


def handle(hierarchy: int) -> bytes:
    """Give the name of a hierarchy, which is its handle."""
    return hierarchy.to_bytes(4)


def parse_public(data: bytes) -> TpmPublic:
    """Read TPMT_PUBLIC, or TPM2B_PUBLIC as tpm2-tools write it."""
    what = "the public key"
    bounded(data, what)
    if int.from_bytes(data[:_SIZE]) == len(data) - _SIZE:
        data = data[_SIZE:]
    wire = Wire(data, what)
    kind, name_algorithm, attributes = wire.whole(2), wire.whole(2), wire.whole(4)
    alg.hash_of(name_algorithm)
    wire.sized()  # authPolicy
    symmetric_bits = _symmetric(wire)
    scheme = wire.whole(2)
    scheme_hash = wire.whole(2) if scheme != alg.NULL else alg.NULL
    match kind:
        case alg.RSA:
            key: PublicKey = _rsa(wire)
        case alg.ECC:
            key = _ecc(wire)
        case _:
            raise MalformedError(f"a key of type {kind:#06x} is neither RSA nor elliptic-curve")
    wire.done()
    return TpmPublic(
        raw=data,
        name_algorithm=name_algorithm,
        attributes=attributes,
        scheme=scheme,
        scheme_hash=scheme_hash,
        symmetric_bits=symmetric_bits,
        key=key,
    )


def _symmetric(wire: Wire) -> int:
    algorithm = wire.whole(2)
    if algorithm == alg.NULL:
        return 0
    bits, mode = wire.whole(2), wire.whole(2)
    if (algorithm, mode) != (alg.AES, alg.CFB) or bits not in {128, 192, 256}:
        raise MalformedError(f"symmetric algorithm {algorithm:#06x} is not AES in CFB mode")
    return bits


def _rsa(wire: Wire) -> rsa.RSAPublicKey:
    bits, exponent = wire.whole(2), wire.whole(4) or _COMMON_EXPONENT
    modulus = wire.sized()
    if not _LEAST_RSA_BITS <= bits <= _MOST_RSA_BITS or len(modulus) * 8 != bits:
        raise MalformedError(f"an RSA key of {bits} bits is not taken")
    try:
        return rsa.RSAPublicNumbers(exponent, int.from_bytes(modulus)).public_key()
    except ValueError as error:
        raise MalformedError("the RSA numbers are no key") from error


def _ecc(wire: Wire) -> ec.EllipticCurvePublicKey:
    curve = alg.curve_of(wire.whole(2))
    if wire.whole(2) != alg.NULL:  # key derivation scheme
        wire.whole(2)
    x, y = wire.sized(), wire.sized()
    try:
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), curve)
        return numbers.public_key()
    except ValueError as error:
        raise MalformedError("the point is not on its curve") from error


def _named(algorithm: int, *parts: bytes) -> bytes:
    return algorithm.to_bytes(2) + alg.digest(alg.hash_of(algorithm), *parts)
