"""Attributes a caller states for one question (AuthZEN `properties`).

They add to what is stored, for this question only. Where they contradict it the question is decided
both ways, with what is stated and with what is stored, and both must allow: a caller may know of
something that takes a permission away, but cannot talk a stored fact away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from panshi.protection.cedar import Entity, EntityStore, Uid, Value
from panshi.protection.cedar.values import normal, same

type Stated = Mapping[Uid, Mapping[str, Value]]


def contradictions(stated: Stated, entities: EntityStore) -> tuple[tuple[Uid, str], ...]:
    """Give the attributes stored with another value than the caller states."""
    found = []
    for uid, attributes in stated.items():
        entity = entities.get(uid)
        if entity is None:
            continue
        stored = entity.attributes
        found += [
            (uid, name)
            for name, value in attributes.items()
            if name in stored and not same(normal(stored[name]), normal(value))
        ]
    return tuple(found)


def as_stored(stated: Stated, entities: EntityStore) -> Stated:
    """Give what is stated without what contradicts the store."""
    contradicted = set(contradictions(stated, entities))
    return {
        uid: {name: value for name, value in attributes.items() if (uid, name) not in contradicted}
        for uid, attributes in stated.items()
    }


@contextmanager
def holding(stated: Stated, entities: EntityStore) -> Iterator[EntityStore]:
    """Let the store hold what is stated for as long as one decision takes."""
    before = {uid: entities.get(uid) for uid, attributes in stated.items() if attributes}
    if not before:
        yield entities
        return
    entities.put(*(_joined(uid, entity, stated[uid]) for uid, entity in before.items()))
    try:
        yield entities
    finally:
        entities.put(*(entity for entity in before.values() if entity is not None))
        entities.remove(*(uid for uid, entity in before.items() if entity is None))


def _joined(uid: Uid, entity: Entity | None, attributes: Mapping[str, Value]) -> Entity:
    if entity is None:
        return Entity(uid, attributes)
    return Entity(uid, {**entity.attributes, **attributes}, entity.parents, entity.tags)
