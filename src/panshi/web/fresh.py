"""Decisions of weight want the person, not an open screen: a passkey used within ten minutes.

    @action("exception.approve", fresh=True)

Who has no passkey yet is led to enrol one. A form sent too late is kept while the passkey is
asked for, and sent on after it, once; the policies are asked again then.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session's person used a passkey within the last minutes."""
    records = get_authentication_records(request, request.user)
    used = [each["at"] for each in records if each.get("type") == Authenticator.Type.WEBAUTHN]
    return bool(used) and _is_recent(max(used))


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this session's person proved who they are, in any way, within the last minutes."""
    records = get_authentication_records(request, request.user)
    return bool(records) and _is_recent(max(each["at"] for each in records))


def _is_recent(at: float) -> bool:
    return 0 <= time.time() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_again(request: HttpRequest) -> HttpResponse:
    """Lead to the passkey and back."""
    if not Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN
    ).exists():
        place = reverse("mfa_add_webauthn")
        return _go(request, place)
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        return _go(request, f"{reverse('mfa_reauthenticate_webauthn')}?next={here}")
    kept: HttpResponse = suspend_request(request, reverse("mfa_reauthenticate_webauthn"))
    return kept


def _go(request: HttpRequest, place: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return HttpResponse(status=303, headers={"Location": place})
