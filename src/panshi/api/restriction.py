"""Tokens restricted to estates: they ask only what names one of theirs.

The evidence log is one for all estates, so such a token reads judgements and estates, not the log
as a whole. What tells of no institution (frameworks, the token itself) stays open to it.
"""

from __future__ import annotations

from panshi.api.exchange import Asked
from panshi.api.route import Route
from panshi.errors import ForbiddenError

OF_NO_ESTATE = frozenset({"", "framework.view", "help.view", "account.self"})
"Actions that speak of no institution."


def check_estates(route: Route, asked: Asked) -> None:
    """Refuse what does not name an estate the token is for."""
    allowed = asked.token.estates if asked.token else ()
    if not allowed or route.action in OF_NO_ESTATE:
        return
    named = {
        name
        for name in (
            asked.names.get("estate"),
            asked.query.get("estate"),
            getattr(asked.given, "estate", None),
        )
        if name
    }
    if not named or not named <= set(allowed):
        raise ForbiddenError(
            f"the token is for {', '.join(allowed)} only", remedy="name one of them as `estate`"
        )
