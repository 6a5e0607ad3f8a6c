"""A node with the small bank behind the API, and tokens for those who ask."""

from itertools import count

import pytest

NUMBERS = count(1)


@pytest.fixture
def node(tmp_path, monkeypatch):
    """The node the API serves, with nothing in it."""
    from panshi.api.asgi import senders
    from panshi.node.running import running_node

    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    running_node.cache_clear()
    senders.cache_clear()
    yield running_node()
    running_node().close()
    running_node.cache_clear()


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """The node the API serves."""
    from panshi.api.asgi import senders
    from panshi.node.home import Home
    from panshi.node.running import running_node
    from tests.web.small_bank import open_small_bank

    with open_small_bank(Home(path=tmp_path)):
        pass
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    running_node.cache_clear()
    senders.cache_clear()
    yield running_node()
    running_node().close()
    running_node.cache_clear()
    senders.cache_clear()


@pytest.fixture
def token_of(bank):
    """Make a token of a role; for decisions, of a person of that role."""
    from panshi.node.accounts import accounts
    from panshi.protection.access.roles import ACTIONS

    def made(role, *, person=""):
        if person:
            account = accounts().find(person)
            if account is None:
                accounts().invite(person, [role])
            elif role not in account.roles:  # another test met the person in another role
                accounts().assign(person, {*account.roles, role})
        scopes = ACTIONS if person else ()
        name = f"t-{next(NUMBERS)}"
        return bank.tokens.make(
            name=name, role=role, days=1, now=bank.clock(), scopes=scopes, person=person
        )

    return made


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The node the API serves, a hub."""
    from panshi.api.asgi import senders
    from panshi.api.member_gate import _strangers
    from panshi.node.home import Home
    from panshi.node.node import Node
    from panshi.node.running import running_node
    from tests.node.alliance.members_at_hub import HOST, prepared

    with Node.open(Home(path=tmp_path)) as node:
        prepared(node)
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    monkeypatch.setenv("PANSHI_URL", f"http://{HOST}")
    caches = (running_node, senders, _strangers)
    for each in caches:
        each.cache_clear()
    yield running_node()
    running_node().close()
    for each in caches:
        each.cache_clear()


@pytest.fixture
def token_at(hub):
    """Make a token of a person with a role at the hub."""
    from panshi.node.accounts import accounts
    from panshi.protection.access.roles import ACTIONS

    def made(person, role="analyst"):
        account = accounts().find(person)
        if account is None:
            accounts().invite(person, [role])
        elif role not in account.roles:  # another test met the person in another role
            accounts().assign(person, {*account.roles, role})
        name = f"{person}-{next(NUMBERS)}"
        return hub.tokens.make(
            name=name, role=role, days=1, now=hub.clock(), scopes=ACTIONS, person=person
        )

    return made
