"""Lists taken away as CSV (RFC 4180), streamed, harmless where a spreadsheet opens them.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would run as a formula; such
text gets an apostrophe before it (OWASP, CSV injection). Numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"
"Byte order mark, so that spreadsheets read UTF-8."


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """Give the line."""
        return text


def csv_lines(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Answer with a CSV file."""
    return StreamingHttpResponse(
        _lines(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def harmless(value: object) -> object:
    """Give a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return f"'{value}"
    return value


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield MARK + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([harmless(each) for each in row]))
