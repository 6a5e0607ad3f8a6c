"""AuthZEN searches: complete, paged without gap or repetition, and never more than evaluation."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.pdp.authzen import evaluation
from panshi.pdp.authzen_search import search_resource, search_subject
from panshi.pdp.http import HttpRequest
from panshi.pdp.loading import load
from panshi.pdp.point import DecisionPoint
from tests.simulators.served_point import point_of, serving

FIXTURE = Path(__file__).parents[2] / "docs" / "examples" / "authzen" / "certification"
SUBJECT, RESOURCE, ACTION = (
    f"/access/v1/search/{side}" for side in ("subject", "resource", "action")
)
RECORD = {"type": "record", "id": "record-1"}
ALICE = {"type": "user", "id": "alice"}


@pytest.fixture(scope="module")
def served():
    loaded = load(FIXTURE, FIXTURE / "entities.json")
    point = DecisionPoint(
        policies=loaded.policies, entities=loaded.entities, clock=lambda: 1_700_000_000.0
    )
    with serving(point) as found:
        yield found


BOB = {"type": "user", "id": "bob", "properties": {"role": "admin"}}
OLD = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
READ, WRITE = {"name": "read"}, {"name": "write"}


@pytest.mark.parametrize(
    ("path", "asked", "expected"),
    [
        (
            SUBJECT,
            {"subject": {"type": "user"}, "action": READ, "resource": RECORD},
            [{"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}],
        ),
        (
            SUBJECT,
            {"subject": {"type": "user", "id": 7}, "action": WRITE, "resource": OLD},
            [{"type": "user", "id": "bob"}],
        ),
        (
            RESOURCE,
            {"subject": ALICE, "action": READ, "resource": {"type": "record"}},
            [{"type": "record", "id": "record-1"}, {"type": "record", "id": "record-2"}],
        ),
        (
            RESOURCE,
            {"subject": BOB, "action": WRITE, "resource": {"type": "record"}},
            [{"type": "record", "id": "record-2"}],
        ),
        (ACTION, {"subject": ALICE, "resource": RECORD}, [READ, WRITE]),
        (ACTION, {"subject": BOB, "resource": OLD}, [READ, WRITE]),
        (ACTION, {"subject": ALICE | {"id": "nobody"}, "resource": RECORD}, []),
        (SUBJECT, {"subject": {"type": "spaceship"}, "action": READ, "resource": RECORD}, []),
        (SUBJECT, {"subject": {"type": "space-ship"}, "action": READ, "resource": RECORD}, []),
    ],
)
def test_what_the_certification_scenario_wants_found(served, path, asked, expected):
    for more in ({}, {"context": {"time": "now"}}, {"page": {"limit": 100}}):
        status, _, answer = served.ask(path, asked | more)
        assert (status, answer["results"]) == (200, expected)
        assert answer["page"] == {"next_token": "", "count": len(expected)}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (SUBJECT, {"subject": {"type": "user"}, "resource": RECORD}),
        (SUBJECT, {"subject": {}, "action": READ, "resource": RECORD}),
        (SUBJECT, {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}}),
        (RESOURCE, {"action": READ, "resource": {"type": "record"}}),
        (RESOURCE, {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}}),
        (ACTION, {"subject": ALICE}),
        (ACTION, {"subject": ALICE, "resource": RECORD, "page": {"limit": -1}}),
        (ACTION, {"subject": ALICE, "resource": RECORD, "page": {"limit": "all"}}),
        (ACTION, {"subject": ALICE, "resource": RECORD, "page": {"token": "made up"}}),
    ],
)
def test_a_search_of_the_wrong_shape_is_a_bad_request(served, path, asked):
    assert served.ask(path, asked)[0] == 400


MANY = [
    {"uid": {"type": "record", "id": str(number)}, "attrs": {"n": number}, "parents": []}
    for number in range(25)
]
EVEN = """permit (principal, action == Action::"read", resource is record) when { resource.n > 4 };
forbid (principal, action, resource is record) when { resource.n == 11 };"""


@given(st.integers(1, 30), st.sampled_from(["token", "next_token"]))
def test_pages_have_no_gap_and_no_repetition(limit, name):
    # Given a search with more results than a page holds
    point = point_of(EVEN, MANY)
    asked = {"subject": ALICE, "action": READ, "resource": {"type": "record"}}
    found, token = [], None
    # When it is followed page by page
    while token != "":
        page = {"limit": limit} | ({name: token} if token else {})
        answer = ask(point, search_resource, asked | {"page": page})
        assert answer["page"]["count"] == len(answer["results"]) <= limit
        found += [each["id"] for each in answer["results"]]
        token = answer["page"]["next_token"]
    # Then all that may be read is there once
    assert sorted(map(int, found)) == [n for n in range(5, 25) if n != 11]


def test_a_token_of_another_search_or_of_another_state_is_refused():
    with serving(point_of(EVEN, MANY)) as served:
        asked = {"subject": ALICE, "action": READ, "resource": {"type": "record"}}
        token = served.ask(RESOURCE, asked | {"page": {"limit": 3}})[2]["page"]["next_token"]
        other = asked | {"subject": {"type": "user", "id": "bob"}, "page": {"token": token}}
        assert served.ask(RESOURCE, other)[0] == 400
        altered = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
        assert served.ask(RESOURCE, asked | {"page": {"token": altered}})[0] == 400
        assert served.ask(RESOURCE, asked | {"page": {"token": token}})[0] == 200
        served.server.point.replace_policies(served.server.point.policies, "next")
        status, _, answer = served.ask(RESOURCE, asked | {"page": {"token": token}})
        assert status == 400
        assert "have changed" in answer


def ask(point, handler, body):
    import msgspec

    request = HttpRequest(
        method="POST",
        path="/",
        headers={"content-type": "application/json"},
        body=msgspec.json.encode(body),
    )
    return msgspec.json.decode(handler(point, request).body)


ERRING = """permit (principal, action == Action::"read", resource);
forbid (principal, action, resource) when { resource.n > principal.limit };"""
NAMES = st.sampled_from(["a", "b", "c"])
ATTRS = st.dictionaries(
    st.sampled_from(["n", "limit"]), st.one_of(st.integers(0, 3), st.text(max_size=1))
)


@given(st.dictionaries(NAMES, ATTRS), st.dictionaries(NAMES, ATTRS), ATTRS)
def test_whatever_a_search_finds_an_evaluation_allows_and_nothing_else(users, records, stated):
    # Given entities whose attributes are there, missing or of a wrong type
    entities = [
        {"uid": {"type": kind, "id": name}, "attrs": attrs, "parents": []}
        for kind, found in (("user", users), ("record", records))
        for name, attrs in found.items()
    ]
    point = point_of(ERRING, entities)
    resource = {"type": "record", "id": "a", "properties": stated}
    # When it is searched who may read a record
    answer = ask(
        point, search_subject, {"subject": {"type": "user"}, "action": READ, "resource": resource}
    )
    # Then these are exactly the users an evaluation allows
    allowed = [
        name
        for name in users
        if ask(
            point,
            evaluation,
            {"subject": {"type": "user", "id": name}, "action": READ, "resource": resource},
        )["decision"]
    ]
    assert [each["id"] for each in answer["results"]] == [
        each.uid.id for each in point.entities if each.uid.type == "user" and each.uid.id in allowed
    ]
