"""Which condition of which policy is looked up in which column.

Conditions on one attribute go into that attribute's column; what concerns only the principal (or
only the resource, or the action) is settled once an entity; a comparison of two attributes is a
joint, asked of each request, with checks in the columns of both that it will not err. A condition
that may err for other reasons, and all that follow it in its policy, are run in order, and only
for the policies all of whose earlier conditions hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from panshi.protection.cedar.columns import Column
from panshi.protection.cedar.conjunctions import Path, Policy, fitness, path_of, reads
from panshi.protection.cedar.evaluation import Closure, closure
from panshi.protection.cedar.syntax import Expr, Scope
from panshi.protection.cedar.values import Uid

EAGER = 32
"Joints asked of every request; rarer ones only for the policies still standing."
FEW = 8
"So few joints are all asked of every request."


class ScopeTable:
    """Which policies a principal or a resource is in the scope of."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        """Take the scopes in the order of the policies."""
        self.always = 0
        self.equal: dict[Uid, int] = {}
        self.within: dict[Uid, int] = {}
        self.kind: dict[str, int] = {}
        self.kind_within: dict[tuple[str, Uid], int] = {}
        for number, scope in enumerate(scopes):
            bit = 1 << number
            match scope.op:
                case "all":
                    self.always |= bit
                case "is":
                    self.kind[scope.type] = self.kind.get(scope.type, 0) | bit
                case "is in":
                    pair = (scope.type, scope.entities[0])
                    self.kind_within[pair] = self.kind_within.get(pair, 0) | bit
                case _:
                    table = self.equal if scope.op == "==" else self.within
                    for uid in scope.entities:
                        table[uid] = table.get(uid, 0) | bit
        self.climbs = bool(self.within or self.kind_within)

    def of(self, uid: Uid, ancestors: frozenset[Uid]) -> int:
        """Give the policies whose scope it is in."""
        mask = self.always | self.equal.get(uid, 0) | self.kind.get(uid.type, 0)
        if self.climbs:
            for each in (uid, *ancestors):
                mask |= self.within.get(each, 0) | self.kind_within.get((uid.type, each), 0)
        return mask


class Sequences:
    """Of each policy some conditions in its order, compiled when they are first needed."""

    def __init__(self, conditions: Callable[[int], Iterable[Expr]]) -> None:
        """Ask this for the conditions of a policy."""
        self._conditions = conditions
        self._compiled: dict[int, tuple[Closure, ...]] = {}

    def __getitem__(self, number: int) -> tuple[Closure, ...]:
        """Give the conditions of a policy."""
        found = self._compiled.get(number)
        if found is None:
            found = tuple(map(closure, self._conditions(number)))
            self._compiled[number] = found
        return found


@dataclass(slots=True, kw_only=True)
class Side:
    """What is settled once for an entity as principal, action or resource."""

    variable: str
    scope: ScopeTable
    columns: tuple[Column, ...]
    loose: Column
    "Conditions on the entity that are not about one attribute."
    sequences: Sequences
    "Of each policy, all its conditions settled here, in order."
    extracts: tuple[Path, ...] = ()
    "Attributes that joints compare."


@dataclass(slots=True, kw_only=True)
class Joint:
    """A condition on several attributes at once."""

    expr: Expr
    holds: Closure
    policies: int


@dataclass(slots=True)
class _Rows:
    """The conditions of one policy, on their way into columns."""

    columns: dict[Path, list[Expr]] = field(default_factory=dict)
    rest: list[Expr] = field(default_factory=list)
    "In order, from the first that may err on."
    joints: list[Expr] = field(default_factory=list)
    present: list[tuple[Path, Expr]] = field(default_factory=list)
    "`has` on the context, seen so far."

    def take(self, atom: Expr) -> None:
        """Put one condition where it belongs."""
        paths = reads(atom)
        variables = {path.variable for path in paths} or {"action"}
        if self.rest:
            self.rest.append(atom)
        elif variables == {"context"} and len(paths) == 1 and next(iter(paths)).names:
            self._into_context(next(iter(paths)), atom)
        elif len(variables) == 1 and "context" not in variables:
            path = next(iter(paths)) if len(paths) == 1 else Path(variables.pop())
            self._into(path if path.names else Path(path.variable), atom)
        else:
            self._join(atom)

    def _into(self, path: Path, atom: Expr) -> None:
        self.columns.setdefault(path, []).append(atom)

    def _into_context(self, path: Path, atom: Expr) -> None:
        if path not in self.columns:  # an absent prefix that the policy asks about is no error
            known = [
                each
                for prefix, each in self.present
                if prefix.names == path.names[: len(prefix.names)] and prefix != path
            ]
            self.columns[path] = known
        self._into(path, atom)
        if atom.op == "has":
            self.present.append((path, atom))

    def _join(self, atom: Expr) -> None:
        checks = fitness(atom)
        if checks is None:
            self.rest.append(atom)
            return
        for check in checks:
            path = path_of(check.args[0])
            if path is None:
                raise AssertionError(check)
            if path.variable == "context":
                self._into_context(path, check)
            else:
                self._into(path, check)
        self.joints.append(atom)


def _may_skip(expr: Expr) -> bool:
    return expr.op in {"&&", "||", "<", "<=", ">", ">="} or any(map(_may_skip, expr.args))


class Index:
    """A set of policies as columns; knows no entity."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        """Spread the conditions of the policies, whose places are their bits."""
        self.policies = tuple(policies)
        self.size = len(self.policies)
        self.low = (1 << self.size) - 1
        self.high = self.low << self.size
        self.forbid = sum(1 << i for i, each in enumerate(self.policies) if not each.permits)
        self.sequences = Sequences(lambda number: self.policies[number].sequence())
        rows = [_Rows() for _ in self.policies]
        for row, policy in zip(rows, self.policies, strict=True):
            for atom in policy.atoms:
                row.take(atom)
        self.eager, late = self._joints(rows)
        self.rest = {
            number: tuple(map(closure, (*(j for j in row.joints if j in late), *row.rest)))
            for number, row in enumerate(rows)
            if row.rest or not late.isdisjoint(row.joints)
        }
        self.unsettled = sum(1 << number for number in self.rest)
        self.doubtful = sum(
            1 << number for number, row in enumerate(rows) if any(map(_may_skip, row.joints))
        )
        "May hold although a check errs: `||` leaves operands unread, `<` also orders instants."
        columns = self._columns(rows)
        self.context = tuple(each for each in columns if each.path.variable == "context")
        self.sides = {
            name: self._side(name, columns, rows) for name in ("principal", "action", "resource")
        }

    def _joints(self, rows: Sequence[_Rows]) -> tuple[tuple[Joint, ...], frozenset[Expr]]:
        shared: dict[Expr, int] = {}
        for number, row in enumerate(rows):
            for atom in row.joints:
                shared[atom] = shared.get(atom, 0) | 1 << number
        ranked = sorted(shared, key=lambda each: -shared[each].bit_count())
        few = len(ranked) <= FEW
        eager = [each for each in ranked[:EAGER] if few or shared[each].bit_count() > 1]
        joints = (Joint(expr=e, holds=closure(e), policies=shared[e]) for e in eager)
        return tuple(joints), frozenset(shared) - frozenset(eager)

    def _columns(self, rows: Sequence[_Rows]) -> tuple[Column, ...]:
        gathered: dict[Path, dict[tuple[Expr, ...], int]] = {}
        for number, row in enumerate(rows):
            for path, atoms in row.columns.items():
                column = gathered.setdefault(path, {})
                conditions = tuple(dict.fromkeys(atoms))
                column[conditions] = column.get(conditions, 0) | 1 << number
        return tuple(Column(path, found, self.size) for path, found in gathered.items())

    def _side(self, name: str, columns: Iterable[Column], rows: Sequence[_Rows]) -> Side:
        mine = [each for each in columns if each.path.variable == name]
        loose = next((each for each in mine if not each.path.names), None)
        scopes = [getattr(policy, name) for policy in self.policies]
        return Side(
            variable=name,
            scope=ScopeTable(scopes),
            columns=tuple(each for each in mine if each.path.names),
            loose=loose or Column(Path(name), {}, self.size),
            sequences=Sequences(lambda number: self._on_side(name, number, rows[number])),
            extracts=tuple(
                dict.fromkeys(
                    path
                    for joint in self.eager
                    for path in sorted(reads(joint.expr))
                    if path.variable == name
                )
            ),
        )

    def _on_side(self, name: str, number: int, row: _Rows) -> list[Expr]:
        """List the conditions of a policy that are settled on one side, in its order."""
        policy = self.policies[number]
        scope: Scope = getattr(policy, name)
        mine = {
            atom for path, atoms in row.columns.items() if path.variable == name for atom in atoms
        }
        found = list(scope.expressions(name))
        for atom in policy.atoms:
            parts = (atom,) if atom in mine else fitness(atom) or ()
            found += [each for each in parts if each in mine]
        return found
