"""The parts of an estate file: sheets, columns, keys and property names.

Shared by the reader (`panshi.observe.estate_files`) and the writer
(`panshi.report.estate_files`).

One sheet per kind of asset, row 1 machine names, row 2 labels, assets from row 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.asset import AssetKind
from panshi.model.attributes import ATTRIBUTES, Attribute

FORMAT_VERSION = 1
"Version of the YAML layout, its key `panshi_estate`."

ESTATE_SHEET, RELATIONS_SHEET, GUIDE_SHEET = "estate", "relations", "guide"
LABEL_ROW = 2
"The row of labels; it may be missing."

ESTATE_LABELS = {
    "name_zh": "機構名稱（中文）\nName in Chinese",
    "name_en": "機構名稱（英文）\nName in English",
    "demo": "示範資料\nDemo data",
}
"Columns of the sheet about the estate itself, and their labels."

RELATION_LABELS = {
    "kind": "關係\nRelation",
    "source": "來源資產識別碼\nIdentity it begins at",
    "target": "目標資產識別碼\nIdentity it ends at",
}
"Columns of the sheet of relations, and their labels."

PROPERTY = "panshi:"
"Prefix of our CycloneDX properties: `panshi:kind`, `panshi:relation:runs_on`, …"
ATTRIBUTE_PROPERTY = "panshi:attribute:"
RELATION_PROPERTY = "panshi:relation:"
BOM_REF = "bom-ref:"
"Prefix of the identifier that keeps the `bom-ref` of a component that has no BOM-Link."


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet of assets."""

    name: str
    zh: str
    en: str
    many: bool = False
    required: bool = False
    attribute: Attribute | None = None
    "None for the columns every asset has: id, name, identifiers, inventories."

    @property
    def label(self) -> str:
        """What row 2 says."""
        return f"{self.zh}\n{self.en}"


OWN_COLUMNS = (
    Column(name="id", zh="識別碼", en="Identity", required=True),
    Column(name="name", zh="名稱", en="Name", required=True),
    Column(name="identifiers", zh="其他識別名稱", en="Other identifiers", many=True),
    Column(name="inventories", zh="來源清冊", en="Inventories", many=True),
)


def columns(kind: AssetKind) -> tuple[Column, ...]:
    """Columns of the sheet of one kind."""
    return (
        *OWN_COLUMNS,
        *(
            Column(
                name=attribute.name,
                zh=attribute.zh,
                en=attribute.en,
                many=attribute.type.many,
                required=attribute.required,
                attribute=attribute,
            )
            for attribute in ATTRIBUTES[kind].values()
        ),
    )


def join_parts(parts: tuple[str, ...]) -> str:
    """Write several texts into one cell, so that `split_parts` gives them back."""
    if not parts:
        return "[]"
    if parts == ("[]",) or any(sign in part for part in parts for sign in ";；"):
        return "".join(f"{part}\n" for part in parts)
    return "; ".join(parts)


def split_parts(cell: str) -> tuple[str, ...]:
    """Read several texts out of one cell: one per line, else between semicolons."""
    if cell.strip() == "[]" and "\n" not in cell:
        return ()
    parts = cell.split("\n") if "\n" in cell else cell.replace("；", ";").split(";")
    return tuple(part.strip() for part in parts if part.strip())
