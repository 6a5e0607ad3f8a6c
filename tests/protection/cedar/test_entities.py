"""Entities change in place, and everything that was read from them with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.protection.cedar import Entity, EntityStore, Request, Schema, Uid, compile_policies

A, B, C, D = (Uid("Group", name) for name in "abcd")


def chain() -> EntityStore:
    """A in B in C."""
    return EntityStore(
        [Entity(A, parents=frozenset({B})), Entity(B, parents=frozenset({C})), Entity(C)]
    )


def test_ancestors_reach_all_the_way_up_and_follow_changes_in_the_middle():
    # Given a chain whose ancestors are known
    store = chain()
    assert store.ancestors(A) == {B, C}

    # When the middle moves
    store.put(Entity(B, parents=frozenset({D})))

    # Then everything below moves along
    assert store.ancestors(A) == {B, D}
    store.remove(B)
    assert store.ancestors(A) == {B}
    assert store.epoch == 3


def test_a_cycle_is_refused_and_nothing_changes():
    store = chain()

    with pytest.raises(BadInputError):
        store.put(Entity(D), Entity(C, parents=frozenset({A})))

    assert store.ancestors(A) == {B, C}
    assert D not in store
    assert len(store) == 3


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '[{"uid": {"type": "U", "id": "a"}, "attrs": {"x": null}, "parents": []}]',
        '[{"uid": {"type": "U", "id": "a"}, "attrs": {"x": 1.5}, "parents": []}]',
        '[{"uid": {"type": "U", "id": "a"}, "attrs": {}, "parents": [{"type": "U", "id": "a"}]}]',
    ],
)
def test_a_bad_document_is_refused_with_its_file(text):
    with pytest.raises(BadInputError) as refused:
        EntityStore.from_json(text, source="people.json")

    assert refused.value.place == "people.json"


def test_what_a_schema_leaves_implicit_is_read_as_the_schema_says():
    # Given a schema by which an address and an entity need no marks
    schema = Schema.parse("entity User {at: ipaddr, boss: User}; action a; action b in [a];")
    uid = {"type": "User", "id": "a"}

    # When a document uses that
    store = EntityStore.from_json(
        [{"uid": uid, "attrs": {"at": "10.0.0.1", "boss": uid}, "parents": []}], schema
    )

    # Then the values are what they are, and the schema's actions are there
    attributes = store.get(Uid("User", "a")).attributes
    assert str(attributes["at"]) == "10.0.0.1/32"
    assert attributes["boss"] == Uid("User", "a")
    assert store.ancestors(Uid("Action", "b")) == {Uid("Action", "a")}
    assert not store.has_members(Uid("Action", "b"))


def test_order_and_direct_parents_are_those_of_the_document():
    listed = [(D, A), (B, C), (A, B)]
    store = EntityStore.from_json(
        [
            {"uid": each._asdict(), "attrs": {}, "parents": [{"__entity": up._asdict()}]}
            for each, up in listed
        ]
    )

    assert [(each.uid, each.parents) for each in store] == [(x, {up}) for x, up in listed]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 5)), st.booleans()), max_size=25)
)
def test_whatever_changes_ancestors_are_those_of_a_store_made_anew(steps):
    # Given a store that has gone through many changes, and was asked in between
    store = EntityStore()
    for number, parents, goes in steps:
        uid = Uid("Group", str(number))
        if goes:
            store.remove(uid)
        else:
            above = frozenset(Uid("Group", str(each)) for each in parents if each > number)
            store.put(Entity(uid, parents=above))
        for each in store:
            store.ancestors(each.uid)

    # Then it knows what one made of its entities knows
    anew = EntityStore(store)
    for each in store:
        assert store.ancestors(each.uid) == anew.ancestors(each.uid)


def test_a_decision_follows_every_change_it_read():
    # Given a decision that read another entity's attribute
    compiled = compile_policies(
        "permit(principal, action, resource) when { principal.boss.level > 2 };", source="x"
    )
    boss, user = Uid("User", "boss"), Uid("User", "a")
    store = EntityStore([Entity(boss, {"level": 3}), Entity(user, {"boss": boss})])
    request = Request(user, Uid("Action", "x"), user, {})
    assert compiled.decide(request, store).allowed

    # When that entity changes, or goes
    store.put(Entity(boss, {"level": 1}))
    assert not compiled.decide(request, store).allowed
    store.remove(boss)

    # Then so does the decision
    assert [each.policy for each in compiled.decide(request, store).errors] == ["policy0"]
