"""Since when something is new to a person at the hub: the moment they said that they had looked.

Nothing is taken for seen because a page was open: whoever comes back at three in the morning finds
what came since they last said so.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from panshi.web.desk import marks
from panshi.web.desk.models import Mark
from panshi.web.identity.views import signed_in

KEY = "hub.looked"


def looked_at(request: HttpRequest) -> datetime | None:
    """Give when this person last said that they had looked; None where never."""
    mark = Mark.objects.filter(user=signed_in(request), key=KEY).first()
    return mark.at if mark is not None else None


def look(request: HttpRequest) -> None:
    """Note that this person has looked now."""
    marks.mark(signed_in(request), [KEY], None)
