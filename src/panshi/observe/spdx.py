"""SPDX 2.2 and 2.3 (ISO/IEC 5962) as JSON or tag-value, 3.0 as JSON-LD: `sbom.document/1`.

The one package a document describes gives the subject and is not counted among its own parts;
files are no parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.observation import Observation
from panshi.observe.bill import read_bill
from panshi.observe.port import Look


class Spdx:
    """Reads SPDX documents."""

    name = "spdx"
    title_zh = "SPDX 軟體物料清單"
    title_en = "SPDX software bill of materials"
    needs_path = True
    kinds = ("sbom.document/1",)
    suffixes = (".spdx.json", ".spdx", ".json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of the software the document describes."""
        yield read_bill(look, "SPDX")


OBSERVER = Spdx()
