"""Write the generated pages of docs/reference, or with --check say which are out of date.

python tools/reference.py [--check]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def pages() -> Iterator[tuple[Path, str]]:
    """Give each generated page with its text."""
    os.environ |= {"COLUMNS": "100", "PANSHI_LANG": "en"}
    yield FOLDER / "cli.md", _command_line()
    yield FOLDER / "openapi.json", _openapi()
    yield FOLDER / "observers.md", _observers()
    yield from _frameworks()


def _command_line() -> str:
    from panshi.cli.main import VERBS  # noqa: PLC0415 -- after the environment is set

    parts = ["# Command line\n\nGenerated from `panshi VERB --help`.\n", _help()]
    parts += [_help(verb) for verb in VERBS]
    return "\n".join(parts)


def _help(*words: str) -> str:
    from panshi.cli.main import main  # noqa: PLC0415 -- after the environment is set

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main([*words, "--help"])
    title = " ".join(("panshi", *words))
    return f"## {title}\n\n```text\n{said.getvalue()}```\n"


def _openapi() -> str:
    from panshi.api.openapi import document  # noqa: PLC0415 -- after the environment is set

    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _observers() -> str:
    from observers_page import page  # noqa: PLC0415 -- after the environment is set

    return page()


def _frameworks() -> Iterator[tuple[Path, str]]:
    from panshi.governance.frameworks.documents import load_documents  # noqa: PLC0415 -- as above
    from panshi.governance.frameworks.load import load_framework  # noqa: PLC0415 -- as above
    from panshi.report.framework_pages import (  # noqa: PLC0415 -- as above
        coverage_page,
        framework_page,
    )
    from panshi.store import library  # noqa: PLC0415 -- as above

    name, raw = library.documents()
    documents = load_documents(raw, source=name)
    frameworks = [load_framework(raw, source=name) for name, raw in library.frameworks()]
    yield FOLDER / "coverage.md", coverage_page(frameworks) + "\n"
    for each in frameworks:
        yield FOLDER / "frameworks" / f"{each.id}.md", framework_page(each, documents)


def main() -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for path, text in pages():
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(path.name)
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)}; run python tools/reference.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
