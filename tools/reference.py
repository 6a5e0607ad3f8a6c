"""Write the generated pages of docs/reference, or with --check say which are out of date.

python tools/reference.py [--check]
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import dataclasses
import importlib
import inspect
import io
import json
import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

KINDS_HEAD = """# Kinds of observation

Generated from `src/panshi/model/bodies/`. These are the fields a body may have; lists
([how to import them](../how-to/import-lists.md)) have columns of these names, and checks of
frameworks compare them. A field without a default must be there. The number after the slash is
the version of the kind: a kind never changes its meaning.
"""


def pages() -> Iterator[tuple[Path, str]]:
    """Give each generated page with its text."""
    os.environ |= {"COLUMNS": "100", "PANSHI_LANG": "en"}
    yield FOLDER / "cli.md", _command_line()
    yield FOLDER / "openapi.json", _openapi()
    yield FOLDER / "observation-kinds.md", _kinds()
    yield FOLDER / "observers.md", _observers()
    yield from _frameworks()


def _command_line() -> str:
    from panshi.cli.main import VERBS  # noqa: PLC0415 -- after the environment is set

    parts = ["# Command line\n\nGenerated from `panshi VERB --help`.\n", _help()]
    for verb in VERBS:
        parts += [_help(verb), *(_help(verb, action) for action in _actions(verb))]
    return "\n".join(parts)


def _actions(verb: str) -> tuple[str, ...]:
    """Give the sub-verbs of a verb."""
    parser = argparse.ArgumentParser()
    importlib.import_module(f"panshi.cli.verbs.{verb}").arguments(parser)
    choices = next((a.choices for a in parser._actions if a.dest == "action"), None)  # noqa: SLF001 -- argparse has no other way in
    return tuple(choices or ())


def _help(*words: str) -> str:
    from panshi.cli.main import main  # noqa: PLC0415 -- after the environment is set

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main([*words, "--help"])
    title = " ".join(("panshi", *words))
    level = "###" if len(words) > 1 else "##"
    return f"{level} {title}\n\n```text\n{said.getvalue()}```\n"


def _openapi() -> str:
    from panshi.api.openapi import document  # noqa: PLC0415 -- after the environment is set

    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _observers() -> str:
    from observers_page import page  # noqa: PLC0415 -- after the environment is set

    return page()


def _kinds() -> str:
    """Tell every kind of observation with its fields, as the body types document them."""
    from panshi.model.bodies import KINDS  # noqa: PLC0415 -- after the environment is set

    parts = [KINDS_HEAD]
    parts += [f"* [`{name}`](#{_anchor(name)}) {KINDS[name].title_en}" for name in sorted(KINDS)]
    told: set[type] = set()
    for name, spec in sorted(KINDS.items()):
        marks = ["personal data: erasable"] * spec.personal + [
            "a test: may contradict"
        ] * spec.tests
        parts += ["", f"## {name}", "", f"**{spec.title_zh}** {spec.title_en}"]
        parts[-1] += f" ({'; '.join(marks)})" if marks else ""
        parts += _fields_of(spec.body, told)
    return "\n".join(parts) + "\n"


def _anchor(name: str) -> str:
    """Give the anchor a heading gets on the usual readers of Markdown."""
    return "".join(each for each in name if each.isalnum() or each in "_-")


def _fields_of(body: type, told: set[type]) -> Iterator[str]:
    """Tell the fields of a body, then those of the types it is made of, each type once."""
    told.add(body)
    parsed = ast.parse(textwrap.dedent(inspect.getsource(body))).body[0]
    if not isinstance(parsed, ast.ClassDef):
        return
    yield from ("", " ".join((inspect.getdoc(body) or "").split()), "")
    yield from ("| field | type | default | meaning |", "|---|---|---|---|")
    inner: list[type] = []
    for place, line in enumerate(parsed.body):
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
            continue
        shown = ast.unparse(line.annotation)
        default = f"`{ast.unparse(line.value)}`" if line.value else ""
        row = (f"`{line.target.id}`", f"`{shown}`", default, _said(parsed.body[place + 1 :]))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        names = vars(sys.modules[body.__module__])
        found = (
            names.get(node.id) for node in ast.walk(line.annotation) if isinstance(node, ast.Name)
        )
        inner += [each for each in found if isinstance(each, type)]
    for each in dict.fromkeys(inner):
        if dataclasses.is_dataclass(each) and each not in told:
            yield from ("", f"### {each.__name__}")
            yield from _fields_of(each, told)


def _said(following: list[ast.stmt]) -> str:
    """Give the string that stands under a field."""
    match following:
        case [ast.Expr(value=ast.Constant(value=str() as text)), *_]:
            return " ".join(text.split())
        case _:
            return ""


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
