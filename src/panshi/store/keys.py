"""The node's keys, below PANSHI_HOME/keys: signing keys and the secret behind deduplication.

    keys/origin             name of this node's log in its checkpoints, made once
    keys/signing-0001.pem   signing keys, numbered; the newest signs, older ones still verify
    keys/dedupe.secret      key of the digests by which a repeated observation is recognised
    keys/pseudonyms.secret  key of the stand-ins in texts that are shared, made when first needed

Private files belong to their owner only; a file others may read is refused, because whoever
could read it could sign in this node's name.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from panshi.errors import StoreError
from panshi.evidence.checkpoint import Algorithm, KeySigner, VerifierKey
from panshi.store.place import ready_directory, write_new_file

FOLDER = "keys"
SECRET_BYTES = 32
ORIGIN_BYTES = 6


def load_or_create_signer(home: Path) -> KeySigner:
    """Give the newest signing key; make the first one where there is none."""
    numbers = _numbers(home)
    if not numbers:
        _create(home, 1, Algorithm.ED25519)
        numbers = _numbers(home)
    return _load(home, numbers[-1])


def rotate_signer(home: Path, algorithm: Algorithm = Algorithm.ED25519) -> KeySigner:
    """Make a new signing key; checkpoints signed by the older ones stay verifiable."""
    number = max(_numbers(home), default=0) + 1
    _create(home, number, algorithm)
    return _load(home, number)


def verifier_keys(home: Path) -> tuple[VerifierKey, ...]:
    """Public halves of all signing keys, newest first: what others need to check proofs."""
    return tuple(_load(home, number).key for number in reversed(_numbers(home)))


def load_or_create_secret(home: Path, name: str = "dedupe.secret") -> bytes:
    """Give a secret of this node by its file's name; by default the key of deduplication."""
    path = ready_directory(home / FOLDER) / name
    if not path.exists():
        _write_once(path, os.urandom(SECRET_BYTES))
    secret = _read_private(path)
    if len(secret) != SECRET_BYTES:
        raise StoreError("this secret is damaged", place=str(path), remedy=_RESTORE)
    return secret


def _create(home: Path, number: int, algorithm: Algorithm) -> None:
    folder = ready_directory(home / FOLDER)
    private = (
        Ed25519PrivateKey.generate()
        if algorithm is Algorithm.ED25519
        else MLDSA65PrivateKey.generate()
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    origin = f"panshi/{os.urandom(ORIGIN_BYTES).hex()}\n"
    if not (folder / "origin").exists():
        _write_once(folder / "origin", origin.encode())
    _write_once(folder / f"signing-{number:04d}.pem", pem)


def _load(home: Path, number: int) -> KeySigner:
    path = home / FOLDER / f"signing-{number:04d}.pem"
    try:
        private = serialization.load_pem_private_key(_read_private(path), password=None)
    except (ValueError, TypeError) as error:
        raise StoreError(
            "the signing key cannot be read", place=str(path), remedy=_RESTORE
        ) from error
    if not isinstance(private, Ed25519PrivateKey | MLDSA65PrivateKey):
        raise StoreError(
            "the signing key is neither Ed25519 nor ML-DSA-65", place=str(path), remedy=_RESTORE
        )
    try:
        origin = (home / FOLDER / "origin").read_text().strip()
    except (OSError, ValueError) as error:
        raise StoreError(
            "the name of this node's log cannot be read",
            place=str(home / FOLDER / "origin"),
            remedy=_RESTORE,
        ) from error
    return KeySigner(private=private, name=origin, origin=origin)


def _numbers(home: Path) -> list[int]:
    names = (path.stem.removeprefix("signing-") for path in (home / FOLDER).glob("signing-*.pem"))
    return sorted(int(name) for name in names if name.isdecimal())


def _write_once(path: Path, content: bytes) -> None:
    """Write a file unless another process was faster; then its content counts."""
    try:
        write_new_file(path, content)
    except FileExistsError:
        return


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise StoreError(
                    "others on this machine may read this private file",
                    place=str(path),
                    remedy=f"chmod 600 {path}; replace the key if it may have been read",
                )
            return file.read()
    except OSError as error:
        raise StoreError(
            f"cannot be read: {error.strerror}", place=str(path), remedy=_RESTORE
        ) from error


_RESTORE = "restore it from a copy of the keys"
