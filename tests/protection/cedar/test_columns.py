"""Tables never know more than Cedar: errors, types and bounds survive them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.cedar import EntityStore, Request, Uid, compile_policies, reference
from panshi.protection.cedar.columns import MOST

U = Uid("User", "a")
VALUES = st.one_of(
    st.integers(-5, 12),
    st.sampled_from([2**63 - 1, -(2**63)]),
    st.booleans(),
    st.sampled_from(["", "a", "b", "ab", "?", "a?"]),
    st.frozensets(st.one_of(st.booleans(), st.integers(0, 1), st.sampled_from("ab"))),
    st.just({}),
)
CONDITIONS = (
    "context.x > 3",
    "context.x <= 3 && context.x != 0",
    "context.x == 9223372036854775807",
    "context.x == true",
    "context.x == 1",
    '["a", "b"].contains(context.x)',
    "[1, true].contains(context.x)",
    'context.x like "a*"',
    'context has x && context.x == "ab"',
    '!(context has x) || context.x == "a"',
    "context.x.contains(1)",
    "context.x.contains(true)",
    'context.x.containsAny(["a", "b"])',
    "context.x == [1]",
    "context.x == {}",
    "context.x + 9223372036854775807 > 0",
    "context.x",
    "if context.x then true else false",
)


@given(
    conditions=st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=6),
    values=st.lists(st.one_of(st.none(), VALUES), min_size=1, max_size=8),
)
def test_a_table_answers_as_cedar_whatever_was_asked_before(conditions, values):
    # Given policies that all read one attribute
    text = "".join(f"permit(principal, action, resource) when {{ {c} }};" for c in conditions)
    compiled, store = compile_policies(text, source="x"), EntityStore()

    # When it has one value after another, of any type, or none
    for value in values:
        context = {} if value is None else {"x": value}
        request = Request(U, Uid("Action", "a"), U, context)

        # Then reasons and errors are Cedar's
        expected = reference.decide(compiled.handle, request, store.handle())
        assert reference.ids(compiled.decide(request, store)) == reference.ids(expected)


def test_a_caller_who_invents_values_does_not_fill_the_memory():
    # Given a pattern, which needs a look at every text
    text = 'permit(principal, action, resource) when { context.x like "*7" };'
    compiled, store = compile_policies(text, source="x"), EntityStore()

    # When there are more texts and more entities than are remembered
    for number in range(2 * MOST):
        uid = Uid("User", str(number))
        request = Request(uid, Uid("Action", str(number)), uid, {"x": str(number)})
        assert compiled.decide(request, store).allowed == str(number).endswith("7")

    # Then only so many are
    (view,) = compiled.desk(store).views.values()
    assert len(view.index.context[0].tables[str].known) == MOST
    assert len(view.sides["principal"].known) <= MOST + 1
    assert len(compiled.desk(store).deciders) <= MOST


@pytest.mark.parametrize("missing", [{}, {"a": {}}, {"a": {"b": {}}}, {"a": 1}, {"a": U}])
def test_a_path_that_ends_early_errs_or_not_as_in_cedar(missing):
    text = """
        permit(principal, action, resource) when { context.a.b.c == 1 };
        permit(principal, action, resource) when { context has a.b.c && context.a.b.c == 1 };
        permit(principal, action, resource) when { context has a && context.a has b };
        permit(principal, action, resource) when { context.a has b };
    """
    compiled, store = compile_policies(text, source="x"), EntityStore()
    request = Request(U, Uid("Action", "a"), U, missing)

    expected = reference.decide(compiled.handle, request, store.handle())
    assert reference.ids(compiled.decide(request, store)) == reference.ids(expected)
