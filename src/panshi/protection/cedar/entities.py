"""The entities decisions read: attributes, tags and the hierarchy, changed in place.

A change touches only what it concerns: the ancestors of the entity's descendants, and what
compiled policies remembered of them.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import cedarpy

from panshi.errors import BadInputError
from panshi.protection.cedar.documents import (
    Json,
    read_record,
    write_record,
    write_uid,
)
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.schema import Schema
from panshi.protection.cedar.values import Uid, Value, normal


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: a person, a system, a role."""

    uid: Uid
    attributes: Mapping[str, Value] = field(default_factory=dict)
    parents: frozenset[Uid] = frozenset()
    tags: Mapping[str, Value] = field(default_factory=dict)


class Onlooker(Protocol):
    """Something that remembers what it read and must hear of changes."""

    def forget(self, changed: Iterable[Uid]) -> None:
        """Drop what was remembered of these entities."""


class EntityStore:
    """All entities known to the decision point."""

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        """Start from these entities."""
        self.epoch = 0
        self._entities: dict[Uid, Entity] = {}
        self._places: dict[Uid, int] = {}
        self._placed = 0
        self._children: dict[Uid, set[Uid]] = {}
        self._ancestors: dict[Uid, frozenset[Uid]] = {}
        self._onlookers: weakref.WeakSet[Onlooker] = weakref.WeakSet()
        self._handle: tuple[int, cedarpy.Entities] | None = None
        self.put(*entities)

    @classmethod
    def from_json(
        cls,
        document: str | Sequence[Json],
        schema: Schema | None = None,
        *,
        source: str = "entities",
    ) -> EntityStore:
        """Read Cedar's JSON form; with a schema, validated and with the schema's actions."""
        text = document if isinstance(document, str) else json.dumps(document)
        try:
            handle = cedarpy.Entities.from_json_str(text, schema.handle if schema else None)
            given = {_uid(each["uid"]): each["parents"] for each in json.loads(text)}
            entities = {each.uid: each for each in map(_read_entity, json.loads(str(handle)))}
        except (ValueError, EvaluationError, TypeError, KeyError) as error:
            raise BadInputError(f"not valid Cedar entities: {error}", place=source) from error
        # Cedar's parser gives no order, and all ancestors for parents
        listed = [
            replace(entities.pop(uid), parents=frozenset(map(_uid, parents)))
            for uid, parents in given.items()
        ]
        store = cls((*listed, *(entities[uid] for uid in sorted(entities))))
        store._handle = (store.epoch, handle)
        return store

    def __len__(self) -> int:
        """Count the entities."""
        return len(self._entities)

    def __iter__(self) -> Iterator[Entity]:
        """Go through the entities in the order they came."""
        return iter(self._entities.values())

    def __contains__(self, uid: object) -> bool:
        """Whether it is known."""
        return uid in self._entities

    def get(self, uid: Uid) -> Entity | None:
        """Find an entity."""
        return self._entities.get(uid)

    @property
    def uids(self) -> KeysView[Uid]:
        """The names of all entities."""
        return self._entities.keys()

    def place(self, uid: Uid) -> int:
        """Tell how late the entity came; the order of searches."""
        return self._places[uid]

    def put(self, *entities: Entity) -> None:
        """Add entities or replace them; a cycle of parents is refused and nothing changes."""
        before = {each.uid: self._entities.get(each.uid) for each in entities}
        for each in entities:
            self._set(_settled(each))
        ring = next((each.uid for each in entities if self._is_in_a_ring(each.uid)), None)
        if ring is not None:
            for uid, old in before.items():
                self._set(old) if old else self._drop(uid)
        self._changed(before)
        if ring is not None:
            raise BadInputError(
                f"{ring} would be its own ancestor", remedy="a hierarchy has no cycles"
            )

    def remove(self, *uids: Uid) -> None:
        """Take entities away; unknown ones are ignored."""
        known = [uid for uid in uids if uid in self._entities]
        for uid in known:
            self._drop(uid)
        self._changed(known)

    def ancestors(self, uid: Uid) -> frozenset[Uid]:
        """Everything the entity is in, itself apart."""
        found = self._ancestors.get(uid)
        if found is None:
            above: set[Uid] = set()
            self._climb(uid, above)
            found = self._ancestors[uid] = frozenset(above)
        return found

    def has_members(self, uid: Uid) -> bool:
        """Whether any entity has it for a parent."""
        return bool(self._children.get(uid))

    def watch(self, onlooker: Onlooker) -> None:
        """Tell it of changes, as long as it lives."""
        self._onlookers.add(onlooker)

    def handle(self) -> cedarpy.Entities:
        """Give the same entities to cedarpy, parsed once an epoch."""
        if self._handle is None or self._handle[0] != self.epoch:
            text = json.dumps(self.to_json())
            self._handle = (self.epoch, cedarpy.Entities.from_json_str(text))
        return self._handle[1]

    def to_json(self) -> list[Json]:
        """Write all entities in Cedar's explicit JSON form."""
        return [
            {
                "uid": write_uid(each.uid),
                "attrs": write_record(each.attributes),
                "parents": [write_uid(parent) for parent in sorted(each.parents)],
                "tags": write_record(each.tags),
            }
            for each in self
        ]

    def _set(self, entity: Entity) -> None:
        self._leave_parents(entity.uid)
        if entity.uid not in self._entities:
            self._placed += 1
            self._places[entity.uid] = self._placed
        self._entities[entity.uid] = entity
        for parent in entity.parents:
            self._children.setdefault(parent, set()).add(entity.uid)

    def _drop(self, uid: Uid) -> None:
        self._leave_parents(uid)
        self._entities.pop(uid, None)
        self._places.pop(uid, None)

    def _leave_parents(self, uid: Uid) -> None:
        entity = self._entities.get(uid)
        for parent in entity.parents if entity else ():
            self._children[parent].discard(uid)

    def _is_in_a_ring(self, uid: Uid) -> bool:
        above: set[Uid] = set()
        self._climb(uid, above)
        return uid in above

    def _climb(self, uid: Uid, above: set[Uid]) -> None:
        todo = [uid]
        while todo:
            entity = self._entities.get(todo.pop())
            if entity is not None:
                todo.extend(entity.parents - above)
                above |= entity.parents

    def _changed(self, uids: Iterable[Uid]) -> None:
        touched: set[Uid] = set()
        todo = list(uids)
        while todo:
            uid = todo.pop()
            if uid not in touched:
                touched.add(uid)
                self._ancestors.pop(uid, None)
                todo.extend(self._children.get(uid, ()))
        if touched:
            self.epoch += 1
            for onlooker in tuple(self._onlookers):
                onlooker.forget(touched)


def _uid(document: Mapping[str, Json]) -> Uid:
    inner = document.get("__entity", document)
    return Uid(inner["type"], inner["id"])  # type: ignore[index,call-overload,arg-type]


def _settled(entity: Entity) -> Entity:
    return Entity(
        entity.uid,
        {name: normal(value) for name, value in entity.attributes.items()},
        frozenset(entity.parents),
        {name: normal(value) for name, value in entity.tags.items()},
    )


def _read_entity(document: Mapping[str, Json]) -> Entity:
    match document:
        case {"uid": {"type": str(kind), "id": str(name)}, "parents": [*parents]}:
            return Entity(
                Uid(kind, name),
                read_record(document.get("attrs", {})),
                frozenset(map(_uid, parents)),  # type: ignore[arg-type]
                read_record(document.get("tags", {})),
            )
        case _:
            raise EvaluationError(f"not an entity: {document!r}")
