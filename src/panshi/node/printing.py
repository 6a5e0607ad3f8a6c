"""The press: a document of values becomes a PDF for archiving (PDF/A-2a and PDF/UA-1).

Typst gets the packaged template, the packaged fonts and the document's data, nothing else: no
system fonts, no packages, no files below any other folder, no clock. What Typst cannot set in
full conformance it refuses, and so do we.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from panshi.errors import ContentError, PanshiError
from panshi.report.paper.document import Document
from panshi.report.paper.glyphs import Glyphs, drawable
from panshi.report.paper.typeset import typeset_data

FONTS = ("NotoSansTC-Regular.ttf", "NotoSansTC-Bold.ttf")
STANDARDS = ("a-2a", "ua-1")
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, kw_only=True)
class Press:
    """Template and fonts, read once for a process."""

    template: bytes
    fonts: Any
    "`typst.Fonts` over the packaged folder."
    folder: Path
    drawable: frozenset[int]

    def pdf(self, document: Document) -> bytes:
        """Set a document; the same document gives the same bytes."""
        made = self._set(document, format="pdf", pdf_standards=list(STANDARDS))
        return bytes(made)

    def pictures(self, document: Document, *, dots_per_inch: int) -> tuple[bytes, ...]:
        """Give each page as a picture (PNG)."""
        made = self._set(document, format="png", ppi=dots_per_inch)
        return tuple(made) if isinstance(made, list) else (bytes(made),)

    def _set(self, document: Document, **options: Any) -> Any:  # noqa: ANN401 -- as Typst has it
        import typst  # noqa: PLC0415 -- 35 MB that only printing needs

        data = typeset_data(document, Glyphs(drawable=self.drawable))
        compiler = typst.Compiler(root=self.folder, font_paths=self.fonts, ignore_system_fonts=True)
        try:
            return compiler.compile(
                self.template,
                sys_inputs={"document": data.decode()},
                timestamp=document.as_of.replace(microsecond=0),
                **options,
            )
        except typst.TypstError as error:
            raise PanshiError(
                f"the report cannot be set: {error.message}",
                place=document.id,
                remedy="report it, with the language and the kind of report",
            ) from error


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF of ours; its page objects are never compressed."""
    return len(_PAGE.findall(pdf))


@cache
def press() -> Press:
    """Load template and fonts; they are part of the package."""
    import typst  # noqa: PLC0415 -- 35 MB that only printing needs

    content = files("panshi")
    with as_file(content.joinpath("content", "fonts")) as folder:
        try:
            raw = tuple(folder.joinpath(name).read_bytes() for name in FONTS)
        except OSError as error:
            raise ContentError(
                "a font of the package is missing",
                place=str(folder),
                remedy="`make setup` fetches it; a wheel carries it",
            ) from error
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
        )
        template = content.joinpath("report", "paper", "paper.typ").read_bytes()
    return Press(template=template, fonts=fonts, folder=Path(folder), drawable=drawable(raw))
