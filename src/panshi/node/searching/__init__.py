"""Use case: search over everything, and the trail of who did what.

    search(node, "備份", may=may, estate_id="demo-bank")
    trail(node, TraceFilter(actor="wang"))

The index is derived. It is brought up to date before each answer, a bounded stretch of the log at
a time, so that a search is never long for what others wrote.
"""

from panshi.node.searching.feeding import bring_up_to_date, index_of
from panshi.node.searching.finding import Hit, Results, search, search_kind, trail

__all__ = [
    "Hit",
    "Results",
    "bring_up_to_date",
    "index_of",
    "search",
    "search_kind",
    "trail",
]
