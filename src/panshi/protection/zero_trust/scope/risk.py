"""The six risk factors of one system in one field, 3-2-1 each.

A system is reached in a field by certain ways only: remote work comes from outside over VPN or
internet, operation is done with privileged accounts, partners come with devices of their own.
What the field itself says is settled by it; the rest is looked up among the system's ways, where
the gravest counts. Facts of one field (an answer about that field) go before those of the system.
"""

from __future__ import annotations

from collections.abc import Mapping

from panshi.protection.zero_trust.scope.facts import (
    Facts,
    Field,
    important,
    open_to_internet,
    personal,
)
from panshi.protection.zero_trust.scope.fields import SUPPLIERS
from panshi.protection.zero_trust.scope.readings import Readings
from panshi.protection.zero_trust.scope.scores import Score, Total, bounded, settled, total
from panshi.protection.zero_trust.scope.ternary import all_of, any_of

LOCATIONS = {"third_party": 3, "internal": 3, "dmz": 2, "public": 1}
USERS = {"external": 3, "it_staff": 2, "business_staff": 1}
WAYS = {"internet": 3, "vpn": 2, "internal": 1}
OUTSIDE_WAYS = {"internet": 3, "vpn": 2}
OUTSIDE_DEVICES = ("own_outside", "issued_portable", "issued_outside")


def risk(facts: Facts, field: Field, readings: Readings) -> Total:
    """Score a system as it is reached in one field."""
    here = facts.seen_in(field)
    return total(
        (
            _location(here, field),
            _user(here, field),
            _privilege(here, field, readings),
            _device(here, field, readings),
            _data(here, readings),
            _connection(here, field, readings),
        )
    )


def _gravest(
    factor: str, facts: Facts, name: str, levels: Mapping[str, int], low: int = 1, high: int = 3
) -> Score:
    """Look the gravest of a fact's words up; bounds where it has none of them."""
    found = facts.words(name) or frozenset({facts.word(name)})
    named = {word: levels[word] for word in found if word in levels}
    if not named:
        return bounded(factor, low, high, asks=(name,))
    word = max(named, key=lambda each: (named[each], each))
    return settled(factor, named[word], word, name)


def _graver(one: Score, other: Score) -> Score:
    """Join two ways of reaching a system: the graver counts."""
    low, high = max(one.low, other.low), max(one.high, other.high)
    winner = max((one, other), key=lambda each: (each.low, each.high))
    facts = tuple(dict.fromkeys((*one.facts, *other.facts)))
    asks = tuple(dict.fromkeys((*one.asks, *other.asks)))
    if low == high:
        return Score(factor=one.factor, low=low, high=high, rule=winner.rule, facts=facts)
    return bounded(one.factor, low, high, facts=facts, asks=asks)


def _location(facts: Facts, field: Field) -> Score:
    if field is Field.CLOUD_ACCESS:
        return settled("R1", 3, "field")
    return _gravest("R1", facts, "resource_location", LOCATIONS)


def _user(facts: Facts, field: Field) -> Score:
    match field:
        case Field.SERVICE_PROVIDER | Field.CROSS_INSTITUTION:
            return settled("R2", 3, "field")
        case Field.SYSTEM_OPERATION:
            return _operator(facts)
        case Field.APP_ADMIN:
            return _gravest("R2", facts, "administrators", USERS)
        case Field.REMOTE_WORK:
            if facts.has("operated_by", "supplier_remote"):
                return settled("R2", 3, "supplier", "operated_by")
            staff = {name: level for name, level in USERS.items() if name != "external"}
            supplier = facts.has("operated_by", *SUPPLIERS) is not False
            named = _gravest("R2", facts, "users", staff, high=2)
            vague = facts.has("operated_by", "supplier") or "operated_by" not in facts.known
            if supplier and vague:
                return bounded(
                    "R2", named.low, 3, facts=named.facts, asks=(*named.asks, "operated_by")
                )
            return named
        case Field.CLOUD_ACCESS:
            return _gravest("R2", facts, "users", USERS)


def _operator(facts: Facts) -> Score:
    """Who operates: outsiders 3, staff of IT 2."""
    outside = facts.has("operated_by", *SUPPLIERS, "cloud_provider")
    if outside is None:
        return bounded("R2", 2, 3, asks=("operated_by",))
    if outside:
        return settled("R2", 3, "supplier", "operated_by")
    return settled("R2", 2, "it_staff", "operated_by")


def _privilege(facts: Facts, field: Field, readings: Readings) -> Score:
    match field:
        case Field.SYSTEM_OPERATION | Field.APP_ADMIN:
            return settled("R3", 3, "field")
        case Field.SERVICE_PROVIDER:
            kept = facts.yes("privileged_accounts")
            if kept is False:
                return settled("R3", 2, "routine", "privileged_accounts")
            return settled("R3", 3, "operates", "operated_by")
        case Field.REMOTE_WORK | Field.CLOUD_ACCESS | Field.CROSS_INSTITUTION:
            levels = {
                "administrator": 3,
                "operation": 2,
                "update": readings.business_update,
                "query": 1,
            }
            found = _gravest("R3", facts, "privileges", levels)
            if field is Field.REMOTE_WORK and facts.has("operated_by", "supplier_remote"):
                return _graver(found, _privilege(facts, Field.SERVICE_PROVIDER, readings))
            return found


def _levels_of_devices(readings: Readings) -> dict[str, int]:
    return {
        "own_outside": 3,
        "own_inside": readings.device_inside,
        "issued_portable": 2,
        "issued_outside": readings.device_fixed_outside,
        "issued_inside": 1,
    }


def _device(facts: Facts, field: Field, readings: Readings) -> Score:
    levels = _levels_of_devices(readings)
    match field:
        case Field.CROSS_INSTITUTION:
            return settled("R4", 3, "field")
        case Field.SERVICE_PROVIDER:
            return _supplier_device(facts, levels)
        case Field.REMOTE_WORK:
            outside = {name: levels[name] for name in OUTSIDE_DEVICES}
            own = _gravest("R4", facts, "devices", outside, low=min(outside.values()))
            if facts.has("operated_by", "supplier_remote"):
                return _graver(own, _supplier_device(facts, levels))
            return own
        case Field.SYSTEM_OPERATION if facts.has("operated_by", *SUPPLIERS):
            if facts.has("operated_by", "staff"):
                own = _gravest("R4", facts, "devices", levels)
                return _graver(own, _supplier_device(facts, levels))
            return _supplier_device(facts, levels)
        case Field.SYSTEM_OPERATION | Field.APP_ADMIN | Field.CLOUD_ACCESS:
            return _gravest("R4", facts, "devices", levels)


def _supplier_device(facts: Facts, levels: Mapping[str, int]) -> Score:
    """Score what suppliers work on: where they are, and whose device it is."""
    operators, devices = facts.words("operated_by"), facts.words("supplier_devices")
    places = {
        "supplier_remote": {"own": "own_outside", "issued": "issued_portable"},
        "supplier_on_site": {"own": "own_inside", "issued": "issued_inside"},
    }
    vague = "supplier" in operators or operators.isdisjoint(places)
    ways = list(places.values()) if vague else [places[w] for w in operators if w in places]
    owners = devices or frozenset({"own", "issued"})
    per_way = [[levels[way[owner]] for owner in owners] for way in ways]
    if devices and not vague:
        level = max(max(each) for each in per_way)
        rule = next(r for r, v in levels.items() if v == level and _any_names(ways, owners, r))
        return settled("R4", level, rule, "operated_by", "supplier_devices")
    if devices:  # every device is known, some way is not: the gravest device on the mildest way
        low = min(max(each) for each in per_way)
    else:
        low = max(min(each) for each in per_way) if not vague else min(map(min, per_way))
    asks = tuple(
        name for name, open_ in (("operated_by", vague), ("supplier_devices", not devices)) if open_
    )
    return bounded("R4", low, max(map(max, per_way)), facts=("operated_by",), asks=asks)


def _any_names(ways: list[dict[str, str]], owners: frozenset[str], device: str) -> bool:
    return any(way[owner] == device for way in ways for owner in owners)


def _data(facts: Facts, readings: Readings) -> Score:
    critical, persons = important(facts), personal(facts)
    data_class = facts.word("data_class")
    join = all_of if readings.critical_and_personal else any_of
    grave = join((critical, persons))
    names = ("core", "criticality", "holds_personal_data", "holds_staff_data", "data_class")
    used = tuple(each for each in names if each in facts.known)
    asks = _asked_of_data(facts)
    if grave:
        return settled("R5", 3, "grave", *used)
    public = True if data_class == "public" else (False if data_class else None)
    if persons:  # graver than public, whatever the label says
        public = False
    if grave is None:
        low = 2 if public is False else 1
        return bounded("R5", low, 3, facts=used, asks=asks)
    if public is None:
        return bounded("R5", 1, 2, facts=used, asks=("data_class",))
    return settled("R5", 1, "public", *used) if public else settled("R5", 2, "internal", *used)


def _asked_of_data(facts: Facts) -> tuple[str, ...]:
    open_ = []
    if important(facts) is None:
        open_.append("criticality")
    if personal(facts) is None:
        names = ("holds_personal_data", "holds_staff_data")
        open_ += [name for name in names if name not in facts.known]
    if not facts.word("data_class"):
        open_.append("data_class")
    return tuple(open_)


def _connection(facts: Facts, field: Field, readings: Readings) -> Score:
    match field:
        case Field.CROSS_INSTITUTION:
            internet = open_to_internet(facts)
            if internet is False and not readings.vpn_exempts:
                return settled("R6", 2, "vpn", "vpn_only", "connections")
            if internet or readings.vpn_exempts:
                return settled("R6", 3, "internet", "external_users")
            return bounded("R6", 2, 3, asks=("connections",))
        case Field.REMOTE_WORK:
            return _outside_connection(facts)
        case Field.SERVICE_PROVIDER:
            return _supplier_connection(facts)
        case Field.CLOUD_ACCESS | Field.SYSTEM_OPERATION | Field.APP_ADMIN:
            found = _gravest("R6", facts, "connections", WAYS)
            if found.value is None and facts.yes("vpn_only") and not open_to_internet(facts):
                return settled("R6", 2, "vpn", "vpn_only")
            if field is Field.SYSTEM_OPERATION and facts.has("operated_by", "supplier_remote"):
                return _graver(found, _outside_connection(facts))
            return found


def _outside_connection(facts: Facts) -> Score:
    found = _gravest("R6", facts, "connections", OUTSIDE_WAYS, low=2)
    if found.value is None and facts.yes("vpn_only") and not open_to_internet(facts):
        return settled("R6", 2, "vpn", "vpn_only")
    return found


def _supplier_connection(facts: Facts) -> Score:
    operators = facts.words("operated_by")
    if operators.isdisjoint(("supplier_remote", "supplier")):
        return settled("R6", 1, "internal", "operated_by")
    outside = _outside_connection(facts)
    if "supplier_remote" in operators:
        return outside
    return bounded("R6", 1, outside.high, facts=("operated_by",), asks=("operated_by",))
