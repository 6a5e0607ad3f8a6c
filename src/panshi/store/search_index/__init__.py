"""The search index: derived from log, estates and content, rebuilt whenever it is missing.

Nothing in it is the only copy of anything. It holds words to find things by and a trail to page
through; deleting the file loses nothing but the time to build it again.
"""

from panshi.store.search_index.entries import Entry, Found, Trace, TraceFilter
from panshi.store.search_index.index import SearchIndex

__all__ = ["Entry", "Found", "SearchIndex", "Trace", "TraceFilter"]
