"""Where a stream is cut: databases at their pages, everything else by its content.

A row written into the middle of a database file touches one page, so SQLite files and PostgreSQL
heaps are cut at 8 KiB (or the page size, where larger) and only touched pages are new. Other
streams are cut by FastCDC (Xia et al., USENIX ATC 2016), so that inserted lines do not shift every
later cut. Cuts need not be reproducible: a different cut costs space, never data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyfastcdc import FastCDC

AVERAGE = 16 << 10
LEAST_CUT, MOST_CUT = AVERAGE // 4, AVERAGE * 4
PAGE = 8 << 10
SQLITE_MAGIC = b"SQLite format 3\x00"
_HEAP_LAYOUT = 4
"Version of PostgreSQL's page layout since 8.3, kept with the page size in pd_pagesize_version."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """How one stream is cut: at multiples of `page`, or by content where it is 0."""

    page: int = 0

    @classmethod
    def for_start(cls, start: bytes | memoryview) -> Cutter:
        """Choose by the first bytes of the stream."""
        head = bytes(start[:32])
        if head.startswith(SQLITE_MAGIC) and len(head) >= 18:  # noqa: PLR2004 -- where its size is
            size = int.from_bytes(head[16:18])
            return cls(page=max(PAGE, 65536 if size == 1 else size))
        if len(head) >= 20 and int.from_bytes(head[18:20], "little") == PAGE | _HEAP_LAYOUT:  # noqa: PLR2004 -- pd_pagesize_version
            return cls(page=PAGE)
        return cls()

    def cuts(self, block: memoryview, *, last: bool) -> Iterator[int]:
        """Yield the length of each chunk; the rest of the block waits for more unless `last`."""
        if self.page:
            whole = len(block) // self.page
            yield from (self.page for _ in range(whole))
            if last and len(block) > whole * self.page:
                yield len(block) - whole * self.page
            return
        end = len(block)
        for chunk in _by_content().cut_buf(block):
            if last or chunk.offset + chunk.length < end:
                yield chunk.length


def _by_content() -> FastCDC:
    return FastCDC(avg_size=AVERAGE, min_size=LEAST_CUT, max_size=MOST_CUT)
