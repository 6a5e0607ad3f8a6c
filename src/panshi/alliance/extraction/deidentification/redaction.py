"""Stable stand-ins for what identifies, and the way back that only the originator has.

    done = redact(text, found, key)          the same value gets the same stand-in in every text
    done.text; done.changes                  what is shared, and what a reviewer sees
    restore(done.text, done.changes)         undone by whoever kept the changes

A stand-in is made of a keyed digest (HMAC-SHA-256) of the value: without the key nobody can try
out ids or phone numbers until one fits. The changes, not the text, hold what was there.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from panshi.alliance.extraction.deidentification.finding import Identifying, Identity

_WORDS = {
    Identity.PERSON: "人員",
    Identity.NATIONAL_ID: "身分證",
    Identity.PHONE: "電話",
    Identity.CARD: "卡號",
    Identity.BANK_ACCOUNT: "存款帳號",
    Identity.ACCOUNT: "帳號",
    Identity.MAIL: "信箱",
    Identity.CUSTOMER: "客戶",
    Identity.HOST: "主機",
    Identity.ADDRESS: "內部位址",
    Identity.ORGANISATION: "機構",
}
_LENGTH = 6
"Characters of a stand-in; a longer one is taken where two would be alike."
_LONGEST = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place, what stood there and what stands there now."""

    start: int
    "In the original."
    end: int
    kind: Identity
    original: str
    stand_in: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text to be shared and what was changed in it."""

    text: str
    changes: tuple[Change, ...]


def redact(
    text: str, found: Iterable[Identifying], key: bytes, *, kept: Collection[str] = ()
) -> Redacted:
    """Replace what identifies, save what a reviewer decided to keep."""
    wanted = [each for each in sorted(found) if each.text not in kept]
    names = _names({(each.kind, normal(each)) for each in wanted}, key, text)
    pieces: list[str] = []
    changes: list[Change] = []
    done = 0
    for each in wanted:
        stand_in = names[each.kind, normal(each)]
        pieces += (text[done : each.start], stand_in)
        done = each.end
        changes.append(
            Change(
                start=each.start,
                end=each.end,
                kind=each.kind,
                original=each.text,
                stand_in=stand_in,
                why=each.why,
            )
        )
    pieces.append(text[done:])
    return Redacted(text="".join(pieces), changes=tuple(changes))


def restore(text: str, changes: Iterable[Change]) -> str:
    """Put back what stood in the places of stand-ins, wherever they stand in a text."""
    originals: dict[str, str] = {}
    for each in changes:
        originals.setdefault(each.stand_in, each.original)
    if not originals:
        return text
    pattern = re.compile("|".join(map(re.escape, sorted(originals, key=len, reverse=True))))
    return pattern.sub(lambda found: originals[found.group()], text)


def normal(each: Identifying) -> str:
    """Give one form for the ways in which one value is written."""
    if each.kind in {Identity.CARD, Identity.PHONE, Identity.BANK_ACCOUNT}:
        digits = re.sub(r"\D", "", each.text)
        return "0" + digits[3:] if each.kind is Identity.PHONE and digits[:3] == "886" else digits
    return each.text.casefold()


def _names(
    values: set[tuple[Identity, str]], key: bytes, text: str
) -> dict[tuple[Identity, str], str]:
    """Give each value its stand-in; none is alike another, nor stands in the text already."""
    given: dict[tuple[Identity, str], str] = {}
    taken: set[str] = set()
    for kind, value in sorted(values):
        digest = hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")
        word = b32encode(digest).decode().lower().rstrip("=")
        names = (f"〔{_WORDS[kind]}-{word[:length]}〕" for length in range(_LENGTH, _LONGEST))
        name = next(each for each in names if each not in taken and each not in text)
        taken.add(name)
        given[kind, value] = name
    return given
