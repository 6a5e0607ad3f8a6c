"""Checkpoints: size and root of the log, signed as a C2SP note (tlog-checkpoint, signed-note).

    panshi/3f2a9c01d4e5        the origin: which log this is
    20852163                   the size
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=        the root

    — panshi/3f2a9c01d4e5 NnugSzTjtVAewIS+…      key id ‖ signature; several are allowed

The algorithm is named by the key, never by the note. Ed25519 has its assigned type byte; ML-DSA-65
has none yet and uses the byte C2SP keeps for such cases, followed by a name.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Protocol, assert_never

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)

from panshi.errors import BadInputError, IntegrityError
from panshi.evidence.merkle import HASH_BYTES

MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 100
KEY_ID_BYTES = 4
MAX_SIZE = (1 << 63) - 1


class Algorithm(Enum):
    """A signature algorithm by its type identifier (C2SP signed-note, Signature types)."""

    ED25519 = b"\x01"
    ML_DSA_65 = b"\xffpanshi/ml-dsa-65/1:"

    @property
    def key_bytes(self) -> int:
        """Length of a public key."""
        match self:
            case Algorithm.ED25519:
                return 32
            case Algorithm.ML_DSA_65:
                return 1952
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with its name: what somebody needs to check a log's checkpoints."""

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names a note cannot carry, and keys of a wrong length."""
        if not self.name or "+" in self.name or any(c.isspace() or c < " " for c in self.name):
            raise BadInputError(f"{self.name!r} cannot name a key", remedy="no spaces, no plus")
        if len(self.public) != self.algorithm.key_bytes:
            raise BadInputError(f"the public key {self.name} has a wrong length")

    @property
    def id(self) -> bytes:
        """Key id: first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key)."""
        named = self.name.encode() + b"\n" + self.algorithm.value + self.public
        return sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """`name+id+key`, the form C2SP calls a verifier key."""
        key = base64(self.algorithm.value + self.public)
        return f"{self.name}+{self.id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+id+key`."""
        name, _, rest = text.partition("+")
        digits, _, encoded = rest.partition("+")
        typed = unbase64(encoded, "verifier key")
        for algorithm in Algorithm:
            if typed.startswith(algorithm.value):
                key = cls(
                    name=name,
                    algorithm=algorithm,
                    public=typed.removeprefix(algorithm.value),
                )
                break
        else:
            raise BadInputError("a verifier key of an unknown algorithm")
        if key.id.hex() != digits:
            raise BadInputError("the id of a verifier key does not fit its name and key")
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed the message."""
        try:
            match self.algorithm:
                case Algorithm.ED25519:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
                case Algorithm.ML_DSA_65:
                    MLDSA65PublicKey.from_public_bytes(self.public).verify(signature, message)
                case _:
                    assert_never(self.algorithm)
        except (InvalidSignature, ValueError):
            return False
        except UnsupportedAlgorithm as error:
            raise IntegrityError(
                f"this machine cannot check {self.algorithm.name} signatures",
                remedy="use a build of `cryptography` that offers it",
            ) from error
        return True


class Signer(Protocol):
    """Whoever holds a signing key: a file below PANSHI_HOME, a token, a service."""

    @property
    def key(self) -> VerifierKey:
        """The public half."""
        ...

    @property
    def origin(self) -> str:
        """Name of the log, kept when keys are replaced."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Signature over the message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySigner:
    """A signing key in memory."""

    private: Ed25519PrivateKey | MLDSA65PrivateKey
    name: str
    origin: str

    @property
    def key(self) -> VerifierKey:
        """The public half."""
        match self.private:
            case Ed25519PrivateKey():
                algorithm = Algorithm.ED25519
            case _:
                algorithm = Algorithm.ML_DSA_65
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(name=self.name, algorithm=algorithm, public=public)

    def sign(self, message: bytes) -> bytes:
        """Signature over the message."""
        return self.private.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a note says of a log."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what a note cannot carry."""
        if not self.origin or any(c < " " for c in self.origin):
            raise BadInputError("a checkpoint needs an origin of one line")
        if self.size < 0 or len(self.root) != HASH_BYTES:
            raise BadInputError("a checkpoint needs a size and a root of 32 bytes")

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64(self.root)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"— {self.name} {base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint with its signatures, none of them checked yet."""

    checkpoint: Checkpoint
    text: str
    "The signed lines exactly as they came, with extension lines where there are some."
    signatures: tuple[NoteSignature, ...]

    @property
    def note(self) -> str:
        """The whole note."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"

    def only(self, keys: Collection[VerifierKey]) -> SignedCheckpoint:
        """Give the same checkpoint with only these keys' signatures."""
        wanted = {(key.name, key.id) for key in keys}
        kept = tuple(each for each in self.signatures if (each.name, each.key_id) in wanted)
        return SignedCheckpoint(checkpoint=self.checkpoint, text=self.text, signatures=kept)

    def verified_by(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Which of the keys signed it; a known key's wrong signature spoils the whole note.

        Signatures of unknown keys are ignored. Raises `IntegrityError` unless a key signed it.
        """
        known = {(key.name, key.id): key for key in keys}
        found: list[VerifierKey] = []
        for each in self.signatures:
            key = known.get((each.name, each.key_id))
            if key is None:
                continue
            if not key.verifies(self.text.encode(), each.signature):
                raise IntegrityError(f"the checkpoint's signature by {key.name} does not verify")
            found.append(key)
        if not found:
            raise IntegrityError(
                "the checkpoint is not signed by a known key",
                remedy="pass the verifier key of the log's owner",
            )
        return tuple(found)


def signed(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """Write a note with one signature per signer."""
    message = checkpoint.text.encode()
    lines = tuple(
        NoteSignature(name=signer.key.name, key_id=signer.key.id, signature=signer.sign(message))
        for signer in signers
    )
    if not lines:
        raise BadInputError("a checkpoint nobody signs proves nothing")
    return SignedCheckpoint(checkpoint=checkpoint, text=checkpoint.text, signatures=lines).note


def parse_note(note: str) -> SignedCheckpoint:
    """Read a note; its signatures are not checked yet."""
    if len(note.encode(errors="replace")) > MAX_NOTE_BYTES:
        raise BadInputError("a checkpoint of more than 1 MiB")
    if any(c < " " and c != "\n" for c in note):
        raise BadInputError("control characters in a checkpoint")
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise BadInputError("a checkpoint without signature lines")
    text += "\n"
    found = lines.removesuffix("\n").split("\n")
    if len(found) > MAX_SIGNATURES:
        raise BadInputError(f"a checkpoint with more than {MAX_SIGNATURES} signatures")
    return SignedCheckpoint(
        checkpoint=_parse_text(text),
        text=text,
        signatures=tuple(_parse_line(line) for line in found),
    )


def _parse_text(text: str) -> Checkpoint:
    match text.removesuffix("\n").split("\n"):
        case [origin, size, root, *more] if origin and size and root and all(more):
            pass
        case _:
            raise BadInputError("a checkpoint needs the lines origin, size and root")
    if not (size.isascii() and size.isdecimal()) or (size[0] == "0" and size != "0"):
        raise BadInputError(f"{size[:80]!r} is not the size of a log")
    if len(size) > len(str(MAX_SIZE)):
        raise BadInputError("the size of a log is too large")
    return Checkpoint(origin=origin, size=int(size), root=unbase64(root, "root"))


def _parse_line(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not name:
        raise BadInputError("a malformed signature line in a checkpoint")
    raw = unbase64(encoded, "signature")
    if len(raw) <= KEY_ID_BYTES:
        raise BadInputError("a signature line too short to hold a signature")
    return NoteSignature(name=name, key_id=raw[:KEY_ID_BYTES], signature=raw[KEY_ID_BYTES:])


def base64(raw: bytes) -> str:
    """Encode as Base 64."""
    return b64encode(raw).decode()


def unbase64(text: str, what: str) -> bytes:
    """Decode Base 64 in its one canonical form."""
    try:
        raw = b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise BadInputError(f"the {what} is not Base 64") from error
    if base64(raw) != text:
        raise BadInputError(f"the {what} is not in the canonical form of Base 64")
    return raw
