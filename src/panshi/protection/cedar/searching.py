"""Search: which of all entities of a type would be permitted, equal to asking one by one.

Entities about which the index says the same form a class; a search weighs each class once, as a
row of bits, and spreads the answer over the entities. Where a condition depends on the very
entity (`resource == principal.desk`) or fits no column, the entities it could matter for are
asked one by one. A change marks only the entities it concerns; they are placed anew by the next
search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from panshi.protection.cedar.conjunctions import Path, path_of, reads
from panshi.protection.cedar.deciding import View, judged
from panshi.protection.cedar.decision import Request
from panshi.protection.cedar.entries import Tracer, standing
from panshi.protection.cedar.evaluation import closure
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.index import Joint
from panshi.protection.cedar.syntax import Expr
from panshi.protection.cedar.values import Key, Uid, key

type Words = npt.NDArray[np.uint64]
type Flags = npt.NDArray[np.bool_]

WORD = 64
NOWHERE = -1
NO_ONE = np.zeros(1, dtype=np.bool_)
"Of the class of entities that are no more, the last."


class Roster:
    """All entities of one type on one side of a view, by class."""

    def __init__(self, view: View, side: str, kind: str) -> None:
        """Place every entity of the type."""
        self.view = view
        self.side = side
        self.kind = kind
        self.words = max(1, -(-view.index.size // WORD))
        self.paths = view.index.sides[side].extracts
        self.stale: set[Uid] = set()
        self._start()

    def _start(self) -> None:
        self.rows: dict[Uid, tuple[int, int]] = {}
        "Where an entity stands, and since which place in the store."
        self.uids = np.empty(WORD, dtype=object)
        self.classes: dict[tuple[object, ...], int] = {}
        self.members: list[Uid] = []
        "An entity of each class when it was last looked for."
        self.dependents: dict[Uid, set[Uid]] = {}
        self.class_of = np.full(WORD, NOWHERE, dtype=np.int64)
        self.used = 0
        self._masks: tuple[Words, Words] | None = None
        self._codes: dict[int, tuple[npt.NDArray[np.int64], dict[object, int]]] = {}
        self.stale.clear()
        for entity in self.view.entities:
            if entity.uid.type == self.kind:
                self._place(entity.uid)

    def forget(self, changed: Iterable[Uid]) -> None:
        """Note which entities must be placed anew."""
        for uid in changed:
            self.stale |= self.dependents.pop(uid, set())
            if uid.type == self.kind:
                self.stale.add(uid)

    def _place(self, uid: Uid) -> None:
        tracer = Tracer(self.view.entities)
        mask, scope, *extracts = self.view.sides[self.side].settle(uid, tracer)
        for each in tracer.seen - {uid}:
            self.dependents.setdefault(each, set()).add(uid)
        left = standing(mask, self.view.index) & scope  # type: ignore[arg-type,operator]
        held = (mask & self.view.index.low, left, *extracts)  # type: ignore[operator]
        number = self.classes.get(held)
        if number is None:
            number = self.classes[held] = len(self.classes)
            self.members.append(uid)
            self._masks = None
        row, since = self.rows.get(uid, (NOWHERE, NOWHERE))
        place = self.view.entities.place(uid)
        if since != place:
            self._remove(uid)
            row = self._next_row()
            self.rows[uid] = (row, place)
            self.uids[row] = uid
        self.class_of[row] = number

    def _next_row(self) -> int:
        if self.used == len(self.uids):
            self.uids = np.append(self.uids, np.empty(self.used, dtype=object))
            spare = np.full(self.used, NOWHERE, dtype=np.int64)
            self.class_of = np.append(self.class_of, spare)
        self.used += 1
        return self.used - 1

    def _remove(self, uid: Uid) -> None:
        row, _ = self.rows.pop(uid, (NOWHERE, NOWHERE))
        if row != NOWHERE:
            self.uids[row] = None
            self.class_of[row] = NOWHERE

    def member(self, classes: npt.NDArray[np.int64]) -> Uid | None:
        """Find an entity of one of these classes, to try a condition on."""
        for number in map(int, classes):
            uid = self.members[number]
            row, _ = self.rows.get(uid, (NOWHERE, NOWHERE))
            if row != NOWHERE and self.class_of[row] == number:
                return uid
            rows = np.flatnonzero(self.class_of == number)
            if len(rows):
                self.members[number] = self.uids[rows[0]]
                return self.members[number]
        return None

    def refresh(self) -> None:
        """Place anew what changed since the last search."""
        live = 2 * len(self.rows) + WORD
        if self.used > live or len(self.classes) > live:  # mostly of what is no more
            self._start()
        entities = self.view.entities
        for uid in self.stale:
            if uid not in entities:
                self._remove(uid)
        for uid in sorted(self.stale & entities.uids, key=entities.place):
            self._place(uid)
        self.stale.clear()

    def masks(self) -> tuple[Words, Words]:
        """Give the policies that hold for each class, and those that may, as words."""
        if self._masks is None:
            sure, may = (
                np.frombuffer(
                    b"".join(self._bytes(int(held[part])) for held in self.classes),  # type: ignore[call-overload]
                    dtype=np.uint64,
                ).reshape(-1, self.words)
                for part in (0, 1)
            )
            self._masks = sure, may
            self._codes.clear()
        return self._masks

    def _bytes(self, mask: int) -> bytes:
        return mask.to_bytes(self.words * 8, "little")

    def as_words(self, mask: int) -> Words:
        """Write a mask as words."""
        return np.frombuffer(self._bytes(mask), dtype=np.uint64)

    def codes(self, path: Path) -> tuple[npt.NDArray[np.int64], dict[object, int]]:
        """Give each class a number for its value of a path, and the numbers of the values."""
        place = self.paths.index(path)
        found = self._codes.get(place)
        if found is None:
            numbers: dict[object, int] = {}
            listed = [numbers.setdefault(held[place + 2], len(numbers)) for held in self.classes]
            found = self._codes[place] = (np.array(listed, dtype=np.int64), numbers)
        return found


def permitted(roster: Roster, example: Request) -> tuple[Uid, ...]:
    """Find the entities permitted in place of the example's, in the order of the store."""
    roster.refresh()
    view, index = roster.view, roster.view.index
    base_sure, base_may = view.without(roster.side, example)
    sure, may = roster.masks()
    sure, may = sure & roster.as_words(base_sure), may & roster.as_words(base_may)
    single = index.unsettled
    for joint in index.eager:
        if joint.policies & base_may:
            single |= _join(roster, joint, example, (sure, may))
    forbid, one_by_one = roster.as_words(index.forbid), roster.as_words(single)
    settled = sure & ~one_by_one
    denied = (settled & forbid).any(axis=1)
    allowed = (settled & ~forbid).any(axis=1) & ~denied
    open_ = (may & ~settled).any(axis=1) & ~denied
    classes = roster.class_of[: roster.used]
    uids = roster.uids[: roster.used]
    flags = np.append(allowed & ~open_, NO_ONE)[classes]
    asked = np.append(open_, NO_ONE)[classes]
    for row in np.flatnonzero(asked):
        flags[row] = view.decide(with_entity(example, roster.side, uids[row])).allowed
    return tuple(uids[flags].tolist())


def with_entity(example: Request, side: str, uid: Uid) -> Request:
    """Ask the same about another principal or resource."""
    if side == "principal":
        return example._replace(principal=uid)
    return example._replace(resource=uid)


def _join(roster: Roster, joint: Joint, example: Request, left: tuple[Words, Words]) -> int:
    """Clear a joint's policies where it does not hold; give them back if that needs each row."""
    mine = [path for path in reads(joint.expr) if path.variable == roster.side]
    others = roster.as_words(~joint.policies & roster.view.index.low)
    if not mine:
        held = judged((joint.holds,), example, roster.view.entities) is True
        if not held:
            for words in left:
                np.bitwise_and(words, others, out=words)
        return 0
    if len(mine) > 1 or not mine[0].names or _asks_presence(joint.expr):
        return joint.policies
    fails = _fails(roster, joint, mine[0], example, left[1])
    for words in left:
        words[fails] &= others
    return 0


def _asks_presence(expr: Expr) -> bool:
    """Whether an absent attribute is more than an error here: by its value no class tells how."""
    return expr.op == "has" or any(map(_asks_presence, expr.args))


def _fails(roster: Roster, joint: Joint, path: Path, example: Request, left: Words) -> Flags:
    codes, numbers = roster.codes(path)
    equal = _equality(joint, path, example, roster)
    if equal is not None:
        value, wanted = equal
        return np.asarray((codes == numbers.get(value, NOWHERE)) != wanted)
    matters = (left & roster.as_words(joint.policies)).any(axis=1)
    fails = np.zeros(len(codes), dtype=np.bool_)
    for code in np.unique(codes[matters]):
        member = roster.member(np.flatnonzero(matters & (codes == code)))
        if member is None:  # only classes of entities that are no more
            continue
        request = with_entity(example, roster.side, member)
        if judged((joint.holds,), request, roster.view.entities) is not True:
            fails |= codes == code
    return fails


def _equality(
    joint: Joint, path: Path, example: Request, roster: Roster
) -> tuple[Key, bool] | None:
    """Read a joint as "the path equals a value known by now", if it is that."""
    expr, wanted = joint.expr, True
    if expr.op == "!":
        expr, wanted = expr.args[0], False
    if expr.op == "!=":
        wanted = not wanted
    elif expr.op != "==":
        return None
    sides: Sequence[Path | None] = [path_of(each) for each in expr.args]
    if path not in sides:
        return None
    other = expr.args[1 - sides.index(path)]
    try:
        value = closure(other)(example, roster.view.entities)
    except EvaluationError:
        return None
    return key(value), wanted
