"""What a TPM attested and signed: TPMS_ATTEST of a quote and its TPMT_SIGNATURE.

TCG TPM 2.0 Library, Part 2, 10.12.8 (attestation structures) and 11.3.4 (signatures). Parsing says
nothing about truth: `verification` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from panshi.protection.zero_trust.devices import algorithms as alg
from panshi.protection.zero_trust.devices.public import TpmPublic
from panshi.protection.zero_trust.devices.wire import MalformedError, Wire, bounded

GENERATED = 0xFF544347
"TPM_GENERATED_VALUE: a restricted key signs no bytes from outside that begin so."
ATTEST_QUOTE = 0x8018
_MOST_BANKS = 8
_MOST_PCR_BYTES = 4

type Selection = Mapping[str, frozenset[int]]
"""Bank → registers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far a TPM's own clock and counters were."""

    milliseconds: int
    resets: int
    "TPM resets (the machine was started)."
    restarts: int
    "Restarts and resumptions since."
    safe: bool
    "No higher value of the clock was ever reported since the last reset."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What was attested."""

    raw: bytes
    "The bytes that were signed."
    magic: int
    kind: int
    signer: bytes
    "Qualified name of the key that signed."
    nonce: bytes
    clock: Clock
    firmware: int
    selection: Selection
    order: tuple[str, ...]
    "Banks in the order in which they were digested."
    pcr_digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as a TPM gives it."""

    scheme: int
    hash: int
    value: bytes
    "RSA signature, or DER of the two numbers."


def parse_quote(data: bytes) -> Quote:
    """Read TPMS_ATTEST; of another type than a quote only the head is read."""
    what = "the quote"
    wire = Wire(bounded(data, what), what)
    magic, kind = wire.whole(4), wire.whole(2)
    if magic != GENERATED or kind != ATTEST_QUOTE:
        nothing = Clock(milliseconds=0, resets=0, restarts=0, safe=False)
        return Quote(
            raw=data, magic=magic, kind=kind, signer=b"", nonce=b"", clock=nothing,
            firmware=0, selection={}, order=(), pcr_digest=b"",
        )  # fmt: skip
    signer, nonce = wire.sized(), wire.sized()
    clock = Clock(
        milliseconds=wire.whole(8),
        resets=wire.whole(4),
        restarts=wire.whole(4),
        safe=wire.whole(1) == 1,
    )
    firmware = wire.whole(8)
    selection = _selection(wire)
    digest = wire.sized()
    wire.done()
    return Quote(
        raw=data,
        magic=magic,
        kind=kind,
        signer=signer,
        nonce=nonce,
        clock=clock,
        firmware=firmware,
        selection=selection,
        order=tuple(selection),
        pcr_digest=digest,
    )


def _selection(wire: Wire) -> dict[str, frozenset[int]]:
    count = wire.whole(4)
    if count > _MOST_BANKS:
        raise MalformedError(f"{wire.what} selects {count} banks")
    found: dict[str, frozenset[int]] = {}
    for _ in range(count):
        bank, size = alg.bank_of(wire.whole(2)), wire.whole(1)
        if size > _MOST_PCR_BYTES or bank in found:
            raise MalformedError(f"{wire.what} selects registers of {bank} in a strange way")
        bits = int.from_bytes(wire.take(size), "little")
        chosen = frozenset(each for each in range(size * 8) if bits >> each & 1)
        if chosen:
            found[bank] = chosen
    return found


def parse_signature(data: bytes) -> Signature:
    """Read TPMT_SIGNATURE, as `tpm2_quote --signature` writes it."""
    what = "the signature"
    wire = Wire(bounded(data, what), what)
    scheme, hashed = wire.whole(2), wire.whole(2)
    match scheme:
        case alg.RSASSA | alg.RSAPSS:
            value = wire.sized()
        case alg.ECDSA:
            r, s = wire.sized(), wire.sized()
            value = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        case _:
            raise MalformedError(f"signature scheme {scheme:#06x} is not taken")
    wire.done()
    alg.hash_of(hashed)
    return Signature(scheme=scheme, hash=hashed, value=value)


def signed_by(key: TpmPublic, signature: Signature, message: bytes) -> bool:
    """Whether this key signed the message in the scheme it is bound to."""
    if (signature.scheme, signature.hash) != (key.scheme, key.scheme_hash):
        return False
    algorithm = alg.hash_of(signature.hash)
    try:
        match key.key:
            case rsa.RSAPublicKey() as public if signature.scheme == alg.RSASSA:
                public.verify(signature.value, message, padding.PKCS1v15(), algorithm)
            case rsa.RSAPublicKey() as public if signature.scheme == alg.RSAPSS:
                pad = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
                public.verify(signature.value, message, pad, algorithm)
            case ec.EllipticCurvePublicKey() as public if signature.scheme == alg.ECDSA:
                public.verify(signature.value, message, ec.ECDSA(algorithm))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
