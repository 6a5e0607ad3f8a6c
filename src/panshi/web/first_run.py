"""The first sign-in: a link printed once by whoever starts the node on its own machine.

The link is signed with the console's key, works once and expires. It signs in the first
administrator, who then enrols a passkey; the other accounts are invited with links of the same
kind from the accounts page. Only digests of links are kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command

from panshi.node.home import VARIABLE

FIRST = "admin"


def prepare() -> None:
    """Bring the console's database up to date and make the roles' groups; safe to repeat.

    Sessions that have ended are forgotten on the way.
    """
    call_command("migrate", interactive=False, verbosity=0)
    call_command("clearsessions", verbosity=0)


def bring_up_to_date(home: Path) -> None:
    """Set Django up over a home and prepare its database."""
    os.environ[VARIABLE] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.web.settings")
    if not apps.ready:
        django.setup()
    prepare()


def one_time_link(home: Path, base_url: str) -> str | None:
    """Give a link for the first administrator, or None once somebody can sign in without it."""
    bring_up_to_date(home)
    # Models can only be imported once Django is set up.
    from panshi.web.identity import links  # noqa: PLC0415

    if links.somebody_can_sign_in():
        return None
    return base_url.rstrip("/") + links.path_for(links.first_administrator(FIRST))
