"""Signing in through a real OpenID provider that runs beside the test as a program of its own."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from panshi.node.oidc import PROVIDER, Oidc
from panshi.node.oidc_check import check
from tests.simulators.patience import PATIENCE

PROGRAM = Path(__file__).parents[1] / "simulators" / "identity_provider.py"
BACK = "http://localhost/account/organisation/back/"
CLIENT, SECRET, PASSWORD = "panshi", "of the console", "correct horse battery"
MEMBERS = {
    "mei": ["soc", "everyone"],
    "ken": ["everyone"],
    "lin": ["soc"],
    "tom": ["chiefs"],
    "amy": ["soc"],
    "bad name!": ["soc"],
}
ROLES = {"soc": ("analyst",), "chiefs": ("ciso", "approver")}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Give the provider's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uri": BACK,
        "members": {n: {"password": PASSWORD, "groups": g} for n, g in MEMBERS.items()},
    }
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(port), str(tmp_path_factory.mktemp("idp"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps(told))
    process.stdin.close()
    assert process.stdout.readline().strip() == "ready"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def organisation(provider, settings_of):
    return settings_of(provider)


@pytest.fixture
def settings_of():
    """Set the console up for a provider while a test runs."""
    from django.core.cache import cache
    from django.test import override_settings

    opened = []

    def set_up(issuer, **changes):
        oidc = Oidc(**{"issuer": issuer, "client_id": CLIENT, "roles": ROLES} | changes)
        app = {
            "provider_id": PROVIDER,
            "name": oidc.name_en,
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": issuer},
        }
        told = {"OAUTH_PKCE_ENABLED": True, "SCOPE": list(oidc.scopes), "APPS": [app]}
        changed = override_settings(OIDC=oidc, SOCIALACCOUNT_PROVIDERS={"openid_connect": told})
        changed.enable()
        opened.append(changed)
        return oidc

    yield set_up
    for changed in reversed(opened):
        changed.disable()
    cache.clear()


def at_provider(address, name):
    """Walk through the provider's pages as a person would; gives where it sends back to."""
    browser = requests.Session()
    page = browser.get(address, timeout=PATIENCE)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post(page.url, data=form, allow_redirects=False, timeout=PATIENCE)
    assert answer.is_redirect, f"{page.url}: {answer.status_code} {answer.text[:500]}"
    while not answer.headers["Location"].startswith(BACK):
        onward = requests.compat.urljoin(page.url, answer.headers["Location"])
        answer = browser.get(onward, allow_redirects=False, timeout=PATIENCE)
        assert answer.is_redirect, f"{onward}: {answer.status_code} {answer.text[:500]}"
    return answer.headers["Location"]


def walk(client, name, **asked):
    sent = client.get("/account/organisation/", asked)
    assert sent.status_code == 302, sent.content
    back = at_provider(sent["Location"], name)
    return client.get(back.removeprefix("http://localhost"))


def account(name):
    from django.contrib.auth.models import User

    return User.objects.get(username=name)


def roles(name):
    return set(account(name).groups.values_list("name", flat=True))


@pytest.mark.usefixtures("organisation")
def test_the_first_sign_in_makes_an_account_with_the_roles_of_the_groups(visitor, audit_trail):
    # Given somebody the console does not know
    # When they come through the provider
    answer = walk(visitor, "mei", next="/evidence/")
    # Then they are in, where they wanted to go, with the role of their group and no password
    assert answer.status_code == 302
    assert answer["Location"] == "/evidence/"
    assert visitor.get("/evidence/").status_code == 200
    assert roles("mei") == {"analyst"}
    assert not account("mei").has_usable_password()
    assert account("mei").email == ""
    assert {each[0] for each in audit_trail("mei")} >= {"account.make", "session.begin"}


@pytest.mark.usefixtures("organisation")
def test_who_is_in_no_group_of_note_gets_no_role(visitor):
    walk(visitor, "ken")
    assert roles("ken") == set()
    assert visitor.get("/evidence/").status_code == 403
    assert visitor.get("/account/").status_code == 200


@pytest.mark.usefixtures("organisation")
def test_the_request_carries_pkce_and_state(visitor):
    sent = visitor.get("/account/organisation/", {"scope": "admin", "process": "connect"})
    query = parse_qs(urlsplit(sent["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) >= 43
    assert query["state"][0]
    assert set(query["scope"][0].split()) == {"openid", "profile"}
    assert query["redirect_uri"] == [BACK]


@pytest.mark.usefixtures("organisation")
def test_a_role_given_by_hand_stays_and_one_of_a_group_goes_with_it(visitor):
    from django.contrib.auth.models import Group
    from django.test import Client

    walk(visitor, "lin")
    account("lin").groups.add(Group.objects.get(name="control_owner"))
    account("lin").groups.add(Group.objects.get(name="ciso"))  # governed by the group `chiefs`
    walk(Client(SERVER_NAME="localhost"), "lin")
    assert roles("lin") == {"analyst", "control_owner"}


@pytest.mark.usefixtures("organisation")
def test_an_invited_account_nobody_used_yet_is_taken_over_with_its_link_gone(visitor):
    from panshi.web.identity.models import OneTimeLink
    from panshi.web.identity.register import Register

    link = Register().invite("tom", ["control_owner"])
    walk(visitor, "tom")
    assert roles("tom") == {"control_owner", "ciso", "approver"}
    assert not OneTimeLink.objects.filter(user=account("tom")).exists()
    assert visitor.get(link).status_code == 410


@pytest.mark.usefixtures("organisation")
def test_a_name_of_somebody_who_can_sign_in_is_refused(visitor, with_passkey, audit_trail):
    from django.contrib.auth.models import User
    from django.test import Client

    # Given an account of that name with a passkey, in other letters
    known = Client(SERVER_NAME="localhost")
    known.force_login(User.objects.create_user("Amy"))
    known.user = User.objects.get(username="Amy")
    with_passkey(known)
    # When the provider's amy comes
    answer = walk(visitor, "amy")
    # Then she is not let in, no second account is made, and it is recorded
    assert answer.status_code == 403
    assert not User.objects.filter(username="amy").exists()
    assert visitor.get("/account/").status_code == 302
    assert ("session.begin", "organisation", False) in audit_trail("amy")


@pytest.mark.usefixtures("organisation")
def test_a_name_that_is_none_is_refused(visitor):
    assert walk(visitor, "bad name!").status_code == 403


@pytest.mark.usefixtures("organisation")
def test_an_answer_nobody_asked_for_opens_nothing(visitor):
    # Given the answer of a walk that another browser began
    from django.test import Client

    other = Client(SERVER_NAME="localhost")
    back = at_provider(other.get("/account/organisation/")["Location"], "mei")
    # When it is shown to this one
    answer = visitor.get(back.removeprefix("http://localhost"))
    # Then there is no session
    assert answer.status_code == 401
    assert visitor.get("/account/").status_code == 302


@pytest.mark.usefixtures("organisation")
def test_an_answer_works_no_second_time(visitor):
    back = at_provider(visitor.get("/account/organisation/")["Location"], "mei")
    assert visitor.get(back.removeprefix("http://localhost")).status_code == 302
    visitor.cookies.clear()
    assert visitor.get(back.removeprefix("http://localhost")).status_code == 401


@pytest.mark.usefixtures("organisation")
def test_a_token_made_for_another_client_is_not_believed(visitor):
    from panshi.web.identity.organisation import Provider

    # Given a code that was given to us
    back = at_provider(visitor.get("/account/organisation/")["Location"], "mei")
    # When the token that comes for it is read as another client's
    seen = Provider._verified
    with pytest.MonkeyPatch.context() as changed:

        def as_another(self, app, raw):
            app.client_id = "somebody-else"
            return seen(self, app, raw)

        changed.setattr(Provider, "_verified", as_another)
        answer = visitor.get(back.removeprefix("http://localhost"))
    # Then there is no session
    assert answer.status_code == 401
    assert visitor.get("/account/").status_code == 302


def test_a_provider_that_is_not_there_is_said_to_be(settings_of, visitor):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings_of(f"http://127.0.0.1:{port}")
    answer = visitor.get("/account/organisation/")
    assert answer.status_code == 503
    assert "身分提供者" in answer.content.decode()


def test_without_settings_there_is_no_such_way_in(visitor):
    assert visitor.get("/account/organisation/").status_code == 404
    assert visitor.get("/account/organisation/back/?code=x&state=y").status_code == 404
    assert "/account/organisation/" not in visitor.get("/account/login/").content.decode()


@pytest.mark.usefixtures("organisation")
def test_the_entrance_offers_it_where_it_is_set_up(visitor):
    page = visitor.get("/account/login/?next=/evidence/").content.decode()
    assert "/account/organisation/?next=/evidence/" in page
    assert "機構帳號" in page


def test_the_provider_fits_when_it_is_asked(provider):
    found = check(Oidc(issuer=provider, client_id=CLIENT))
    assert [each.what for each in found if not each.ok] == []
    assert {"discovery", "issuer", "PKCE S256", "keys"} <= {each.what for each in found}
