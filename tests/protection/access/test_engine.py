"""Decisions fail closed and quote the policy that made them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.protection.access import Policies, Request, decide

READ = '@id("read") permit(principal in Role::"reader", action == Action::"read", resource);'


def policies(text: str = READ) -> Policies:
    return Policies.parse(text, source="test.cedar")


def test_a_permit_names_its_policy():
    # When a reader reads
    decision = decide(policies(), Request(principal="an", roles=("reader",), action="read"))
    # Then the decision says by which policy
    assert decision.allowed
    assert decision.reasons == ("read",)


def test_what_no_policy_permits_is_denied_without_reasons():
    decision = decide(policies(), Request(principal="an", roles=("writer",), action="read"))
    assert not decision.allowed
    assert decision.reasons == ()


def test_a_forbid_beats_a_permit():
    # Given a permit and a forbid that both apply
    both = policies(READ + '@id("never") forbid(principal, action == Action::"read", resource);')
    # When the reader reads
    decision = decide(both, Request(principal="an", roles=("reader",), action="read"))
    # Then the forbid decides
    assert not decision.allowed
    assert decision.reasons == ("never",)


def test_a_policy_that_cannot_be_evaluated_denies():
    # Given a forbid that reads an attribute nobody has
    broken = policies(
        READ + '@id("x") forbid(principal, action, resource) when { principal.clearance < 3 };'
    )
    # When a permitted request comes
    decision = decide(broken, Request(principal="an", roles=("reader",), action="read"))
    # Then it is denied and the error is told
    assert not decision.allowed
    assert decision.errors


@pytest.mark.parametrize("text", ["", "// nothing", "permit(principal, action", "permit;"])
def test_text_without_a_policy_is_refused_with_its_place(text):
    with pytest.raises(ContentError) as caught:
        policies(text)
    assert caught.value.place.partition(":")[0] == "test.cedar"


@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_no_name_whatever_opens_a_door(principal, action, roles):
    # Given names with quotes, line breaks and policy syntax in them
    asked = Request(principal=principal, roles=tuple(roles), action=action)
    # When they ask for anything but what a reader may
    decision = decide(policies(), asked)
    # Then they are denied
    assert decision.allowed == (action == "read" and "reader" in roles)
