"""Where command line and API find the console's accounts; sets Django up if nobody did."""

from __future__ import annotations

import os

from django.apps import apps
from django.utils.translation import activate

from panshi.node.accounts import Accounts
from panshi.node.home import Home
from panshi.web.first_run import bring_up_to_date


def accounts() -> Accounts:
    """Give the accounts in Django's tables."""
    if not apps.ready:
        bring_up_to_date(Home.locate(os.environ).path)
    from panshi.web.identity.register import Register  # noqa: PLC0415 -- models need the set-up

    activate("en")

    return Register()
