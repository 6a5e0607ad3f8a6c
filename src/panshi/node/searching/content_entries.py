"""What of content and estates can be found: frameworks, controls, kinds of document, assets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from panshi import __version__
from panshi.model.asset import Asset
from panshi.model.attributes import written
from panshi.model.bodies import KINDS
from panshi.model.control import Control
from panshi.model.estate import Estate
from panshi.node.library import Library
from panshi.node.objects import ObjectKind, reference
from panshi.store.search_index import Entry

CONTENT = "content"


def content_stamp(library: Library) -> str:
    """Tell one state of the content from another."""
    parts = [__version__, *(f"{each.id} {each.version}" for each in library.frameworks.values())]
    parts += sorted(KINDS)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class Titled(Protocol):
    """Something with a title in both languages."""

    @property
    def title_zh(self) -> str:
        """In zh-TW."""
        ...

    @property
    def title_en(self) -> str:
        """In English."""
        ...


def content_entries(library: Library) -> Iterator[Entry]:
    """Give an entry for everything the content names."""
    for framework in library.frameworks.values():
        texts = f"{framework.document_zh} {framework.document_en}"
        yield _entry(ObjectKind.FRAMEWORK, framework.id, framework, "framework.view", text=texts)
        yield from map(_control, framework.controls)
    for indicator in library.indicators:
        yield _entry(ObjectKind.INDICATOR, indicator.id, indicator, "indicator.view")
    for office in library.offices.offices.values():
        yield _entry(ObjectKind.OFFICE, office.id, office, "office.view")
    for document in library.documents.values():
        yield _entry(ObjectKind.DOCUMENT, document.id, document, "framework.view")
    for kind in KINDS.values():
        yield _entry(ObjectKind.SOURCE, kind.name, kind, "evidence.view")


def _entry(kind: ObjectKind, name: str, thing: Titled, action: str, *, text: str = "") -> Entry:
    return Entry(
        source=CONTENT,
        about=reference(kind, name),
        action=action,
        name=f"{name} {thing.title_zh} {thing.title_en}",
        text=text,
        title_zh=thing.title_zh,
        title_en=thing.title_en,
    )


def _control(control: Control) -> Entry:
    text = f"{control.gist_zh} {control.gist_en} {control.notes_zh} {control.notes_en}"
    made = _entry(ObjectKind.CONTROL, control.key, control, "verdict.view", text=text)
    return replace(
        made,
        name=f"{made.name} {control.reference}",
        title_zh=f"{control.id} {control.title_zh}",
        title_en=f"{control.id} {control.title_en}",
    )


def estate_source(estate_id: str) -> str:
    """Name the source of an estate's entries."""
    return f"estate:{estate_id}"


def estate_entries(estate: Estate) -> Iterator[Entry]:
    """Give an entry for each asset."""
    for asset in estate.assets:
        yield Entry(
            source=estate_source(estate.id),
            about=reference(ObjectKind.ASSET, asset.id),
            estate=estate.id,
            action="estate.view",
            name=f"{asset.id} {asset.name} {' '.join(asset.identifiers)}",
            text=" ".join(_words(asset)),
            title_zh=asset.name,
            title_en=asset.name,
        )


def _words(asset: Asset) -> Iterator[str]:
    for value in asset.attributes.values():
        for part in value if isinstance(value, tuple) else (value,):
            if not isinstance(part, bool):
                yield written(part)
