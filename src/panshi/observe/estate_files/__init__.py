"""Read an estate from a file: the XLSX template, YAML, or CycloneDX as JSON or XML.

Reading writes nothing. It gives a preview: the estate the file would become and what that
changes, or every error with its place (`host!C17`, `line 17`, `/components/3`) and no estate at
all. A file that cannot be trusted as a whole (truncated, too large, hostile) raises
`BadInputError`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.estate import Estate
from panshi.observe.estate_files.bom_json import read_bom_json
from panshi.observe.estate_files.bom_xml import read_bom_xml
from panshi.observe.estate_files.draft import Draft
from panshi.observe.estate_files.preview import Format, Mode, Preview, RowError
from panshi.observe.estate_files.xlsx import read_xlsx
from panshi.observe.estate_files.yaml_text import read_yaml

__all__ = ["Format", "Mode", "Preview", "RowError", "format_of", "read_estate"]

_SUFFIXES = {
    ".xlsx": Format.XLSX,
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".json": Format.CYCLONEDX_JSON,
    ".xml": Format.CYCLONEDX_XML,
}
_READERS = {
    Format.XLSX: read_xlsx,
    Format.YAML: read_yaml,
    Format.CYCLONEDX_JSON: read_bom_json,
    Format.CYCLONEDX_XML: read_bom_xml,
}


def read_estate(
    path: Path,
    *,
    estate_id: str,
    as_of: datetime,
    base: Estate | None = None,
    mode: Mode = Mode.REPLACE,
) -> Preview:
    """Read a file and compare it with `base`, the version it would follow."""
    form = format_of(path)
    draft = Draft(path.name, form, estate_id=estate_id, as_of=as_of, base=base)
    _READERS[form](path, draft)
    return draft.finish(mode)


def format_of(path: Path) -> Format:
    """Tell the form of a file by the end of its name."""
    form = _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise BadInputError(
            "an estate file of an unknown form",
            place=str(path),
            remedy=f"its name ends in {', '.join(_SUFFIXES)}",
        )
    return form
