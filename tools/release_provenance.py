"""Write where a release comes from: SLSA provenance 1 in a DSSE envelope, and SHA256SUMS.

    release_provenance.py dist [--key release.pem] [--builder ID]

The statement names every file of the folder by its digest, the commit and the locks it was built
from. It is signed by the releaser's key, an Ed25519 or ECDSA private key in PEM (RELEASE_KEY names
the file); without one the envelope carries no signature, says so here and fails verification.
"""

import argparse
import hashlib
import json
import os
import sys
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from release_sbom import ROOT, digest, git, version

PAYLOAD_TYPE = "application/vnd.in-toto+json"
BUILD_TYPE = "urn:panshi:build:make-package:1"
BUILDER = "urn:panshi:builder:releaser"
SUMS = "SHA256SUMS"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}


def statement(folder: Path, builder: str) -> dict[str, object]:
    """Give the statement over every file of the folder."""
    files = [each for each in sorted(folder.iterdir()) if each.is_file() and _released(each)]
    commit = git("rev-parse", "HEAD")
    locks = sorted((ROOT / "locks").glob("*.txt"))
    source = [{"uri": "git+.", "digest": {"gitCommit": commit}}] if commit else []
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": each.name, "digest": {"sha256": digest(each)}} for each in files],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "target": "package",
                    "version": version(),
                    "clean": bool(commit) and not git("status", "--porcelain"),
                },
                "resolvedDependencies": source
                + [
                    {"uri": f"file:locks/{each.name}", "digest": {"sha256": digest(each)}}
                    for each in locks
                ],
            },
            "runDetails": {"builder": {"id": builder}},
        },
    }


def _released(path: Path) -> bool:
    return path.name != SUMS and not path.name.endswith(".intoto.jsonl")


def envelope(payload: bytes, key: bytes | None) -> dict[str, object]:
    """Sign the payload (DSSE 1); without a key there is no signature."""
    name = PAYLOAD_TYPE.encode()
    message = b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": b64encode(payload).decode(),
        "signatures": [] if key is None else [_signed(key, message)],
    }


def _signed(pem: bytes, message: bytes) -> dict[str, str]:
    key = serialization.load_pem_private_key(pem, None)
    match key:
        case Ed25519PrivateKey():
            value = key.sign(message)
        case ec.EllipticCurvePrivateKey():
            value = key.sign(message, ec.ECDSA(_HASHES[key.curve.name]))
        case _:
            raise SystemExit("the key is neither Ed25519 nor ECDSA")
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {"keyid": hashlib.sha256(der).hexdigest(), "sig": b64encode(value).decode()}


def main(arguments: list[str]) -> None:
    """Write both files into the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", default=os.environ.get("RELEASE_KEY", ""))
    parser.add_argument("--builder", default=os.environ.get("RELEASE_BUILDER", BUILDER))
    given = parser.parse_args(arguments)
    said = statement(given.folder, given.builder)
    payload = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    key = Path(given.key).read_bytes() if given.key else None
    path = given.folder / f"panshi-{version()}.intoto.jsonl"
    path.write_text(json.dumps(envelope(payload, key)) + "\n")
    sums = [f"{digest(each)}  {each.name}" for each in sorted(given.folder.iterdir())]
    released = [line for line in sums if not line.endswith(SUMS)]
    (given.folder / SUMS).write_text("\n".join(released) + "\n")
    how = "signed" if key is not None else "NOT SIGNED: name a key in RELEASE_KEY to sign"
    sys.stdout.write(f"{path}: {how}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
