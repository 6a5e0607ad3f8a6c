"""Compiled policies: what they answer, what they leave to cedarpy, what they remember."""

import pytest

from panshi.errors import BadInputError, ContentError
from panshi.protection.cedar import (
    Entity,
    EntityStore,
    Request,
    Schema,
    Uid,
    compile_policies,
)

USER, DOC, READ = Uid("User", "mei"), Uid("Doc", "d"), Uid("Action", "read")
STORE = EntityStore([Entity(USER, {"level": 3}), Entity(DOC, {"needs": 2})])


def test_forbid_overrides_and_its_policies_are_the_reason():
    compiled = compile_policies(
        """permit(principal, action, resource);
           @id("night") forbid(principal, action, resource) when { context.hour < 6 };""",
        source="x",
    )

    by_night = compiled.decide(Request(USER, READ, DOC, {"hour": 3}), STORE)
    by_day = compiled.decide(Request(USER, READ, DOC, {"hour": 9}), STORE)

    assert (by_night.allowed, by_night.reasons) == (False, ("policy1",))
    assert (by_day.allowed, by_day.reasons) == (True, ("policy0",))
    assert compiled.annotation("policy1", "id") == "night"
    assert compiled.annotation("policy0", "id") is None
    assert compiled.annotation("unheard-of", "id") is None


def test_reasons_come_in_the_order_people_count():
    compiled = compile_policies("permit(principal, action, resource);" * 12, source="x")

    assert compiled.decide(Request(USER, READ, DOC), STORE).reasons == compiled.policy_ids
    assert compiled.policy_ids[1:3] == ("policy1", "policy2")


@pytest.mark.parametrize(
    ("condition", "errs"),
    [
        ("false && context.absent", False),
        ("true || context.absent", False),
        ("context.absent || true", True),
        ("if false then context.absent else true", False),
        ("resource.needs < 9 && context.absent == 1", True),
        ("resource.needs > 9 && context.absent == 1", False),
        ("context.absent == 1 && resource.needs > 9", True),
        ("principal.level + 9223372036854775807 > resource.needs && false", True),
        ("false && principal.level + 9223372036854775807 > resource.needs", False),
        ("principal.level > resource.absent && resource.needs > 9", True),
        ("resource.needs > 9 && principal.level > resource.absent", False),
    ],
)
def test_a_table_hides_no_error_and_makes_none_up(condition, errs):
    compiled = compile_policies(
        f"permit(principal, action, resource) when {{ {condition} }};", source="x"
    )

    decision = compiled.decide(Request(USER, READ, DOC, {}), STORE)

    assert bool(decision.errors) is errs
    assert decision.compiled


def test_a_policy_out_of_scope_cannot_err():
    compiled = compile_policies(
        """permit(principal == User::"an", action, resource) when { context.absent };
           permit(principal, action == Action::"write", resource) when { context.absent };
           permit(principal, action, resource is Folder) when { context.absent };""",
        source="x",
    )

    assert compiled.decide(Request(USER, READ, DOC, {}), STORE).errors == ()


def test_what_the_compiler_does_not_know_goes_to_cedarpy_and_is_counted():
    # Given a condition nested deeper than is compiled
    deep = "!" * 4 + "(" + " + ".join(["context.n"] * 200) + " == 200)"
    compiled = compile_policies(
        f"permit(principal, action, resource) when {{ {deep} }};"
        "forbid(principal, action, resource) when { context.n == 2 };",
        source="x",
    )

    # When requests are decided
    one = compiled.decide(Request(USER, READ, DOC, {"n": 1}), STORE)
    two = compiled.decide(Request(USER, READ, DOC, {"n": 2}), STORE)

    # Then the answer is right and says by whom
    assert compiled.fallback_count == 1
    assert (one.allowed, one.compiled) == (True, False)
    assert (two.allowed, two.reasons) == (False, ("policy1",))
    found = compiled.permitted_resources(USER, READ, {"n": 1}, STORE, type="Doc")
    assert found == (DOC,)


@pytest.mark.parametrize("word", [" && ", " || "])
def test_a_long_list_of_conditions_is_compiled(word):
    conditions = word.join(f"context.n != {number}" for number in range(500))
    compiled = compile_policies(
        f"permit(principal, action, resource) when {{ {conditions} }};", source="x"
    )

    assert compiled.fallback_count == 0
    for _ in range(2):  # the first answer over a store is given without the index
        assert compiled.decide(Request(USER, READ, DOC, {"n": 500}), STORE).allowed


def test_policies_that_break_the_schema_are_refused():
    schema = Schema.parse(
        "entity User, Doc; action read appliesTo {principal: User, resource: Doc};",
        source="bank.cedarschema",
    )

    with pytest.raises(ContentError, match="level"):
        compile_policies(
            "permit(principal, action, resource) when { principal.level > 1 };",
            source="bank.cedar",
            schema=schema,
        )


def test_a_context_is_read_as_the_schema_types_it():
    schema = Schema.parse(
        """entity User, Doc; action read appliesTo
           {principal: User, resource: Doc, context: {by: User, "from a": ipaddr, n?: Long}};"""
    )

    context = schema.read_context(READ, {"by": {"type": "User", "id": "a"}, "from a": "::1"})

    assert context["by"] == Uid("User", "a")
    assert str(context["from a"]) == "::1/128"
    with pytest.raises(BadInputError):
        schema.read_context(READ, {"by": "a"})
    with pytest.raises(BadInputError):
        schema.read_context(Uid("Action", "unheard-of"), {})


def test_a_value_cedar_does_not_have_is_refused_not_skipped():
    compiled = compile_policies(
        'forbid(principal, action, resource) when { context.x == "a" };', source="x"
    )

    with pytest.raises(BadInputError):
        compiled.decide(Request(USER, READ, DOC, {"x": 1.5}), STORE)


def test_two_stores_do_not_meet():
    # Given one set of policies over two stores
    compiled = compile_policies(
        "permit(principal, action, resource) when { principal.level > 2 };", source="x"
    )
    other = EntityStore([Entity(USER, {"level": 1})])
    request = Request(USER, READ, DOC)

    # Then each has its own answer, turn about
    for _ in range(2):
        assert compiled.decide(request, STORE).allowed
        assert not compiled.decide(request, other).allowed
