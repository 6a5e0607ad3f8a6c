"""A change that is refused for a reason is said on the page one was on, not on a page of errors."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from panshi.errors import PanshiError
from panshi.web.words import say


def tried(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it and say that it was done, or say why it was refused; gives whether it was done."""
    try:
        act()
    except PanshiError as error:
        remedy = say(f"（{error.remedy}）", f" ({error.remedy})") if error.remedy else ""
        messages.error(request, f"{error.problem}{remedy}")
        return False
    messages.success(request, done)
    return True
