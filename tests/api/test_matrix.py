"""Every route against every kind of sender: what the policies permit, and never anything else.

The table is made from `ROUTES`, so a new route is in it at once. A named part of a path that
`panshi.api.names` does not know fails, because nobody could document or try it.
"""

import json

import pytest

from panshi.api.asgi import senders
from panshi.api.limits import VARIABLE
from panshi.api.names import NAMES
from panshi.api.routes import ROUTES
from panshi.node.authority import decided
from panshi.node.running import running_node
from panshi.protection.access.roles import ACTIONS, ROLES, Role
from tests.api.asking import ask
from tests.web.small_bank import BANK, open_small_bank

HERE = {"estate": BANK}
GUARDED = [route for route in ROUTES if route.action]
JSON = {"content-type": "application/json"}


def named(route):
    return f"{route.method} {route.path}"


def path_of(route):
    path = route.path
    for name in route.names:
        value = HERE.get(name) or NAMES[name].example
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:rest}}", value)
    return path


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    from panshi.node.home import Home

    home = tmp_path_factory.mktemp("matrix")
    with open_small_bank(Home(path=home)):
        pass
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("PANSHI_HOME", str(home))
        changed.setenv(VARIABLE, "1000000")
        running_node.cache_clear()
        senders.cache_clear()
        yield running_node()
        running_node().close()
        running_node.cache_clear()
        senders.cache_clear()


@pytest.fixture(scope="module")
def tokens(node):
    """A token of each role: of a service, of a person, of a person with one scope only."""
    from panshi.node.accounts import accounts

    def made(name, role, **more):
        return node.tokens.make(name=name, role=role, days=1, now=node.clock(), **more)

    found = {}
    for role in ROLES:
        person = f"matrix-{role}"
        accounts().invite(person, [role])
        found["service", role] = made(f"s-{role}", role)
        found["person", role] = made(f"p-{role}", role, scopes=ACTIONS, person=person)
        found["scoped", role] = made(f"o-{role}", role, scopes=("help.view",), person=person)
        found["elsewhere", role] = made(
            f"e-{role}", role, scopes=ACTIONS, person=person, estates=("another",)
        )
    return found


def asked(route, token="", query=""):
    headers = JSON if route.body else {}
    return ask(route.method, path_of(route), token=token, query=query, headers=headers)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_named_part_is_documented(route):
    assert set(route.names) <= set(NAMES)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_action_is_one_the_policies_know(route):
    assert route.action in {"", *ACTIONS}


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("route", GUARDED, ids=named)
@pytest.mark.parametrize("token", ["", "panshi_made-up", "Basic abc"])
def test_nobody_gets_in_without_a_valid_token(route, token):
    status, head, body = asked(route, token)
    assert status == 401, body
    assert head["www-authenticate"].startswith("Bearer")
    assert head["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["service", "person"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_policies_permit(tokens, role, kind):
    # Given every route, asked for a part no query has: whoever is let in hears of the part
    wrong = []
    for route in GUARDED:
        permitted = decided((role,), route.action, in_person=kind == "person").allowed
        status, _head, body = asked(route, tokens[kind, role], "none_such=1")
        title = json.loads(body)["title"]
        expected = (422, True) if permitted else (403, False)
        if (status, "none_such" in title) != expected:
            wrong.append((named(route), permitted, status, title))
    # Then they are let in exactly where the policies say
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_a_scope_of_something_else_opens_nothing(tokens, role):
    for route in GUARDED:
        answer = asked(route, tokens["scoped", role])
        expected = route.action == "help.view"
        assert (answer[0] == 403) != expected, named(route)


@pytest.mark.parametrize("role", [Role.CISO, Role.INTERNAL_AUDIT])
def test_a_token_of_another_estate_reads_nothing_of_this_one(tokens, role):
    open_to_it = {"framework.view", "help.view", "account.self"}
    for route in GUARDED:
        if route.action in open_to_it or not decided((role,), route.action).allowed:
            continue
        status, _head, body = asked(route, tokens["elsewhere", role])
        assert status in {403, 422}, named(route)  # 422: the body was not even read as one
        assert status != 403 or b"another" in body, named(route)


def test_a_person_who_left_takes_their_token_along(node, tokens):
    from panshi.node.accounts import accounts

    accounts().invite("leaver", ["analyst"])
    token = node.tokens.make(
        name="leaver", role="analyst", days=1, now=node.clock(), person="leaver"
    )
    assert ask("GET", "/frameworks", token=token)[0] == 200
    accounts().assign("leaver", ["board_reader"])
    assert ask("GET", "/frameworks", token=token)[0] == 401
    accounts().assign("leaver", ["analyst"])
    assert ask("GET", "/frameworks", token=token)[0] == 200
    accounts().switch("leaver", on=False)
    assert ask("GET", "/frameworks", token=token)[0] == 401
    assert tokens
