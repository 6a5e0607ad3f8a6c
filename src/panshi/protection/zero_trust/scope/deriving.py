"""Facts of a system out of the estate: its own attributes, what it is related to, what follows.

The system's own attribute counts; where a related asset says otherwise, that is a clash. Related
assets tell a fact only where it is surely so: one that says yes makes a yes; a no takes every one
of them to say no. What follows from other facts is named as inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panshi.model.asset import Asset, AssetKind, AttributeValue, RelationKind
from panshi.model.attributes import ATTRIBUTES
from panshi.model.estate import Estate
from panshi.protection.zero_trust.scope.facts import Clash, Facts, Known, Source

FACTS = (
    "remote_staff_access",
    "cloud",
    "cloud_model",
    "operated_by",
    "supplier_devices",
    "privileged_accounts",
    "separate_admin_accounts",
    "external_users",
    "external_users_managed",
    "vpn_only",
    "internet_facing",
    "connections",
    "users",
    "administrators",
    "privileges",
    "devices",
    "resource_location",
    "core",
    "criticality",
    "customer_facing",
    "data_class",
    "holds_personal_data",
    "holds_transaction_data",
    "holds_staff_data",
    "sensitive",
    "personal_records",
    "automated_service",
    "rto_minutes",
    "interruption_impact",
    "process_impact",
    "training_impact",
    "technology_impact",
    "adoption_cost_million_twd",
)
"Attributes of systems that the scope rests on; each may be stated, derived or answered."

DMZ_ZONES = frozenset({"dmz"})
PUBLIC_ZONES = frozenset({"internet"})
OUTER_ZONES = frozenset({"cloud", "partner"})
_ZONES = frozenset(
    choice.value
    for each in ATTRIBUTES[AssetKind.ZONE].values()
    if each.name == "zone_kind"
    for choice in each.choices
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An attribute of assets of a kind, reached over a relation, that tells a fact."""

    fact: str
    relation: RelationKind
    kind: AssetKind
    attributes: tuple[str, ...]
    no_counts: bool = True
    "Whether every one saying no makes a no."


_TELLING = (
    _Told(
        fact="cloud",
        relation=RelationKind.RUNS_ON,
        kind=AssetKind.HOST,
        attributes=("cloud",),
    ),
    _Told(
        fact="internet_facing",
        relation=RelationKind.EXPOSES,
        kind=AssetKind.ENDPOINT,
        attributes=("internet_facing",),
    ),
    _Told(
        fact="holds_personal_data",
        relation=RelationKind.HOLDS,
        kind=AssetKind.DATASET,
        attributes=("customer_data", "personal_data"),
        no_counts=False,
    ),
    _Told(
        fact="holds_transaction_data",
        relation=RelationKind.HOLDS,
        kind=AssetKind.DATASET,
        attributes=("transaction_data",),
    ),
    _Told(
        fact="holds_staff_data",
        relation=RelationKind.HOLDS,
        kind=AssetKind.DATASET,
        attributes=("staff_data",),
    ),
    _Told(
        fact="sensitive",
        relation=RelationKind.HOLDS,
        kind=AssetKind.DATASET,
        attributes=("sensitive",),
    ),
)


def derive(estate: Estate, system: Asset) -> Facts:
    """Give what the estate tells of one system."""
    stated = {
        name: Known(
            name=name, value=value, source=Source.STATED, assets=(system.id,), attribute=name
        )
        for name in FACTS
        if (value := system.attributes.get(name)) is not None and value != ()
    }
    around = _around(estate, system)
    known, clashes = dict(stated), []
    for each in (*_related(around), *_services(around), *_remote_access(around)):
        mine = known.get(each.name)
        if mine is None:
            known[each.name] = each
        elif mine.value != each.value and each.source is Source.RELATED:
            clashes.append(Clash(name=each.name, counts=mine, other=each))
    for each in _inferred(known, system, around):
        known.setdefault(each.name, each)
    return Facts(known=known, clashes=(*clashes, *_within(known)))


def _around(estate: Estate, system: Asset) -> tuple[tuple[RelationKind, bool, Asset], ...]:
    """Give the assets a system is related to: relation, whether it begins here, the other end."""
    found = []
    for relation in estate.relations_of(system.id):
        begins = relation.source == system.id
        other = relation.target if begins else relation.source
        found.append((relation.kind, begins, estate.by_id[other]))
    return tuple(found)


type _Around = tuple[tuple[RelationKind, bool, Asset], ...]


def _related(around: _Around) -> Iterator[Known]:
    for told in _TELLING:
        others = [
            other
            for relation, begins, other in around
            if begins and relation is told.relation and other.kind is told.kind
        ]
        for attribute in told.attributes:
            said = {other.id: other.attributes.get(attribute) for other in others}
            yes = tuple(each for each, value in said.items() if value is True)
            every_no = bool(said) and all(value is False for value in said.values())
            if yes or (every_no and told.no_counts):
                yield Known(
                    name=told.fact,
                    value=bool(yes),
                    source=Source.RELATED,
                    assets=yes or tuple(said),
                    attribute=attribute,
                )
                break
    yield from _records(around)


def _records(around: _Around) -> Iterator[Known]:
    """Add up the persons of the data sets that hold personal data, where each states how many."""
    holding = [
        other
        for relation, begins, other in around
        if begins
        and relation is RelationKind.HOLDS
        and (other.attributes.get("personal_data") or other.attributes.get("customer_data"))
    ]
    counts = [other.attributes.get("records") for other in holding]
    if counts and all(isinstance(each, int) for each in counts):
        yield Known(
            name="personal_records",
            value=sum(each for each in counts if isinstance(each, int)),
            source=Source.RELATED,
            assets=tuple(other.id for other in holding),
            attribute="records",
        )


def _services(around: _Around) -> Iterator[Known]:
    """Give the strictest RTO of the services that depend on it, where it states none itself."""
    times = {
        other.id: value
        for relation, begins, other in around
        if not begins
        and relation is RelationKind.DEPENDS_ON
        and other.kind is AssetKind.SERVICE
        and isinstance(value := other.attributes.get("rto_minutes"), int)
    }
    if times:
        strictest = min(times.values())
        yield Known(
            name="rto_minutes",
            value=strictest,
            source=Source.INFERRED,
            assets=tuple(each for each, value in times.items() if value == strictest),
            attribute="rto_minutes",
        )


def _remote_access(around: _Around) -> Iterator[Known]:
    doors = tuple(
        other.id
        for relation, begins, other in around
        if begins
        and relation is RelationKind.EXPOSES
        and other.attributes.get("channel_kind") == "remote_access"
    )
    if doors:
        yield Known(
            name="remote_staff_access",
            value=True,
            source=Source.RELATED,
            assets=doors,
            attribute="channel_kind",
        )


# -- what follows ------------------------------------------------------------------------------


def _inferred(known: Mapping[str, Known], system: Asset, around: _Around) -> Iterator[Known]:
    """Give what follows from other facts of the system."""
    yes = {name for name, each in known.items() if each.value is True}
    operators = known["operated_by"].value if "operated_by" in known else ()
    provided = isinstance(operators, tuple) and "cloud_provider" in operators
    location = known["resource_location"].value if "resource_location" in known else ""
    if "cloud_model" in known or provided:
        why = "cloud_model" if "cloud_model" in known else "operated_by"
        yield _follows(known[why], "cloud", value=True)
    elif location in {"internal", "dmz"}:
        yield _follows(known["resource_location"], "cloud", value=False)
    if "cloud_model" in known or provided or "cloud" in yes:
        why = next(each for each in ("cloud", "cloud_model", "operated_by") if each in known)
        yield _follows(known[why], "resource_location", value="third_party")
    else:
        zoned = _zoned(system, around)
        if zoned is not None:
            yield zoned
    facing = known.get("customer_facing")
    if facing is not None and facing.value is False and "core" not in yes and _behind(around):
        yield _follows(facing, "automated_service", value=False)
    direct = next((each for each in ("core", "customer_facing") if each in yes), "")
    if direct:
        yield _follows(known[direct], "interruption_impact", value=3)
    else:
        yield from _leant_on(around)


def _follows(told: Known, name: str, *, value: AttributeValue) -> Known:
    return Known(
        name=name, value=value, source=Source.INFERRED, assets=told.assets, attribute=told.name
    )


def _behind(around: _Around) -> bool:
    """Whether nothing that faces customers depends on it: then it serves none by itself either."""
    return not any(
        other.attributes.get("customer_facing") is True
        for relation, begins, other in around
        if not begins and relation is RelationKind.DEPENDS_ON
    )


def _leant_on(around: _Around) -> Iterator[Known]:
    """Judge that an interruption reaches operations indirectly: something depends on it."""
    leaning = tuple(
        other.id
        for relation, begins, other in around
        if not begins and relation is RelationKind.DEPENDS_ON
    )
    if leaning:
        yield Known(
            name="interruption_impact",
            value=2,
            source=Source.INFERRED,
            assets=leaning,
            attribute="depends_on",
        )


def _zoned(system: Asset, around: _Around) -> Known | None:
    """Give where a system lives by its zone, or by that of its hosts where they agree."""
    hosts = [
        other
        for relation, begins, other in around
        if begins and relation is RelationKind.RUNS_ON and other.kind is AssetKind.HOST
    ]
    telling = [system] if "zone" in system.attributes else hosts
    zones = {str(each.attributes.get("zone", "")) for each in telling}
    if not zones or not zones <= _ZONES:
        return None
    places = {_place(zone) for zone in zones}
    deepest = next(p for p in ("third_party", "internal", "dmz", "public") if p in places)
    return Known(
        name="resource_location",
        value=deepest,
        source=Source.RELATED if telling is hosts else Source.INFERRED,
        assets=tuple(each.id for each in telling),
        attribute="zone",
    )


def _place(zone: str) -> str:
    if zone in OUTER_ZONES:
        return "third_party"
    if zone in DMZ_ZONES:
        return "dmz"
    return "public" if zone in PUBLIC_ZONES else "internal"


def _within(known: Mapping[str, Known]) -> Iterator[Clash]:
    """Give the facts of one system that contradict each other; the graver one counts."""
    cloud, model = known.get("cloud"), known.get("cloud_model")
    if cloud is not None and model is not None and cloud.value is False:
        yield Clash(name="cloud", counts=model, other=cloud)
    internet, vpn = known.get("internet_facing"), known.get("vpn_only")
    if internet is not None and vpn is not None and internet.value is True and vpn.value is True:
        yield Clash(name="vpn_only", counts=internet, other=vpn)
    ways = known.get("connections")
    if (
        ways is not None
        and vpn is not None
        and vpn.value is True
        and isinstance(ways.value, tuple)
        and "internet" in ways.value
    ):
        yield Clash(name="vpn_only", counts=ways, other=vpn)
