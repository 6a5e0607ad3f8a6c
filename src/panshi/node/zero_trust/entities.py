"""Cedar entities of the shipped schema from the assets of an estate.

What the estate does not say is left out of the entity and listed as a gap: no account is enabled,
no person is staff and no system unimportant because nobody wrote it down. One pass over assets and
relations, in their order, so that the same estate gives the same entities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, RelationKind
from panshi.model.attributes import FIELDS
from panshi.model.estate import Estate
from panshi.protection.cedar import Entity, Uid, Value

_USER_GROUPS = {
    "external": "external",
    "it_staff": "staff",
    "business_staff": "staff",
    "customer": "customer",
    "machine": "machine",
}
_USER = ("directory", "enabled", "external", "human", "privileged", "emergency", "shared")
_SYSTEM = {
    "criticality": "criticality",
    "environment": "environment",
    "data_class": "data_class",
    "country": "country",
    "zone": "zone",
    "core": "core",
    "cloud": "cloud",
    "internet_facing": "internet_facing",
    "holds_personal_data": "personal_data",
    "holds_transaction_data": "transaction_data",
    "sensitive": "sensitive",
}
"Attributes of systems by their name in the estate, with their name in the schema."
_DEVICE = {
    "device_kind": "kind",
    "ownership": "ownership",
    "external": "external",
    "holds_sensitive": "holds_sensitive",
}
_WANTED_OF_SYSTEMS = ("criticality", "personal_data")
_WANTED_OF_USERS = ("enabled",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something a policy asks about that the estate does not say."""

    asset: AssetId
    missing: str
    "Attribute of the schema; `role`, `system` or `owner` for what relations would say."


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateEntities:
    """The entities of an estate, and what is not known of them."""

    entities: tuple[Entity, ...]
    gaps: tuple[Gap, ...]


def uid_of(asset: AssetId) -> Uid | None:
    """Give the entity an asset stands for; None where its kind takes no part in decisions."""
    kind, _, name = asset.partition(":")
    entity_type = _TYPES.get(kind)
    return Uid(entity_type, name) if entity_type else None


def entities_of(estate: Estate) -> EstateEntities:
    """Map an estate."""
    links = _Links.of(estate)
    fields = sorted({each.value for each in FIELDS} | set(_fields_of(estate)))
    entities = [Entity(Uid("Field", each)) for each in fields]
    gaps: list[Gap] = []
    roles: set[str] = set()
    for asset in estate.assets:
        match asset.kind:
            case AssetKind.ACCOUNT:
                user = _user(asset, links)
                roles |= {each.id for each in user.parents if each.type == "Role"}
                entities.append(user)
                gaps.extend(_gaps_of_user(asset, user))
            case AssetKind.SYSTEM:
                system = _system(asset, links)
                entities.append(system)
                gaps.extend(_missing(asset, system.attributes, _WANTED_OF_SYSTEMS))
                entities.append(Entity(Uid("Team", _name(asset.id))))
            case AssetKind.DEVICE:
                entities.append(_device(asset))
                gaps.extend(_missing(asset, entities[-1].attributes, ("ownership",)))
            case AssetKind.SERVICE:
                entities.append(_service(asset))
            case AssetKind.ROLE:
                roles.add(_name(asset.id))
            case _:
                continue
    entities += [Entity(Uid("Role", each)) for each in sorted(roles)]
    return EstateEntities(entities=tuple(entities), gaps=tuple(gaps))


_TYPES: dict[str, str] = {
    AssetKind.ACCOUNT: "User",
    AssetKind.SYSTEM: "System",
    AssetKind.DEVICE: "Device",
    AssetKind.SERVICE: "Service",
    AssetKind.ROLE: "Role",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """What relations say, by asset."""

    members: Mapping[AssetId, list[AssetId]]
    "Systems and roles an account is a member of."
    services: Mapping[AssetId, list[AssetId]]
    "Services that depend on a system."
    departments: Mapping[str, str]
    "Department of a person."

    @classmethod
    def of(cls, estate: Estate) -> _Links:
        members: dict[AssetId, list[AssetId]] = defaultdict(list)
        services: dict[AssetId, list[AssetId]] = defaultdict(list)
        for relation in estate.relations:
            source = relation.source.partition(":")[0]
            if relation.kind is RelationKind.MEMBER_OF and source == AssetKind.ACCOUNT:
                members[relation.source].append(relation.target)
            elif relation.kind is RelationKind.DEPENDS_ON and source == AssetKind.SERVICE:
                services[relation.target].append(relation.source)
        people = estate.by_kind.get(AssetKind.PERSON, ())
        departments = {
            name: str(each.attributes["department"])
            for each in people
            if each.attributes.get("department")
            for name in (each.id, _name(each.id), each.name)
        }
        return cls(members=members, services=services, departments=departments)


def _user(asset: Asset, links: _Links) -> Entity:
    said = asset.attributes
    attributes: dict[str, Value] = {"name": asset.name}
    attributes |= {name: _plain(said[name]) for name in _USER if name in said}
    department = links.departments.get(str(said.get("person", "")))
    if department:
        attributes["department"] = department
    parents = {Uid("Role", each) for each in _roles(said)}
    for target in links.members.get(asset.id, ()):
        kind = target.partition(":")[0]
        if kind == AssetKind.SYSTEM:
            parents.add(Uid("Team", _name(target)))
        elif kind == AssetKind.ROLE:
            parents.add(Uid("Role", _name(target)))
    return Entity(Uid("User", _name(asset.id)), attributes, frozenset(parents))


def _roles(said: Mapping[str, AttributeValue]) -> Iterator[str]:
    """Name the roles an account surely has; what is not said gives none."""
    group = _USER_GROUPS.get(str(said.get("user_group", "")))
    if group:
        yield group
    elif said.get("human") is False:
        yield "machine"
    elif said.get("external") is True:
        yield "external"
    elif said.get("human") is True and said.get("external") is False:
        yield "staff"
    if said.get("privileged") is True:
        yield "administrator"
    if said.get("privilege") == "operator":
        yield "operator"
    if said.get("emergency") is True:
        yield "emergency"


def _gaps_of_user(asset: Asset, user: Entity) -> Iterator[Gap]:
    yield from _missing(asset, user.attributes, _WANTED_OF_USERS)
    base = {*_USER_GROUPS.values(), "emergency"}
    if not any(each.type == "Role" and each.id in base for each in user.parents):
        yield Gap(asset=asset.id, missing="role")
    if not any(each.type == "Team" for each in user.parents):
        yield Gap(asset=asset.id, missing="system")


def _system(asset: Asset, links: _Links) -> Entity:
    said = asset.attributes
    name = _name(asset.id)
    fields = _texts(said.get("fields", ()))
    attributes: dict[str, Value] = {"name": asset.name, "fields": fields}
    attributes["users"] = Uid("Team", name)
    attributes |= {ours: _plain(said[theirs]) for theirs, ours in _SYSTEM.items() if theirs in said}
    parents = {Uid("Field", each) for each in fields}
    parents |= {Uid("Service", _name(each)) for each in links.services.get(asset.id, ())}
    return Entity(Uid("System", name), attributes, frozenset(parents))


def _device(asset: Asset) -> Entity:
    said = asset.attributes
    attributes: dict[str, Value] = {"name": asset.name, "inventories": tuple(asset.inventories)}
    attributes |= {ours: _plain(said[theirs]) for theirs, ours in _DEVICE.items() if theirs in said}
    return Entity(Uid("Device", _name(asset.id)), attributes)


def _service(asset: Asset) -> Entity:
    attributes: dict[str, Value] = {"name": asset.name}
    if "critical" in asset.attributes:
        attributes["critical"] = _plain(asset.attributes["critical"])
    return Entity(Uid("Service", _name(asset.id)), attributes)


def _missing(asset: Asset, has: Mapping[str, Value], wanted: tuple[str, ...]) -> Iterator[Gap]:
    return (Gap(asset=asset.id, missing=each) for each in wanted if each not in has)


def _fields_of(estate: Estate) -> Iterator[str]:
    for each in estate.by_kind.get(AssetKind.SYSTEM, ()):
        yield from _texts(each.attributes.get("fields", ()))


def _texts(value: AttributeValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _plain(value: AttributeValue) -> Value:
    """Give what Cedar takes as it is, and a text of whatever it does not know."""
    return value if isinstance(value, bool | int | str | tuple) else str(value)


def _name(asset: AssetId) -> str:
    return asset.partition(":")[2]
