"""How django-allauth behaves here: no sign-up from outside, no mail, nothing remembered."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from administrators' invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        """Nobody makes an account for themselves."""
        return False

    def add_message(self, request: HttpRequest, level: int, *rest: object, **named: object) -> None:
        """Say what went wrong; what went right shows itself."""
        if level >= messages.WARNING:
            super().add_message(request, level, *rest, **named)

    def send_mail(self, *_arguments: object, **_names: object) -> None:
        """Send nothing: the console has no mail server and needs none."""
