"""Marks on inbox items: done, or snoozed until a day; each can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from panshi.web.desk.models import Mark

MOST = 1_000
"Marks set in one go."


def marks_of(user: User, today: date) -> Mapping[str, Mark]:
    """Give the marks that hold today, by key; what was snoozed comes back on its day."""
    held = Mark.objects.filter(user=user)
    return {each.key: each for each in held if each.until is None or each.until > today}


@transaction.atomic
def mark(user: User, keys: Iterable[str], until: date | None) -> list[str]:
    """Mark items as done, or as snoozed until a day; give the keys that were marked."""
    wanted = list(dict.fromkeys(keys))[:MOST]
    Mark.objects.filter(user=user, key__in=wanted).delete()
    now = timezone.now()
    Mark.objects.bulk_create(Mark(user=user, key=key, until=until, at=now) for key in wanted)
    return wanted


def take_back(user: User, keys: Iterable[str]) -> int:
    """Take marks back; give how many there were."""
    return Mark.objects.filter(user=user, key__in=list(keys)).delete()[0]
