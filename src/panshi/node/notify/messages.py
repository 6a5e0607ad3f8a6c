"""Rendering of messages: title and link, in the reader's language; pure.

No text that people wrote and no name of a person goes out; whoever follows the link signs in and
sees what they may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from panshi.node.notify.recipients import OCCASIONS, Occasion
from panshi.store.notices import Notice

BRAND = ("磐石", "Panshi")
INBOX = "/inbox/"


def subject(notice: Notice, *, chinese: bool) -> str:
    """Give the subject of a mail about one thing."""
    brand = BRAND[0] if chinese else BRAND[1]
    return f"[{brand}] {_title(notice, chinese=chinese)}"


def text(notice: Notice, address: str, *, chinese: bool) -> str:
    """Give the text of a mail about one thing."""
    word = _pick(OCCASIONS[Occasion(notice.occasion)], chinese=chinese)
    lines = [word, _title(notice, chinese=chinese)]
    return "\n".join([*lines, *_footer(address, chinese=chinese)])


def digest_subject(count: int, *, chinese: bool) -> str:
    """Give the subject of a day's digest."""
    return f"[磐石] {count} 件待辦" if chinese else f"[Panshi] {count} things await you"


def digest_text(notices: Sequence[Notice], address: str, *, chinese: bool) -> str:
    """Give the text of a day's digest."""
    lines = [
        f"- {_pick(OCCASIONS[Occasion(each.occasion)], chinese=chinese)}"
        f"{'：' if chinese else ': '}{_title(each, chinese=chinese)}"
        for each in notices
    ]
    return "\n".join([*lines, *_footer(address, chinese=chinese)])


def hook_body(notice: Notice, address: str, at: datetime) -> str:
    """Give the JSON a webhook gets; nobody is named in it."""
    return msgspec.json.encode(
        {
            "occasion": notice.occasion,
            "about": notice.about,
            "title_zh": notice.title_zh,
            "title_en": notice.title_en,
            "link": f"{address}{INBOX}" if address else None,
            "at": at,
        }
    ).decode()


def _footer(address: str, *, chinese: bool) -> list[str]:
    settings = (
        "在「我的帳號」可改變通知。" if chinese else "Change what you are told under your account."
    )
    return ["", f"{address}{INBOX}", "", settings] if address else ["", settings]


def _title(notice: Notice, *, chinese: bool) -> str:
    return notice.title_zh if chinese else notice.title_en


def _pick(pair: tuple[str, str], *, chinese: bool) -> str:
    return pair[0] if chinese else pair[1]
