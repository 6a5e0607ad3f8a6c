"""Addresses of tokens, sessions, recovery and the organisation's sign-in."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import path

from panshi.node.oidc import BACK, PROVIDER
from panshi.web.gate import open_to_all
from panshi.web.identity import organisation, recovery, sessions, tokens

urlpatterns = [
    path("account/recover/", recovery.recover, name="recover"),
    path("account/sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("account/sessions/end/", sessions.end_all, name="end_sessions"),
    path("account/tokens/", tokens.own, name="own_tokens"),
    path("account/tokens/make/", tokens.make_own, name="make_own_token"),
    path("account/tokens/revoke/", tokens.revoke_own, name="revoke_own_token"),
    path("tokens/", tokens.every, name="tokens"),
    path("tokens/make/", tokens.make, name="make_token"),
    path("tokens/rotate/", tokens.rotate, name="rotate_token"),
    path("tokens/revoke/", tokens.revoke, name="revoke_token"),
    # The organisation's sign-in; django-allauth asks for the last three names.
    path("account/organisation/", organisation.sign_in, name="organisation"),
    path(
        BACK.removeprefix("/"),
        organisation.came_back,
        {"provider_id": PROVIDER},
        name="openid_connect_callback",
    ),
    path(
        "account/organisation/cancelled/",
        organisation.cancelled,
        name="socialaccount_login_cancelled",
    ),
    path("account/signup/closed/", open_to_all(account.signup), name="socialaccount_signup"),
]
