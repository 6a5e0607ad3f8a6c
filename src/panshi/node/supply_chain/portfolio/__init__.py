"""The portfolio: which system is made of what, and what is known against it.

    ingest(node, Path("bill.json"), system="system:core")
    portfolio(node).current("system:core")
    findings(node, filters=FindingFilters(kev=True), sort=Sort.DUE)
    affected(node, "CVE-2024-35195")
    rematch(node, changes_after=cursor)

The evidence log and the kept originals are the truth; the rest is derived and follows them.
"""

from panshi.node.supply_chain.portfolio.asking import Counts
from panshi.node.supply_chain.portfolio.ingesting import (
    Ingested,
    Rebuilt,
    Sending,
    forget,
    ingest,
    ingest_many,
    rebuild,
)
from panshi.node.supply_chain.portfolio.listing import (
    Affected,
    affected,
    counts,
    findings,
    rematch,
    sequence,
)
from panshi.node.supply_chain.portfolio.view import Document, Package, Portfolio, portfolio
from panshi.protection.supply_chain.findings.finding import Page

__all__ = [
    "Affected",
    "Counts",
    "Document",
    "Ingested",
    "Package",
    "Page",
    "Portfolio",
    "Rebuilt",
    "Sending",
    "affected",
    "counts",
    "findings",
    "forget",
    "ingest",
    "ingest_many",
    "portfolio",
    "rebuild",
    "rematch",
    "sequence",
]
