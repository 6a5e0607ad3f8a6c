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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from panshi.model.attributes import Attribute

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
    yield FOLDER / "estate-attributes.md", _attributes()
    yield FOLDER / "observers.md", _observers()
    yield from _ticket()
    yield from _frameworks()


def _command_line() -> str:
    from panshi.cli.main import VERBS  # noqa: PLC0415 -- after the environment is set

    parts = ["# Command line\n\nGenerated from `panshi VERB --help`.\n", _help()]
    for verb in VERBS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"panshi.cli.verbs.{verb.replace('-', '_')}").arguments(parser)
        parts += [_help(*words) for words in _actions(parser, verb)]
    return "\n".join(parts)


def _actions(parser: argparse.ArgumentParser, *words: str) -> Iterator[tuple[str, ...]]:
    """Give a verb and all its sub-verbs; lazy ones declare their arguments first."""
    yield words
    from panshi.cli.sub_verbs import SubParser  # noqa: PLC0415 -- after the environment is set

    kinds = argparse._SubParsersAction  # noqa: SLF001 -- argparse has no other way in
    for action in parser._actions:  # noqa: SLF001 -- as above
        for name, inner in action.choices.items() if isinstance(action, kinds) else ():
            if isinstance(inner, SubParser):
                inner.complete()
            yield from _actions(inner, *words, name)


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


def _ticket() -> Iterator[tuple[Path, str]]:
    from ticket_page import page, schema_file  # noqa: PLC0415 -- after the environment is set

    yield FOLDER / "ticket.md", page()
    yield FOLDER / "ticket.schema.json", schema_file()


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


ATTRIBUTES_HEAD = """# Attributes of assets

Generated from `src/panshi/model/attributes/`. An estate file
([how to import one](../how-to/import-your-estate.md)) may state these, per kind; a name or value
that is not here is refused. Several words are a list in YAML and parted cells in a spreadsheet.
Attributes marked *scope* drive the [zero-trust scope](../how-to/choose-zero-trust-fields.md).
"""


def _attributes() -> str:
    """Tell every attribute of every kind of asset, with its type and its words."""
    from panshi.model.asset import AssetKind  # noqa: PLC0415 -- after the environment is set
    from panshi.model.attributes import ATTRIBUTES, COMMON  # noqa: PLC0415 -- as above
    from panshi.protection.zero_trust.scope.deriving import FACTS  # noqa: PLC0415 -- as above

    common = {each.name for each in COMMON}
    head = ("| attribute | type | meaning | words |", "|---|---|---|---|")
    parts = [ATTRIBUTES_HEAD, "## Every kind", "", *head]
    parts += [_attribute(each, scope=False) for each in COMMON]
    for kind in AssetKind:
        own = [each for each in ATTRIBUTES[kind].values() if each.name not in common]
        if own:
            of_scope = FACTS if kind is AssetKind.SYSTEM else ()
            parts += ["", f"## {kind}", "", *head]
            parts += [_attribute(each, scope=each.name in of_scope) for each in own]
    return "\n".join(parts) + "\n"


def _attribute(each: Attribute, *, scope: bool) -> str:
    words = "; ".join(f"`{one.value}` {one.zh}／{one.en}" for one in each.choices)
    marks = (" (required)" if each.required else "") + (" *scope*" if scope else "")
    return f"| `{each.name}`{marks} | {each.type} | {each.zh}／{each.en} | {words} |"


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
