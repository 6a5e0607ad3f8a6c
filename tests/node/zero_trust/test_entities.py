"""Entities from an estate: what is not said is left out and listed, in nobody's favour."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate
from panshi.node.zero_trust.entities import entities_of, uid_of
from panshi.node.zero_trust.policies import shipped
from panshi.protection.cedar import EntityStore, Schema, Uid

SCHEMA = Schema.parse(shipped().schema)
MAYBE = st.sampled_from([None, True, False])


def estate(assets, relations=()):
    return Estate(
        id="x", name_zh="x", name_en="x", version=1, as_of=datetime(2026, 9, 1, tzinfo=UTC),
        assets=tuple(assets), relations=tuple(relations),
    )  # fmt: skip


def asset(kind, name, **said):
    said = {key: value for key, value in said.items() if value is not None}
    return Asset(id=AssetId(f"{kind}:{name}"), kind=kind, name=name, attributes=said)


def test_what_an_estate_says_becomes_entities_of_the_shipped_schema():
    # Given a bank in small
    found = entities_of(
        estate(
            [
                asset(AssetKind.SYSTEM, "core", criticality="high", holds_personal_data=True,
                      fields=("app_admin",)),
                asset(AssetKind.SERVICE, "pay", critical=True),
                asset(AssetKind.PERSON, "p1", department="IT"),
                asset(AssetKind.ACCOUNT, "ana", privileged=True, enabled=True, human=True,
                      external=False, person="p1"),
                asset(AssetKind.DEVICE, "nb-1", ownership="issued"),
            ],
            [
                Relation(kind=RelationKind.MEMBER_OF, source=AssetId("account:ana"),
                         target=AssetId("system:core")),
                Relation(kind=RelationKind.DEPENDS_ON, source=AssetId("service:pay"),
                         target=AssetId("system:core")),
            ],
        )
    )  # fmt: skip
    by_uid = {each.uid: each for each in found.entities}
    # Then the account is in its roles and in the team of its system
    ana = by_uid[Uid("User", "ana")]
    assert ana.parents == {Uid("Role", "staff"), Uid("Role", "administrator"), Uid("Team", "core")}
    assert ana.attributes["department"] == "IT"
    core = by_uid[Uid("System", "core")]
    assert core.parents == {Uid("Field", "app_admin"), Uid("Service", "pay")}
    assert (core.attributes["personal_data"], core.attributes["users"]) == (
        True,
        Uid("Team", "core"),
    )
    assert found.gaps == ()


ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "privileged": MAYBE, "enabled": MAYBE, "human": MAYBE, "external": MAYBE,
            "emergency": MAYBE, "shared": MAYBE,
            "user_group": st.sampled_from([None, "it_staff", "external", "machine"]),
        }
    ),
    max_size=6,
)  # fmt: skip
SYSTEMS = st.lists(
    st.fixed_dictionaries(
        {
            "criticality": st.sampled_from([None, "high", "low"]),
            "holds_personal_data": MAYBE,
            "fields": st.sampled_from([None, ("remote_work",), ("app_admin", "cloud_access")]),
        }
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(ACCOUNTS, SYSTEMS, st.data())
def test_unknown_stays_unknown_and_is_listed(accounts, systems, data):
    assets = [asset(AssetKind.ACCOUNT, f"a{n}", **said) for n, said in enumerate(accounts)]
    assets += [asset(AssetKind.SYSTEM, f"s{n}", **said) for n, said in enumerate(systems)]
    members = [
        Relation(kind=RelationKind.MEMBER_OF, source=AssetId(f"account:a{n}"),
                 target=AssetId(f"system:s{data.draw(st.integers(0, len(systems) - 1))}"))
        for n in range(len(accounts))
    ]  # fmt: skip
    whole = estate(assets, members)
    found = entities_of(whole)
    # The same estate gives the same entities, and they fit the schema
    assert entities_of(whole) == found
    EntityStore.from_json(EntityStore(found.entities).to_json(), SCHEMA)
    by_uid = {each.uid: each for each in found.entities}
    assert len(by_uid) == len(found.entities)
    gaps = {(each.asset, each.missing) for each in found.gaps}
    for each in whole.assets:
        entity = by_uid[uid_of(each.id)]
        # Nothing is said that the estate does not say
        theirs = {"personal_data": "holds_personal_data"}
        for name in entity.attributes.keys() - {"name", "fields", "users"}:
            assert each.attributes[theirs.get(name, name)] == entity.attributes[name]
        if each.kind is AssetKind.ACCOUNT:
            roles = {parent.id for parent in entity.parents if parent.type == "Role"}
            assert ("enabled" in entity.attributes) is ((each.id, "enabled") not in gaps)
            assert ("administrator" in roles) is (each.attributes.get("privileged") is True)
            if not roles & {"staff", "external", "machine", "emergency"}:
                assert (each.id, "role") in gaps
            if "staff" in roles and "user_group" not in each.attributes:
                assert each.attributes["human"] is True
                assert each.attributes["external"] is False
        else:
            for name in ("criticality", "personal_data"):
                assert (name in entity.attributes) is ((each.id, name) not in gaps)
