"""A column of the index: for one attribute, which policies each of its values leaves standing.

A set of policies is one integer. Of `n` policies the low `n` bits of a mask say "all my
conditions on this attribute are true", the high `n` bits "none of them errs". A mask is computed
by evaluating the conditions when a value is first seen, so that a table never knows more or less
than Cedar: of a value without listed constants one mask serves all, of numbers one
mask an interval.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping

from panshi.protection.cedar.conjunctions import Path, path_of
from panshi.protection.cedar.decision import Request
from panshi.protection.cedar.entities import Entity
from panshi.protection.cedar.evaluation import Closure, Lookup, closure
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.syntax import Expr
from panshi.protection.cedar.values import (
    EXTENSIONS,
    Normal,
    SetValue,
    Uid,
    Value,
    normal,
)

MOST = 4096
"Values remembered for one attribute; a caller who invents values must not fill the memory."
PROBE = Uid("\0", "")
"The entity a condition is tried on; no policy can name it."
HASHED = frozenset({str, int, bool, Uid, SetValue, *EXTENSIONS})

HOLDS, FAILS, ERRS = 1, 0, -1


class Missing:
    """In place of a value: the path ends after so many names."""

    def __init__(self, depth: int) -> None:
        """Remember how many names of the path were there."""
        self.depth = depth


class ReadsEntitiesError(Exception):
    """What a condition says of a value depends on other entities."""


class Probe:
    """The entities a condition is tried with: one, with the value where the path leads."""

    def __init__(self, attributes: Mapping[str, Value]) -> None:
        """Hold these attributes."""
        self.entity = Entity(PROBE, attributes)

    def get(self, uid: Uid) -> Entity | None:
        """Give the one entity."""
        if uid != PROBE:
            raise ReadsEntitiesError
        return self.entity

    def ancestors(self, uid: Uid) -> frozenset[Uid]:  # noqa: ARG002 -- the protocol's
        """Refuse: this is not about the value alone."""
        raise ReadsEntitiesError


def outcome(closures: Iterable[Closure], request: Request, entities: Lookup) -> int:
    """Evaluate conditions in order, up to the first that does not hold."""
    for each in closures:
        try:
            value = each(request, entities)
        except EvaluationError:
            return ERRS
        if value is not True:
            return FAILS if value is False else ERRS
    return HOLDS


def slim(mask: int, size: int) -> int:
    """Fold the upper half into one bit that says "none errs": half the width, half the time."""
    low = (1 << size) - 1
    return mask & low | (mask >> size == low) << size


class Table:
    """Value → mask for the values of one type, filled as they are seen."""

    def __init__(self, fill: Callable[[Normal | Missing], int], size: int) -> None:
        """Ask this for what is not known, of so many policies."""
        self.fill = fill
        self.size = size
        self.known: dict[Normal | Missing, int] = {}
        self.slim: dict[Normal | Missing, int] = {}
        "The same, slim."

    def __getitem__(self, value: Normal | Missing) -> int:
        """Give the mask of a value, computed where it is seen for the first time."""
        mask = self.known.get(value)
        if mask is None:
            mask = self.fill(value)
            if len(self.known) < MOST and self.keeps(value):
                self.known[value] = mask
                self.slim[value] = slim(mask, self.size)
        return mask

    def keeps(self, value: Normal | Missing) -> bool:  # noqa: ARG002 -- of one kind of table
        """Whether the value may be told from others by Python's equality."""
        return True


class StringSetTable(Table):
    """Mask by set as handed in; kept for strings only: to Python {1} and {True} are one."""

    def keeps(self, value: Normal | Missing) -> bool:
        """Only sets of strings."""
        return all(type(each) is str for each in value)  # type: ignore[union-attr]


class Column:
    """All conditions on one path."""

    def __init__(self, path: Path, rows: Mapping[tuple[Expr, ...], int], size: int) -> None:
        """Take the rows of conditions with the policies that make them, of so many policies."""
        self.path = path
        self.full = (1 << 2 * size) - 1
        self.rows = tuple(
            (policies, policies | policies << size, tuple(map(closure, row)))
            for row, policies in rows.items()
        )
        constants = [constants_of(each, path) for row in rows for each in row]
        self.simple = None not in constants
        known = frozenset().union(*(each for each in constants if each is not None))
        self.strings = frozenset(each for each in known if type(each) is str)
        self.numbers = sorted(
            {edge for each in known if type(each) is int for edge in (each, each + 1)}
        )
        self.intervals: dict[int, int] = {}
        self.expects = expected_type(rows) if alone(rows) else None
        self.tables: dict[type, Table] = {
            kind: Table(self._tried, size) for kind in (bool, Uid, SetValue, Missing, *EXTENSIONS)
        }
        self.tables[str] = Table(self._of_string, size)
        self.tables[int] = Table(self._of_number, size)
        self.tables[frozenset] = StringSetTable(self._of_set, size)
        self._other_string: int | None = None

    def lookup(self, value: Value | Missing, request: Request, entities: Lookup) -> int:
        """Give the mask of a value, whatever its type."""
        table = self.tables.get(type(value))
        known: Normal | Missing
        if table is not None:
            known = value  # type: ignore[assignment]
        elif isinstance(value, frozenset | set | tuple | list):
            known, table = normal(value), self.tables[SetValue]
        else:
            return self.direct(request, entities)
        try:
            return table[known]
        except ReadsEntitiesError:
            return self.direct(request, entities)

    def direct(self, request: Request, entities: Lookup) -> int:
        """Evaluate the conditions as they stand."""
        mask = self.full
        for policies, both, closures in self.rows:
            found = outcome(closures, request, entities)
            if found != HOLDS:
                mask &= ~(policies if found == FAILS else both)
        return mask

    def _tried(self, value: Normal | Missing) -> int:
        names = self.path.names
        tree: dict[str, Value] = {}
        if isinstance(value, Missing):
            names = names[: value.depth]
            inner: Value = {}
        else:
            inner = value
        for name in reversed(names):
            inner = {name: inner}
        if isinstance(inner, Mapping):
            tree.update(inner)
        return self.direct(Request(PROBE, PROBE, PROBE, tree), Probe(tree))

    def _of_set(self, value: Normal | Missing) -> int:
        return self._tried(value if isinstance(value, Missing) else normal(value))

    def _of_string(self, value: Normal | Missing) -> int:
        if not self.simple or value in self.strings:
            return self._tried(value)
        if self._other_string is None:
            other = "".join(self.strings) + "?"
            self._other_string = self._tried(other)
        return self._other_string

    def _of_number(self, value: Normal | Missing) -> int:
        if not self.simple or type(value) is not int:
            return self._tried(value)
        at = bisect_right(self.numbers, value)
        mask = self.intervals.get(at)
        if mask is None:
            mask = self.intervals[at] = self._tried(value)
        return mask


SIMPLE = frozenset({"!", "&&", "||", "if", "==", "!=", "<", "<=", ">", ">=", "check", "has"})


def constants_of(expr: Expr, path: Path) -> frozenset[object] | None:
    """List the constants an expression compares the path with, if it does nothing else."""
    if path_of(expr) == path:
        return frozenset()
    match expr:
        case Expr("value", (), data):
            return frozenset(data) if type(data) is SetValue else frozenset({data})
        case Expr("contains", (Expr("value"), _)) | Expr("has", (_,)):
            parts = expr.args if expr.op == "contains" else ()
        case Expr(op, parts) if op in SIMPLE:
            pass
        case _:
            return None
    found = [constants_of(part, path) for part in parts]
    if any(each is None for each in found):
        return None
    return frozenset().union(*(each for each in found if each is not None))


def alone(rows: Iterable[tuple[Expr, ...]]) -> bool:
    """Whether the conditions read no entity, so that the value alone decides."""
    todo = [expr for row in rows for expr in row]
    while todo:
        expr = todo.pop()
        reaches = expr.op in {".", "has"} and path_of(expr.args[0]) is None
        if reaches or expr.op in {"in", "hasTag", "getTag"}:
            return False
        todo += expr.args
    return True


def expected_type(rows: Iterable[tuple[Expr, ...]]) -> type:
    """Guess from the constants what type most values will have; a wrong guess only costs time."""
    todo = [expr for row in rows for expr in row]
    found: dict[type, int] = {}
    while todo:
        expr = todo.pop()
        kind: type | None = None
        if expr.op == "value":
            kind = type(expr.data)
        elif expr.op in {"containsAll", "containsAny", "contains", "isEmpty"}:
            kind = None if expr.args[0].op == "value" else frozenset
        if kind is SetValue:
            kind = type(next(iter(expr.data), ""))  # type: ignore[call-overload]
        if kind is not None:
            found[kind] = found.get(kind, 0) + 1
        todo += expr.args
    best = max(found, key=lambda each: found[each], default=bool)
    return best if best in {str, int, Uid, frozenset} else bool
