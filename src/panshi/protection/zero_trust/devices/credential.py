"""The enrolment challenge: a secret only the TPM holding both keys can read.

TPM2_MakeCredential done outside a TPM (TCG TPM 2.0 Library, Part 1, 24 and annexes B.10.4, C.6.4).
The secret is wrapped for the endorsement key together with the Name of the attestation key; the
TPM opens it with TPM2_ActivateCredential only if a key of that Name is loaded in the same TPM.
So whoever returns the secret has the attestation key beside the endorsement key it claims.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode

from panshi.protection.zero_trust.devices import algorithms as alg
from panshi.protection.zero_trust.devices.public import TpmPublic
from panshi.protection.zero_trust.devices.wire import MalformedError, sized

_FILE_MAGIC, _FILE_VERSION = 0xBADCC0DE, 1
_LABEL = b"IDENTITY\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is sent to the device."""

    blob: bytes
    "TPM2B_ID_OBJECT."
    secret: bytes
    "TPM2B_ENCRYPTED_SECRET."

    @property
    def file(self) -> bytes:
        """The file `tpm2_activatecredential` takes."""
        head = _FILE_MAGIC.to_bytes(4) + _FILE_VERSION.to_bytes(4)
        return head + self.blob + self.secret


def make_credential(
    endorsement: TpmPublic,
    attestation_name: bytes,
    secret: bytes,
    *,
    seed: bytes,
    ephemeral: ec.EllipticCurvePrivateKey | None = None,
) -> Credential:
    """Wrap a secret; `seed` (RSA) or `ephemeral` (elliptic curve) is fresh at every call."""
    algorithm = alg.hash_of(endorsement.name_algorithm)
    if len(secret) > algorithm.digest_size or endorsement.symmetric_bits == 0:
        raise MalformedError("the endorsement key cannot protect such a secret")
    match endorsement.key:
        case rsa.RSAPublicKey() as key:
            pad = padding.OAEP(padding.MGF1(algorithm), algorithm, _LABEL)
            wrapped = sized(key.encrypt(seed, pad))
        case key:
            if ephemeral is None:
                raise MalformedError("an elliptic-curve endorsement key needs an ephemeral key")
            seed, wrapped = _shared(key, ephemeral, algorithm)
    bits = endorsement.symmetric_bits
    storage = _kdfa(algorithm, seed, b"STORAGE", attestation_name, bits)
    cipher = Cipher(algorithms.AES(storage), CFB(bytes(16))).encryptor()
    identity = cipher.update(sized(secret)) + cipher.finalize()
    integrity = _kdfa(algorithm, seed, b"INTEGRITY", b"", algorithm.digest_size * 8)
    tag = hmac.HMAC(integrity, algorithm)
    tag.update(identity + attestation_name)
    return Credential(blob=sized(sized(tag.finalize()) + identity), secret=wrapped)


def _shared(
    key: ec.EllipticCurvePublicKey, ephemeral: ec.EllipticCurvePrivateKey, algorithm: alg.Hash
) -> tuple[bytes, bytes]:
    """Agree on a seed (KDFe of Part 1, 11.4.10.3) and give the point the TPM needs for it."""
    size = (key.curve.key_size + 7) // 8
    mine, theirs = ephemeral.public_key().public_numbers(), key.public_numbers()
    x, y = mine.x.to_bytes(size), mine.y.to_bytes(size)
    shared = ephemeral.exchange(ec.ECDH(), key)
    info = _LABEL + x + theirs.x.to_bytes(size)
    seed = ConcatKDFHash(algorithm, algorithm.digest_size, info).derive(shared)
    return seed, sized(sized(x) + sized(y))


def _kdfa(
    algorithm: hashes.HashAlgorithm, key: bytes, label: bytes, context: bytes, bits: int
) -> bytes:
    """Derive a key (KDFa of Part 1, 11.4.10.2: SP 800-108 in counter mode)."""
    return KBKDFHMAC(
        algorithm=algorithm,
        mode=Mode.CounterMode,
        length=bits // 8,
        rlen=4,
        llen=4,
        location=CounterLocation.BeforeFixed,
        label=label,
        context=context,
        fixed=None,
    ).derive(key)
