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
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from panshi.errors import StoreError
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
    _set_up(home)
    prepare()


def _set_up(home: Path) -> None:
    os.environ[VARIABLE] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.web.settings")
    if not apps.ready:
        django.setup()


def _refuse_earlier() -> None:
    """Refuse tables of an earlier release: they change by `panshi upgrade`, after a backup."""
    executor = MigrationExecutor(connection)
    begun = executor.loader.applied_migrations
    if begun and executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise StoreError(
            "the console's tables are those of an earlier release",
            place=str(connection.settings_dict["NAME"]),
            remedy="run `panshi upgrade`; nothing was changed",
        )


def one_time_link(home: Path, base_url: str) -> str | None:
    """Give a link for the first administrator, or None once somebody can sign in without it."""
    _set_up(home)
    _refuse_earlier()
    prepare()
    # Models can only be imported once Django is set up.
    from panshi.web.identity import links  # noqa: PLC0415

    if links.somebody_can_sign_in():
        return None
    return base_url.rstrip("/") + links.path_for(links.first_administrator(FIRST))
