"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Accounts of the console."""

    name = "panshi.web.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect sign-in and sign-out to the audit trail."""
        from panshi.web.identity import trail  # noqa: PLC0415 -- needs the app registry

        trail.connect()
