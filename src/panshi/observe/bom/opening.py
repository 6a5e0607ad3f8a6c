"""Tell which form a document has, and read it in that form.

The form is told by the content, never by the file's name: markup is CycloneDX XML; an object is
CycloneDX or SPDX JSON by its members; anything else is tried as SPDX tag-value.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.cyclonedx_json import decode, read_whole
from panshi.observe.bom.document import LIMITS, Document, slim, take_whole
from panshi.observe.bom.pieces import plainly
from panshi.observe.bom.stream import BomStream, Told
from panshi.observe.reading.files import Source, begins_with_markup
from panshi.observe.reading.limits import Limits

if TYPE_CHECKING:
    from panshi.observe.reading.json_events import JsonCursor

_CYCLONEDX = frozenset({"bomFormat", "specVersion", "components", "serialNumber"})
_SPDX = frozenset({"spdxVersion", "SPDXID", "@context", "@graph", "spdxId", "packages"})


def open_bom(
    document: Path | str | bytes, *, source: str = "", limit: Limits = LIMITS, only: str = ""
) -> BomStream:
    """Open a bill of materials, from a file or from bytes.

    `source` is what errors call given bytes; `only` refuses all but `CycloneDX` or `SPDX`.
    """
    given = Path(document) if isinstance(document, str) else document
    name = source or (str(given) if isinstance(given, Path) else "document")
    opened = Document(given, name, limit)
    told = Told(name)
    return BomStream(opened, told, _read(opened, told, only))


def _read(document: Document, told: Told, only: str) -> Iterator[BomComponent]:
    small = _at_hand(document.given)
    if small is not None:
        yield from _read_json(document, told, small, only)
        return
    with document.open() as source:
        form = _form(source)
        if form == "xml":
            from panshi.observe.bom.cyclonedx_xml import read_xml  # noqa: PLC0415 -- loads lxml
            from panshi.observe.reading.xml_events import XmlDocument  # noqa: PLC0415 -- as above

            if only == "SPDX":
                from panshi.observe.bom.spdx_terms import refuse_markup  # noqa: PLC0415 -- rare

                refuse_markup(document.name)
            yield from read_xml(XmlDocument(source), told)
            return
        if form == "json":
            small = _whole(source)
    if form == "json":
        yield from _read_json(document, told, small, only)
        return
    from panshi.observe.bom.spdx_tags import read_tags  # noqa: PLC0415 -- start-up

    yield from read_tags(document, told)


def _read_json(
    document: Document, told: Told, small: bytes | None, only: str
) -> Iterator[BomComponent]:
    if small is not None and only != "SPDX":
        whole = decode(small)
        if whole is not None:
            yield from read_whole(whole, told, plainly=plainly(small))
            return
    from panshi.observe.reading.json_events import JsonCursor  # noqa: PLC0415 -- loads ijson

    if not only:
        with document.open() as source:
            only = _told_by_members(JsonCursor(source))
    if only == "SPDX":
        from panshi.observe.bom.spdx_json import read_spdx  # noqa: PLC0415 -- start-up

        yield from read_spdx(document, told, small)
        return
    from panshi.observe.bom.cyclonedx_large import read_streamed  # noqa: PLC0415 -- loads ijson

    with document.open() as source:
        yield from read_streamed(JsonCursor(source), told)


def _told_by_members(cursor: JsonCursor) -> str:
    """Give the format the first telling member belongs to."""
    if cursor.shape == "object":
        for key in cursor.members():
            if key in _CYCLONEDX:
                return "CycloneDX"
            if key in _SPDX:
                return "SPDX"
    raise BadInputError(
        "is no bill of materials: neither CycloneDX nor SPDX",
        place=cursor.place,
        remedy="export the document as CycloneDX 1.2 to 1.7 or SPDX 2.2, 2.3 or 3.0",
    )


def _form(source: Source) -> str:
    if begins_with_markup(source):
        return "xml"
    head = source.peek(256).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    return "json" if head in (b"{", b"[", b"") else "text"


def _at_hand(given: Path | bytes) -> bytes | None:
    """Give bytes that are an object of JSON at first sight and small in every sense."""
    if isinstance(given, bytes) and given[:1] == b"{" and slim(given):
        return given
    return None


def _whole(source: Source) -> bytes | None:
    """Give the whole document, if it is small in every sense."""
    raw = take_whole(source)
    return raw.removeprefix(b"\xef\xbb\xbf") if raw is not None else None
