"""What the index says of an entity, remembered until something it was read from changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from panshi.protection.cedar.columns import FAILS, Column, Missing, outcome, slim
from panshi.protection.cedar.conjunctions import Path, expression_of
from panshi.protection.cedar.decision import Request
from panshi.protection.cedar.entities import Entity, EntityStore
from panshi.protection.cedar.evaluation import Lookup, closure
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.index import Index, Side
from panshi.protection.cedar.values import Key, Uid, Value, key

MISSING = tuple(Missing(depth) for depth in range(200))
"By depth; shared, so that tables know them again."
SPARE = 4096
"Entities remembered beyond those that exist: callers may ask about unknown ones."


class _Absent:
    """Instead of an attribute that is not there."""


ABSENT = _Absent()
type Entry = tuple[int | Key | _Absent, ...]
"The mask, the policies in scope, then the attributes joints compare."


def bits(mask: int) -> Iterator[int]:
    """Give the numbers of the ones of a mask."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def walk(attributes: Mapping[str, Value], names: tuple[str, ...]) -> Value | Missing | None:
    """Follow a path; None where it leads through something that is not a record."""
    value: Value = attributes
    for depth, name in enumerate(names):
        if not isinstance(value, Mapping):
            return None
        if name not in value:
            return MISSING[depth]
        value = value[name]
    return value


def standing(mask: int, index: Index) -> int:
    """Give the policies a full mask leaves standing, those it cannot tell included."""
    return mask & index.low | ~(mask >> index.size) & index.doubtful


@dataclass(slots=True)
class Tracer:
    """The entities, noting which of them are looked at."""

    entities: Lookup
    seen: set[Uid] = field(default_factory=set)

    def get(self, uid: Uid) -> Entity | None:
        """Find an entity."""
        self.seen.add(uid)
        return self.entities.get(uid)

    def ancestors(self, uid: Uid) -> frozenset[Uid]:
        """Find what the entity is in."""
        self.seen.add(uid)
        return self.entities.ancestors(uid)


class Entries:
    """Entity → what the index says of it on one side."""

    def __init__(self, index: Index, side: Side, entities: EntityStore) -> None:
        """Start empty."""
        self.index = index
        self.side = side
        self.entities = entities
        self.known: dict[Uid, Entry] = {}
        self.slim: dict[Uid, Entry] = {}
        "The same with slim masks."
        self.dependents: dict[Uid, set[Uid]] = {}

    def __getitem__(self, uid: Uid) -> Entry:
        """Give what is known of an entity, settled where it is asked about for the first time."""
        entry = self.known.get(uid)
        if entry is not None:
            return entry
        tracer = Tracer(self.entities)
        entry = self.settle(uid, tracer)
        if len(self.known) > len(self.entities) + SPARE:
            self.known.clear()
            self.slim.clear()
            self.dependents.clear()
        self.known[uid] = entry
        mask, scope, *extracts = entry
        self.slim[uid] = (slim(mask, self.index.size), scope, *extracts)  # type: ignore[arg-type]
        for each in tracer.seen:
            if each != uid:
                self.dependents.setdefault(each, set()).add(uid)
        return entry

    def settle(self, uid: Uid, tracer: Tracer) -> Entry:
        """Look the entity up in every column of its side."""
        side, size = self.side, self.index.size
        request = Request(uid, uid, uid, {})
        entity = tracer.get(uid)
        attributes = entity.attributes if entity else {}
        ancestors = tracer.ancestors(uid) if side.scope.climbs else frozenset()
        scope = side.scope.of(uid, ancestors)
        mask = self.index.low | self.index.high
        for column in side.columns:
            mask &= self._mask_of(column, attributes, request, tracer)
        if side.loose.rows:
            mask &= side.loose.direct(request, tracer)
        erring = ~(mask >> size) & scope
        for number in bits(erring):
            # an earlier condition on the same entity may fail and hide the error
            if outcome(side.sequences[number], request, tracer) == FAILS:
                mask |= 1 << number + size
        mask |= (self.index.low & ~scope) << size
        mask &= scope | self.index.high
        return (
            mask,
            scope,
            *(self._extract(path, attributes, request, tracer) for path in side.extracts),
        )

    def forget(self, changed: Iterable[Uid]) -> None:
        """Drop what was settled from these entities."""
        stale: set[Uid] = set()
        for uid in changed:
            stale.add(uid)
            stale |= self.dependents.pop(uid, set())
        for uid in stale:
            self.known.pop(uid, None)
            self.slim.pop(uid, None)

    def _mask_of(
        self,
        column: Column,
        attributes: Mapping[str, Value],
        request: Request,
        tracer: Tracer,
    ) -> int:
        value = walk(attributes, column.path.names)
        if value is None:
            return column.direct(request, tracer)
        return column.lookup(value, request, tracer)

    def _extract(
        self, path: Path, attributes: Mapping[str, Value], request: Request, tracer: Tracer
    ) -> Key | _Absent:
        if not path.names:
            return ABSENT
        value = walk(attributes, path.names)
        if value is None:  # it leads through another entity, or through no record at all
            try:
                value = closure(expression_of(path))(request, tracer)
            except EvaluationError:
                return ABSENT
        return ABSENT if isinstance(value, Missing) else key(value)
