"""Conclusions about policies are sound: what is said to be covered or impossible is."""

import json

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.protection.zero_trust.policies.conditions import demands, groups_of

GROUPS = groups_of(
    [('Action::"a"', ['Action::"g"']), ('Action::"b"', ['Action::"g"']), ('Action::"g"', [])]
)
COMPARED = st.builds(
    lambda name, operator, value: f"context.{name} {operator} {value}",
    st.sampled_from(["x", "y"]),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.integers(-2, 2),
)
ATOM = st.one_of(COMPARED, st.sampled_from(["context.t", "!context.t", "true", "false"]))
EXPRESSION = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a} && {b})", inner, inner),
        st.builds(lambda a, b: f"({a} || {b})", inner, inner),
        st.builds(lambda a: f"!({a})", inner),
    ),
    max_leaves=5,
)
SCOPE = st.sampled_from(
    [
        "action",
        'action == Action::"a"',
        'action in Action::"g"',
        'action in [Action::"a", Action::"b"]',
    ]
)
POLICY = st.builds(
    lambda scope, kind, expression: (
        f"permit (principal, {scope}, resource) {kind} {{ {expression} }};"
    ),
    SCOPE,
    st.sampled_from(["when", "unless"]),
    EXPRESSION,
)
ENTITIES = [
    {"uid": {"type": "Action", "id": name}, "attrs": {}, "parents": [{"type": "Action", "id": "g"}]}
    for name in "ab"
]
CASES = [
    (a, x, y, t) for a in "ab" for x in range(-3, 4) for y in range(-3, 4) for t in (True, False)
]


def taken(text):
    (est,) = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    return demands(est, GROUPS)


def applies(text):
    policies = cedarpy.PolicySet.from_str(text)
    store = cedarpy.Entities.from_json_str(json.dumps(ENTITIES))
    asked = [
        {
            "principal": {"type": "U", "id": "u"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "S", "id": "s"},
            "context": {"x": x, "y": y, "t": t},
        }
        for action, x, y, t in CASES
    ]
    return [each.allowed for each in cedarpy.is_authorized_batch(asked, policies, store)]


@settings(deadline=None, max_examples=150)
@given(POLICY)
def test_what_is_called_impossible_never_applies(text):
    if taken(text).impossible:
        assert not any(applies(text)), text


@settings(deadline=None, max_examples=800)
@given(POLICY, POLICY)
def test_what_is_called_covered_applies_nowhere_else(one, other):
    if taken(one).within(taken(other)):
        mine, theirs = applies(one), applies(other)
        assert all(b for a, b in zip(mine, theirs, strict=True) if a), (one, other)
