"""JSON as Cedar values, obligations as policies write them, what policies read, secrets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError, ContentError
from panshi.protection.cedar import Decimal, Uid, compile_policies
from panshi.protection.cedar.documents import write_record
from panshi.protection.zero_trust.decisions.facts import policy_facts
from panshi.protection.zero_trust.decisions.json_values import cedar_record, shown
from panshi.protection.zero_trust.decisions.obligations import declared, duties, obligations
from panshi.protection.zero_trust.decisions.records import is_secret


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("text", "text"),
        (12, 12),
        (3.0, 3),
        (12.5, Decimal.parse("12.5")),
        (-0.0001, "-0.0001"),
        (1.23456, "1.23456"),
        (1e300, "1e+300"),
        (2**63, str(2**63)),
        (-(2**63), -(2**63)),
        ([1, "a", [True]], (1, "a", (True,))),
        ({"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
        ({"__entity": {"type": "User", "id": "amy"}}, Uid("User", "amy")),
    ],
)
def test_each_kind_of_json_has_one_cedar_value(value, expected):
    found = cedar_record({"v": value})["v"]

    assert found == expected or str(shown(found)) == expected
    assert isinstance(found, bool) == isinstance(expected, bool)


def test_null_is_left_out_and_never_hidden_in_a_list():
    assert cedar_record({"a": None, "b": 1}) == {"b": 1}
    for bad in ([1, None], {"__entity": {"type": 1}}, {"__extn": {"fn": "ip", "arg": "x"}}):
        with pytest.raises(BadInputError):
            cedar_record({"a": bad})


def test_what_is_nested_without_end_is_refused():
    value = 1
    for _ in range(40):
        value = {"a": value}
    with pytest.raises(BadInputError, match="nested"):
        cedar_record({"a": value})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_json_becomes_a_cedar_record_or_is_refused_and_the_engine_can_write_it(document):
    try:
        record = cedar_record(json.loads(json.dumps(document)))
    except BadInputError:
        return
    assert all(name in document and document[name] is not None for name in record)
    json.dumps(write_record(record))
    json.dumps({name: shown(value) for name, value in record.items()})


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("step-up:aal3", {"acr_value": "aal3"}),
        ("step-up:aal3:hwk+pin", {"acr_value": "aal3", "amr_values": ["hwk", "pin"]}),
        ("step-up:urn:bank:loa:3", {"acr_value": "urn:bank:loa:3"}),
        ("notify", {"to": "security", "topic": "why", "body": "what"}),
        ("notify:soc@bank.example", {"to": "soc@bank.example", "topic": "why", "body": "what"}),
        ("terminate", {"subject": "amy"}),
        ("custom:watermark", {"name": "watermark"}),
    ],
)
def test_obligations_carry_the_members_their_type_asks_for(text, members):
    (found,) = obligations(duties(text), subject="amy", topic="why", body="what")

    assert found.json() == {"type": found.type, "id": "obl-1", **members}


@pytest.mark.parametrize(
    "text", ["dance", "step-up", "step-up:", "terminate:now", "custom:", "x:y"]
)
def test_an_obligation_nobody_knows_keeps_the_policy_out(text):
    with pytest.raises(ContentError):
        duties(text, place="a.cedar")


def test_the_same_duty_of_two_policies_is_asked_once():
    asked = duties("notify, terminate") + duties("notify")
    found = obligations(asked, subject="s", topic="t", body="b")
    assert [each.id for each in found] == ["obl-1", "obl-2"]


def test_what_an_enforcement_point_declares_is_cut_to_what_we_know():
    assert declared(["step-up", "dance", 7]) == {"step-up"}
    assert declared("step-up") is None


def test_facts_know_effect_reads_and_actions_of_each_policy():
    compiled = compile_policies(
        """@id("a") @ttl("30") permit (principal, action in [Action::"r", Action::"w"], resource)
        when { context.device.ok && principal.role == resource.need }
        unless { context has hour && context.hour > 20 };
        @narrow("part") permit (principal, action == Action::"x", resource);
        forbid (principal == ?principal, action, resource);""",
        source="t",
    )
    first, second = policy_facts(compiled).values()
    assert (first.name, first.forbids, first.ttl, first.actions) == (
        "a", False, 30, (Uid("Action", "r"), Uid("Action", "w")),
    )  # fmt: skip
    assert {
        ("context", "device", "ok"), ("principal", "role"), ("resource", "need"),
        ("context", "hour"),
    } <= first.reads  # fmt: skip
    assert [each.type for each in second.duties] == ["narrow"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("password", True), ("api_key", True), ("otp", True), ("session_token", True),
     ("login_otp", True), ("PIN", True), ("pinned", False), ("hour", False), ("compass", False)],
)  # fmt: skip
def test_a_name_says_whether_its_value_is_a_secret(name, expected):
    assert is_secret(name) is expected


def test_secrets_inside_a_record_are_not_shown_either():
    assert shown({"user": "amy", "inner": {"password": "x"}}) == {
        "user": "amy",
        "inner": {"password": "•••"},
    }
