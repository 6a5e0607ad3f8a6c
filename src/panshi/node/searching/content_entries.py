"""What of content and estates can be found: frameworks, controls, kinds of document, assets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from panshi import __version__
from panshi.model.asset import Asset
from panshi.model.attributes import written
from panshi.model.bodies import KINDS
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


def content_entries(library: Library) -> Iterator[Entry]:
    """Give an entry for each framework, control, kind of document and kind of observation."""
    for framework in library.frameworks.values():
        yield Entry(
            source=CONTENT,
            about=reference(ObjectKind.FRAMEWORK, framework.id),
            action="framework.view",
            name=f"{framework.id} {framework.title_zh} {framework.title_en}",
            text=f"{framework.document_zh} {framework.document_en}",
            title_zh=framework.title_zh,
            title_en=framework.title_en,
        )
        for control in framework.controls:
            yield Entry(
                source=CONTENT,
                about=reference(ObjectKind.CONTROL, control.key),
                action="verdict.view",
                name=f"{control.key} {control.title_zh} {control.title_en} {control.reference}",
                text=f"{control.gist_zh} {control.gist_en} {control.notes_zh} {control.notes_en}",
                title_zh=f"{control.id} {control.title_zh}",
                title_en=f"{control.id} {control.title_en}",
            )
    for indicator in library.indicators:
        yield Entry(
            source=CONTENT,
            about=reference(ObjectKind.INDICATOR, indicator.id),
            action="indicator.view",
            name=f"{indicator.id} {indicator.title_zh} {indicator.title_en}",
            title_zh=indicator.title_zh,
            title_en=indicator.title_en,
        )
    for office in library.offices.offices.values():
        yield Entry(
            source=CONTENT,
            about=reference(ObjectKind.OFFICE, office.id),
            action="office.view",
            name=f"{office.id} {office.title_zh} {office.title_en}",
            title_zh=office.title_zh,
            title_en=office.title_en,
        )
    for document in library.documents.values():
        yield Entry(
            source=CONTENT,
            about=reference(ObjectKind.DOCUMENT, document.id),
            action="framework.view",
            name=f"{document.id} {document.title_zh} {document.title_en}",
            title_zh=document.title_zh,
            title_en=document.title_en,
        )
    for kind in KINDS.values():
        yield Entry(
            source=CONTENT,
            about=reference(ObjectKind.SOURCE, kind.name),
            action="evidence.view",
            name=f"{kind.name} {kind.title_zh} {kind.title_en}",
            title_zh=kind.title_zh,
            title_en=kind.title_en,
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
