"""The sizes and names a reader can live with (see CONTRIBUTING.md)."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "panshi"
MODULE_CAP = 500
ONE_FILE = {"store/vault/standalone/panshi_restore.py": 600}
"What must work alone, its word list within, may be a little longer."
MODULE_MEDIAN = 150
FUNCTION_CAP = 60
DRAWERS = {"utils", "util", "common", "core", "manager", "managers", "misc", "helpers", "helper"}
ENTRY_POINTS = {
    SOURCE / "cli" / "main.py",
    SOURCE / "api" / "asgi.py",
    SOURCE / "api" / "taxii" / "serving.py",
    SOURCE / "pdp" / "connection.py",
    SOURCE / "observe" / "plugins.py",
    SOURCE / "node" / "watching.py",
    SOURCE / "node" / "resilience" / "drills.py",
    SOURCE / "node" / "resilience" / "drill_watch.py",
    SOURCE / "node" / "resilience" / "sealing_order.py",
    SOURCE / "node" / "resilience" / "vault" / "writing.py",
}
"""Where anything unforeseen becomes an exit code, a 500, a failed look of a plug-in's foreign code,
a refused file of a watched folder, a failed drill, order or place, and may so be caught."""


def modules() -> list[Path]:
    """Ours, written by hand: Django writes the migrations."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def lines(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def long_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_CAP:
                yield f"{node.lineno}: {node.name} has {length} lines"


def broad_handlers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or passes_on(node):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for kind in caught:
            if kind is None or (
                isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}
            ):
                yield f"{node.lineno}: catches everything"


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Whether the handler only cleans up: what ends in a bare `raise` hides nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def faults(rule, paths) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}:{fault}"
        for path in paths
        for fault in rule(ast.parse(path.read_bytes()))
    ]


def test_no_module_is_longer_than_the_cap():
    too_long = {str(path.relative_to(SOURCE)): lines(path) for path in modules()}

    assert not {
        name: length for name, length in too_long.items() if length > ONE_FILE.get(name, MODULE_CAP)
    }


def test_the_median_module_fits_on_three_screens():
    lengths = [length for path in modules() if (length := lines(path)) > 1]

    assert statistics.median(lengths) <= MODULE_MEDIAN


def test_no_function_is_longer_than_the_cap():
    found = faults(long_functions, modules())

    assert not found, "\n".join(found)


def test_only_entry_points_catch_everything():
    found = faults(broad_handlers, (path for path in modules() if path not in ENTRY_POINTS))

    assert not found, "name the exceptions you can answer:\n" + "\n".join(found)


def test_no_room_is_a_drawer_for_leftovers():
    named = [path for path in SOURCE.rglob("*") if path.stem in DRAWERS and not vendored(path)]

    assert not named


def test_knowledge_is_data_not_code():
    assert not list((SOURCE / "content").rglob("*.py"))


def vendored(path: Path) -> bool:
    return "vendor" in path.parts


@pytest.mark.parametrize(
    "handler", ["except:", "except Exception:", "except (ValueError, BaseException) as e:"]
)
def test_the_rule_sees_each_broad_handler(handler):
    assert list(broad_handlers(ast.parse(f"try:\n    pass\n{handler}\n    pass")))


def test_the_rule_lets_a_clean_up_pass():
    clean_up = "try:\n    pass\nexcept BaseException:\n    close()\n    raise"

    assert not list(broad_handlers(ast.parse(clean_up)))
