"""CycloneDX 1.2 to 1.7, JSON and XML (ECMA-424): one `sbom.document/1` per file.

The component the document is about (`metadata.component`) gives the subject and is not counted
among its own parts. A document without any list of components, such as a bare VEX, is a look that
failed: it must not replace the bill of materials it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.observation import Observation
from panshi.observe.bill import read_bill
from panshi.observe.port import Look


class CycloneDx:
    """Reads CycloneDX documents."""

    name = "cyclonedx"
    title_zh = "CycloneDX 軟體物料清單"
    title_en = "CycloneDX software bill of materials"
    needs_path = True
    kinds = ("sbom.document/1",)
    suffixes = (".cdx.json", ".cdx.xml", ".json", ".xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of the software the document describes."""
        yield read_bill(look, "CycloneDX")


OBSERVER = CycloneDx()
