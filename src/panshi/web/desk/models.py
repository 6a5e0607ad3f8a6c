"""Console state of one person; what it is about rests in the evidence log, not here."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Mark(models.Model):
    """A person has dealt with an inbox item, or wants it back later."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=250)
    "Of the inbox item; an item that comes about anew has a new key."
    until = models.DateField(null=True)
    "Snoozed until this day; None: done."
    at = models.DateTimeField()

    class Meta:
        """One mark per person and item."""

        constraints = (models.UniqueConstraint(fields=["user", "key"], name="mark_once"),)

    def __str__(self) -> str:
        """Say whose it is and of what."""
        return f"{self.user} {self.key}"


class SavedView(models.Model):
    """A named address with its filter, for its maker or for whole roles."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=1000)
    "Path and query below this console."
    roles = models.JSONField(default=list)
    "Roles it is shared with; empty: only its maker's."
    at = models.DateTimeField()

    class Meta:
        """Names are unique per person."""

        constraints = (models.UniqueConstraint(fields=["user", "name"], name="view_once"),)

    def __str__(self) -> str:
        """Give its name."""
        return self.name


class Watch(models.Model):
    """A person wants to hear of one object."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    about = models.CharField(max_length=250)
    "Reference of the object, for example `control/zt36/1-1`."
    at = models.DateTimeField()

    class Meta:
        """Watched once."""

        constraints = (models.UniqueConstraint(fields=["user", "about"], name="watch_once"),)

    def __str__(self) -> str:
        """Say who watches what."""
        return f"{self.user} {self.about}"


class Preference(models.Model):
    """What a person wants to be told of, and how."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    email = models.EmailField(blank=True)
    "Where mail goes; empty: no mail."
    muted = models.JSONField(default=list)
    "Occasions the person does not want to hear of."
    digest = models.BooleanField(default=False)
    "Mail once a day instead of at once."
    language = models.CharField(max_length=10, default="zh-hant")

    def __str__(self) -> str:
        """Say whose they are."""
        return f"preferences of {self.user}"
