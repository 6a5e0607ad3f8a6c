"""Search equals asking one by one, in the order of the store, whatever changes."""

from panshi.protection.cedar import Entity, EntityStore, Request, Uid, compile_policies

POLICIES = """
    permit(principal, action == Action::"read", resource)
    when { principal.dept == resource.dept && principal.level >= resource.level };
    permit(principal, action == Action::"write", resource) when { resource.owner == principal };
    forbid(principal, action in Action::"all", resource) when { resource has sealed };
    permit(principal, action == Action::"list", resource) when { principal in resource.readers };
    permit(principal, action == Action::"find", resource)
    when { resource == principal.desk || resource.level + principal.level < 3 };
"""
ACTIONS = [Uid("Action", name) for name in ("read", "write", "list", "find")]
USERS = [Uid("User", name) for name in "abc"]


def store() -> EntityStore:
    """Three users, seventy documents, a group of actions."""
    users = [
        Entity(USERS[0], {"dept": "it", "level": 2, "desk": Uid("Doc", "7")}),
        Entity(USERS[1], {"dept": "risk", "level": 0}, frozenset({Uid("Team", "t")})),
        Entity(USERS[2], {"dept": 1, "level": "high"}),
    ]
    docs = [
        Entity(
            Uid("Doc", str(number)),
            {
                "dept": ("it", "risk", 1, True)[number % 4],
                "level": number % 3,
                "owner": USERS[number % 2],
                "readers": frozenset({USERS[number % 3], Uid("Team", "t")}),
            }
            | ({"sealed": True} if number % 7 == 0 else {}),
        )
        for number in range(70)
    ]
    actions = [Entity(each, parents=frozenset({Uid("Action", "all")})) for each in ACTIONS]
    return EntityStore([*users, *docs, *actions, Entity(Uid("Action", "all"))])


def one_by_one(compiled, entities, action, *, user=None, doc=None):
    """What single decisions permit."""
    side, kind = ("resource", "Doc") if doc is None else ("principal", "User")
    asked = Request(user or USERS[0], action, doc or Uid("Doc", "0"), {})
    return tuple(
        each.uid
        for each in entities
        if each.uid.type == kind
        and compiled.decide(asked._replace(**{side: each.uid}), entities).allowed
    )


def agree(compiled, entities):
    """Compare every search with single decisions; count what was found."""
    found = 0
    for action in ACTIONS:
        for user in USERS:
            ours = compiled.permitted_resources(user, action, {}, entities, type="Doc")
            assert ours == one_by_one(compiled, entities, action, user=user)
            found += len(ours)
        for number in (0, 1, 7, 8):
            doc = Uid("Doc", str(number))
            ours = compiled.permitted_principals(action, doc, {}, entities, type="User")
            assert ours == one_by_one(compiled, entities, action, doc=doc)
            found += len(ours)
    return found


def test_a_search_equals_single_decisions_before_and_after_changes():
    # Given a search over classes, equalities, memberships, sums and the entity itself
    compiled, entities = compile_policies(POLICIES, source="x"), store()
    assert agree(compiled, entities) > 100

    # When entities change, come and go
    entities.put(Entity(Uid("Doc", "7"), {"dept": "it", "level": 0}))
    entities.put(Entity(USERS[1], {"dept": "it", "level": 1}))
    entities.remove(Uid("Doc", "8"))
    agree(compiled, entities)
    entities.put(Entity(Uid("Doc", "8"), {"dept": "it", "level": 0, "owner": USERS[0]}))
    entities.remove(*(Uid("Doc", str(number)) for number in range(20, 70)))

    # Then it still does, the returned one last
    agree(compiled, entities)
    found = compiled.permitted_resources(USERS[0], ACTIONS[0], {}, entities, type="Doc")
    assert found[-1] == Uid("Doc", "8")


def test_more_policies_than_a_word_holds():
    text = "".join(
        f'permit(principal, action, resource == Doc::"{number}") when {{ principal.level > 0 }};'
        for number in range(0, 140, 2)
    )
    compiled, entities = compile_policies(text, source="x"), store()

    found = compiled.permitted_resources(USERS[0], ACTIONS[0], {}, entities, type="Doc")

    assert found == tuple(Uid("Doc", str(number)) for number in range(0, 70, 2))


def test_actions_are_those_entities_and_policies_name_without_their_groups():
    compiled, entities = compile_policies(POLICIES, source="x"), store()

    assert compiled.known_actions(entities) == tuple(ACTIONS)
    assert compiled.permitted_actions(USERS[0], Uid("Doc", "3"), {}, entities) == (
        Uid("Action", "list"),
        Uid("Action", "find"),
    )


def test_a_type_without_entities_gives_nothing():
    compiled, entities = compile_policies(POLICIES, source="x"), store()

    assert compiled.permitted_resources(USERS[0], ACTIONS[0], {}, entities, type="Ship") == ()
