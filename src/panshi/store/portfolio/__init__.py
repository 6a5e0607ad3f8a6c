"""The portfolio at rest: original documents, and an index derived from log and originals.

`documents/` below `HOME/supply_chain/` holds the bytes as they came and is the only copy of them.
`portfolio.sqlite3` beside it is derived: `panshi sbom rebuild` makes it anew.
"""

from panshi.store.portfolio.documents import Documents
from panshi.store.portfolio.index import Delivery, PortfolioIndex, Reading, Writing

FOLDER = "supply_chain"
"Name of the directory below PANSHI_HOME."

__all__ = ["FOLDER", "Delivery", "Documents", "PortfolioIndex", "Reading", "Writing"]
