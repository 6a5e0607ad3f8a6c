"""Signing in through the organisation (OpenID Connect, authorisation code with PKCE).

allauth walks the flow; what it leaves open is decided here. The id token's signature is always
verified, user info must speak of the same subject, only the claims that are needed are kept. An
account is made at the first sign-in, without a role unless a group gives one. A name that already
belongs to somebody who can sign in is refused, so that nobody becomes somebody else, nor two.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from requests import RequestException

from panshi.node.oidc import PROVIDER, Oidc
from panshi.web.gate import open_to_all
from panshi.web.identity import register
from panshi.web.identity.models import OneTimeLink
from panshi.web.nodes import node

TARGET = "organisation"


def configured() -> Oidc | None:
    """Give the settings, if people may sign in this way."""
    found: Oidc | None = settings.OIDC
    return found


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One sign-in at the organisation's provider."""

    def complete_login(
        self,
        request: HttpRequest,
        app: Any,  # noqa: ANN401 -- allauth's
        token: SocialToken,
        **names: Any,  # noqa: ANN401 -- allauth's
    ) -> SocialLogin:
        """Verify who signs in and keep the claims that are needed."""
        oidc, raw = configured(), names["response"].get("id_token")
        if oidc is None or not raw:
            raise OAuth2Error("no id token")
        claims = self._verified(app, raw)
        needed = ("sub", oidc.username_claim, oidc.groups_claim)
        if any(name not in claims for name in needed) and "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("user info speaks of somebody else")
            claims = more | claims
        kept = {name: claims[name] for name in needed if name in claims}
        kept["sub"] = oidc.subject(str(claims["sub"]))
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _verified(self, app: Any, raw: str) -> dict[str, Any]:  # noqa: ANN401 -- allauth's
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=raw,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        return claims


class Arrivals(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes in, as whom, in which roles."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Whoever the organisation knows gets an account."""
        return configured() is not None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is before anything is written."""
        sociallogin.email_addresses = []
        if sociallogin.is_existing:
            _take_roles(sociallogin.user, sociallogin)
            return
        name = _name(sociallogin)
        if not register.NAME.fullmatch(name):
            raise _refused(request, name, "the provider gives no usable name")
        known = User.objects.filter(username__iexact=name).first()
        if known is None:
            return
        if register.can_sign_in(known) or not known.is_active:
            raise _refused(request, name, "the name belongs to another account")
        OneTimeLink.objects.filter(user=known).delete()
        sociallogin.connect(request, known)
        _take_roles(known, sociallogin)

    def populate_user(
        self,
        request: HttpRequest,  # noqa: ARG002 -- allauth's
        sociallogin: SocialLogin,
        data: dict[str, Any],  # noqa: ARG002 -- allauth's
    ) -> User:
        """Take the name, and nothing else."""
        user: User = sociallogin.user
        user.username = _name(sociallogin)
        return user

    def save_user(
        self,
        request: HttpRequest,
        sociallogin: SocialLogin,
        form: Any = None,  # noqa: ANN401
    ) -> User:
        """Make the account, without a password."""
        user: User = super().save_user(request, sociallogin, form)
        node().audit(user.get_username(), "account.make", TARGET)
        _take_roles(user, sociallogin)
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,  # noqa: ARG002 -- allauth's
        provider: Any,  # noqa: ARG002, ANN401 -- allauth's
        error: Any = None,  # noqa: ANN401 -- allauth's
        exception: Exception | None = None,
        extra_context: Any = None,  # noqa: ARG002, ANN401 -- allauth's
    ) -> None:
        """Record a sign-in that did not come about."""
        why = type(exception).__name__ if exception else str(error or "")
        node().audit("", "session.begin", TARGET, allowed=False, detail=why[:200])


@open_to_all
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send someone to the organisation's provider; only where to return is taken along."""
    following = request.GET.get("next")
    request.GET = QueryDict(urlencode({"next": following} if following else {}))
    return _walk(request, OAuth2LoginView)


@open_to_all
def came_back(request: HttpRequest, **_names: str) -> HttpResponseBase:
    """Take in who comes back from there."""
    return _walk(request, OAuth2CallbackView)


def _walk(request: HttpRequest, view: Any) -> HttpResponseBase:  # noqa: ANN401 -- allauth's
    oidc = configured()
    if oidc is None:
        raise Http404
    try:
        answer: HttpResponseBase = view.adapter_view(Provider(request, PROVIDER))(request)
    except (RequestException, OAuth2Error, KeyError, ValueError, TypeError) as error:
        node().audit("", "session.begin", TARGET, allowed=False, detail=type(error).__name__)
        return failed(request)
    return answer


@open_to_all
def cancelled(request: HttpRequest) -> HttpResponse:
    """Go back to the entrance where somebody changed their mind."""
    return failed(request)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that it did not come about, and what else there is."""
    return render(request, "socialaccount/authentication_error.html", status=503)


def _name(login: SocialLogin) -> str:
    oidc = configured()
    claims = login.account.extra_data.get("id_token", {})
    name = claims.get(oidc.username_claim) if oidc else None
    return name if isinstance(name, str) else ""


def _take_roles(user: User, login: SocialLogin) -> None:
    """Give the roles of the groups, take those whose groups were left; others stay."""
    oidc = configured()
    if oidc is None or not oidc.governed:
        return
    told = login.account.extra_data.get("id_token", {}).get(oidc.groups_claim, ())
    groups = tuple(each for each in told if isinstance(each, str)) if isinstance(told, list) else ()
    held = set(user.groups.values_list("name", flat=True))
    wanted = (held - oidc.governed) | oidc.roles_of(groups)
    if wanted != held:
        register.take(user, wanted)
        node().audit(user.get_username(), "account.roles", TARGET, detail=" ".join(sorted(wanted)))


def _refused(request: HttpRequest, name: str, why: str) -> ImmediateHttpResponse:
    node().audit(name[:150], "session.begin", TARGET, allowed=False, detail=why)
    return ImmediateHttpResponse(
        render(request, "socialaccount/refused.html", {"name": name[:64]}, status=403)
    )
