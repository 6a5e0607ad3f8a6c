"""Bills of materials: CycloneDX 1.2 to 1.7 (JSON, XML), SPDX 2.2, 2.3 (JSON, tag-value) and 3.0.

Workflow: `open_bom` gives a stream of components; after it the head, defects and embedded
statements on exploitability. One bad component is a defect and never costs the document.
`strict.check_bom` holds a document to its official schema; `writing` makes documents.
"""

from __future__ import annotations

from panshi.observe.bom.document import LIMITS
from panshi.observe.bom.opening import open_bom
from panshi.observe.bom.stream import BomStream

__all__ = ["LIMITS", "BomStream", "open_bom"]
