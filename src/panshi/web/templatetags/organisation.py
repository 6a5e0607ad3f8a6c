"""What the entrance says of the organisation's sign-in."""

from __future__ import annotations

from django import template

from panshi.node.oidc import Oidc
from panshi.web.identity.organisation import configured

register = template.Library()


@register.simple_tag
def organisation() -> Oidc | None:
    """Give the settings, if people may sign in through their organisation."""
    return configured()
