"""A real node with a small bank, behind the real console, asked through Django's test client."""

import os
from itertools import count

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.web.settings")
# A browser test that ran before in this process leaves Playwright's event loop running; the tests
# here are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

NUMBERS = count(1)


@pytest.fixture(scope="session", autouse=True)
def bank(tmp_path_factory):
    """The node all pages show."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()

    from panshi.node.home import Home
    from panshi.web import nodes
    from panshi.web.first_run import prepare
    from tests.web.small_bank import open_small_bank

    prepare()
    with open_small_bank(Home(path=tmp_path_factory.mktemp("node"))) as node:
        nodes.hand_in(node)
        yield node


@pytest.fixture
def visitor():
    """Someone not signed in."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


@pytest.fixture
def person():
    """Sign somebody in with the given roles: `person("ciso")`."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    def signed_in(*roles):
        user = User.objects.create_user(f"person-{next(NUMBERS)}")
        user.groups.set(Group.objects.filter(name__in=roles))
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        client.user = user
        return client

    return signed_in


@pytest.fixture
def with_passkey():
    """Let a signed-in client have used its passkey just now: `with_passkey(person("ciso"))`."""
    import time

    from allauth.account.internal.flows import login
    from allauth.mfa.models import Authenticator

    def used(client, ago=0):
        kind = Authenticator.Type.WEBAUTHN
        Authenticator.objects.get_or_create(user=client.user, type=kind, defaults={"data": {}})
        session = client.session
        record = {"method": "mfa", "type": kind, "at": time.time() - ago}
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(client.user.pk)
        session.save()
        return client

    return used


@pytest.fixture
def ciso(person):
    return person("ciso")


@pytest.fixture
def audit_trail(bank):
    """What was sealed about an actor, newest first: (action, target, allowed)."""
    from panshi.evidence.log import Filter

    def of(actor):
        found = bank.log.page(Filter(kind="audit.event/1", subject=f"actor:{actor}"), limit=50)
        return [
            (
                each.observation.body.action,
                each.observation.body.target,
                each.observation.body.allowed,
            )
            for each in found
        ]

    return of


@pytest.fixture
def someone(with_passkey):
    """Sign a named person in, their passkey just used: `someone("chen.yiru", "ciso")`."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    def signed_in(name, *roles):
        user, _made = User.objects.get_or_create(username=name)
        wanted = roles or ("ciso", "approver", "control_owner", "analyst")
        user.groups.set(Group.objects.filter(name__in=wanted))
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        client.user = user
        return with_passkey(client)

    return signed_in


@pytest.fixture
def clock():
    """Tell the guarded bank what time it is: `clock[0] += timedelta(days=1)`."""
    from datetime import UTC, datetime

    return [datetime(2026, 11, 21, 4, 0, tzinfo=UTC)]


@pytest.fixture
def guarded(tmp_path, bank, clock):
    """The guarded bank behind the console, for one test."""
    from panshi.node.home import Home
    from panshi.web import nodes
    from tests.simulators.guarded_bank import found_bank, open_bank

    with open_bank(Home(path=tmp_path), lambda: clock[0]) as node:
        found_bank(node)
        nodes.hand_in(node)
        yield node
        nodes.hand_in(bank)
