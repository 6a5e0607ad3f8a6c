"""Kinds of document an attestation rests on, with their names in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.governance.frameworks.reading import parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """One kind of document, named by `Attesting.evidence`."""

    id: str
    title_zh: str
    title_en: str


def load_documents(raw: bytes, *, source: str) -> dict[str, DocumentKind]:
    """Read `documents.yaml` into kinds by id."""
    found: dict[str, DocumentKind] = {}
    for part in parsed(raw, source=source).keys(required="documents")["documents"].items():
        keys = part.keys(required="id zh en")
        kind = DocumentKind(
            id=keys["id"].text(), title_zh=keys["zh"].text(), title_en=keys["en"].text()
        )
        if kind.id in found:
            raise part.refuse(f"document {kind.id} occurs twice", "keep one")
        found[kind.id] = kind
    return found
