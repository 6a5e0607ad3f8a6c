"""Names of users and devices out of the entities the decision point knows.

An account is found by its id, by its mail address, telephone number and user name where it has
them; a name that two accounts share names nobody, since guessing whom to cut off is no way to cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from panshi.protection.cedar import Entity
from panshi.protection.zero_trust.signals.matching import Names, folded

USER, DEVICE = "User", "Device"
GROUPS = frozenset({"Team", "Role"})
_ATTRIBUTES = ("email", "mail", "phone", "upn", "username", "sub")


def names_of(entities: Iterable[Entity]) -> Names:
    """Index users, devices and groups by every name they go by."""
    users: dict[str, set[str]] = {}
    devices: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    own_users: set[str] = set()
    for entity in entities:
        if entity.uid.type == USER:
            own_users.add(folded(entity.uid.id))
            _note(users, entity)
            for parent in entity.parents:
                if parent.type in GROUPS:
                    groups.setdefault(folded(parent.id), set()).add(entity.uid.id)
        elif entity.uid.type == DEVICE:
            _note(devices, entity)
    return Names(
        users={name: frozenset(ids) for name, ids in users.items() if _one(name, ids, own_users)},
        devices={name: frozenset(ids) for name, ids in devices.items() if len(ids) == 1},
        groups={name: frozenset(ids) for name, ids in groups.items()},
    )


def _note(index: dict[str, set[str]], entity: Entity) -> None:
    names = [entity.uid.id]
    attributes: Mapping[str, object] = entity.attributes
    for name in _ATTRIBUTES:
        value = attributes.get(name)
        if isinstance(value, str) and value:
            names.append(value)
    for name in names:
        index.setdefault(folded(name), set()).add(entity.uid.id)


def _one(name: str, ids: set[str], own: set[str]) -> bool:
    return len(ids) == 1 or (name in own and sum(folded(each) == name for each in ids) == len(ids))
