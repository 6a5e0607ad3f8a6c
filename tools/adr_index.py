"""Write the index of decisions in docs/adr/README.md, or with --check say that it is stale."""

import argparse
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"

TITLE = re.compile(r"^# (?:ADR )?\d*[.:]?\s*(?P<title>.+)$", re.MULTILINE)

HEAD = """# Architecture decisions

Why the house is built as it is, one page per decision. To add one, copy `template.md` to the next
free number and run `make docs`.

"""


def index(folder: Path) -> str:
    """List the decisions by number, each with its own first line."""
    entries = []
    for page in sorted(folder.glob("[0-9]*.md")):
        heading = TITLE.search(page.read_text(encoding="utf-8"))
        title = heading["title"] if heading else page.stem
        entries.append(f"* [{page.name[:4]}]({page.name}) {title}\n")
    return HEAD + "".join(entries)


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    page, text = folder / "README.md", index(folder)
    if not parser.parse_args(arguments).check:
        page.write_text(text, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        print("docs/adr/README.md is out of date: run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
