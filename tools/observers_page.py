"""The reference page of the observers, from their registry; `tools/reference.py` writes it."""

from __future__ import annotations

from panshi.model.bodies import KINDS
from panshi.observe.openscap import EVALUATED_SHARE_NEEDED
from panshi.observe.reading.limits import DEFAULT, MIB
from panshi.observe.sources import SOURCES

HEAD = """# Observers 觀測

Generated from the registry `panshi.observe.sources`. Each is asked for by its name:

    panshi observe NAME FILE

| Name | 來源 | Source | Yields | Usual file names |
|---|---|---|---|---|
"""
WIDELY = 8
"An observer of more kinds than this names the kinds below the table."


def page() -> str:
    """Give the page."""
    rows, wide = [], []
    for name, each in SOURCES.items():
        kinds = "see below" if len(each.kinds) > WIDELY else "<br>".join(map(_code, each.kinds))
        if len(each.kinds) > WIDELY:
            wide.append((name, each.kinds))
        files = ", ".join(map(_code, each.suffixes)) if each.needs_path else "none"
        rows.append(f"| `{name}` | {each.title_zh} | {each.title_en} | {kinds} | {files} |\n")
    return HEAD + "".join(rows) + "".join(_kinds(*each) for each in wide) + _bounds()


def _kinds(name: str, kinds: tuple[str, ...]) -> str:
    lines = "".join(
        f"| `{each}` | {KINDS[each].title_zh} | {KINDS[each].title_en} |\n" for each in kinds
    )
    return f"\n## Kinds of `{name}`\n\n| Kind | 名稱 | Title |\n|---|---|---|\n{lines}"


def _bounds() -> str:
    return f"""
## Bounds

What exceeds one of these is refused with its place and exit code 3; nothing of the file is kept.
XML is bounded further by libxml2, which refuses any text of over 10 million characters.

| Bound | JSON, XML and text files |
|---|---|
| size of the file | {DEFAULT.max_bytes // MIB:,} MiB |
| levels of nesting | {DEFAULT.max_depth} |
| entries taken from a file (components, results, rules, lines) | {DEFAULT.max_items:,} |
| values held at once as one entry | {DEFAULT.max_entry:,} |
| one text or line | {DEFAULT.max_text // MIB:,} MiB |

A folder, device, pipe or packed file is refused; document types with entities are refused; nothing
is ever fetched. A benchmark result counts as seen when at least \
{EVALUATED_SHARE_NEEDED:.0%} of the rules that apply were evaluated.
"""


def _code(text: str) -> str:
    return f"`{text}`"
