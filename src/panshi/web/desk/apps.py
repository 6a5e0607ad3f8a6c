"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The console state of each person; nothing about the institution."""

    name = "panshi.web.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
