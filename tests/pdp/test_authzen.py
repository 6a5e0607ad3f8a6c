"""AuthZEN evaluation and batches, clause by clause of the certification scenario, over HTTP."""

import json
from pathlib import Path

import pytest

from panshi.pdp.loading import load
from panshi.pdp.point import DecisionPoint
from tests.simulators.served_point import point_of, serving

FIXTURE = Path(__file__).parents[2] / "docs" / "examples" / "authzen" / "certification"
ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"
ALICE, BOB = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
ACTIVE, ARCHIVED = {"status": "active"}, {"status": "archived"}


def record(number=1, **properties):
    found = {"type": "record", "id": f"record-{number}"}
    return found | {"properties": properties} if properties else found


def action(name, **properties):
    return {"name": name, "properties": properties} if properties else {"name": name}


def question(subject, name, resource, **more):
    return {"subject": subject, "action": name, "resource": resource} | more


@pytest.fixture(scope="module")
def served():
    loaded = load(FIXTURE, FIXTURE / "entities.json")
    point = DecisionPoint(
        policies=loaded.policies, entities=loaded.entities, clock=lambda: 1_700_000_000.0
    )
    with serving(point) as found:
        yield found


ADMIN = BOB | {"properties": {"role": "admin"}}
FIXED = [
    (question(ALICE, action("read"), record()), True),
    (question(ALICE, action("write"), record()), True),
    (question(BOB, action("read"), record()), True),
    (question(BOB, action("write"), record()), False),
    (question(ALICE, action("write"), record(2, **ARCHIVED)), False),
    (question(ADMIN, action("write"), record(2, **ARCHIVED)), True),
    (question(ALICE, action("delete", soft=True), record()), True),
    (question(ALICE, action("delete", soft=False), record()), False),
]


@pytest.mark.parametrize(("asked", "expected"), FIXED)
@pytest.mark.parametrize("context", [None, {}, {"time": "2025-06-27T18:03-07:00", "n": 1.5}])
def test_the_eight_decisions_hold_with_and_without_context(served, asked, expected, context):
    more = {} if context is None else {"context": context}

    status, headers, answer = served.ask(ONE, asked | more)

    assert (status, answer["decision"]) == (200, expected)
    assert headers["content-type"] == "application/json"


def test_what_the_specification_does_not_name_is_ignored(served):
    asked = question(
        ALICE | {"properties": {"department": "Sales", "role": "manager"}, "extra": 1},
        action("read", method="GET"),
        record(1, status="active", owner="bob"),
        foo="bar",
        futureField={"nested": True},
    )

    assert served.ask(ONE, asked)[2]["decision"] is True


GOOD = question(ALICE, action("read"), record())


@pytest.mark.parametrize(
    "asked",
    [
        *({name: GOOD[name] for name in GOOD if name != gone} for gone in GOOD),
        GOOD | {"subject": {"id": "alice"}},
        GOOD | {"subject": {"type": "user"}},
        GOOD | {"action": {}},
        GOOD | {"resource": {"id": "record-1"}},
        GOOD | {"resource": {"type": "record"}},
        GOOD | {"subject": "alice"},
        GOOD | {"action": {"name": 123}},
        GOOD | {"subject": None},
        GOOD | {"context": []},
        GOOD | {"subject": ALICE | {"properties": "none"}},
        [GOOD],
        "alice",
    ],
)
def test_a_request_of_the_wrong_shape_is_a_bad_one(served, asked):
    status, headers, answer = served.ask(ONE, asked, X_Request_ID="r-9")

    assert status == 400
    assert isinstance(answer, str)
    assert headers["x-request-id"] == "r-9"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (json.dumps(GOOD).encode(), {"Content_Type": "text/plain"}, 400),
        (json.dumps(GOOD).encode(), {"Content_Type": "application/json-seq"}, 400),
        (json.dumps(GOOD).encode(), {"Content_Type": "application/json; charset=latin-1"}, 400),
        (json.dumps(GOOD).encode(), {"Content_Type": "application/json; charset=UTF-8"}, 200),
        (json.dumps(GOOD).encode(), {"Content_Encoding": "gzip"}, 415),
        (b"", {}, 400),
        (b"{", {}, 400),
        (b'{"subject":\xff}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (json.dumps(GOOD).encode()[:-1] + b',"action":{"name":"delete"}}', {}, 400),
        (json.dumps(GOOD).encode()[:-1] + b',"action" :{"name":"delete"}}', {}, 400),
    ],
)
def test_content_that_is_no_json_or_says_something_twice(served, body, headers, status):
    assert served.ask(ONE, body, **headers)[0] == status


def test_the_request_id_comes_back_as_it_came_and_its_absence_is_no_fault(served):
    assert served.ask(ONE, GOOD, X_Request_ID="bfe9eb29-ab87")[1]["X-Request-ID"] == "bfe9eb29-ab87"
    status, headers, _ = served.ask(ONE, GOOD)
    assert status == 200
    assert "X-Request-ID" not in headers


def test_the_same_question_gets_the_same_answer(served):
    assert len({json.dumps(served.ask(ONE, GOOD)[2]) for _ in range(5)}) == 1


def test_other_methods_and_other_paths(served):
    status, headers, _ = served.ask(ONE, None, method="GET")
    assert (status, headers["allow"]) == (405, "POST")
    assert served.ask("/access/v1/nothing", GOOD)[0] == 404


BATCHES = [
    (
        {
            "subject": BOB,
            "resource": record(),
            "evaluations": [{"action": action("read")}, {"action": action("write")}],
        },
        [True, False],
    ),
    (
        {
            "subject": ALICE,
            "action": action("write"),
            "evaluations": [
                {"resource": record(1, **ACTIVE)},
                {"resource": record(2, **ARCHIVED)},
            ],
        },
        [True, False],
    ),
    (
        {
            "action": action("write"),
            "resource": record(2, **ARCHIVED),
            "evaluations": [{"subject": ALICE}, {"subject": ADMIN}],
        },
        [False, True],
    ),
    (
        {
            "evaluations": [
                question(ALICE, action("read"), record()),
                question(BOB, action("write"), record()),
            ]
        },
        [True, False],
    ),
    (
        {
            "subject": ALICE,
            "action": action("write"),
            "resource": {"type": "record"},
            "evaluations": [
                {"resource": {"id": "record-1", "properties": ACTIVE}},
                {"resource": record(2, **ARCHIVED)},
            ],
        },
        [True, False],
    ),
    (
        {
            "subject": ALICE,
            "action": action("read"),
            "context": {"time": "2025-06-27T18:03-07:00"},
            "evaluations": [
                {"resource": record()},
                {"resource": record(2), "context": {"time": "2025-06-27T19:00-07:00"}},
            ],
        },
        [True, True],
    ),
    (
        {
            "subject": ALICE,
            "action": action("read"),
            "evaluations": [
                {"resource": record()},
                {},
                "no evaluation",
                {"resource": {"type": 1}},
                {"resource": {"type": "space-ship", "id": "1"}},
                {"resource": record(2)},
            ],
        },
        [True, False, False, False, False, True],
    ),
]


@pytest.mark.parametrize(("asked", "expected"), BATCHES)
def test_a_batch_answers_each_in_order_and_an_error_is_a_denial_of_its_own(served, asked, expected):
    status, _, answer = served.ask(MANY, asked)

    assert (status, [each["decision"] for each in answer["evaluations"]]) == (200, expected)
    assert "decision" not in answer


@pytest.mark.parametrize("evaluations", [{}, {"evaluations": []}, {"evaluations": None}])
def test_without_evaluations_a_batch_is_a_single_evaluation(served, evaluations):
    assert served.ask(MANY, GOOD | evaluations)[2]["decision"] is True


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_stops_where_its_semantic_says(served, semantic, expected):
    asked = {
        "resource": record(),
        "action": action("write"),
        "options": {"evaluations_semantic": semantic, "another_option": "value"},
        "evaluations": [{"subject": ALICE}, {"subject": BOB}, {"subject": ALICE}],
    }

    answer = served.ask(MANY, asked)[2]

    assert [each["decision"] for each in answer["evaluations"]] == expected


@pytest.mark.parametrize(
    "broken",
    [
        {"options": {"evaluations_semantic": "whatever"}},
        {"evaluations": {}},
        {"subject": "alice"},
        {"evaluations": [{}] * 10_001},
    ],
)
def test_what_is_wrong_with_the_whole_batch_is_a_bad_request(served, broken):
    asked = GOOD | {"evaluations": [{}]} | broken

    assert served.ask(MANY, asked)[0] == 400


OBLIGED = """
@id("step") @obligation("step-up:aal3:hwk+pin, notify:soc@bank.example")
@reason_zh("請重新登入。") @reason_en("Sign in again.")
permit (principal, action == Action::"move", resource);
@id("gone") @obligation("terminate") forbid (principal == user::"eve", action, resource);
@id("long") @ttl("60") permit (principal, action == Action::"read", resource);
"""


def test_an_answer_tells_why_and_what_it_obliges_to():
    # Given policies with sentences, obligations and a time to live
    with serving(point_of(OBLIGED, ttl=5)) as served:
        # When a permit with obligations is asked for
        answer = served.ask(ONE, question(ALICE, action("move"), record()))[2]
        # Then it names the policy, both languages and each obligation with its members
        assert answer["decision"] is True
        context = answer["context"]
        assert context["reason_user"] == {"en": "Sign in again.", "zh": "請重新登入。"}
        assert context["policies"] == ["step"]
        assert context["ttl"] == 5
        step, note = context["obligations"]
        assert step == {
            "type": "step-up",
            "id": "obl-1",
            "acr_value": "aal3",
            "amr_values": ["hwk", "pin"],
        }
        assert (note["type"], note["to"]) == ("notification", "soc@bank.example")
        assert "Sign in again." in note["body"]
        # And a denial may oblige too
        asked = question({"type": "user", "id": "eve"}, action("read"), record())
        eve = served.ask(ONE, asked)[2]
        assert eve["decision"] is False
        assert eve["context"]["obligations"] == [
            {"type": "session_termination", "id": "obl-1", "subject": "eve"}
        ]
        # And a policy may say how long it is to be relied on
        read = served.ask(ONE, question(ALICE, action("read"), record()))[2]
        assert read["context"]["ttl"] == 60


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (["step-up", "notification"], True),
        (["step-up"], False),
        ([], False),
        (["step-up", "notification", "no-such-type"], True),
        ("step-up", True),
    ],
)
def test_a_permit_the_enforcement_point_cannot_honour_is_denied(declared, expected):
    asked = question(ALICE, action("move"), record(), context={"obligations_supported": declared})
    with serving(point_of(OBLIGED)) as served:
        answer = served.ask(ONE, asked)[2]

    assert answer["decision"] is expected
    assert len(answer["context"]["obligations"]) == 2


def test_values_that_were_read_are_shown_when_asked_for_and_secrets_never():
    policies = """permit (principal, action, resource)
        when { context.device.compliant && context.login.otp == "1234" && principal.level > 1 };"""
    asked = question(
        ALICE | {"properties": {"level": 3}},
        action("read"),
        record(),
        context={"device": {"compliant": True}, "login": {"otp": "1234"}},
        options={"explain": True},
    )
    with serving(point_of(policies)) as served:
        shown = served.ask(ONE, asked)[2]["context"]["attributes"]

    assert shown == {
        "context.device.compliant": True,
        "context.login.otp": "•••",
        "principal.level": 3,
    }
