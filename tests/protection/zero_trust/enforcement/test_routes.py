"""Routes: the most specific one, or none; never one that a careless reader would not choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.protection.zero_trust.enforcement.routes import Mapped, Route, RouteTable
from panshi.protection.zero_trust.enforcement.target import Target


def route(path, system="s", *, host="*", **actions):
    return Route(host=host, path=path, system=system, actions=actions or {"GET": "read"})


def find(table, *segments, method="GET", host="a.test"):
    found = table.find(Target(method=method, host=host, segments=segments))
    return (found.system, found.action) if isinstance(found, Mapped) else None


TABLE = RouteTable(
    (
        route("/", "root"),
        route("/accounts/**", "accounts", GET="read", POST="write"),
        route("/accounts/*/transfers", "payments", POST="transfer"),
        route("/accounts/new", "opening"),
        route("/磐石", "panshi"),
        route("/only", "here", host="b.test"),
    )
)


@pytest.mark.parametrize(
    ("segments", "method", "found"),
    [
        ((), "GET", ("root", "read")),
        (("accounts",), "GET", ("accounts", "read")),
        (("accounts", "7", "x"), "POST", ("accounts", "write")),
        (("accounts", "7", "transfers"), "POST", ("payments", "transfer")),
        (("accounts", "7", "transfers"), "GET", None),
        (("accounts", "new"), "GET", ("opening", "read")),
        (("accounts", "NEW"), "GET", None),
        (("ACCOUNTS",), "GET", None),
        (("ａccounts",), "GET", None),
        (("磐石",), "GET", ("panshi", "read")),
        (("other",), "GET", None),
        (("accounts",), "DELETE", None),
    ],
)
def test_the_most_specific_route_or_none(segments, method, found):
    assert find(TABLE, *segments, method=method) == found


def test_a_host_with_routes_of_its_own_has_only_those():
    assert find(TABLE, "only", host="b.test") == ("here", "read")
    assert find(TABLE, "accounts", host="b.test") is None


@given(st.lists(st.sampled_from(["accounts", "ACCOUNTS", "new", "New", "7", "transfers"])))
def test_case_never_opens_another_door(segments):
    found = find(TABLE, *segments)
    lowered = find(TABLE, *(each.lower() for each in segments))
    assert found is None or found == lowered


@pytest.mark.parametrize(
    "bad",
    [
        route("accounts"),
        route("/a//b"),
        route("/a/**/b"),
        route("/a*"),
        route("/a/../b"),
        route("/a;b"),
        route("/a", host="A.test"),
        route("/a", host="a.test:80"),
        route("/a", "", GET="read"),
        route("/a", TRACE="read"),
        route("/a", get="read"),
    ],
)
def test_a_route_that_says_two_things_is_refused(bad):
    with pytest.raises(ContentError):
        RouteTable((bad,))


@pytest.mark.parametrize("twin", ["/a", "/A", "/a/", "/ａ"])
def test_two_routes_for_one_path_are_refused(twin):
    with pytest.raises(ContentError):
        RouteTable((route("/a"), route(twin)))


def test_systems_and_actions_that_nobody_knows_are_named():
    known = {"root", "accounts", "payments", "opening", "panshi"}
    issues = list(TABLE.issues(systems=frozenset(known), actions=frozenset({"read", "write"})))
    assert len(issues) == 2
    assert any("'here'" in each for each in issues)
    assert any("'transfer'" in each for each in issues)
