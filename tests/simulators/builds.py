"""A build platform: signs statements as real ones do, with keys of every kind."""

import json
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.protection.secure_development.envelope import pae

IN_TOTO = "application/vnd.in-toto+json"
BUILDER = "https://ci.demo-bank.example/builders/release@v1"


def ed25519(seed=1):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def p256():
    return ec.derive_private_key(7, ec.SECP256R1())


def p384():
    return ec.derive_private_key(7, ec.SECP384R1())


def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def key_id(key):
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return sha256(der).hexdigest()


def sign(key, message, *, pkcs1=False):
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        digest = hashes.SHA256() if key.curve.key_size == 256 else hashes.SHA384()
        return key.sign(message, ec.ECDSA(digest))
    pad = padding.PKCS1v15() if pkcs1 else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return key.sign(message, pad, hashes.SHA256())


def digest_of(content):
    return sha256(content).hexdigest()


def slsa_1(*artifacts, builder=BUILDER, finished="2026-11-01T03:12:00Z"):
    """A statement of SLSA provenance 1 over (name, sha256) pairs."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": value}} for name, value in artifacts],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://ci.demo-bank.example/types/wheel@v1",
                "externalParameters": {"ref": "refs/tags/v1"},
                "resolvedDependencies": [
                    {
                        "uri": "git+https://git.demo-bank.example/core/deposit",
                        "digest": {"gitCommit": "1f0e" * 10},
                    }
                ],
            },
            "runDetails": {
                "builder": {"id": builder},
                "metadata": {"invocationId": "run-17", "finishedOn": finished},
            },
        },
    }


def slsa_02(*artifacts, builder=BUILDER):
    """A statement of SLSA provenance 0.2."""
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"name": name, "digest": {"sha256": value}} for name, value in artifacts],
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {
            "builder": {"id": builder},
            "buildType": "https://ci.demo-bank.example/types/make@v1",
            "invocation": {
                "configSource": {
                    "uri": "git+https://git.demo-bank.example/core/deposit",
                    "digest": {"sha1": "ab" * 20},
                }
            },
            "metadata": {"buildInvocationId": "run-9", "buildFinishedOn": "2026-10-01T00:00:00Z"},
            "materials": [],
        },
    }


def envelope(statement, *keys, payload_type=IN_TOTO, key_ids=None, pkcs1=False):
    """A DSSE envelope signed by each key."""
    payload = json.dumps(statement, sort_keys=True).encode()
    message = pae(payload_type, payload)
    names = key_ids or [key_id(each) for each in keys]
    return {
        "payloadType": payload_type,
        "payload": b64encode(payload).decode(),
        "signatures": [
            {"keyid": name, "sig": b64encode(sign(key, message, pkcs1=pkcs1)).decode()}
            for name, key in zip(names, keys, strict=True)
        ],
    }


def bundle(statement, key):
    """A sigstore bundle around such an envelope, with a log entry nobody verified."""
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": b64encode(b"no certificate").decode()},
            "tlogEntries": [{"logIndex": "1"}],
        },
        "dsseEnvelope": envelope(statement, key, key_ids=[""]),
    }
