"""Chinese labels of the fields of observation bodies, by subject; a test keeps them complete."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.web.body_labels import observed, offices, ownership, scanned

LABELS: Mapping[str, str] = {
    **observed.LABELS,
    **offices.LABELS,
    **ownership.LABELS,
    **scanned.LABELS,
}
"""A field has one label wherever it occurs."""
