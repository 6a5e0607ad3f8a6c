"""Undoing: a signed note of what was done, worth something to its maker only, for one hour.

The note holds what it takes to give back; nothing is kept on the server. Undoing a sealed record
seals a superseding one, so that both stay in the trail.
"""

from __future__ import annotations

from django.core import signing

from panshi.errors import BadInputError
from panshi.web.words import say

SALT = "panshi.web.undo"
KEPT_SECONDS = 3600


def note(actor: str, doing: str, what: object) -> str:
    """Make a note that undoes something."""
    return signing.dumps([actor, doing, what], salt=SALT, compress=True)


def read(token: str, actor: str, doing: str) -> list[object]:
    """Give what a note holds, or refuse it."""
    try:
        maker, done, what = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise _spent() from error
    if (maker, done) != (actor, doing) or not isinstance(what, list):
        raise _spent()
    return what


def _spent() -> BadInputError:
    return BadInputError(
        say("這個復原已失效", "this can no longer be undone"),
        remedy=say("請直接修改", "change it directly"),
    )
