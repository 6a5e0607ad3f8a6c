"""The string under each field of a dataclass or typed dict, as its description in the schema."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def notes(kind: type) -> dict[str, str]:
    """Give the description of each field that has one; none where the source is not there."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if each.__module__.startswith("panshi."):
            found |= _own(each)
    return found


def _own(kind: type) -> dict[str, str]:
    try:
        parsed = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    except (OSError, TypeError, SyntaxError):
        return {}
    body = parsed.body if isinstance(parsed, ast.ClassDef) else []
    found: dict[str, str] = {}
    for line, following in pairwise(body):
        match line, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ):
                found[name] = " ".join(text.split())
            case _:
                pass
    return found
