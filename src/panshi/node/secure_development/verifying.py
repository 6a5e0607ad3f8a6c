"""Verify one attestation beside the files it should speak of; no home is needed with keys given.

found = verify(Path("panshi.intoto.jsonl"), keys=…, artifacts=(Path("panshi.whl"),))
all(each.judged.state is State.VERIFIED for each in found)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import BuildProvenance
from panshi.observe.secure_development.attestation import provenance, read_envelope
from panshi.observe.secure_development.documents import json_documents
from panshi.protection.secure_development.envelope import read_key
from panshi.protection.secure_development.provenance import Judged, State, judge
from panshi.protection.secure_development.trust import TrustedKey, TrustState

LONGEST_PEM = 64 * 1024
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One statement of the file."""

    place: str
    body: BuildProvenance
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the file proves of the artefacts."""

    statements: tuple[Verified, ...]
    artifacts: tuple[tuple[str, str, bool], ...]
    "Name, SHA-256 and whether a verified statement speaks of it."
    builder_asked: bool
    "Whether the builder was compared; without it any builder is taken as it names itself."

    @property
    def ok(self) -> bool:
        """Whether a statement holds, and every artefact named is in one that does."""
        proven = any(each.judged.state is State.VERIFIED for each in self.statements)
        return proven and all(covered for _name, _digest, covered in self.artifacts)


def given_keys(paths: Iterable[Path], builders: tuple[str, ...]) -> tuple[TrustedKey, ...]:
    """Take public keys from files, for this one verification."""
    return tuple(
        TrustedKey(
            key=read_key(_pem(path), source=str(path)),
            name=path.name,
            state=TrustState.TRUSTED,
            builders=builders,
            systems=(),
            proposed_by="",
            since=_LONG_AGO,
        )
        for path in paths
    )


def verify(
    path: Path,
    keys: tuple[TrustedKey, ...],
    *,
    artifacts: tuple[Path, ...] = (),
    any_builder: bool = False,
) -> Verification:
    """Verify every statement of a file."""
    digests = {str(each): _digest(each) for each in artifacts}
    found = []
    for place, document in json_documents(path):
        body = provenance(read_envelope(document, place), place, "")
        using = tuple(_speaking_for(each, body.builder) for each in keys) if any_builder else keys
        judged = judge(body, using, wanted=set(digests.values()))
        found.append(Verified(place=place, body=body, judged=judged))
    if not found:
        raise BadInputError("holds no attestation", place=str(path))
    proven = frozenset[str]().union(
        *(each.judged.digests for each in found if each.judged.state is State.VERIFIED)
    )
    return Verification(
        statements=tuple(found),
        artifacts=tuple((name, each, each in proven) for name, each in digests.items()),
        builder_asked=not any_builder,
    )


def _speaking_for(key: TrustedKey, builder: str) -> TrustedKey:
    return TrustedKey(
        key=key.key,
        name=key.name,
        state=key.state,
        builders=(builder,),
        systems=(),
        proposed_by=key.proposed_by,
        since=key.since,
    )


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_PEM)
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="name a PEM file"
        ) from error


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="name the artefact"
        ) from error
