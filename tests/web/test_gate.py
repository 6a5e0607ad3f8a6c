"""Every view names its action, every request is decided by the policies, refusals are sealed."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from panshi.node.authority import permitted
from panshi.protection.access.roles import ACTIONS, ROLES, Role

PLACES = {
    "/e/small-bank/": "verdict.view",
    "/e/small-bank/frameworks/": "framework.view",
    "/evidence/": "evidence.view",
    "/e/small-bank/assets/": "estate.view",
    "/observers/": "observer.view",
    "/parameters/": "parameter.view",
    "/accounts/": "account.view",
    "/account/": "account.self",
    "/help/": "help.view",
}


PUBLIC_DISCLOSURE = {
    "security_txt",
    "disclose",
    "disclosure_follow",
    "disclosure_age",
    "disclosure_openpgp",
    "csaf_provider",
    "csaf_file",
}
"What whoever found a weakness needs, and what is published of it."


def views(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
        elif isinstance(entry, URLPattern):
            yield entry


def test_every_view_names_a_known_action():
    for entry in views(get_resolver()):
        assert entry.callback.panshi_action in {"", *ACTIONS}, entry


def test_only_sign_in_health_and_choices_are_open():
    opened = {entry.name for entry in views(get_resolver()) if entry.callback.panshi_action == ""}
    assert opened == {
        "health",
        "theme",
        "set_language",
        "welcome",
        "account_login",
        "account_inactive",
        "account_signup",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "recover",
        "organisation",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_signup",
        *PUBLIC_DISCLOSURE,
    }


@pytest.mark.parametrize("place", PLACES)
def test_whoever_is_not_signed_in_is_sent_to_sign_in(visitor, place):
    answer = visitor.get(place)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_policies_permit(person, role):
    # Given somebody with one role
    client = person(role)
    # When they go everywhere, they get in exactly where the policies say
    for place, action in PLACES.items():
        expected = 200 if permitted(role, action) else 403
        assert client.get(place).status_code == expected, place


def test_a_refusal_names_the_roles_that_may_and_is_sealed(person, audit_trail):
    # Given a board reader
    client = person(Role.BOARD_READER)
    # When they open the evidence
    answer = client.get("/evidence/")
    # Then they are told who may, and the refusal is in the log
    assert answer.status_code == 403
    assert "資安長" in answer.content.decode()
    assert ("evidence.view", "/evidence/", False) in audit_trail(client.user.username)


def test_internal_audit_cannot_change_a_threshold(person, audit_trail):
    client = person(Role.INTERNAL_AUDIT, Role.CISO)
    answer = client.post("/parameters/confidence/", {"value": "0.8", "why": "lower the bar"})
    assert answer.status_code == 403
    assert ("parameter.change", "/parameters/confidence/", False) in audit_trail(
        client.user.username
    )


def test_a_form_without_its_token_is_refused(person):
    from django.test import Client

    signed_in = person(Role.CISO)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    answer = strict.post("/observers/run/")
    assert answer.status_code == 403
    assert "表單已失效" in answer.content.decode()


def test_a_foreign_host_name_is_refused():
    from django.test import Client

    assert Client(SERVER_NAME="evil.example").get("/health/").status_code == 400


def test_an_htmx_request_without_a_session_is_sent_to_sign_in_as_a_whole(visitor):
    answer = visitor.get("/evidence/", headers={"HX-Request": "true"})
    assert re.match("/account/login/", answer["HX-Redirect"])
