"""Use case: an estate from a file: preview, then commit what was previewed."""

from __future__ import annotations

import re
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.estate import Estate
from panshi.node.node import Node
from panshi.observe.estate_files import Mode, Preview, read_estate

ESTATE_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


def preview_estate(node: Node, path: Path, estate_id: str, mode: Mode = Mode.REPLACE) -> Preview:
    """Read a file beside the newest version of the estate; nothing is written."""
    if not ESTATE_ID.fullmatch(estate_id):
        raise BadInputError(
            f"{estate_id[:60]!r} is no id of an estate",
            remedy="2 to 63 lower-case letters, digits and hyphens, for example my-bank",
        )
    base = node.estates.head(estate_id)
    return read_estate(path, estate_id=estate_id, as_of=node.clock(), base=base, mode=mode)


def import_estate(
    node: Node, path: Path, estate_id: str, mode: Mode = Mode.REPLACE, *, actor: str
) -> Estate:
    """Commit what a file says as the next version of the estate; a faulty file commits nothing."""
    preview = preview_estate(node, path, estate_id, mode)
    if preview.estate is None or preview.errors:
        first = preview.errors[0] if preview.errors else None
        raise BadInputError(
            str(first.problem) if first else "the file holds no estate",
            place=first.place if first else path.name,
            remedy="correct the file; nothing was written",
        )
    return node.commit_estate(preview.estate, by=actor)
