"""Judgement opens no file, reads no environment and asks no clock.

The import contract cannot see built-ins and methods; these rules read the syntax tree instead.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "panshi"
PURE_ROOMS = (
    "model",
    "evidence",
    "governance",
    "protection",
    "alliance",
    "resilience",
    "report",
)
STANDALONE = SOURCE / "evidence" / "standalone"  # a script for other people's machines

CLOCK_READINGS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
}
OPENINGS = {("io", "open"), ("os", "open"), ("Path", "open"), ("codecs", "open")}
ENVIRONMENT = {("os", "environ"), ("os", "environb"), ("os", "getenv")}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes"}


def impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of everything that reaches outside."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="open" | "input")):
                yield node.lineno, f"{node.func.id}()"
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=attr) if (
                owner,
                attr,
            ) in CLOCK_READINGS | OPENINGS | ENVIRONMENT:
                yield node.lineno, f"{owner}.{attr}"
            case ast.Attribute(value=ast.Call(func=ast.Name(id="Path")), attr="open"):
                yield node.lineno, "Path().open"
            case ast.Attribute(attr=attr) if attr in FILE_METHODS:
                yield node.lineno, f".{attr}"
            case ast.ImportFrom(module=module, names=names):
                for name in names:
                    if (module, name.name) in CLOCK_READINGS | OPENINGS | ENVIRONMENT:
                        yield node.lineno, f"{module}.{name.name}"


def pure_modules() -> list[Path]:
    files = (path for room in PURE_ROOMS for path in (SOURCE / room).rglob("*.py"))
    return sorted(path for path in files if STANDALONE not in path.parents)


def test_judgement_reaches_for_nothing_outside():
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {what}"
        for path in pure_modules()
        for line, what in impurities(ast.parse(path.read_bytes()))
    ]

    assert not found, "pass the bytes or the time as an argument instead:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "fault",
    [
        "open('estate.yaml')",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "datetime.today()",
        "date.today()",
        "datetime.date.today()",
        "time.time()",
        "from time import time",
        "os.environ['PANSHI_HOME']",
        "os.getenv('PANSHI_HOME')",
        "from os import environ",
        "Path('x').read_text()",
        "path.write_bytes(b'')",
        "Path('x').open()",
        "default_clock = datetime.now",
    ],
)
def test_the_rule_sees_each_way_out(fault):
    assert list(impurities(ast.parse(fault)))


@pytest.mark.parametrize(
    "innocent",
    ["now = as_of", "log.open_proof()", "datetime.fromisoformat(text)", "zipped.open('part')"],
)
def test_the_rule_lets_the_innocent_pass(innocent):
    assert not list(impurities(ast.parse(innocent)))
