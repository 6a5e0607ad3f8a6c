"""Documents with statements taken at their word or by their signature, where there is no home.

    loaded = load_files((Path("vex.json"),), keys=(key,))
    loaded.statements.rule(…)

A file that no given key signed never counts, unless the caller says that it shall; then every
ruling that rests on it says so. Nothing here opens a node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.model.supply_chain.vex import VexStatement
from panshi.observe.vex.reading import read_vex
from panshi.protection.supply_chain.vex import Statements, Voice

if TYPE_CHECKING:
    from panshi.observe.vex.document import VexDocument

SIGNED_RANK = 9
"A file whose key the caller names goes before one taken at its word."
EMBEDDED = "embedded"
UNSIGNED = "unsigned"
FORGED = "signature does not hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """What came of one file."""

    file: str
    format: str
    author: str
    sha256: str
    statements: int
    signed_by: str
    "Key that signed it, of those given; empty where none did."
    counts: bool
    why: str
    "Why it does not count, or that it counts only because it was asked for."
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Every statement of some files, and what came of each file."""

    statements: Statements
    files: tuple[FileState, ...]

    @property
    def unapproved(self) -> bool:
        """Whether a file counts only because the caller said so."""
        return any(each.counts and not each.signed_by for each in self.files)


def load_files(
    paths: Iterable[Path],
    *,
    keys: Iterable[str] = (),
    allow_unsigned: bool = False,
    embedded: Iterable[VexStatement] = (),
) -> Loaded:
    """Read files and say of each whether it counts; a document that is none is refused."""
    trusted = tuple(keys)
    voices = list(embedded_voices(embedded, allow_unsigned=allow_unsigned))
    states = []
    for path in paths:
        document = read_vex(path)
        signer = _signer(document, trusted)
        barred = "" if signer or allow_unsigned else _barred(document, trusted)
        voices += (
            Voice(
                each,
                rank=SIGNED_RANK if signer else 1,
                evidence=document.digest,
                barred=barred,
                unapproved=not signer,
            )
            for each in document.statements
        )
        states.append(_state(path, document, signer, barred))
    return Loaded(statements=Statements(voices), files=tuple(states))


def embedded_voices(
    statements: Iterable[VexStatement], *, allow_unsigned: bool = False
) -> Iterator[Voice]:
    """Give the statements a bill of materials makes about itself: told, and nothing more."""
    barred = "" if allow_unsigned else EMBEDDED
    for each in statements:
        yield Voice(each, barred=barred, unapproved=True)


def _signer(document: VexDocument, keys: tuple[str, ...]) -> str:
    envelope = document.envelope
    if envelope is None or not envelope.signatures or not keys:
        return ""
    from panshi.protection.supply_chain.vex.signatures import (  # noqa: PLC0415 -- keys are costly
        signed_by,
    )

    return signed_by(envelope.payload_type, envelope.payload, envelope.signatures, keys)


def _barred(document: VexDocument, keys: tuple[str, ...]) -> str:
    signed = document.envelope is not None and bool(document.envelope.signatures)
    return FORGED if signed and keys else UNSIGNED


def _state(path: Path, document: VexDocument, signer: str, barred: str) -> FileState:
    why = document.refused or barred
    if not why and not signer:
        why = "not signed by a key given; taken because asked to"
    return FileState(
        file=str(path),
        format=f"{document.format} {document.spec_version}".strip(),
        author=document.author,
        sha256=document.digest,
        statements=len(document.statements),
        signed_by=signer,
        counts=not barred and not document.refused,
        why=why,
        defects=tuple(f"{each.place}: {each.problem}" for each in document.defects),
    )
