"""One-time links: made, checked and used up."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from panshi.protection.access.roles import Role
from panshi.web.identity.models import OneTimeLink

SALT = "panshi.web.one-time-link"


def somebody_can_sign_in() -> bool:
    """Whether an active administrator has a passkey or a password of their own."""
    administrators = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR)
    if Authenticator.objects.filter(
        user__in=administrators, type=Authenticator.Type.WEBAUTHN
    ).exists():
        return True
    return any(each.has_usable_password() for each in administrators)


def first_administrator(name: str) -> User:
    """Give the first administrator's account, made when there is none."""
    user, made = User.objects.get_or_create(username=name)
    if made:
        user.set_unusable_password()
        user.save()
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
    return user


def is_first_administrator(user: User) -> bool:
    """Whether the account is the oldest administrator: the only one that may have a password."""
    administrators = User.objects.filter(groups__name=Role.ADMINISTRATOR).order_by("pk")
    return administrators.first() == user


def path_for(user: User) -> str:
    """Make a link for an account; older unused links of it stop working."""
    now = timezone.now()
    OneTimeLink.objects.filter(user=user, used_at=None).delete()
    secret = secrets.token_urlsafe(24)
    OneTimeLink.objects.create(
        digest=_digest(secret),
        user=user,
        made_at=now,
        expires_at=now + timedelta(seconds=settings.FIRST_LINK_SECONDS),
    )
    token = signing.TimestampSigner(salt=SALT).sign(secret)
    return reverse("welcome", args=[token])


def holder(token: str) -> User | None:
    """Whose unused, unexpired link this is; None for anything else."""
    link = _find(token)
    return link.user if link else None


@transaction.atomic
def use(token: str) -> User | None:
    """Use a link up and give whose it was; the second of two at once gets None."""
    link = _find(token)
    if link is None:
        return None
    used = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    return link.user if used else None


def _find(token: str) -> OneTimeLink | None:
    try:
        secret = signing.TimestampSigner(salt=SALT).unsign(
            token, max_age=settings.FIRST_LINK_SECONDS
        )
    except signing.BadSignature:
        return None
    return (
        OneTimeLink.objects.select_related("user")
        .filter(
            digest=_digest(secret),
            used_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .first()
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
