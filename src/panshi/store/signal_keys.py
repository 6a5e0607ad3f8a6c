"""Keys that sign the tokens we send, below `zero_trust/keys`, numbered; the newest one signs.

    signals-0001.pem    RSA of 3072 bits, since the CAEP interoperability profile asks for RS256

Older keys stay published for receivers that still hold tokens signed by them, until they are
retired. Only the owner of the home may read them.
"""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from panshi.errors import StoreError
from panshi.store.place import ready_directory, write_new_file

FOLDER = ("zero_trust", "keys")
RSA_BITS = 3072
_EXPONENT = 65_537


def signing_pems(home: Path) -> tuple[tuple[str, bytes], ...]:
    """Give id and PEM of every key, oldest first; make the first one where there is none."""
    folder = _folder(home)
    if not _names(folder):
        rotate(home)
    return tuple((path.stem, _read(path)) for path in _names(folder))


def rotate(home: Path) -> str:
    """Make a new key, which signs from now on; gives its id."""
    folder = _folder(home)
    names = _names(folder)
    number = int(names[-1].stem.rpartition("-")[2]) + 1 if names else 1
    private = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=RSA_BITS)
    path = folder / f"signals-{number:04d}.pem"
    write_new_file(
        path,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    return path.stem


def retire(home: Path, name: str) -> None:
    """Stop publishing an older key; the one that signs cannot be retired."""
    paths = _names(_folder(home))
    if not any(path.stem == name for path in paths[:-1]):
        raise StoreError(
            f"there is no older key {name!r}",
            place=str(_folder(home)),
            remedy="older keys: " + (", ".join(path.stem for path in paths[:-1]) or "none"),
        )
    (_folder(home) / f"{name}.pem").unlink()


def stamp(home: Path) -> tuple[str, ...]:
    """Give what changes when a key is made or retired."""
    folder = home.joinpath(*FOLDER)
    return tuple(path.name for path in _names(folder)) if folder.is_dir() else ()


def _folder(home: Path) -> Path:
    ready_directory(home / FOLDER[0])
    return ready_directory(home.joinpath(*FOLDER))


def _names(folder: Path) -> list[Path]:
    return sorted(folder.glob("signals-[0-9][0-9][0-9][0-9].pem"))


def _read(path: Path) -> bytes:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreError(
            "others may read this signing key", place=str(path), remedy=f"chmod 600 {path}"
        )
    return path.read_bytes()
